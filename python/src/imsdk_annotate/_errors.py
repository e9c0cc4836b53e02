"""Exceptions of this package: one for each way in which a run of the program does not end well."""

from __future__ import annotations

from typing import Sequence


class AnnotateError(Exception):
    """The program could not be run, or ended in a way that the caller does not accept."""


class BinaryNotFoundError(AnnotateError):
    """No program `imsdk-annotate` that can be run is where one may be."""


class SourceSizeError(AnnotateError):
    """A source has fewer or more bytes than `input_size` promised: what feeds it has failed, and may be tried again."""


class RunError(AnnotateError):
    """The program has run, and its status is none of those that the caller accepts.

    `status` is its exit status, or the negative number of the signal that ended it; `stderr` has what it said (of much, the
    beginning and the end); `arguments` are those that it was given; `output` has what `annotate` got so far, else nothing.
    """

    def __init__(self, status: int, stderr: str, arguments: Sequence[str], output: bytes = b"") -> None:
        super().__init__(status, stderr, arguments, output)
        self.status = status
        self.stderr = stderr
        self.arguments = list(arguments)
        self.output = output

    def __str__(self) -> str:
        said = self.stderr.strip() or "it said nothing"
        ended = f"status {self.status}" if self.status >= 0 else f"signal {-self.status}"
        return f"imsdk-annotate ended with {ended}: {said}"


class CheckFailedError(RunError):
    """Status 1: a check (`--fail-on`, `--expect`) has failed, or a look-up or a selection has found nothing."""


class TroubleError(RunError):
    """Status 2: bad options or configuration, an output that cannot be written, or fewer bytes than were promised."""


class DamagedInputError(RunError):
    """Status 3: the output is whole, but for inputs that are damaged or cannot be read. A repetition does not help."""


class KilledError(RunError):
    """A signal has ended the program: its output is not whole. No caller can accept this status."""


def error_of(status: int) -> type[RunError]:
    """Returns the class of the exception for an exit status."""
    if status < 0:
        return KilledError
    return {1: CheckFailedError, 3: DamagedInputError}.get(status, TroubleError)
