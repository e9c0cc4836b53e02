"""New files on any storage, which have their names only when they are whole.

On object stores, an upload in parts that is completed in the end: until then the object does not exist, or is the earlier
one. Elsewhere, a file beside it with a temporary name of this attempt alone, which is then renamed.
"""

from __future__ import annotations

import os
import uuid
from typing import Any, Callable, Optional

from imsdk_annotate.spark.storage import LOCAL, StorageOptions, open_storage, parent_of, protocol_of

COMMITTED = frozenset(["s3", "gs"])
"""Protocols whose files of fsspec have `commit` and `discard`."""

APPENDED = frozenset(["oss"])
"""Protocols whose files have their names before they are whole: logs are read there, and nothing is written."""

UNWRITABLE = "its client writes objects bit by bit under their names; write to another storage"

CLOSED = frozenset(["abfs", "adl"])
"""Protocols whose files are whole when they are closed, and nothing if they never are."""

SMALL = 8 << 20
"""Up to this size an object is written with one request."""

MIB = 1 << 20

BLOCK = 16 * MIB
"""The least size of a part of an upload."""

PARTS = 1500
"""The parts of an upload after which they become larger."""


class NewFile:
    """A file that is being written: `write`, and then `commit` or `discard`."""

    def __init__(self, url: str, options: StorageOptions) -> None:
        self.url = url
        self.protocol = protocol_of(url)
        self.system, self.path = open_storage(url, options)
        self.is_object = self.protocol in COMMITTED or self.protocol in CLOSED
        self.size = 0
        self._head = bytearray()
        self._file: Optional[Any] = None
        self._temporary: Optional[str] = None

    def write(self, data: bytes) -> None:
        """Adds bytes."""
        self.size += len(data)
        if self._file is None:
            self._head += data
            if len(self._head) > SMALL:
                self._open()
        else:
            if self.is_object:
                self._file.blocksize = self._block()
            self._file.write(data)

    def _block(self) -> int:
        """Returns the size of the next part of an upload, which has at most 10,000.

        It grows with what is written, as nobody knows how large an output becomes whose input is packed: 1,500 parts of
        16 MiB are the first 24 GiB, and 8,500 further ones 7 TB, more than an object may have. GCS takes multiples of
        256 KiB.
        """
        return -(-max(BLOCK, self.size // PARTS) // MIB) * MIB

    def commit(self) -> None:
        """Gives the file its name. Whoever sees the name sees all of the file."""
        if self._file is None and self.is_object:
            self.system.pipe_file(self.path, bytes(self._head))
            return
        if self._file is None:
            self._open()
        assert self._file is not None
        self._file.close()
        if self.protocol in COMMITTED:
            self._file.commit()
        elif self._temporary is not None:
            self._rename(self._temporary)
            self._temporary = None
        self._file = None

    def discard(self) -> None:
        """Leaves nothing, as far as the storage still answers."""
        file, self._file = self._file, None
        if file is None:
            return
        if self.protocol in COMMITTED:
            _quietly(file.discard)
        if self.is_object:
            # A file that was only dropped would be closed, and so completed, when it is collected.
            file.buffer = None
            file.closed = True
            return
        _quietly(file.close)
        if self._temporary is not None:
            _quietly(lambda: self.system.rm_file(self._temporary))

    def _open(self) -> None:
        """Begins the file behind its small head."""
        if self.is_object:
            # `autocommit` would complete an upload that an error has cut off.
            kwargs = {"autocommit": False} if self.protocol in COMMITTED else {}
            self._file = self.system.open(self.path, "wb", block_size=self._block(), **kwargs)
        else:
            parent, name = parent_of(self.path), os.path.basename(self.path)
            self.system.makedirs(parent, exist_ok=True)
            self._temporary = f"{parent}/.{name}.{uuid.uuid4().hex}.tmp"
            self._file = open(self._temporary, "wb") if self.protocol in LOCAL else self.system.open(self._temporary, "wb")
        head, self._head = bytes(self._head), bytearray()
        assert self._file is not None
        self._file.write(head)

    def _rename(self, temporary: str) -> None:
        """Renames the temporary file. Where a name cannot be replaced, as on HDFS, the earlier file goes first."""
        if self.protocol in LOCAL:
            os.replace(temporary, self.path)
            return
        try:
            self.system.mv(temporary, self.path)
        except (OSError, ValueError):
            if not self.system.exists(self.path):
                raise
            self.system.rm_file(self.path)
            self.system.mv(temporary, self.path)


def write_whole(url: str, data: bytes, options: StorageOptions) -> None:
    """Writes a small file."""
    file = NewFile(url, options)
    try:
        file.write(data)
        file.commit()
    except BaseException:
        file.discard()
        raise


def upload(path: str, url: str, options: StorageOptions) -> None:
    """Copies a local file to a URL."""
    file = NewFile(url, options)
    try:
        with open(path, "rb") as source:
            for chunk in iter(lambda: source.read(1 << 20), b""):
                file.write(chunk)
        file.commit()
    except BaseException:
        file.discard()
        raise


def _quietly(action: Callable[[], Any]) -> None:
    """Does something for tidiness' sake, on the way to an error that counts more."""
    try:
        action()
    except Exception:  # noqa: BLE001 - any storage, any error
        pass
