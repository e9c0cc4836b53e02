"""The feeder of a child: chunks of a file on any storage into the child's standard input."""

from __future__ import annotations

import threading
from typing import Any, BinaryIO, Optional

from imsdk_annotate.spark.errors import AttemptFailed, InputLost
from imsdk_annotate.spark.files import tag_of

CHUNK = 8 << 20
"""The bytes of one read, which is one request on an object store."""


class Feeder(threading.Thread):
    """Feeds the bytes `start..end` of a file to a pipe, closes the pipe, and keeps the error of a read that fails.

    A pipe that the child has closed ends the feeding without an error: the child reads no further than it needs, and its
    own status says whether it is content.
    """

    def __init__(self, system: Any, path: str, start: int, end: int, sink: BinaryIO) -> None:
        super().__init__(name="feeder", daemon=True)
        self.system = system
        self.path = path
        self.start_at = start
        self.end_at = end
        self.sink = sink
        self.fed = 0
        self.is_closed = False
        self.error: Optional[BaseException] = None

    @property
    def is_content(self) -> bool:
        """Whether the child got all bytes, or closed the pipe itself because it needed no more."""
        return self.is_closed or self.fed == self.end_at - self.start_at

    def run(self) -> None:
        try:
            if self.end_at > self.start_at:
                self._feed()
        except BaseException as error:  # noqa: B036 - the attempt raises it, in its own thread
            self.error = error
        finally:
            try:
                self.sink.close()
            except OSError:
                pass

    def _feed(self) -> None:
        # Without a cache each read is one request of just these bytes, conditional on the ETag where the storage has that.
        with self.system.open(self.path, "rb", block_size=CHUNK, cache_type="none") as file:
            at = self.start_at
            if at:
                file.seek(at)
            while at < self.end_at:
                wanted = min(CHUNK, self.end_at - at)
                chunk = file.read(wanted)
                if not chunk:
                    raise AttemptFailed(f"{self.path}: ended at byte {at} of {self.end_at}")
                at += len(chunk)
                # An error of the storage may be a broken pipe, too: only one of this write is the child's.
                try:
                    _write_all(self.sink, chunk)
                except BrokenPipeError:
                    self.is_closed = True
                    return
                self.fed += len(chunk)


def _write_all(sink: BinaryIO, chunk: bytes) -> None:
    """Writes all of a chunk to a pipe without a buffer, which may take a part of it at a time."""
    rest = memoryview(chunk)
    while rest:
        rest = rest[sink.write(rest) :]


def check_unchanged(system: Any, path: str, name: str, size: int, tag: str) -> None:
    """Raises `InputLost` if a file is not the one that was listed: two tasks might see different contents."""
    system.invalidate_cache(path)
    try:
        info = system.info(path)
    except FileNotFoundError:
        raise InputLost(f"{name}: has vanished since it was listed") from None
    if int(info["size"]) != size or tag_of(info) != tag:
        raise InputLost(f"{name}: has changed since it was listed ({size:,} bytes then, {int(info['size']):,} now)")
