"""The program from a wheel that Python imports as a zip file.

A wheel is a zip file with the package and, as `imsdk_annotate-VERSION.data/scripts/imsdk-annotate`, the program. Spark puts
files of `--py-files` that end in `.zip` on the path of its executors, and so a wheel that has such a name.
"""

from __future__ import annotations

import os
import stat
import tempfile
import zipfile
from pathlib import Path
from typing import Optional, Tuple


def unpacked_binary(module: Path, name: str) -> Tuple[Optional[Path], Optional[str]]:
    """Returns the program `name`, taken out of the zip file that `module` is in, or why there is none.

    Both are None where the module is in no zip file. The program is kept beside the zip file, or else in the folder of
    temporary files, in a folder that is this user's alone; a later call finds it there.
    """
    archive = next((parent for parent in module.parents if parent.is_file()), None)
    if archive is None:
        return None, None
    try:
        with zipfile.ZipFile(archive) as wheel:
            member = next((info for info in wheel.infolist() if _is_binary(info.filename, name)), None)
            if member is None:
                remedy = "make it of the wheel (cp imsdk_annotate-*.whl imsdk_annotate.zip)"
                return None, f"{archive}: a zip file without the program: {remedy}"
            folder = f"{archive.stem}-{member.CRC:08x}-{os.getuid()}"
            faults = []
            for parent in (archive.parent, Path(tempfile.gettempdir())):
                try:
                    return _unpacked(wheel, member, parent / folder / name), None
                except OSError as error:
                    faults.append(f"{parent / folder}: {error.strerror}")
    except (OSError, zipfile.BadZipFile) as error:
        return None, f"{archive}: cannot be read: {error}"
    return None, f"{archive}: the program in it cannot be unpacked: {'; '.join(faults)}"


def _is_binary(member: str, name: str) -> bool:
    """Returns whether a member of a wheel is the program."""
    parts = member.split("/")
    return len(parts) == 3 and parts[0].endswith(".data") and parts[1:] == ["scripts", name]


def _unpacked(wheel: zipfile.ZipFile, member: zipfile.ZipInfo, path: Path) -> Path:
    """Writes a member to a path, of which it has the name only when it is whole, and returns the path.

    Raises OSError, also where the folder may be another user's, or does not let programs run.
    """
    path.parent.mkdir(mode=0o700, exist_ok=True)
    folder = os.lstat(path.parent)
    if not stat.S_ISDIR(folder.st_mode) or folder.st_uid != os.getuid() or folder.st_mode & 0o022:
        raise PermissionError(1, "others may write there")
    if not (path.is_file() and path.stat().st_size == member.file_size):
        descriptor, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
        try:
            with open(descriptor, "wb") as file:
                file.write(wheel.read(member))
            os.chmod(temporary, 0o700)
            os.replace(temporary, path)
        except BaseException:
            os.unlink(temporary)
            raise
    # The mount option `noexec` makes this false, whatever the mode.
    if not os.access(path, os.X_OK):
        raise PermissionError(1, "programs do not run there")
    return path
