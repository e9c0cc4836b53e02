"""The files below a folder of any storage, one by one: a driver with very many of them keeps little of each."""

from __future__ import annotations

import contextlib
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Iterator, NamedTuple, Sequence

from imsdk_annotate.spark.storage import LOCAL, StorageOptions, open_storage, protocol_of

REMOVERS = 16
"""The requests for removals at a time."""


class Found(NamedTuple):
    """A file."""

    below: str
    """The path below the folder; empty where the path that was looked at is the file itself."""
    size: int
    tag: str
    """The mark by which a changed file is told: see `tag_of`."""


def files_at(url: str, options: StorageOptions) -> Iterator[Found]:
    """Yields the file of a URL, or the files below it, in any order.

    Raises `FileNotFoundError` where there is neither, and the errors of the storage.
    """
    system, path = open_storage(url, options)
    root = path.rstrip("/") or "/"
    if protocol_of(url) in LOCAL:
        yield from _local_files(root)
        return
    # One request lists a thousand objects, whatever their folders. What is told of each is dropped as soon as it is read.
    found: Dict[str, Dict[str, Any]] = system.find(root, detail=True)
    system.invalidate_cache()
    if not found and not system.exists(root):
        raise FileNotFoundError(url)
    prefix = len(root) if root.endswith("/") else len(root) + 1
    while found:
        file, info = found.popitem()
        # `logs/` itself, an empty object, is the mark of a folder.
        if not file.endswith("/") and info.get("type", "file") == "file":
            yield Found(file[prefix:], int(info["size"]), tag_of(info))


def files_below(url: str, options: StorageOptions) -> Iterator[Found]:
    """Yields the files below a folder; none, where it is not there."""
    try:
        yield from files_at(url, options)
    except FileNotFoundError:
        return


def tag_of(info: Dict[str, Any]) -> str:
    """Returns the mark by which a changed file is told, from what its storage says: the ETag, or a time of modification."""
    for key in ("ETag", "etag", "md5Hash", "content_md5", "mtime", "last_modified", "LastModified", "modified"):
        if info.get(key):
            return str(info[key])
    return ""


def _local_files(root: str) -> Iterator[Found]:
    """Yields the files of this machine, folder by folder, with the tags that `tag_of` has for them; links are no files.

    What vanishes below the root meanwhile, as where logs are rotated, is left out. Raises `FileNotFoundError` for the root.
    """
    if not os.path.isdir(root):
        state = os.stat(root)
        yield Found("", state.st_size, tag_of({"mtime": state.st_mtime}))
        return
    folders = [""]
    while folders:
        folder = folders.pop()
        try:
            entries = os.scandir(os.path.join(root, folder))
        except FileNotFoundError:
            if not folder:
                raise
            continue
        with entries:
            for entry in entries:
                below = f"{folder}{entry.name}"
                if entry.is_dir(follow_symlinks=False):
                    folders.append(f"{below}/")
                elif entry.is_file(follow_symlinks=False):
                    try:
                        state = entry.stat(follow_symlinks=False)
                    except FileNotFoundError:
                        continue
                    yield Found(below, state.st_size, tag_of({"mtime": state.st_mtime}))


def remove(urls: Sequence[str], options: StorageOptions) -> None:
    """Removes files of one storage; one that is not there is no error.

    Each has a call of its own: `rm` of HDFS takes one path, and that of S3 takes `*` and `[` for patterns.
    """
    if not urls:
        return
    system, _ = open_storage(urls[0], options)

    def remove_one(url: str) -> None:
        with contextlib.suppress(FileNotFoundError):
            system.rm_file(system._strip_protocol(url))

    with ThreadPoolExecutor(REMOVERS) as pool:
        # The list brings an error of a thread here.
        list(pool.map(remove_one, urls))
