"""Exceptions of the job: what a person has done wrongly, what has gone wrong in an attempt, and of which file."""

from __future__ import annotations

import contextlib
from typing import Iterator


class UsageError(Exception):
    """Options or operands with which no job is begun: the exit status is 2, and the message says the remedy."""


class AttemptFailed(Exception):
    """An attempt at a task that leaves nothing behind. Spark repeats the task; after its last attempt the job has failed."""


class InputLost(Exception):
    """An input that has vanished, or is not the file that was listed: it cannot be read, and the others go on."""


@contextlib.contextmanager
def naming(name: str) -> Iterator[None]:
    """Raises any error inside as `AttemptFailed` with the file's name: that of a storage is often a bare `Forbidden`."""
    try:
        yield
    except AttemptFailed:
        raise
    except UsageError as error:
        # As one of a package that this executor does not have; its message has a name.
        raise AttemptFailed(f"on an executor: {error}") from error
    except Exception as error:
        raise AttemptFailed(f"{name}: {type(error).__name__}: {error}") from error
