"""One attempt at one task, on an executor: bytes through the program, an output and a report that are whole or not there."""

from __future__ import annotations

import contextlib
import fcntl
import os
import subprocess
import tempfile
from typing import Any, BinaryIO, Dict, List, Optional, Tuple

from imsdk_annotate.spark.errors import AttemptFailed, InputLost
from imsdk_annotate.spark.feed import Feeder, check_unchanged
from imsdk_annotate.spark.outputs import NewFile, upload
from imsdk_annotate.spark.parts import Job, Result, Task
from imsdk_annotate.spark.program import MOST_SAID_BY_TASK, program_of_executor, said_by
from imsdk_annotate.spark.reports import codes_of, is_complete_report
from imsdk_annotate.spark.storage import absolute, open_storage

PIPE_BYTES = 1 << 20


def attempt(job: Job, task: Task) -> Tuple[Result, Dict[int, int]]:
    """Does a task, and returns what came of it, with the number of fields for each code.

    Raises `AttemptFailed`, or the error of the storage, if anything but the input itself is to blame. Nothing has a name
    then. The report is written last, so that whoever sees it may count on the output.
    """
    binary = program_of_executor(job.version)
    with tempfile.TemporaryDirectory(prefix="imsdk-annotate-") as folder:
        job.passed.write_files(folder)
        child = _Child(job, task, binary, folder)
        output = NewFile(task.output, job.storage) if task.output is not None and not child.archive else None
        try:
            child.run(output)
            if output is not None:
                output.commit()
        except BaseException as error:
            if output is not None:
                output.discard()
            if isinstance(error, InputLost):
                return _unread(job, task, binary, folder, str(error)), {}
            raise
        if child.archive is not None and task.output is not None:
            upload(child.archive, task.output, job.storage)
            written = os.path.getsize(child.archive)
        else:
            written = output.size if output is not None else 0
        codes = codes_of(child.report)
        upload(child.report, task.report, job.storage)
        return Result(task.number, child.is_complete, said_by(child.said, MOST_SAID_BY_TASK), written), codes


def _unread(job: Job, task: Task, binary: str, folder: str, said: str) -> Result:
    """Returns the result of a task whose input cannot be read. In place of its report it has one of no input.

    That is what the program makes of a file that is not there. It keeps the sum from being complete, and is no mark that
    the task is done.
    """
    report, url = os.path.join(folder, "unread.json"), f"{task.report.rpartition('.')[0]}.unread"
    command = [
        binary,
        "--no-config",
        *job.passed.arguments(folder),
        "--report",
        f"json={report}",
        "--",
        os.path.join(folder, "missing"),
    ]
    done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode != 3 or is_complete_report(report):
        raise AttemptFailed(f"{said}; to say so, imsdk-annotate ended with status {done.returncode}")
    upload(report, url, job.storage)
    return Result(task.number, False, f"imsdk-annotate-spark: {said}, and was not read; run again with --resume", 0, url)


class _Child:
    """A run of the program."""

    def __init__(self, job: Job, task: Task, binary: str, folder: str) -> None:
        self.job = job
        self.task = task
        self.report = os.path.join(folder, "report.json")
        self.said = os.path.join(folder, "said")
        self.archive: Optional[str] = None
        self.is_complete = True
        # The program writes an archive as an archive only into a file of such a name.
        if task.output is not None and task.is_archive and not job.passed.has("--no-archives"):
            self.archive = os.path.join(folder, os.path.basename(task.output))
        self.system, self.path = open_storage(absolute(task.name, job.folder), job.storage)
        self.start = max(task.start - 1, 0)
        self.command = [binary, "--no-config", "--block-buffered", *self._arguments(folder)]

    def _arguments(self, folder: str) -> List[str]:
        task, passed = self.task, self.job.passed
        # The members of a zip archive keep their own packing, and so does the archive.
        is_zip = self.archive is not None and self.archive.lower().endswith(".zip")
        arguments = passed.arguments(folder, ("--compress", "--level") if is_zip else ())
        if not passed.has("--threads"):
            arguments.append("--threads=1")
        if passed.has("--line-number") and not passed.has("--with-filename"):
            # As the program does where several files are read.
            arguments.append("--with-filename")
        if task.output is None:
            arguments.append("--quiet")
        elif self.archive is not None:
            arguments += ["--output", self.archive]
        elif not passed.has("--compress"):
            arguments.append("--compress=keep")
        if task.is_range:
            arguments += [f"--range={task.start}-{task.end}", f"--offset={self.start}"]
        return [
            *arguments,
            f"--name={task.name}",
            f"--input-size={task.size - self.start}",
            "--report",
            f"json={self.report}",
        ]

    def run(self, output: Optional[NewFile]) -> None:
        """Runs the program to its end, its output into `output`. Raises unless all went well but for the input."""
        task = self.task
        check_unchanged(self.system, self.path, task.name, task.size, task.tag)
        with open(self.said, "wb") as said:
            child = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE if output is not None else subprocess.DEVNULL,
                stderr=said,
                # A feeder in Python takes the place of a file: no buffer of Python between it and the pipe.
                bufsize=0,
            )
        assert child.stdin is not None
        feeder = Feeder(self.system, self.path, self.start, task.size, _wide(child.stdin))
        try:
            feeder.start()
            if output is not None:
                assert child.stdout is not None
                pump(_wide(child.stdout), output)
            status = child.wait()
            feeder.join()
        except BaseException:
            child.kill()
            child.wait()
            raise
        finally:
            if child.stdout is not None:
                child.stdout.close()
        if feeder.error is not None:
            # A file that has changed or vanished is no fault of the storage, which may mend.
            with contextlib.suppress(OSError):
                check_unchanged(self.system, self.path, task.name, task.size, task.tag)
            raise AttemptFailed(
                f"{task.name}: cannot be read: {type(feeder.error).__name__}: {feeder.error}"
            ) from feeder.error
        if not feeder.is_content:
            # To the program, an input that is fed too little looks like a damaged one.
            raise AttemptFailed(f"{task.name}: only {feeder.fed} bytes were read of {task.size - self.start}")
        # A file that is written while it is read has bytes of two contents.
        check_unchanged(self.system, self.path, task.name, task.size, task.tag)
        self._judge(status)

    def _judge(self, status: int) -> None:
        """Sets `is_complete`. Raises `AttemptFailed` for a status that is not of the input, or does not fit the report."""
        name = self.task.name
        if status not in (0, 3):
            ended = f"status {status}" if status >= 0 else f"signal {-status}"
            raise AttemptFailed(f"{name}: imsdk-annotate ended with {ended}: {said_by(self.said) or 'it said nothing'}")
        self.is_complete = is_complete_report(self.report)
        if self.is_complete != (status == 0):
            raise AttemptFailed(f"{name}: the report does not fit status {status}: {said_by(self.said)}")


def pump(source: BinaryIO, output: NewFile) -> None:
    """Copies a pipe to a new file until its end."""
    descriptor = source.fileno()
    while True:
        data = os.read(descriptor, PIPE_BYTES)
        if not data:
            return
        output.write(data)


def _wide(pipe: Any) -> Any:
    """Returns a pipe, made as wide as Linux lets it be: fewer switches between feeder, child and pump."""
    if hasattr(fcntl, "F_SETPIPE_SZ") or os.uname().sysname == "Linux":
        try:
            fcntl.fcntl(pipe.fileno(), getattr(fcntl, "F_SETPIPE_SZ", 1031), PIPE_BYTES)
        except OSError:
            pass
    return pipe
