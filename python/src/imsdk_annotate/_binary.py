"""The place of the program `imsdk-annotate` on this machine.

A wheel puts the program into the folder of scripts; which folder this is depends on the way of installing. A zip file on
`PYTHONPATH` (`spark-submit --py-files`) cannot hold a program that can be run, unless it is the wheel under another name,
which has the program as a member: `_zipped` takes it out.
"""

from __future__ import annotations

import functools
import os
import shutil
import sys
import sysconfig
from pathlib import Path
from typing import Iterator

from imsdk_annotate import _zipped
from imsdk_annotate._errors import BinaryNotFoundError

NAME = "imsdk-annotate"

VARIABLE = "IMSDK_ANNOTATE_BINARY"
"""The environment variable that names the program; where it is set, no other place counts."""


def find_binary() -> str:
    """Returns the absolute path of the program `imsdk-annotate`.

    Places, the first hit wins: the file that the environment variable IMSDK_ANNOTATE_BINARY names; the scripts folder of
    this Python; that of `pip install --user`; `bin` beside the package (`pip install --target`, `--prefix`); the wheel that
    the package is imported from, as a zip file; `PATH`. Raises `BinaryNotFoundError`, which names all of them, where none
    has the program. Asks the disk once for each value of the variables.
    """
    return _find(os.environ.get(VARIABLE), os.environ.get("PATH"))


@functools.lru_cache(maxsize=16)
def _find(named: str | None, search_path: str | None) -> str:
    """Does the work of `find_binary`, of which a failure is not remembered."""
    if named:
        fault = _fault(Path(named))
        if fault:
            raise BinaryNotFoundError(f"{VARIABLE}={named}: {fault}; name the program {NAME}, or unset the variable")
        return os.path.abspath(named)
    seen = []
    for path in _places():
        fault = _fault(path)
        if not fault:
            return str(path)
        seen.append(f"{path}: {fault}")
    unpacked, fault = _zipped.unpacked_binary(Path(__file__), NAME)
    if unpacked:
        return str(unpacked)
    if fault:
        seen.append(fault)
    found = shutil.which(NAME, path=search_path)
    if found:
        return os.path.abspath(found)
    seen.append(f"PATH: no {NAME} in {search_path or 'it, which is empty'}")
    raise BinaryNotFoundError(_message(seen))


def _places() -> Iterator[Path]:
    """Yields the files that the program may be in, each once, in the order in which they count."""
    package = Path(__file__).resolve().parent
    folders = [Path(sysconfig.get_path("scripts"))]
    user_scheme = "osx_framework_user" if sys.platform == "darwin" and sys._framework else "posix_user"
    if user_scheme in sysconfig.get_scheme_names():
        folders.append(Path(sysconfig.get_path("scripts", scheme=user_scheme)))
    # `pip install --target FOLDER` makes FOLDER/bin and FOLDER/imsdk_annotate.
    folders.append(package.parent / "bin")
    # `pip install --prefix FOLDER` makes FOLDER/bin and FOLDER/lib/python3.x/site-packages/imsdk_annotate.
    if package.parent.name in ("site-packages", "dist-packages") and len(package.parents) > 3:
        folders.append(package.parents[3] / "bin")
    yield from dict.fromkeys(folder / NAME for folder in folders)


def _fault(path: Path) -> str | None:
    """Returns why a file cannot be the program, or None if it can be."""
    try:
        if not path.is_file():
            return "is a folder" if path.is_dir() else "no such file"
    except OSError as error:
        return error.strerror
    if not os.access(path, os.X_OK):
        return "is not executable: chmod +x it, or install the package anew"
    return None


def _message(seen: list[str]) -> str:
    """Returns the message of a search that found nothing."""
    places = "".join(f"\n  {place}" for place in seen)
    return (
        f"the program {NAME} is not there. Install the wheel on this machine (pip install imsdk-annotate), or let "
        f"{VARIABLE} name the program; on Spark executors the wheel travels in an environment (--archives) or as "
        f"--py-files under a name that ends in .zip. Looked for it at:{places}"
    )
