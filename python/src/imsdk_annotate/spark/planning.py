"""The tasks of a job: one for each file, several for a large file that is plain text."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence

from imsdk_annotate.spark.errors import UsageError
from imsdk_annotate.spark.listing import Source
from imsdk_annotate.spark.names import is_archive, is_packed, output_name
from imsdk_annotate.spark.parts import Job, Task, identity, report_name
from imsdk_annotate.spark.storage import StorageOptions, joined, open_storage

HEAD = 64 << 10
"""The first bytes that tell what a file is, as many as the program looks at."""

SIGNATURES = (
    b"\x1f\x8b", b"\x1f\x9d", b"\x28\xb5\x2f\xfd", b"\xfd7zXZ\x00", b"BZh", b"\x04\x22\x4d\x18", b"\x02\x21\x4c\x18",
    b"\x5d\x00\x00", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"PK", b"7z\xbc\xaf", b"Rar!", b"\x89LZO",
)  # fmt: skip
"""First bytes of what may be packed, whatever the name says. A text that begins so is one task: no harm is done."""


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


def encoding_of_head(head: bytes) -> Optional[str]:
    """Returns `utf-8` for the head of a file of plain UTF-8 text, which can be divided; None for anything else.

    The rest is packed, in UTF-16 (it has zeros), binary, or in an encoding that is told by its head alone. A character that
    the end of the head cuts off is none of these.
    """
    if head.startswith(SIGNATURES) or b"\0" in head or (head[:1] == b"\x5a" and head[1:4] == b"\x2a\x4d\x18"):
        return None
    for cut in range(4):
        try:
            head[: len(head) - cut].decode("utf-8")
            return "utf-8"
        except UnicodeDecodeError:
            continue
    return None


def read_heads(names: Iterable[str], options: StorageOptions) -> Iterator["tuple[str, Optional[str]]"]:
    """Yields the encoding that the head of each file tells. Runs on executors: a driver alone would take long for many."""
    for name in names:
        system, path = open_storage(name, options)
        yield name, encoding_of_head(system.cat_file(path, 0, HEAD))


def plan(job: Job, sources: Sequence[Source], encodings: Dict[str, Optional[str]], shape: Shape) -> List[Task]:
    """Returns the tasks in the order of the sources. Raises `UsageError` where two would have one output."""
    tasks: List[Task] = []
    outputs: Dict[str, str] = {}
    for source in sources:
        relative = output_name(source.relative, job.passed.value("--compress"))
        other = outputs.setdefault(relative, source.name)
        if shape.output is not None and other is not source.name:
            raise UsageError(f"{other} and {source.name}: would both be written to {relative}; annotate them in two jobs")
        encoding = encodings.get(source.name)
        ranges = _ranges(source.size, shape.shard_size) if encoding is not None and may_be_divided(source, shape) else [(0, -1)]
        for place, (start, end) in enumerate(ranges):
            name = relative if len(ranges) == 1 else f"{relative}.part-{place:05}-of-{len(ranges):05}"
            tasks.append(_task(job, source, len(tasks), name, start, end, encoding if end >= 0 else None, shape))
    return tasks


def _ranges(size: int, most: int) -> "list[tuple[int, int]]":
    """Returns ranges of equal size, as few as have at most that many bytes each."""
    count = -(-size // most)
    return [(size * place // count, size * (place + 1) // count) for place in range(count)]


def _task(job: Job, source: Source, number: int, name: str, start: int, end: int, encoding: Any, shape: Shape) -> Task:
    output = None if shape.output is None else joined(shape.output, name)
    own = identity(job, source.name, source.size, source.tag, start, end, output)
    report = joined(shape.parts, report_name(number, own))
    return Task(number, source.name, source.size, source.tag, output, report, is_archive(source.relative), start, end, encoding)
