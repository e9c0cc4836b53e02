"""Tasks, and the marks that they are done: a report of each, under a name that says of what it is."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import Container, Dict, List, NamedTuple, Optional, Sequence, Tuple

from imsdk_annotate.spark.files import files_below, remove
from imsdk_annotate.spark.passed import Passed
from imsdk_annotate.spark.storage import StorageOptions, joined


class Task(NamedTuple):
    """One run of the program: a file, or a range of one."""

    number: int
    """The place of the task among all: reports are added up in this order."""
    name: str
    """The URL of the file, which is its name in reports."""
    size: int
    tag: str
    output: Optional[str]
    """The URL of the output; None for a job that writes only reports."""
    report: str
    """The URL of the part's report."""
    is_archive: bool
    """Whether the name is that of an archive, which is written as an archive."""
    start: int = 0
    end: int = -1
    """The range of bytes in which the task's lines begin; -1 for a whole file, which may be packed."""

    @property
    def is_range(self) -> bool:
        return self.end >= 0

    @property
    def weight(self) -> int:
        """The bytes that the task reads."""
        return self.end - self.start if self.is_range else self.size


class Result(NamedTuple):
    """What an executor says of a task that it has finished."""

    number: int
    is_complete: bool
    """False where the input is damaged: its output has what could be read."""
    said: str
    """The program's messages."""
    bytes_out: int
    """The size of the output."""
    unread: str = ""
    """The URL of a report that says so, where the input has vanished or changed; it has no output then, and is not done."""


@dataclass
class Job:
    """What all tasks of a job have in common; it travels to the executors."""

    passed: Passed
    version: str
    """That of the driver's program."""
    storage: StorageOptions = field(default_factory=dict)
    folder: str = ""
    """The driver's working folder, in which relative paths of inputs are."""


def identity(job: Job, name: str, size: int, tag: str, start: int, end: int, output: Optional[str]) -> str:
    """Returns the hash of all that decides a part's report and output, but for what is in the file: the ETag tells that."""
    contents = [hashlib.sha256(content).hexdigest() for content in job.passed.files.values()]
    parts = [job.version, job.passed.options, contents, name, size, tag, start, end, output]
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:20]


def report_name(number: int, output: Optional[str], identity: str) -> str:
    """Returns the name of a part's report: its number for people, a hash of the output, and the identity, which decides."""
    place = hashlib.sha256((output or "").encode()).hexdigest()[:10]
    return f"{number:06}-{place}-{identity}.json"


def remove_stale(tasks: Sequence[Task], parts_url: str, options: StorageOptions) -> None:
    """Removes reports of earlier parts whose outputs the tasks replace: `--resume` would take the new ones for theirs."""
    own = {task.report.rsplit("/", 1)[-1].rpartition("-")[0] for task in tasks if task.output is not None}
    places = {head.rpartition("-")[2] for head in own}
    stale = []
    for file in files_below(parts_url, options):
        head, _, _ = file.below.rpartition("-")
        # The number before may be another one: it moves as files come and go.
        if head.rpartition("-")[2] in places:
            stale.append(joined(parts_url, file.below))
    remove(stale, options)


def without_done(
    tasks: Sequence[Task], parts_url: str, outputs: Container[str], options: StorageOptions
) -> Tuple[List[Task], List[Task]]:
    """Returns the tasks with those reports that are there already in place of new ones, and the tasks that are to be done.

    A part is done if there is a report of its identity, under any number, and its output is one of `outputs`, URLs.
    """
    reports: Dict[str, str] = {}
    for file in files_below(parts_url, options):
        if file.below.endswith(".json") and not file.below.startswith("."):
            reports[file.below[:-5].rpartition("-")[2]] = file.below
    placed, missing = [], []
    for task in tasks:
        own = task.report.rsplit("/", 1)[-1]
        found = reports.get(own[:-5].rpartition("-")[2])
        if found and (task.output is None or task.output in outputs):
            placed.append(task if found == own else task._replace(report=task.report[: -len(own)] + found))
        else:
            placed.append(task)
            missing.append(task)
    return placed, missing
