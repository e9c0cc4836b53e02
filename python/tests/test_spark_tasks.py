"""What an attempt, a sum and the end of the Spark job make of faults that no other attempt mends. No Spark is needed."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any, Callable, List

import fsspec
import pytest
from hosts_storage import Full

from imsdk_annotate.spark import feed
from imsdk_annotate.spark import task as task_module
from imsdk_annotate.spark.cli import parse
from imsdk_annotate.spark.compare import existing_outputs, missing_outputs, refuse_earlier_ranges, unseen_inputs
from imsdk_annotate.spark.errors import AttemptFailed, InputLost, UsageError
from imsdk_annotate.spark.final import FinalMerge
from imsdk_annotate.spark.listing import list_sources
from imsdk_annotate.spark.merge import groups, merge_group
from imsdk_annotate.spark.parts import Job, Result, Task, remove_stale, without_done
from imsdk_annotate.spark.passed import parse_passed
from imsdk_annotate.spark.planning import Shape, plan, read_heads
from imsdk_annotate.spark.program import version_of
from imsdk_annotate.spark.task import attempt

LINE = b"2026-05-01 10:00:00 ret=-204 openid=7\n"


class Folder:
    """A folder with logs, and the tasks of a job over them."""

    def __init__(self, path: Path, binary: Path) -> None:
        self.path = path
        self.binary = str(binary)
        self.job = Job(parse_passed(["--users", "openid"]), version_of(self.binary), {}, str(path))
        self.output = str(path / "out")
        self.shape = Shape(self.output, f"{self.output}/_imsdk/parts", 0)
        (path / "logs").mkdir()
        for number in range(3):
            (path / f"logs/{number}.log").write_bytes(LINE * (number + 1))

    def tasks(self, *operands: str, shard_size: int = 0) -> List[Task]:
        sources = list_sources(operands or [str(self.path / "logs")], {}, [], [])
        divided = {source.name for source in sources}
        return plan(self.job, sources, divided, self.shape._replace(shard_size=shard_size))

    def run(self, tasks: List[Task]) -> List[Result]:
        return [attempt(self.job, task)[0] for task in tasks]

    def sum(self, tasks: List[Task], results: List[Result], *options: str) -> int:
        """Makes the end of the job, and returns its exit status."""
        reports = [result.unread or task.report for task, result in zip(tasks, results)]
        settings = parse([*options, "--output", self.output, "--report", f"json={self.path / 'all.json'}", "logs"])
        return FinalMerge(self.binary, settings).run(reports)

    def report(self) -> Any:
        return json.loads((self.path / "all.json").read_text())


@pytest.fixture
def folder(tmp_path: Path, binary: Path) -> Folder:
    return Folder(tmp_path, binary)


def grow(path: Path) -> None:
    path.write_bytes(path.read_bytes() + LINE)


@pytest.mark.parametrize(
    ("happens", "said"), [(grow, "1.log: has changed since"), (Path.unlink, "1.log: has vanished since")]
)
def test_an_input_that_is_lost_is_named_and_the_others_go_on(
    folder: Folder, happens: Callable[[Path], None], said: str
) -> None:
    tasks = folder.tasks()
    happens(folder.path / "logs/1.log")
    results = folder.run(tasks)
    assert [bool(result.unread) for result in results] == [False, True, False]
    assert said in results[1].said and "--resume" in results[1].said
    assert not (folder.path / "out/1.log").exists() and not Path(tasks[1].report).exists()
    # As on one machine, where a file is not there.
    assert folder.sum(tasks, results, "--fail-on", "error") == 3
    assert folder.report()["complete"] is False
    assert folder.report()["input"]["lines"] == 4
    assert missing_outputs(tasks, results, folder.output, {}) == {}
    assert unseen_inputs(folder.job, tasks, results) == []


def test_an_input_that_an_executor_alone_does_not_see_is_told(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = folder.tasks()

    def see_nothing(system: Any, path: str, name: str, size: int, tag: str) -> None:
        raise InputLost(f"{name}: has vanished since it was listed")

    monkeypatch.setattr(task_module, "check_unchanged", see_nothing)
    results = folder.run(tasks[1:])
    assert all(result.unread for result in results)
    grow(folder.path / "logs/2.log")
    assert unseen_inputs(folder.job, tasks, results) == [tasks[1].name]


def test_a_report_under_another_number_is_not_taken_for_that_of_a_new_output(folder: Folder) -> None:
    before = folder.tasks()
    folder.run(before)
    (folder.path / "logs/00.log").write_bytes(LINE)
    tasks = folder.tasks()
    assert [task.number for task in tasks if task.output == before[1].output] == [2]
    # Begun anew, the job is killed while it replaces the outputs.
    remove_stale(tasks, folder.shape.parts, {})
    existing = existing_outputs(folder.output, folder.shape.parts, {})
    assert existing == {task.output for task in before}
    assert without_done(tasks, folder.shape.parts, existing, {})[1] == tasks


def test_an_input_that_changes_while_it_is_read_is_not_written(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = folder.tasks()
    fed = feed._write_all

    def feed_and_grow(sink: Any, chunk: bytes) -> None:
        fed(sink, chunk)
        grow(folder.path / "logs/1.log")

    monkeypatch.setattr(feed, "_write_all", feed_and_grow)
    (result,) = folder.run([tasks[1]])
    assert "1.log: has changed since it was listed (76 bytes then, 114 now)" in result.said
    assert [path.name for path in (folder.path / "out").rglob("*") if path.is_file()] == [Path(result.unread).name]


def test_a_read_that_fails_for_an_input_that_was_cut_off(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = folder.tasks()
    opened = feed.Feeder._feed

    def cut_and_feed(feeder: feed.Feeder) -> None:
        (folder.path / "logs/1.log").write_bytes(LINE)
        opened(feeder)

    monkeypatch.setattr(feed.Feeder, "_feed", cut_and_feed)
    (result,) = folder.run([tasks[1]])
    assert "1.log: has changed since it was listed (76 bytes then, 38 now)" in result.said


def test_the_head_of_a_lost_file_ends_no_job(folder: Folder) -> None:
    sources = list_sources([str(folder.path / "logs")], {}, [], [])
    (folder.path / "logs/1.log").unlink()
    assert [is_plain for _, is_plain in read_heads(folder.job, sources, 10)] == [True, False, True]


def test_relative_paths_are_those_of_the_driver(folder: Folder, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(folder.path)
    tasks = folder.tasks("logs")
    # An executor has another working folder.
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    results = folder.run(tasks)
    assert [result.unread for result in results] == ["", "", ""]
    assert folder.sum(tasks, results) == 0
    assert folder.report()["codes"][0]["first"]["file"] == "logs/0.log"
    assert [is_plain for _, is_plain in read_heads(folder.job, list_sources_of(folder), 10)] == [True, True, True]


def list_sources_of(folder: Folder) -> Any:
    """Returns the sources of `logs`, as they are listed in the driver's folder."""
    listed = list_sources([str(folder.path / "logs")], {}, [], [])
    return [source._replace(name=f"logs/{source.relative}") for source in listed]


def test_outputs_are_compared_with_what_tasks_have_written(folder: Folder) -> None:
    tasks = folder.tasks()
    results = folder.run(tasks)
    assert missing_outputs(tasks, results, folder.output, {}) == {}
    (folder.path / "out/0.log").unlink()
    (folder.path / "out/2.log").write_bytes(b"shorter")
    wrong = missing_outputs(tasks, results, folder.output, {})
    assert wrong == {
        f"{folder.output}/0.log": "is not there",
        f"{folder.output}/2.log": f"has 7 bytes, and its task has written {results[2].bytes_out}",
    }
    # Sizes of what an earlier run has written are not known.
    assert list(missing_outputs(tasks, [], folder.output, {})) == [f"{folder.output}/0.log"]


@pytest.mark.parametrize(("first", "then"), [(30, 50), (0, 50), (30, 0)])
def test_other_ranges_of_an_earlier_run_are_refused(folder: Folder, first: int, then: int) -> None:
    earlier = folder.tasks(shard_size=first)
    folder.run(earlier)
    existing = existing_outputs(folder.output, folder.shape.parts, {})
    assert existing == {task.output for task in earlier}
    refuse_earlier_ranges(earlier, existing)
    with pytest.raises(UsageError, match=r"[012]\.log.*another --shard-size.*remove them, write to a new folder"):
        refuse_earlier_ranges(folder.tasks(shard_size=then), existing)


def test_the_output_of_a_range_and_that_of_a_file_of_this_name_are_refused(folder: Folder) -> None:
    (folder.path / "logs/2.log.part-00001-of-00003").write_bytes(LINE)
    with pytest.raises(UsageError, match="would both be written to 2.log.part-00001-of-00003"):
        folder.tasks(shard_size=40)


def damage_number(text: str) -> str:
    return text.replace('"count": ', '"count": x', 1)


def damage_end(text: str) -> str:
    return text[:-20]


@pytest.mark.parametrize(("damage", "said"), [(damage_number, "could not be added up"), (damage_end, "is no whole report")])
def test_a_report_of_a_part_that_cannot_be_read_is_no_damaged_input(
    folder: Folder, damage: Callable[[str], str], said: str, tmp_path: Path
) -> None:
    # A damaged input beside it has the same status: the numbers tell.
    subprocess.run(["gzip", str(folder.path / "logs/0.log")], check=True)
    packed = folder.path / "logs/0.log.gz"
    packed.write_bytes(packed.read_bytes()[:-4])
    tasks = folder.tasks()
    results = folder.run(tasks)
    assert [result.is_complete for result in results] == [False, True, True]
    assert folder.sum(tasks, results) == 3
    report = Path(tasks[1].report)
    report.write_text(damage(report.read_text()))
    with pytest.raises(AttemptFailed, match=f"{report.name}.*{said}"):
        folder.sum(tasks, results)
    (group,) = groups([task.report for task in tasks], str(tmp_path / "merged"), 1)
    with pytest.raises(AttemptFailed, match=f"{report.name}.*{said}"):
        merge_group(folder.job, group)


def test_a_report_that_has_vanished_is_named(folder: Folder) -> None:
    tasks = folder.tasks()
    results = folder.run(tasks)
    Path(tasks[1].report).unlink()
    with pytest.raises(AttemptFailed, match=f"{Path(tasks[1].report).name}: the report of a part has vanished"):
        folder.sum(tasks, results)


def test_files_of_the_job_go_to_urls(folder: Folder, capfd: pytest.CaptureFixture[str]) -> None:
    tasks = folder.tasks()
    results = folder.run(tasks)
    options = ("--write-accept", "memory://end/accept", "--report", "html=memory://end/all.html")
    assert folder.sum(tasks, results, *options) == 0
    storage = fsspec.filesystem("memory")
    assert b"-204 # auth" in storage.cat_file("/end/accept")
    assert storage.cat_file("/end/all.html").startswith(b"<!DOCTYPE html>")
    # One that cannot be written is said, and the others are written.
    storage.rm("/end", recursive=True)
    fsspec.register_implementation("full", Full, clobber=True)
    assert folder.sum(tasks, results, "--report", "markdown=full://x/all.md", *options) == 2
    assert "full://x/all.md: cannot be written: OSError: no room" in capfd.readouterr().err
    assert storage.exists("/end/all.html")
