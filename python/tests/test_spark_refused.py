"""What is refused on the driver, before Spark is started, with a message that says the remedy."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import List

import fsspec
import pytest
from hosts_storage import Full

from imsdk_annotate.spark import main


@pytest.fixture
def logs(tmp_path: Path) -> str:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/a.log").write_bytes(b"ret=-204\n")
    return str(tmp_path / "logs")


OUT = ["--output", "OUT"]


@pytest.fixture(autouse=True)
def _full() -> None:
    fsspec.register_implementation("full", Full, clobber=True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["LOGS"], "neither --output nor --parts"),
        (["--parts", "OUT", "LOGS"], "there is nothing to do"),
        ([*OUT, "LOGS", "--", "--strickt"], "--strickt behind `--`: is no option for the tasks"),
        ([*OUT, "LOGS", "--", "--strict=1"], "--strict=1 behind `--`: --strict takes no value"),
        ([*OUT, "LOGS", "--", "-F"], "--follow behind `--`"),
        ([*OUT, "LOGS", "--", "-qn"], "leave out --output for a job that writes only reports"),
        ([*OUT, "LOGS", "--", "-o", "x"], "outputs go to --output URL"),
        ([*OUT, "LOGS", "--", "--fail-on=error"], "put it before `--`"),
        ([*OUT, "LOGS", "--", "b.log"], "put files and folders before `--`"),
        ([*OUT, "LOGS", "--", "--pattern"], "its value is missing"),
        ([*OUT, "LOGS", "--", "--pattern", "("], "--pattern"),
        ([*OUT, "LOGS", "--", "--only", "eror"], "eror"),
        ([*OUT, "LOGS", "--", "--catalog", "/missing.csv"], "/missing.csv: No such file"),
        ([*OUT, "LOGS", "--", "--compress", "zip"], "--compress zip: is no packing"),
        (["--parts", "OUT", "--report", "json=-", "LOGS", "--", "--only", "error"], "--only chooses lines"),
        ([*OUT, "--fail-on", "eror", "LOGS"], "eror"),
        ([*OUT, "--fail-on", "error>100/1m", "LOGS"], "rates are checked where the logs are read"),
        ([*OUT, "--report", "pdf=x", "LOGS"], "pdf"),
        ([*OUT, "--report", "x.pdf", "LOGS"], "its end tells no format"),
        ([*OUT, "--report", "json=/missing/all.json", "LOGS"], "the folder /missing is not there"),
        ([*OUT, "--report", "json=LOGS", "LOGS"], "is a folder; name a file"),
        (
            [*OUT, "--report", "json=nosuch://b/all.json", "LOGS"],
            "cannot be opened: Protocol not known: nosuch; look at the URL and at --storage-options",
        ),
        ([*OUT, "--report", "json=oss://b/all.json", "LOGS"], "write to another storage"),
        (
            [*OUT, "--write-accept", "/missing/accept", "LOGS"],
            "--write-accept /missing/accept: the folder /missing is not there",
        ),
        (
            [*OUT, "--write-accept", "nosuch://b/accept", "LOGS"],
            "cannot be opened: Protocol not known: nosuch; look at the URL and at --storage-options",
        ),
        ([*OUT, "--write-accept", "LOGS", "LOGS"], "is a folder; name a file"),
        ([*OUT, "--baseline", "/missing.json", "LOGS"], "/missing.json"),
        ([*OUT, "--shard-size", "12x", "LOGS"], "is no size"),
        ([*OUT, "--shard-size", "12", "LOGS"], "is less than 4 KiB"),
        ([*OUT, "--conf", "spark", "LOGS"], "is no KEY=VALUE"),
        ([*OUT, "--storage-options", "{", "LOGS"], "give JSON with the options of each protocol"),
        ([*OUT, "--storage-options", '{"anon": true}', "LOGS"], "is no object of objects"),
        ([*OUT, "--storage-options", "@/missing.json", "LOGS"], "--storage-options @/missing.json: No such file"),
        ([*OUT, "--storage-options", "@LOGS/a.log", "LOGS"], "give JSON with the options of each protocol"),
        ([*OUT, "LOGS/missing.log"], "missing.log: no such file or folder"),
        ([*OUT, "--include", "*.txt", "LOGS"], "no files in"),
        ([*OUT, "LOGS", "LOGS/a.log"], "have one name below the output"),
        (["--output", "full://b/out", "LOGS"], "--parts full://b/out/_imsdk: cannot be written: OSError: no room; look at"),
        (
            [*OUT, "--report", "json=full://b/all.json", "LOGS"],
            "--report json=full://b/all.json: cannot be written: OSError",
        ),
        (
            [*OUT, "nosuch://b/logs"],
            "cannot be opened: Protocol not known: nosuch; look at the URL and at --storage-options",
        ),
        (["--output", "LOGS/out", "LOGS"], "and would be read the next time"),
        (["--output", "LOGS", "LOGS/a.log"], "is below the output"),
    ],
)
def test_bad_command_lines_start_nothing(
    arguments: List[str], said: str, logs: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    place = {"LOGS": logs, "OUT": str(tmp_path / "out")}
    line = [re.sub("LOGS|OUT", lambda found: place[str(found[0])], argument) for argument in arguments]
    assert main(line) == 2
    message = capfd.readouterr().err
    assert said in message
    assert "Traceback" not in message and "Spark" not in message
    assert not (tmp_path / "out").exists()


def test_two_files_with_one_output_are_refused_before_any_task(logs: str, tmp_path: Path) -> None:
    from imsdk_annotate.spark.errors import UsageError
    from imsdk_annotate.spark.listing import list_sources
    from imsdk_annotate.spark.parts import Job
    from imsdk_annotate.spark.passed import Passed
    from imsdk_annotate.spark.planning import Shape, plan

    for name in ("x.log.Z", "x.log.gz"):
        (tmp_path / "logs" / name).write_bytes(b"")
    sources = list_sources([logs], {}, [], [])
    with pytest.raises(UsageError, match="would both be written to x.log.gz"):
        plan(Job(Passed(), ""), sources, {}, Shape("/out", "/out/_imsdk", 0))


def test_options_of_storage_may_come_from_a_file(tmp_path: Path) -> None:
    from imsdk_annotate.spark.storage import parse_options

    (tmp_path / "options.json").write_text('{"s3": {"secret": "x"}}')
    assert parse_options(f"@{tmp_path}/options.json") == {"s3": {"secret": "x"}}


def test_a_package_that_is_missing_is_named(
    logs: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "fsspec", None)
    assert main([*OUT, logs]) == 2
    said = capfd.readouterr().err
    assert "fsspec" in said and "pip install pyspark fsspec" in said and "Traceback" not in said
