"""Jobs in a Spark that is running already, as in a notebook; inputs and outputs that change while a job runs."""

from __future__ import annotations

import json
import shlex
import shutil
from pathlib import Path
from typing import Any, Callable, List

import pytest

from imsdk_annotate.spark import job as module
from imsdk_annotate.spark import main

ROOT = Path(__file__).parents[3]

pytestmark = [pytest.mark.cluster, pytest.mark.usefixtures("context")]


@pytest.fixture
def small(server: Any) -> Any:
    """The storage with three small logs in `s3://bkt/small`."""
    storage = server.storage()
    for number in range(3):
        storage.pipe_file(f"bkt/small/{number}.log", b"ret=-204\n" * (number + 1))
    yield storage
    storage.rm("bkt/small", recursive=True)


def after(monkeypatch: pytest.MonkeyPatch, name: str, action: Callable[[], Any]) -> None:
    """Lets something happen behind a step of the job, once."""
    step = getattr(module, name)

    def changed(*arguments: Any) -> Any:
        monkeypatch.setattr(module, name, step)
        result = step(*arguments)
        action()
        return result

    monkeypatch.setattr(module, name, changed)


def test_settings_that_have_no_effect_are_said(small: Any, job: Any, context: Any) -> None:
    ran = job("--output", "s3://bkt/notebook", "s3://bkt/small", conf=["spark.task.maxFailures=7", "spark.ui.enabled=false"])
    assert ran.status == 0
    said = [line for line in ran.said.splitlines() if "has no effect" in line]
    assert said == [
        "imsdk-annotate-spark: spark.task.maxFailures=7: has no effect: Spark is running already, and it "
        "is not set there; stop that session, or set it there"
    ]
    assert context.parallelize([1, 2]).sum() == 3  # the session goes on


def test_inputs_that_change_or_vanish_do_not_end_the_job(small: Any, job: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def change() -> None:
        small.pipe_file("bkt/small/0.log", b"ret=-402\n")
        small.rm_file("bkt/small/2.log")

    after(monkeypatch, "list_sources", change)
    ran = job("--output", "s3://bkt/lost", "s3://bkt/small")
    assert ran.status == 3
    assert "s3://bkt/small/0.log: has changed since it was listed" in ran.said
    assert "s3://bkt/small/2.log: has vanished since it was listed" in ran.said
    assert "2 of 3 tasks had an input that has vanished or changed" in ran.said
    report = json.loads(ran.report)
    assert (report["complete"], report["input"]["lines"]) == (False, 2)
    assert [path for path in small.find("bkt/lost") if "_imsdk" not in path] == ["bkt/lost/1.log"]
    again = job("--resume", "--output", "s3://bkt/lost", "s3://bkt/small")
    assert again.status == 0
    assert "1 of 2 tasks were done" in again.said
    assert json.loads(again.report)["complete"] is True


def test_an_input_that_executors_alone_do_not_see_ends_the_job(
    small: Any, job: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    after(monkeypatch, "list_sources", lambda: small.rm_file("bkt/small/1.log"))
    # The driver finds it as it was listed.
    after(monkeypatch, "_run_tasks", lambda: small.pipe_file("bkt/small/1.log", b"ret=-204\n" * 2))
    ran = job("--output", "s3://bkt/unseen", "s3://bkt/small")
    assert ran.status == 2
    assert (
        "s3://bkt/small/1.log: is there as it was listed, and an executor did not see it; mount it on all machines"
        in ran.said
    )
    assert ran.report == b""
    again = job("--resume", "--output", "s3://bkt/unseen", "s3://bkt/small")
    assert again.status == 0
    assert "2 of 3 tasks were done" in again.said


def test_outputs_that_are_gone_in_the_end_are_named(small: Any, job: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def spoil() -> None:
        small.rm_file("bkt/gone/0.log")
        small.pipe_file("bkt/gone/2.log", b"short\n")

    after(monkeypatch, "_run_tasks", spoil)
    ran = job("--output", "s3://bkt/gone", "s3://bkt/small")
    assert ran.status == 2
    assert "2 of 3 outputs are not what their tasks have written" in ran.said
    assert "s3://bkt/gone/0.log is not there; s3://bkt/gone/2.log has 6 bytes, and its task has written 126" in ran.said
    assert ran.report == b""
    again = job("--resume", "--output", "s3://bkt/gone", "s3://bkt/small")
    assert again.status == 0
    assert "1 of 3 tasks were done" in again.said


def test_other_ranges_are_refused(small: Any, job: Any) -> None:
    small.pipe_file("bkt/small/2.log", b"ret=-204\n" * 1000)
    assert job("--output", "s3://bkt/ranges", "--shard-size", "4096", "s3://bkt/small").status == 0
    ran = job("--output", "s3://bkt/ranges", "s3://bkt/small")
    assert ran.status == 2
    assert "s3://bkt/ranges/2.log.part-00000-of-00003" in ran.said and "another --shard-size" in ran.said


def test_empty_parts_of_keys_and_another_name_of_the_protocol(server: Any, job: Any) -> None:
    storage = server.storage()
    keys: List[str] = ["bkt/odd//a.log", "bkt/odd/b//c.log", "bkt/odd/d.log"]
    for key in keys:
        storage.pipe_file(key, b"ret=-204\n")
    assert sorted(storage.find("bkt/odd")) == keys
    ran = job("--output", "s3a://bkt/odd-out", "s3a://bkt/odd/")
    assert ran.status == 0
    assert sorted(server.files("s3://bkt/odd-out")) == ["a.log", "b/c.log", "d.log"]
    assert json.loads(ran.report)["codes"][0]["first"]["file"] == "s3a://bkt/odd//a.log"


@pytest.mark.parametrize("document", ["docs/cluster.md", "python/README.md"])
def test_the_command_in_local_mode(document: str, one_machine: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = [line for line in (ROOT / document).read_text().splitlines() if "--master 'local" in line]
    log = "tests/data/sample.log"
    (tmp_path / log).parent.mkdir(parents=True)
    shutil.copy(ROOT / log, tmp_path / log)
    monkeypatch.chdir(tmp_path)
    assert line.startswith("imsdk-annotate-spark ") and log in line
    assert main(shlex.split(line)[1:]) == 0
    one = one_machine([str(ROOT / log)], "--strict")
    assert (tmp_path / "out/sample.log").read_bytes() == one.files["sample.log"]
    report = json.loads((tmp_path / "all.json").read_text())
    assert report["codes"][0]["first"]["file"] == log
    assert report["fields"] == json.loads(one.report)["fields"] >= 5
