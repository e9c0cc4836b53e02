"""Adding reports up: in groups on the executors where there are many, and the last ones on the driver."""

from __future__ import annotations

import hashlib
import os
import subprocess
import tempfile
from concurrent.futures import ThreadPoolExecutor
from typing import List, NamedTuple, Sequence, Tuple

from imsdk_annotate.spark.errors import AttemptFailed
from imsdk_annotate.spark.outputs import upload
from imsdk_annotate.spark.parts import Job
from imsdk_annotate.spark.program import program_of_executor, said_by
from imsdk_annotate.spark.reports import check_sum, head_of
from imsdk_annotate.spark.storage import StorageOptions, joined, open_storage

FAN_IN = 500
"""The reports that are added up at once. More of them are first added up in groups, on the executors."""

FETCHERS = 8
"""The requests for reports at a time."""


class Group(NamedTuple):
    """Reports that an executor adds up to one."""

    reports: Tuple[str, ...]
    into: str


def groups(reports: Sequence[str], folder: str, level: int) -> List[Group]:
    """Divides reports into groups of neighbours: the order of inputs stays, on which first and last places depend."""
    made = []
    for start in range(0, len(reports), FAN_IN):
        members = tuple(reports[start : start + FAN_IN])
        own = hashlib.sha256("\n".join(members).encode()).hexdigest()[:16]
        made.append(Group(members, joined(folder, f"{level}-{start // FAN_IN:05}-{own}.json")))
    return made


def fetch(reports: Sequence[str], folder: str, options: StorageOptions) -> List[str]:
    """Copies reports into a local folder, under their own names, and returns the names in order.

    Raises `AttemptFailed` for a report that is not whole: it would be left out of the sum.
    """

    def fetch_one(url: str) -> str:
        system, path = open_storage(url, options)
        name = url.rsplit("/", 1)[-1]
        place = os.path.join(folder, name)
        try:
            content = system.cat_file(path)
        except FileNotFoundError:
            raise AttemptFailed(f"{url}: the report of a part has vanished; run the job again with --resume") from None
        with open(place, "wb") as file:
            file.write(content)
        head_of(place)
        return name

    with ThreadPoolExecutor(FETCHERS) as pool:
        return list(pool.map(fetch_one, reports))


def merge_group(job: Job, group: Group) -> str:
    """Adds up a group of reports on an executor, and returns the URL of the sum, which is written last and whole."""
    binary = program_of_executor(job.version)
    with tempfile.TemporaryDirectory(prefix="imsdk-annotate-") as folder:
        names = fetch(group.reports, folder, job.storage)
        parts = [os.path.join(folder, name) for name in names]
        job.passed.write_files(folder)
        result, said = os.path.join(folder, "sum"), os.path.join(folder, "said")
        command = merge_command(binary, folder, names, [*job.passed.merge_arguments(folder), "--report", f"json={result}"])
        with open(said, "wb") as messages:
            status = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, stderr=messages, check=False).returncode
        if status not in (0, 3):
            raise AttemptFailed(f"{group.into}: adding up ended with status {status}: {said_by(said)}")
        check_sum(result, parts)
        upload(result, group.into, job.storage)
    return group.into


def merge_command(binary: str, folder: str, names: Sequence[str], arguments: Sequence[str]) -> List[str]:
    """Returns the command that adds up reports of a folder, in which it is to be run; its list of them is written there."""
    with open(os.path.join(folder, "list"), "w", encoding="utf-8") as file:
        file.writelines(f"{name}\n" for name in names)
    return [binary, "--no-config", "--merge-reports", "@list", *arguments]
