"""The log filter `imsdk-annotate` for Python: the wheel carries the program, and this package calls it."""

from __future__ import annotations

from imsdk_annotate._binary import find_binary
from imsdk_annotate._errors import (
    AnnotateError,
    BinaryNotFoundError,
    CheckFailedError,
    DamagedInputError,
    KilledError,
    RunError,
    TroubleError,
)

__all__ = [
    "AnnotateError",
    "BinaryNotFoundError",
    "CheckFailedError",
    "DamagedInputError",
    "KilledError",
    "RunError",
    "TroubleError",
    "find_binary",
]
