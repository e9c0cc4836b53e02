"""Commands that are measured: their runs, in turn with others, and their answers."""

from __future__ import annotations

import os
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Optional, Union

# The configuration of the person who measures changes nothing, and the other programs need not decode characters.
ENVIRONMENT = {**os.environ, "IMSDK_ANNOTATE_CONFIG": "", "LC_ALL": "C"}


class Missing(Exception):
    """A program that a row needs is not installed."""

    def __init__(self, program: str) -> None:
        super().__init__(f"{program} is not installed")


class Failed(Exception):
    """A command has ended with another status than it should, or has given a wrong answer."""


@dataclass(frozen=True)
class Command:
    """One command. Equal commands of a table are run once a round."""

    argv: tuple[str, ...]
    stdin: Optional[Path] = None
    # The file that its standard output goes to, in place of /dev/null.
    stdout: Optional[Path] = None
    # The exit status that is right.
    status: int = 0
    # The size of its input where rows compare inputs of several sizes: their times are compared for each byte.
    bytes: Optional[int] = None
    # The programs that a script of the shell runs.
    needs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for program in (self.argv[0], *self.needs):
            if shutil.which(program) is None:
                raise Missing(program)


@dataclass(frozen=True)
class Used:
    """What one run has used, or the medians of several runs, in seconds."""

    cpu: float
    wall: float


def shell(script: str, *needs: str) -> Command:
    """Returns a command that is a script for bash; `needs` are the programs that it runs."""
    return Command(("bash", "-c", script), needs=needs)


def run(command: Command) -> Used:
    """Runs a command, and returns what it has used together with all processes that it has waited for."""
    stdin, stdout = command.stdin or os.devnull, command.stdout or os.devnull
    with open(stdin, "rb") as source, open(stdout, "wb") as target, tempfile.TemporaryFile() as stderr:
        began = time.perf_counter()
        child = subprocess.Popen(command.argv, stdin=source, stdout=target, stderr=stderr, env=ENVIRONMENT)
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        # Popen is told that the process has been waited for.
        child.returncode = os.WEXITSTATUS(status) if os.WIFEXITED(status) else -os.WTERMSIG(status)
        if child.returncode != command.status:
            stderr.seek(0)
            said = stderr.read().decode(errors="replace").strip()
            raise Failed(f"{' '.join(command.argv)}: status {child.returncode} in place of {command.status}: {said}")
    return Used(usage.ru_utime + usage.ru_stime, wall)


def printed(argv: Sequence[str], stdout: Union[int, IO[bytes]] = subprocess.PIPE) -> subprocess.CompletedProcess[bytes]:
    """Runs a command that is not measured, and returns what it has printed."""
    done = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=stdout, stderr=subprocess.PIPE, env=ENVIRONMENT)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise Failed(f"{' '.join(argv)}: status {done.returncode} in place of 0: {said}")
    return done


def answer(command: Command) -> bytes:
    """Returns what a command writes to its standard output."""
    with tempfile.NamedTemporaryFile() as file:
        fields = {**command.__dict__, "stdout": Path(file.name)}
        run(Command(**fields))
        return file.read()


def medians(commands: Iterable[Command], runs: int) -> dict[Command, Used]:
    """Runs commands in turn, after one round that is not counted, and returns the medians of each."""
    used: dict[Command, list[Used]] = {command: [] for command in commands}
    # All that was written for this goes to the disk first, so that the disk does not disturb the runs.
    os.sync()
    for number in range(runs + 1):
        for command, figures in used.items():
            figure = run(command)
            if number > 0:
                figures.append(figure)
    return {
        command: Used(statistics.median(f.cpu for f in figures), statistics.median(f.wall for f in figures))
        for command, figures in used.items()
    }


def peak_memory(command: Command) -> Optional[int]:
    """Returns the most memory that a command had resident, in bytes, or None if it ended before that could be read.

    It is read each millisecond while the command runs. The figure that the system gives at the end (`ru_maxrss`) is of no
    use here: it is at least that of the process which started the command, Python.
    """
    peak = None
    with open(command.stdin or os.devnull, "rb") as source:
        child = subprocess.Popen(command.argv, stdin=source, stdout=subprocess.DEVNULL, env=ENVIRONMENT)
    status = Path(f"/proc/{child.pid}/status")
    while child.poll() is None:
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                peak = 1024 * int(line.split()[1])
        time.sleep(0.001)
    if child.returncode != command.status:
        raise Failed(f"{' '.join(command.argv)}: status {child.returncode} in place of {command.status}")
    return peak
