"""The program as a child process, with the threads that pump its streams.

One thread, the caller's, reads the source and feeds the child; a second one takes the output, a third one the standard
error, so that none waits for another in a circle. Memory is a few chunks, whatever flows.
"""

from __future__ import annotations

import io
import os
import subprocess
import threading
from typing import Any, Optional, Protocol, Sequence, Tuple

from imsdk_annotate._binary import find_binary
from imsdk_annotate._errors import SourceSizeError

CHUNK = 256 * 1024
"""Bytes that are asked of a source, and taken from the program, at a time."""

STDERR_KEPT = 32 * 1024
"""Bytes that are kept of the beginning of the standard error, and of its end."""

LAST_WRITE_SECONDS = 2.0
"""Time that a run which has failed gives a write to the destination that is under way."""

LISTENER_SECONDS = 0.5
"""Time that it gives the end of standard error, which a command of `--exec-on-fail` may hold open."""


class Readable(Protocol):
    """A source of bytes: a binary file, a response, an object of fsspec."""

    def read(self, size: int, /) -> Optional[bytes]:
        """Returns at most `size` bytes, and none at the end."""


class Writable(Protocol):
    """A destination of bytes. Where `write` returns a number, the rest is written with another call."""

    def write(self, data: bytes, /) -> Any:
        """Takes bytes."""


class Child:
    """A child with its pumps. As a context, it leaves neither child nor thread behind, whatever is raised."""

    def __init__(self, arguments: Sequence[str], stdin: int, stdout: int) -> None:
        # A session of its own: ^C would be the end of its input, and so of a log that is cut off; `kill` ends it instead.
        self._child = subprocess.Popen(
            [find_binary(), *arguments],
            stdin=stdin,
            stdout=stdout,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,
        )
        self._drain: Optional[threading.Thread] = None
        self._raised: Optional[BaseException] = None
        self._is_given_up = False
        self._stderr = _Ends()
        self._listener = threading.Thread(target=self._listen, name="imsdk-annotate-stderr", daemon=True)
        self._listener.start()

    def __enter__(self) -> Child:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is not None:
            self._is_given_up = True
            # SIGKILL, before the end of its input: it must not take what it has for the whole.
            self._child.kill()
            self._child.wait()
            if self._drain:
                self._drain.join(LAST_WRITE_SECONDS)
            self._listener.join(LISTENER_SECONDS)
        self._close_stdin()
        self._child.wait()

    def feed(self, source: Readable, size: Optional[int] = None) -> int:
        """Feeds the source to the program, until either ends. Returns the number of bytes that the program was given.

        Raises SourceSizeError where the source has not `size` bytes, before the program sees an end that is none.
        """
        assert self._child.stdin
        descriptor, fed = self._child.stdin.fileno(), 0
        while True:
            chunk = source.read(CHUNK)
            if chunk is None:
                raise BlockingIOError("src has no bytes now: it is non-blocking, and must be a blocking file object")
            if isinstance(chunk, str):
                raise TypeError("src reads text: open it in binary mode")
            if not chunk:
                if size is not None and fed != size:
                    raise SourceSizeError(f"src ended at byte {fed} of {size} (input_size)")
                break
            if size is not None and fed + len(chunk) > size:
                raise SourceSizeError(f"src has more bytes than {size} (input_size)")
            rest = memoryview(chunk).cast("B")
            try:
                while rest:
                    written = os.write(descriptor, rest)
                    fed += written
                    rest = rest[written:]
            except BrokenPipeError:
                # It has what it wants, or has failed: its status tells.
                break
        self._close_stdin()
        return fed

    def drain_to(self, destination: Writable) -> None:
        """Begins to write the program's output to a file object, on a thread."""
        self._drain = threading.Thread(target=self._pump, args=(destination,), name="imsdk-annotate-stdout", daemon=True)
        self._drain.start()

    def end(self) -> Tuple[int, str]:
        """Waits for the program. Returns its status, or the negative number of a signal, and its standard error."""
        if self._drain:
            self._drain.join()
        self._listener.join()
        status = self._child.wait()
        if self._raised:
            raise self._raised
        return status, self._stderr.text()

    def _pump(self, destination: Writable) -> None:
        assert self._child.stdout
        with self._child.stdout as stdout:
            try:
                while not self._is_given_up:
                    chunk = os.read(stdout.fileno(), CHUNK)
                    if not chunk:
                        break
                    _write_all(destination, chunk)
            except BaseException as error:
                self._raised = error
                self._child.kill()

    def _listen(self) -> None:
        assert self._child.stderr
        with self._child.stderr as stderr:
            while True:
                chunk = os.read(stderr.fileno(), CHUNK)
                if not chunk:
                    break
                self._stderr.add(chunk)

    def _close_stdin(self) -> None:
        if self._child.stdin:
            self._child.stdin.close()


class _Ends:
    """The beginning and the end of a text that may be long."""

    def __init__(self) -> None:
        self._first, self._last, self._count = b"", b"", 0

    def add(self, chunk: bytes) -> None:
        """Appends to the text."""
        self._count += len(chunk)
        free = STDERR_KEPT - len(self._first)
        self._first += chunk[:free]
        self._last = (self._last + chunk[free:])[-STDERR_KEPT:]

    def text(self) -> str:
        """Returns the text, with a line in place of what is left out."""
        left_out = self._count - len(self._first) - len(self._last)
        between = f"\n[{left_out} bytes are left out]\n".encode() if left_out else b""
        return (self._first + between + self._last).decode("utf-8", "replace")


def _write_all(destination: Writable, chunk: bytes) -> None:
    """Writes a chunk; a raw file may take a part of it at a time, and other objects may return nothing."""
    while chunk:
        written = destination.write(chunk)
        if written is None:
            if isinstance(destination, io.RawIOBase):
                raise BlockingIOError("dst takes no bytes now: it is non-blocking, and must be a blocking file object")
            return
        chunk = chunk[written:]
