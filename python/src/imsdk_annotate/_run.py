"""Runs of the program: a source that is fed to it, a destination that gets what it writes, and the status as an answer."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
from dataclasses import dataclass
from typing import Any, Collection, Iterator, List, Optional, Sequence, Union

from imsdk_annotate._child import Child, Readable, Writable
from imsdk_annotate._errors import error_of
from imsdk_annotate._outputs import new_file

StrPath = Union[str, "os.PathLike[str]"]

Options = Sequence[StrPath]


@dataclass(frozen=True)
class Result:
    """A run that ended with a status that the caller accepts."""

    status: int
    """The exit status: 0, or one that was accepted (1: a check has failed; 2: trouble; 3: a damaged input)."""

    stderr: str
    """The program's standard error: messages, and reports that go there. Of much, the beginning and the end."""

    fed: int
    """Number of bytes of a file object that the program was given; 0 for a path, which it reads itself."""


def annotate(data: bytes, *options: StrPath, accept: Collection[int] = ()) -> bytes:
    """Returns what the program writes to its standard output for `data`: the log with its notes, or what options ask for.

    `annotate(b"ret=-1")` is `b"ret=-1 (general: failure)"`. Raises a `RunError` for a status that is neither 0 nor in
    `accept` (see `stream`), whose `output` has what was written all the same.
    """
    output = io.BytesIO()
    arguments = _words(options)
    _is_accepted(0, accept)
    with Child(arguments, subprocess.PIPE, subprocess.PIPE) as run:
        run.drain_to(output)
        run.feed(io.BytesIO(data))
        status, stderr = run.end()
    if not _is_accepted(status, accept):
        raise error_of(status)(status, stderr, arguments, output.getvalue())
    return output.getvalue()


def stream(
    src: Union[StrPath, Readable],
    dst: Union[StrPath, Writable, None],
    options: Options = (),
    *,
    accept: Collection[int] = (),
    name: Optional[str] = None,
    input_size: Optional[int] = None,
) -> Result:
    """Runs the program on `src`, and writes its standard output to `dst`; memory does not depend on the size.

    `src` is a path, which is an operand of the program (a log, compressed or not, or a folder), or a binary file object,
    which is read by the calling thread to its end and is the standard input: with `name` in place of "standard input", and
    with `input_size`, of which fewer or more bytes are a `SourceSizeError`. A program that stops reading early, as with
    `--range`, is no error. Where reading raises, the program is killed, nothing gets a name, and the exception goes on.

    `dst` is a path, a binary file object, or None for output that nobody wants (`-q --report json=FILE`). A file gets its
    name when it is whole; a device or a pipe is written as it is. A file object is written by another thread, not closed;
    where writing raises, the program is killed, and the exception goes on.

    Raises `CheckFailedError` for status 1, `TroubleError` for 2, `DamagedInputError` for 3, unless `accept` has the status:
    `accept=(1, 3)` gives results for a failed check and a damaged input. A program that a signal ends is
    always a `KilledError`.

    The user's configuration of the program counts, as in a shell; the option `--no-config` keeps it out.
    """
    arguments = _words(options)
    _is_accepted(0, accept)
    source: Optional[Readable] = None
    if isinstance(src, (str, os.PathLike)):
        if name is not None or input_size is not None:
            raise ValueError("name and input_size are for a file object: a path has its own name and size")
        arguments += ["--", "./-" if src == "-" else os.fspath(src)]
    else:
        _check_binary(src, "read", "src")
        source = src
        arguments = [*_of_stream(name, input_size), *arguments]
    with _destination(dst, src if source is None else None) as output:
        stdin = subprocess.PIPE if source is not None else subprocess.DEVNULL
        with Child(arguments, stdin, output if isinstance(output, int) else subprocess.PIPE) as run:
            if not isinstance(output, int):
                run.drain_to(output)
            fed = run.feed(source, input_size) if source is not None else 0
            status, stderr = run.end()
        if not _is_accepted(status, accept):
            raise error_of(status)(status, stderr, arguments)
    return Result(status, stderr, fed)


def _words(options: Options) -> List[str]:
    """Returns options as the list of arguments that they are."""
    if isinstance(options, (str, bytes, os.PathLike)):
        raise TypeError(f"options are a list of words, as [{options!r}], and not one word")
    return [os.fspath(option) for option in options]


def _of_stream(name: Optional[str], input_size: Optional[int]) -> List[str]:
    """Returns the options that describe standard input."""
    options = [] if name is None else [f"--name={name}"]
    return options if input_size is None else [*options, f"--input-size={input_size:d}"]


def _is_accepted(status: int, accept: Collection[int]) -> bool:
    """Returns whether a status is no error. Raises ValueError where `accept` has what is no status of the program."""
    if isinstance(accept, int) or not set(accept) <= {0, 1, 2, 3}:
        raise ValueError(f"accept={accept!r}: it has statuses of the program, as (1, 3); a signal is never accepted")
    return status == 0 or status in accept


def _check_binary(file: Any, method: str, role: str) -> None:
    """Raises TypeError where `file` is no binary file object with `method`."""
    if isinstance(file, io.TextIOBase):
        raise TypeError(f"{role} is a text file: open it in binary mode, or take its `buffer`")
    if not hasattr(file, method):
        raise TypeError(f"{role} is a {type(file).__name__}, and must be a path or a binary file object")


@contextlib.contextmanager
def _destination(dst: Any, source: Any) -> Iterator[Any]:
    """Gives a file object to be written, or a descriptor for the program itself. A new file gets its name at the end."""
    if dst is None:
        yield subprocess.DEVNULL
    elif isinstance(dst, (str, os.PathLike)):
        with new_file(os.fspath(dst), source) as descriptor:
            yield descriptor
    else:
        _check_binary(dst, "write", "dst")
        yield dst
