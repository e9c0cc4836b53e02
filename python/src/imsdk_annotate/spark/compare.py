"""The folder of outputs against what a job writes there, before and after its tasks; and lost inputs against the list."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from typing import Dict, Iterable, List, Sequence, Set

from imsdk_annotate.spark.errors import InputLost, UsageError
from imsdk_annotate.spark.feed import check_unchanged
from imsdk_annotate.spark.files import files_below
from imsdk_annotate.spark.parts import Job, Result, Task
from imsdk_annotate.spark.storage import StorageOptions, absolute, joined, open_storage

RANGE = re.compile(r"\.part-\d{5,}-of-\d{5,}$")
"""The end of the name of a range's output."""

MOST_NAMED = 10
"""The names that one message has."""

LOOKERS = 8
"""The requests for lost inputs at a time."""


def existing_outputs(output_url: str, parts_url: str, options: StorageOptions) -> Set[str]:
    """Returns the URLs of what is in the folder of outputs, without the reports of parts."""
    outputs = (joined(output_url, file.below) for file in files_below(output_url, options))
    return {url for url in outputs if not url.startswith(parts_url)}


def refuse_earlier_ranges(tasks: Sequence[Task], existing: Iterable[str]) -> None:
    """Raises `UsageError` where the output of a file is there already, and divided otherwise than in this job.

    Both would stand side by side, and `cat` of the ranges would have the lines twice.
    """
    planned = {task.output for task in tasks if task.output is not None}
    whole = {RANGE.sub("", output) for output in planned}
    beside = sorted(url for url in existing if url not in planned and RANGE.sub("", url) in whole)
    if beside:
        raise UsageError(
            f"{named(beside)}: outputs of these files in other ranges (another --shard-size, or other sizes of the files); "
            "remove them, write to a new folder, or give the --shard-size of that run"
        )


def missing_outputs(
    tasks: Sequence[Task], results: Iterable[Result], output_url: str, options: StorageOptions
) -> Dict[str, str]:
    """Returns what is wrong with outputs, by their URLs: one is not there, or of another size than what its task wrote.

    Of the tasks that an earlier run has done, and so not of `results`, the size is not known.
    """
    made = {result.number: result for result in results}
    expected = {}
    for task in tasks:
        result = made.get(task.number)
        # An input that could not be read has no output.
        if task.output is not None and (result is None or not result.unread):
            expected[task.output] = -1 if result is None else result.bytes_out
    wrong: Dict[str, str] = {}
    for file in files_below(output_url, options):
        url = joined(output_url, file.below)
        size = expected.pop(url, -1)
        if size not in (-1, file.size):
            wrong[url] = f"has {file.size:,} bytes, and its task has written {size:,}"
    wrong.update((url, "is not there") for url in expected)
    return wrong


def unseen_inputs(job: Job, tasks: Sequence[Task], results: Iterable[Result]) -> List[str]:
    """Returns the inputs that tasks found vanished or changed, and that the driver sees as they were listed.

    An executor is to blame then, on which a shared folder is not mounted, or an old one is.
    """

    def is_as_listed(task: Task) -> bool:
        system, path = open_storage(absolute(task.name, job.folder), job.storage)
        try:
            check_unchanged(system, path, task.name, task.size, task.tag)
        except InputLost:
            return False
        return True

    lost = {result.number for result in results if result.unread}
    doubted = [task for task in tasks if task.number in lost]
    with ThreadPoolExecutor(LOOKERS) as pool:
        return [task.name for task, seen in zip(doubted, pool.map(is_as_listed, doubted)) if seen]


def named(names: List[str]) -> str:
    """Returns names for a message: the first of many, and how many more there are."""
    more = f" and {len(names) - MOST_NAMED:,} more" if len(names) > MOST_NAMED else ""
    return ", ".join(names[:MOST_NAMED]) + more
