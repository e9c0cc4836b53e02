"""The end of a job: the program adds up the last reports on the driver, writes the job's, and makes the checks."""

from __future__ import annotations

import os
import subprocess
import tempfile
from typing import List, Sequence, Tuple

from imsdk_annotate.spark.cli import Settings
from imsdk_annotate.spark.errors import UsageError
from imsdk_annotate.spark.merge import fetch, merge_command
from imsdk_annotate.spark.outputs import upload
from imsdk_annotate.spark.storage import is_local, open_storage

ENDS = {".json": "json", ".md": "markdown", ".markdown": "markdown", ".txt": "text", ".xml": "junit", ".html": "html", ".htm": "html"}
READ_OPTIONS = ("--baseline", "--accept")


class FinalMerge:
    """The merge on the driver, whose exit status is that of the job."""

    def __init__(self, binary: str, settings: Settings) -> None:
        self.binary = binary
        self.settings = settings

    def run(self, reports: Sequence[str]) -> int:
        """Adds up reports, writes those of the job to their places, and returns the exit status."""
        with tempfile.TemporaryDirectory(prefix="imsdk-annotate-") as folder:
            names = fetch(reports, folder, self.settings.storage)
            arguments, uploads = _arguments(self.settings, folder)
            self.settings.passed.write_files(folder)
            command = merge_command(self.binary, folder, names, [*self.settings.passed.merge_arguments(folder), *arguments])
            status = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, check=False).returncode
            for place, url in uploads:
                # A report that could not be written has been said by the program.
                if os.path.exists(place):
                    upload(place, url, self.settings.storage)
        return status if status >= 0 else 2


def check_final(binary: str, settings: Settings) -> None:
    """Tries the merge on the report of nothing, with all its options and with reports that go nowhere.

    Raises `UsageError` with the program's words, before any task: the checks and formats of a job of hours are bad then, too.
    """
    for report in settings.reports:
        place = report.partition("=")[2] or report
        folder = os.path.dirname(place)
        if is_local(place) and folder and not os.path.isdir(folder):
            raise UsageError(f"--report {report}: the folder {folder} is not there; make it")
    with tempfile.TemporaryDirectory(prefix="imsdk-annotate-") as folder:
        empty = os.path.join(folder, "empty.json")
        subprocess.run([binary, "--no-config", "-q", "--report", f"json={empty}"], stdin=subprocess.DEVNULL, check=True)
        arguments, _ = _arguments(settings, folder, is_trial=True)
        settings.passed.write_files(folder)
        command = merge_command(binary, folder, ["empty.json"], [*settings.passed.merge_arguments(folder), *arguments])
        done = subprocess.run(command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, check=False)
        if done.returncode not in (0, 1):
            raise UsageError(done.stderr.decode(errors="replace").strip())


def _arguments(settings: Settings, folder: str, is_trial: bool = False) -> Tuple[List[str], List[Tuple[str, str]]]:
    """Returns the options of the merge, and which local files go to which URLs afterwards. A trial writes into the folder alone."""
    arguments: List[str] = []
    uploads: List[Tuple[str, str]] = []
    for number, report in enumerate(settings.reports):
        kind, mark, place = report.partition("=")
        if not mark and not _is_place(report):
            arguments += ["--report", report]
            continue
        if not mark:
            kind, place = ENDS.get(os.path.splitext(report)[1].lower(), ""), report
            if not kind:
                raise UsageError(f"--report {report}: its end tells no format; write FORMAT={report}")
        if is_trial or not is_local(place):
            local = os.path.join(folder, f"report-{number}")
            if not is_local(place):
                uploads.append((local, place))
            arguments += ["--report", f"{kind}={local}"]
        else:
            arguments += ["--report", f"{kind}={place if place == '-' else _local(place)}"]
    if not uploads and not any(name in ("--report", "--fail-on", "--expect") for name in [*arguments, *(name for name, _ in settings.checks)]):
        # Nobody wants the sum, but its status is that of the job.
        arguments += ["--report", f"json={os.path.join(folder, 'nobody')}"]
    for name, value in settings.checks:
        if name in READ_OPTIONS:
            value = _fetched(value, folder, name, settings)
        elif name == "--write-accept":
            value = os.path.join(folder, "accept") if is_trial else _local(value)
        arguments += [name, value]
    return arguments, uploads


def _is_place(report: str) -> bool:
    """Returns whether a report without `=` is a path, and not the name of a format."""
    return "." in report or "/" in report


def _local(path: str) -> str:
    """Returns a local path that stands wherever the program is run."""
    return os.path.abspath(path[len("file://"):] if path.startswith("file://") else path)


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
