"""The files that operands name, listed once on the driver, in the order in which the program reads a folder."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import Dict, Iterator, List, Match, NamedTuple, Sequence, Tuple

from imsdk_annotate.spark.errors import UsageError
from imsdk_annotate.spark.files import files_at
from imsdk_annotate.spark.storage import StorageOptions, joined

EMPTY_PARTS = re.compile("//+")
NUMBER = re.compile(r"([0-9]+)([^\0-\xff]?)")


class Source(NamedTuple):
    """A file to read, as it was when it was listed."""

    name: str
    """The name in reports and messages, and the URL that is read: the operand, and the path below it."""
    relative: str
    """The path below the operand, and so below the output; the last part of the name of an operand that is a file."""
    size: int
    tag: str


def list_sources(
    operands: Sequence[str], options: StorageOptions, include: Sequence[str], exclude: Sequence[str]
) -> List[Source]:
    """Lists the files of all operands, in their order; of a folder, in the order of names (`a.2` before `a.10`).

    Hidden files and empty marks of folders (`logs/`) are left out. `include` and `exclude` are globs, for the last part of
    the name or, with `/`, for the path below the operand. Raises `UsageError` for an operand that is not there, and where
    two files would have one output.
    """
    sources: List[Source] = []
    for operand in operands:
        sources.extend(_of_operand(operand, options, include, exclude))
    if not sources:
        raise UsageError(f"no files in {' '.join(operands)}; name folders with logs in them, and look at --include")
    seen: Dict[str, str] = {}
    for source in sources:
        other = seen.setdefault(source.relative, source.name)
        if other is not source.name:
            raise UsageError(f"{other} and {source.name}: have one name below the output; annotate them in two jobs")
    return sources


def _of_operand(operand: str, options: StorageOptions, include: Sequence[str], exclude: Sequence[str]) -> Iterator[Source]:
    """Yields the file that an operand names, or those of the folder that it names, in order."""
    try:
        files = [file for file in files_at(operand, options) if not file.below or _is_chosen(file.below, include, exclude)]
    except FileNotFoundError as error:
        raise UsageError(f"{operand}: no such file or folder; check the name") from error
    except (OSError, ValueError) as error:
        raise UsageError(f"{operand}: cannot be listed: {error}; look at its rights, and at --storage-options") from error
    files.sort(key=lambda file: order_of(file.below))
    for below, size, tag in files:
        if below:
            # A key of an object may have `//`, which is one `/` of an output's name.
            yield Source(joined(operand, below), EMPTY_PARTS.sub("/", below).lstrip("/"), size, tag)
        elif not operand.endswith("/"):
            yield Source(operand, operand.rsplit("/", 1)[-1], size, tag)


def _is_chosen(below: str, include: Sequence[str], exclude: Sequence[str]) -> bool:
    """Returns whether a file of a folder is read."""
    if any(part.startswith(".") for part in below.split("/")):
        return False

    def matches(glob: str) -> bool:
        return fnmatchcase(below if "/" in glob else below.rsplit("/", 1)[-1], glob.lstrip("/"))

    return (not include or any(map(matches, include))) and not any(map(matches, exclude))


def order_of(below: str) -> Tuple[Tuple[str, Tuple[int, ...], bytes], ...]:
    """Returns the key that sorts paths as the program does: folder by folder, numbers by value (`a.2` before `a.10`).

    In the key a number is a digit, the count of its digits and the digits, without zeros before it: it meets other numbers
    by value, and other characters as a digit does. Names that are equal so are in the order of zeros, then of bytes.
    Behind a number, characters above U+00FF stand before the others.
    """
    return tuple(_order_of_part(part) for part in below.split("/"))


def _order_of_part(part: str) -> Tuple[str, Tuple[int, ...], bytes]:
    zeros: List[int] = []

    def key_of(number: Match[str]) -> str:
        digits = number[1].lstrip("0")
        zeros.append(len(number[1]) - len(digits))
        return f"0{chr(len(digits))}{digits}" + (f"\0{number[2]}" if number[2] else "")

    return NUMBER.sub(key_of, part), tuple(zeros), part.encode("utf-8", "surrogateescape")
