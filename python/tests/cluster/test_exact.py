"""A job without faults: outputs and the report are those of one machine, byte for byte."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.cluster
ROOT = Path(__file__).parents[3]


def test_all_packings_are_as_on_one_machine(stored: Any, job: Any, one_machine: Any) -> None:
    one = one_machine(["s3://bkt/logs"], "--strict", "--users", "openid")
    ran = job("--output", "s3://bkt/exact", "s3://bkt/logs/", "--", "--strict", "--users", "openid")
    assert ran.status == one.status == 3
    assert len(one.files) >= 25
    assert stored.files("s3://bkt/exact") == one.files
    assert ran.report == one.report
    assert "damaged.log.gz: gzip data ends early" in ran.said
    assert re.search(r"imsdk-annotate-spark: 27 of 27 tasks, .* of .*, .*/s; most frequent: -?\d+ \(", ran.said)


def test_a_job_without_output_writes_reports_alone(stored: Any, job: Any, one_machine: Any) -> None:
    one = one_machine(["s3://bkt/logs/a"])
    ran = job(
        "--parts",
        "s3://bkt/report-only",
        "--fail-on",
        "error",
        "--report",
        "html=s3://bkt/report-only.html",
        "s3://bkt/logs/a",
    )
    assert ran.status == 1
    assert json.loads(ran.report)["codes"] == json.loads(one.report)["codes"]
    assert "--fail-on error:" in ran.said
    assert stored.storage().cat_file("bkt/report-only.html").startswith(b"<!DOCTYPE html>")


def test_the_command_and_local_files(machine: Path, one_machine: Any, tmp_path: Path) -> None:
    one = one_machine(["s3:/bkt/logs"], "--compress", "gzip", "--lang", "zh")
    command = [sys.executable, str(ROOT / "python/data/scripts/imsdk-annotate-spark"), "--master", "local[2]"]
    command += [
        "--output",
        str(tmp_path / "out"),
        "--report",
        f"json={tmp_path / 'all.json'}",
        "s3:/bkt/logs",
        "--",
        "-a",
        "--compress",
        "gzip",
    ]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "python/src")}
    done = subprocess.run([*command, "--lang=zh"], cwd=machine, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 3, done.stderr
    files = {
        str(path.relative_to(tmp_path / "out")): path.read_bytes()
        for path in (tmp_path / "out").rglob("*")
        if path.is_file() and "_imsdk" not in path.parts
    }
    assert files == one.files
    assert (tmp_path / "all.json").read_bytes() == one.report


def test_spark_submit_runs_the_package(tmp_path: Path, binary: Path) -> None:
    import pyspark

    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/a.log").write_bytes(b"ret=-204\n")
    submit = Path(pyspark.__file__).parent / "bin/spark-submit"
    package = ROOT / "python/src/imsdk_annotate"
    # Of the program's own options none is Spark's: all stand behind the file.
    command = [
        submit,
        "--master",
        "local[1]",
        package / "spark/__main__.py",
        "--output",
        "out",
        "--fail-on",
        "error",
        "logs",
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(package.parent),
        "PYSPARK_PYTHON": sys.executable,
        "PYSPARK_DRIVER_PYTHON": sys.executable,
    }
    done = subprocess.run(
        [str(word) for word in command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1, done.stderr
    # What a driver says on either stream, spark-submit prints on its standard output.
    assert "imsdk-annotate-spark: 1 of 1 tasks" in done.stdout
    assert (tmp_path / "out/a.log").read_bytes() == b"ret=-204 (auth: user session is failure!)\n"
