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
    SourceSizeError,
    TroubleError,
)
from imsdk_annotate._report import Code, Place, Report, ReportError
from imsdk_annotate._run import Result, annotate, stream

__all__ = [
    "AnnotateError",
    "BinaryNotFoundError",
    "CheckFailedError",
    "Code",
    "DamagedInputError",
    "KilledError",
    "Place",
    "Report",
    "ReportError",
    "Result",
    "RunError",
    "SourceSizeError",
    "TroubleError",
    "annotate",
    "find_binary",
    "stream",
]
