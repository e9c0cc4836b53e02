"""Exceptions of the job: what a person has done wrongly, and what has gone wrong in an attempt."""

from __future__ import annotations


class UsageError(Exception):
    """Options or operands with which no job is begun: the exit status is 2, and the message says the remedy."""


class AttemptFailed(Exception):
    """An attempt at a task that leaves nothing behind. Spark repeats the task; after its last attempt the job has failed."""


class InputLost(Exception):
    """An input that has vanished, or is not the file that was listed: it cannot be read, and the others go on."""
