"""The end of a job: the program adds up the last reports on the driver, writes the job's, and makes the checks."""

from __future__ import annotations

import os
import subprocess
import tempfile
import uuid
from typing import List, Sequence, Tuple

from imsdk_annotate.spark.cli import Settings
from imsdk_annotate.spark.cluster import say
from imsdk_annotate.spark.errors import UsageError
from imsdk_annotate.spark.files import remove
from imsdk_annotate.spark.merge import fetch, merge_command
from imsdk_annotate.spark.outputs import APPENDED, UNWRITABLE, upload, write_whole
from imsdk_annotate.spark.reports import check_sum
from imsdk_annotate.spark.storage import StorageOptions, is_local, open_storage, protocol_of

ENDS = {
    ".json": "json",
    ".md": "markdown",
    ".markdown": "markdown",
    ".txt": "text",
    ".xml": "junit",
    ".html": "html",
    ".htm": "html",
}
READ_OPTIONS = ("--baseline", "--accept")


class FinalMerge:
    """The merge on the driver, whose exit status is that of the job."""

    def __init__(self, binary: str, settings: Settings) -> None:
        self.binary = binary
        self.settings = settings

    def run(self, reports: Sequence[str]) -> int:
        """Adds up reports, writes those of the job to their places, and returns the exit status.

        Raises `AttemptFailed` where a report is not in the sum.
        """
        with tempfile.TemporaryDirectory(prefix="imsdk-annotate-") as folder:
            names = fetch(reports, folder, self.settings.storage)
            arguments, uploads = _arguments(self.settings, folder)
            self.settings.passed.write_files(folder)
            total = os.path.join(folder, "sum")
            # The sum itself is looked at, also where nobody wants it.
            options = [*self.settings.passed.merge_arguments(folder), f"--report=json={total}", *arguments]
            command = merge_command(self.binary, folder, names, options)
            status = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, check=False).returncode
            is_done = status in (0, 1, 3)
            if is_done:
                check_sum(total, [os.path.join(folder, name) for name in names])
            # A file that could not be written has been said by the program.
            failed = [url for place, url in uploads if os.path.exists(place) and not self._upload(place, url)]
        return status if is_done and not failed else 2

    def _upload(self, place: str, url: str) -> bool:
        """Returns whether a file of the job, which the merge has written, is at its URL now."""
        try:
            upload(place, url, self.settings.storage)
        except Exception as error:  # noqa: BLE001 - any storage, any error; the other files are still written
            say(f"{url}: cannot be written: {type(error).__name__}: {error}")
            return False
        return True


def check_final(binary: str, settings: Settings) -> None:
    """Tries the merge on the report of nothing, with all its options and with reports that go nowhere.

    Raises `UsageError` with the program's words, before any task: after hours of work they would be as bad.
    """
    for report in settings.reports:
        kind, mark, place = report.partition("=")
        if mark or _is_place(report):
            _check_place(f"--report {report}", place if mark else report, settings)
    for name, value in settings.checks:
        if name == "--write-accept":
            _check_place(f"{name} {value}", value, settings)
    with tempfile.TemporaryDirectory(prefix="imsdk-annotate-") as folder:
        empty = os.path.join(folder, "empty.json")
        subprocess.run([binary, "--no-config", "-q", "--report", f"json={empty}"], stdin=subprocess.DEVNULL, check=True)
        arguments, _ = _arguments(settings, folder, is_trial=True)
        settings.passed.write_files(folder)
        options = [*settings.passed.merge_arguments(folder), f"--report=json={os.path.join(folder, 'sum')}", *arguments]
        command = merge_command(binary, folder, ["empty.json"], options)
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode not in (0, 1):
            raise UsageError(done.stderr.decode(errors="replace").strip())


def _check_place(option: str, place: str, settings: Settings) -> None:
    """Raises `UsageError` where a file of the job could not be written in the end: a job of hours would be lost then."""
    if place == "-":
        return
    if not is_local(place):
        if protocol_of(place) in APPENDED:
            raise UsageError(f"{option}: {UNWRITABLE}")
        check_writable(option, place, settings.storage)
        return
    path = _local(place)
    folder = os.path.dirname(path)
    if not os.path.isdir(folder):
        raise UsageError(f"{option}: the folder {folder} is not there; make it")
    if os.path.isdir(path):
        raise UsageError(f"{option}: is a folder; name a file")
    if not os.access(path if os.path.exists(path) else folder, os.W_OK):
        raise UsageError(f"{option}: cannot be written: no right to write there")


def check_writable(option: str, url: str, options: StorageOptions) -> None:
    """Writes a small file beside a URL, and removes it. Raises `UsageError` where it cannot be written.

    A right to write does not need to be one to remove: the file stays then, and a message names it.
    """
    # An error of the URL itself names it, and not the trial.
    open_storage(url, options)
    trial = f"{url}.{uuid.uuid4().hex}.trial"
    try:
        write_whole(trial, b"imsdk-annotate-spark has tried if it can write here\n", options)
    except Exception as error:  # noqa: BLE001 - any storage, any error
        told = f"{type(error).__name__}: {error}"
        raise UsageError(
            f"{option}: cannot be written: {told}; look at the URL, the rights and --storage-options"
        ) from error
    try:
        remove([trial], options)
    except Exception as error:  # noqa: BLE001 - any storage, any error
        say(f"{trial}: a trial that is written and cannot be removed: {type(error).__name__}: {error}; remove it")


def _arguments(settings: Settings, folder: str, is_trial: bool = False) -> Tuple[List[str], List[Tuple[str, str]]]:
    """Returns the options of the merge, and which local files go to which URLs. A trial writes into the folder alone."""
    arguments: List[str] = []
    uploads: List[Tuple[str, str]] = []

    def written(place: str, name: str) -> str:
        """Returns where the program writes a file."""
        if place == "-" and not is_trial:
            return place
        if not is_trial and is_local(place):
            return _local(place)
        local = os.path.join(folder, name)
        if not is_local(place):
            uploads.append((local, place))
        return local

    for number, report in enumerate(settings.reports):
        kind, mark, place = report.partition("=")
        if not mark and not _is_place(report):
            arguments += ["--report", report]
            continue
        if not mark:
            kind, place = ENDS.get(os.path.splitext(report)[1].lower(), ""), report
            if not kind:
                raise UsageError(f"--report {report}: its end tells no format; write FORMAT={report}")
        arguments += ["--report", f"{kind}={written(place, f'report-{number}')}"]
    for name, value in settings.checks:
        if name in READ_OPTIONS:
            value = _fetched(value, folder, name, settings)
        elif name == "--write-accept":
            value = written(value, "write-accept")
        arguments += [name, value]
    return arguments, uploads


def _is_place(report: str) -> bool:
    """Returns whether a report without `=` is a path, and not the name of a format."""
    return "." in report or "/" in report


def _local(path: str) -> str:
    """Returns a local path that stands wherever the program is run."""
    return os.path.abspath(path[len("file://") :] if path.startswith("file://") else path)


def _fetched(url: str, folder: str, option: str, settings: Settings) -> str:
    """Returns the local path of a file that an option reads, which may be on any storage."""
    if is_local(url):
        return _local(url)
    system, path = open_storage(url, settings.storage)
    local = os.path.join(folder, option.lstrip("-"))
    try:
        with open(local, "wb") as file:
            file.write(system.cat_file(path))
    except OSError as error:
        raise UsageError(f"{option} {url}: cannot be read: {error}") from error
    return local
