"""Names of outputs, which are those that the program gives with `--output-dir`, and names of archives."""

from __future__ import annotations

import posixpath
from typing import Optional, Tuple

WRITTEN = {
    "gz": "gz",
    "zst": "zst",
    "xz": "xz",
    "bz2": "bz2",
    "lz4": "lz4",
    "z": "gz",
    "zz": "gz",
    "zlib": "gz",
    "lzma": "xz",
    "br": "zst",
}
"""For each extension of packed files, that of the packing which is written for it."""

SHORT_TARS = {"tgz": "gz", "tbz2": "bz2", "tbz": "bz2", "txz": "xz", "tzst": "zst"}

OF_OPTION = {"none": "", "gzip": "gz", "zstd": "zst", "xz": "xz", "bzip2": "bz2", "lz4": "lz4"}
"""For each value of `--compress` but `keep`, the extension of its files."""


def output_name(relative: str, compress: Optional[str]) -> str:
    """Returns the name of a file's output below the output folder, with the value of `--compress` (None: `keep`)."""
    # The members of a zip archive keep their own packing.
    if compress is None or compress == "keep" or _ending(relative) == "zip":
        return _kept(relative)
    extension = OF_OPTION[compress]
    bare, layers = relative, 0
    while True:
        stem, packing = _split(bare)
        if not packing:
            break
        bare = f"{stem}.tar" if _ending(bare) in SHORT_TARS else stem
        layers += 1
    if layers == 1 and _split(relative)[1] == extension and _ending(relative) not in READ_ONLY:
        return relative
    return f"{bare}.{extension}" if extension else bare


def is_archive(relative: str) -> bool:
    """Returns whether a name is that of a tar or zip archive, packed or not."""
    return _ending(output_name(relative, "none")) in ("tar", "zip")


def is_packed(relative: str) -> bool:
    """Returns whether a name is that of a packed file or of an archive."""
    return bool(_split(relative)[1]) or is_archive(relative)


READ_ONLY = frozenset(extension for extension, written in WRITTEN.items() if extension != written)


def _kept(relative: str) -> str:
    """Returns the name of a file that is packed as its input is: `x.log.Z` becomes `x.log.gz`."""
    stem, packing = _split(relative)
    if not packing:
        return relative
    ending = _ending(relative)
    # What is behind the point stays as it is written, unless the packing is only read.
    extension = packing if ending in READ_ONLY else relative[len(stem) + 1 :]
    return f"{_kept(stem)}.{extension}"


def _split(name: str) -> Tuple[str, str]:
    """Returns a name without the extension of a packing, and the extension that is written for it; empty without one."""
    stem = posixpath.splitext(name)[0]
    ending = _ending(name)
    return (stem, WRITTEN.get(ending) or SHORT_TARS.get(ending) or "")


def _ending(name: str) -> str:
    """Returns the extension of a name in lower case, without the point."""
    return posixpath.splitext(name)[1][1:].lower()
