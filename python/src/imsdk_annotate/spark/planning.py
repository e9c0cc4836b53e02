"""The tasks of a job: one for each file, several for a large file that is plain text."""

from __future__ import annotations

from typing import Any, Container, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

from imsdk_annotate.spark.errors import InputLost, UsageError, naming
from imsdk_annotate.spark.feed import check_unchanged
from imsdk_annotate.spark.listing import Source
from imsdk_annotate.spark.names import is_archive, is_packed, output_name
from imsdk_annotate.spark.parts import Job, Task, identity, report_name
from imsdk_annotate.spark.storage import absolute, joined, open_storage

HEAD = 128 << 10
"""The first bytes of a range that are looked at. The program looks at 64 KiB, from the range's first whole line on."""

SIGNATURES = (
    b"\x1f\x8b", b"\x1f\x9d", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\x00", b"BZh", b"\x04\x22\x4d\x18", b"\x02\x21\x4c\x18",
    b"\x5d\x00\x00", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"PK", b"7z\xbc\xaf", b"Rar!", b"\x89LZO",
)  # fmt: skip
"""First bytes of what may be packed, whatever the name says. A text that begins so is one task: no harm is done."""

SKIPPABLE = frozenset(bytes([byte]) for byte in range(0x50, 0x60))
"""First bytes of the 16 kinds of skippable frames, with which a file in zstd or lz4 may begin."""


class Shape(NamedTuple):
    """Into which tasks files are divided."""

    output: Optional[str]
    """The URL of the folder of outputs."""
    parts: str
    """The URL of the folder of part reports."""
    shard_size: int
    """The most bytes of a range; 0 divides no file."""


def may_be_divided(source: Source, shape: Shape) -> bool:
    """Returns whether a file is large enough for ranges, and its name that of no packed file. Its head has the last word."""
    return 0 < shape.shard_size < source.size and not is_packed(source.relative)


def is_packed_head(head: bytes) -> bool:
    """Returns whether a file that begins so may be packed."""
    return head.startswith(SIGNATURES) or (head[:1] in SKIPPABLE and head[1:4] == b"\x2a\x4d\x18")


def is_utf8(piece: bytes) -> bool:
    """Returns whether a piece of a file is UTF-8 text: without zeros, and with no broken characters but at its ends."""
    if b"\0" in piece:
        return False
    begin = next((place for place in range(min(4, len(piece))) if piece[place] & 0xC0 != 0x80), 0)
    for cut in range(4):
        try:
            piece[begin : len(piece) - cut].decode("utf-8")
            return True
        except UnicodeDecodeError:
            continue
    return False


def read_heads(job: Job, sources: Iterable[Source], shard_size: int) -> Iterator[Tuple[str, bool]]:
    """Yields whether each file can be divided: it is plain, and the program takes each range for UTF-8 by its own bytes.

    A file whose encoding the program tells by its beginning alone (GBK, or GBK behind a beginning in ASCII) stays whole: a
    later range might be told otherwise. Runs on executors: a driver alone would take long for many files.
    """
    for source in sources:
        with naming(source.name):
            is_plain = _is_plain_source(job, source, shard_size)
        yield source.name, is_plain


def _is_plain_source(job: Job, source: Source, shard_size: int) -> bool:
    """Returns whether a file can be divided. One that has vanished or changed cannot, as its task says."""
    system, path = open_storage(absolute(source.name, job.folder), job.storage)
    try:
        return _is_plain(system, path, source.size, shard_size)
    except (OSError, ValueError):
        try:
            check_unchanged(system, path, source.name, source.size, source.tag)
        except InputLost:
            return False
        raise


def _is_plain(system: Any, path: str, size: int, shard_size: int) -> bool:
    """Returns whether all ranges of a file begin as plain text. One head is held at a time; the first other one decides."""
    for start, _ in _ranges(size, shard_size):
        head = system.cat_file(path, start=start, end=min(start + HEAD, size))
        if not is_utf8(head) or (start == 0 and is_packed_head(head)):
            return False
    return True


def plan(job: Job, sources: Sequence[Source], dividable: Container[str], shape: Shape) -> List[Task]:
    """Returns the tasks in the order of the sources. Raises `UsageError` where two would have one output."""
    tasks: List[Task] = []
    outputs: Dict[str, str] = {}
    for source in sources:
        relative = output_name(source.relative, job.passed.value("--compress"))
        is_divided = source.name in dividable and may_be_divided(source, shape)
        ranges = _ranges(source.size, shape.shard_size) if is_divided else [(0, -1)]
        names = (
            [f"{relative}.part-{place:05}-of-{len(ranges):05}" for place in range(len(ranges))] if is_divided else [relative]
        )
        for name in {relative, *names}:
            other = outputs.setdefault(name, source.name)
            if shape.output is not None and other is not source.name:
                raise UsageError(f"{other} and {source.name}: would both be written to {name}; annotate them in two jobs")
        for name, (start, end) in zip(names, ranges):
            tasks.append(_task(job, source, len(tasks), name, start, end, shape))
    return tasks


def _ranges(size: int, most: int) -> List[Tuple[int, int]]:
    """Returns ranges of equal size, as few as have at most that many bytes each."""
    count = -(-size // most)
    return [(size * place // count, size * (place + 1) // count) for place in range(count)]


def _task(job: Job, source: Source, number: int, name: str, start: int, end: int, shape: Shape) -> Task:
    output = None if shape.output is None else joined(shape.output, name)
    own = identity(job, source.name, source.size, source.tag, start, end, output)
    report = joined(shape.parts, report_name(number, output, own))
    return Task(number, source.name, source.size, source.tag, output, report, is_archive(source.relative), start, end)
