"""Packed logs, for the table `archives`."""

from __future__ import annotations

import bz2
import gzip
import shutil
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Callable

from .command import Missing
from .inputs import blocks
from .rows import Case, size

# The level of gzip's own default; Python's is 9.
GZIP_LEVEL = 6
# bzip2 and xz are slow, and read a part of the log.
SHARE = 4
XZ_BLOCK = "8MiB"


def gzip_file(case: Case) -> Path:
    def make(path: Path) -> None:
        with case.log().open("rb") as log, gzip.open(path, "wb", GZIP_LEVEL) as packed:
            shutil.copyfileobj(log, packed, 1 << 20)

    return case.inputs.made(f"{case.percent}.gz", make)


def gzip_files(case: Case, count: int) -> Path:
    """Returns a folder with the log in so many gzip files of about one size."""

    def make(folder: Path) -> None:
        folder.mkdir()
        for number, lines in enumerate(blocks(case.log(), size(case.log()) // count + 1)):
            (folder / f"part{number:03}.log.gz").write_bytes(gzip.compress(lines, GZIP_LEVEL))

    return case.inputs.made(f"{case.percent}-{count}-gz", make)


def gzip_members(case: Case, size: int) -> Path:
    """Returns a gzip file whose members have about `size` bytes of text each."""

    def make(path: Path) -> None:
        with path.open("wb") as packed:
            for lines in blocks(case.log(), size):
                packed.write(gzip.compress(lines, GZIP_LEVEL))

    return case.inputs.made(f"{case.percent}-members-{size}.gz", make)


def require(program: str) -> None:
    """Raises Missing if a program that packs is not installed."""
    if shutil.which(program) is None:
        raise Missing(program)


def by_program(case: Case, name: str, log: Path, *argv: str) -> Path:
    """Returns a log that a program has packed to its standard output."""
    require(argv[0])
    return case.inputs.made(name, lambda path: case.inputs.run([*argv, str(log)], path))


def quarter(case: Case) -> Path:
    return case.inputs.begin(case.percent, SHARE)


def zstd_file(case: Case) -> Path:
    return by_program(case, f"{case.percent}.zst", case.log(), "zstd", "-qc")


def xz_file(case: Case) -> Path:
    return by_program(case, f"{case.percent}.xz", quarter(case), "xz", "-2", "-c", f"--block-size={XZ_BLOCK}")


def two_xz_streams(case: Case) -> Path:
    stream = by_program(case, f"{case.percent}.stream.xz", quarter(case), "xz", "-2", "-c")
    return case.inputs.made(f"{case.percent}.streams.xz", lambda path: write(path, 2 * stream.read_bytes()))


def write(path: Path, data: bytes) -> None:
    path.write_bytes(data)


def bzip2_file(case: Case) -> Path:
    return case.inputs.made(f"{case.percent}.bz2", lambda path: write(path, bz2.compress(quarter(case).read_bytes())))


def eight(case: Case, ending: str, pack: Callable[[Path, Path], None]) -> Path:
    """Returns a folder with the log in eight packed parts."""

    def make(folder: Path) -> None:
        folder.mkdir()
        for part in parts(case):
            pack(part, folder / f"{part.name}.{ending}")

    return case.inputs.made(f"{case.percent}-eight-{ending}", make)


def parts(case: Case) -> Iterator[Path]:
    return iter(sorted(case.inputs.eight(case.percent).iterdir()))


def eight_gzip(case: Case) -> Path:
    return eight(case, "gz", write_gzip)


def write_gzip(log: Path, path: Path) -> None:
    path.write_bytes(gzip.compress(log.read_bytes(), GZIP_LEVEL))


def eight_zstd(case: Case) -> Path:
    require("zstd")
    return eight(case, "zst", lambda part, path: case.inputs.run(["zstd", "-qc", str(part)], path))


def tar_file(case: Case) -> Path:
    def make(path: Path) -> None:
        with tarfile.open(path, "w:gz", compresslevel=GZIP_LEVEL) as archive:
            for part in parts(case):
                archive.add(part, part.name)

    return case.inputs.made(f"{case.percent}-eight.tar.gz", make)


def zip_file(case: Case) -> Path:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=GZIP_LEVEL) as archive:
            for part in parts(case):
                archive.write(part, part.name)

    return case.inputs.made(f"{case.percent}-eight.zip", make)


def large_and_small(case: Case) -> Path:
    """Returns a folder with the log and a hundred small logs."""

    def make(folder: Path) -> None:
        folder.mkdir()
        shutil.copy(case.log(), folder / "a.log")
        small = case.inputs.begin(case.percent, 1000)
        for number in range(100):
            shutil.copy(small, folder / f"b{number}.log")

    return case.inputs.made(f"{case.percent}-large-and-small", make)
