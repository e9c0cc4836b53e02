"""Files that get their names when they are whole."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from typing import Any, Iterator


@contextlib.contextmanager
def new_file(path: str, source: Any) -> Iterator[int]:
    """Gives a descriptor to write to; at the end what was written has the name `path`, and after an exception nothing does.

    A file that is there is replaced as a whole and keeps its mode; a link stays, and its target is replaced; a device or a
    named pipe is written as it is. A new file has no more rights than `source`, where this is the path of a file. A process
    that is killed meanwhile leaves a file `.imsdk-annotate-*.tmp`, never one of that name.
    """
    path = os.path.realpath(path)
    try:
        there = os.stat(path)
    except FileNotFoundError:
        there = None
    if there and not stat.S_ISREG(there.st_mode):
        # A folder is refused here.
        descriptor = os.open(path, os.O_WRONLY | os.O_CLOEXEC)
        try:
            yield descriptor
        finally:
            os.close(descriptor)
        return
    temporary = os.path.join(os.path.dirname(path), f".imsdk-annotate-{secrets.token_hex(8)}.tmp")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
    try:
        descriptor = os.open(temporary, flags, _mode(source))
    except FileNotFoundError:
        raise FileNotFoundError(2, "the folder of the output is not there", path) from None
    try:
        try:
            yield descriptor
            if there:
                os.fchmod(descriptor, stat.S_IMODE(there.st_mode))
        finally:
            os.close(descriptor)
        os.replace(temporary, path)
    except BaseException:
        os.unlink(temporary)
        raise


def _mode(source: Any) -> int:
    """Returns the mode of a new file, from which the umask is taken."""
    try:
        kind = os.stat(source).st_mode if source is not None else None
    except OSError:
        kind = None
    return kind & 0o666 if kind is not None and stat.S_ISREG(kind) else 0o666
