"""Reports of the program: of a part, and of a sum; what the job must know of them."""

from __future__ import annotations

import json
import os
import re
from typing import Any, Dict, List, NamedTuple, Sequence

from imsdk_annotate.spark.errors import AttemptFailed

HEAD = re.compile(
    rb'\{\n  "format": "imsdk-annotate report",\n  "version": 1,\n  "complete": (true|false),\n'
    rb'  "input": \{\n    "files": \d+,\n    "lines": (\d+),\n    "bytes": (\d+)'
)


AGAIN = "remove this report, and run the job again with --resume, which makes it anew"


class Head(NamedTuple):
    """The beginning of a report."""

    is_complete: bool
    lines: int
    bytes: int


def head_of(path: str) -> Head:
    """Returns the beginning of a report. Raises `AttemptFailed` unless the file is a whole report."""
    with open(path, "rb") as file:
        head = file.read(300)
        file.seek(max(os.path.getsize(path) - 2, 0))
        tail = file.read()
    found = HEAD.match(head)
    if found is None or tail != b"}\n":
        raise AttemptFailed(
            f"{os.path.basename(path)}: is no whole report of imsdk-annotate (it begins with {head[:40]!r}); {AGAIN}"
        )
    return Head(found[1] == b"true", int(found[2]), int(found[3]))


def is_complete_report(path: str) -> bool:
    """Returns what a report says of its inputs. Raises `AttemptFailed` if it is not a whole report."""
    return head_of(path).is_complete


def check_sum(total: str, parts: Sequence[str]) -> None:
    """Raises `AttemptFailed` unless a sum has all lines and bytes of its parts, which are local files.

    The program leaves out a report that it cannot read, with the status of a damaged input.
    """
    heads = [head_of(part) for part in parts]
    own = head_of(total)
    lines, size = sum(head.lines for head in heads), sum(head.bytes for head in heads)
    if (own.lines, own.bytes) == (lines, size) and (own.is_complete or not all(head.is_complete for head in heads)):
        return
    names = ", ".join(damaged_of(parts)) or "the reports of parts"
    raise AttemptFailed(
        f"{names}: could not be added up: the sum has {own.lines:,} lines, {own.bytes:,} bytes of {lines:,} and {size:,}; "
        f"{AGAIN}"
    )


def damaged_of(reports: Sequence[str]) -> List[str]:
    """Returns the names of local reports that are no JSON."""
    damaged = []
    for report in reports:
        try:
            with open(report, encoding="utf-8") as file:
                json.load(file)
        except ValueError:
            damaged.append(os.path.basename(report))
    return damaged


def codes_of(path: str) -> Dict[int, int]:
    """Returns the number of fields for each code of a report, for the driver's progress."""
    with open(path, encoding="utf-8") as file:
        report: Dict[str, Any] = json.load(file)
    return {row["code"]: row["count"] for row in [*report["codes"], *report["unknown"]]}
