"""The program as a child: which one, and that driver and executors have the same."""

from __future__ import annotations

import functools
import subprocess
from typing import List

import imsdk_annotate
from imsdk_annotate.spark.errors import AttemptFailed, UsageError

MOST_SAID = 8192
"""The bytes of a child's messages that an error has."""

MOST_SAID_BY_TASK = 500
"""The bytes of the messages of a task that has ended: the driver holds those of all tasks at once."""


@functools.lru_cache(maxsize=4)
def version_of(binary: str) -> str:
    """Returns what the program says of its version. Raises `OSError` where it cannot be run."""
    done = subprocess.run([binary, "-V"], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    version = done.stdout.decode(errors="replace").strip()
    if done.returncode != 0 or not version:
        said = done.stderr.decode(errors="replace").strip() or "nothing"
        raise OSError(f"{binary} -V: ended with status {done.returncode} and said {said}; install imsdk-annotate anew")
    return version


def program_of_driver() -> str:
    """Returns the path of the program on the driver."""
    try:
        binary = imsdk_annotate.find_binary()
        version_of(binary)
    except (imsdk_annotate.AnnotateError, OSError) as error:
        raise UsageError(str(error)) from error
    return binary


def program_of_executor(version: str) -> str:
    """Returns the path of the program on an executor. Raises `AttemptFailed` unless it is of the driver's version."""
    try:
        binary = imsdk_annotate.find_binary()
        found = version_of(binary)
    except (imsdk_annotate.AnnotateError, OSError) as error:
        raise AttemptFailed(f"this executor has no program: {error}") from error
    if found != version:
        raise AttemptFailed(
            f"{binary} of this executor is {found!r}, and that of the driver {version!r}: install one wheel on both"
        )
    return binary


def said_by(path: str, most: int = MOST_SAID) -> str:
    """Returns the messages of a child, which has written them to a file; of more than `most` bytes, the beginning."""
    with open(path, "rb") as file:
        said = file.read(most + 1)
    text = said[:most].decode(errors="replace").strip()
    return f"{text}\n... and more" if len(said) > most else text


def check_on_empty_input(binary: str, arguments: List[str]) -> None:
    """Runs the program on empty input, so that bad options are said before any task. Raises `UsageError` with its words."""
    done = subprocess.run(
        [binary, "--no-config", *arguments], input=b"", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False
    )
    if done.returncode not in (0, 1):
        raise UsageError(done.stderr.decode(errors="replace").strip())
