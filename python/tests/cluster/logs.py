"""Logs for the tests: 25 files in all packings, one of them damaged, one with every kind of bad byte, and a large one."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import random
import subprocess
import tarfile
import zipfile
import zlib
from pathlib import Path
from typing import Dict

CODES = (-1, -204, -402, -301, 5, 2, 0, -31337, -110)


def log(seed: int, lines: int) -> bytes:
    """Returns a log with fields, users, times and Chinese in it."""
    chance = random.Random(seed)
    rows = []
    for number in range(lines):
        time = f"2026-05-01 {10 + number // 3600 % 12:02}:{number // 60 % 60:02}:{number % 60:02}"
        if chance.random() < 0.3:
            rows.append(f"{time} [svc{seed}] 登录 ret={chance.choice(CODES)} openid={chance.randrange(400)} cost={number}ms")
        else:
            rows.append(f"{time} [svc{seed}] nothing to see here, move along {number}")
    return "\n".join(rows).encode() + b"\n"


def bad_bytes() -> bytes:
    """Returns a log with each byte, alone and in fields, all kinds of line ends, and no newline in the end."""
    every = bytes(range(256))
    return b"".join([
        b"ret=-204 crlf\r\nret=-402 cr\rret=-1 lf\n\n\r\n",
        every, b"\n", b"\n".join(b"ret=-204 " + bytes([byte]) * 3 for byte in range(256)),
        "ret=-204 \u0085 ret=-1 \u2028 ret=5 \u2029 \ufeff ret=-402\n".encode(),
        b"\xff\xfe\xc0\x80\xed\xa0\x80\xf5 ret=-204\n", b"\x00\x00ret=-204\x00\n", b"x" * 100_000 + b" ret=-204\n",
        b"ret=-204 without newline",
    ])  # fmt: skip


def tar_of(members: Dict[str, bytes]) -> bytes:
    """Returns a tar archive."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        for name, content in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return out.getvalue()


def zip_of(members: Dict[str, bytes]) -> bytes:
    """Returns a zip archive."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()


def make_logs(folder: Path, binary: Path, data: Path) -> None:
    """Writes the 25 logs. `data` is the folder of packed samples of the repository."""

    def packed(how: str, content: bytes) -> bytes:
        # With --no-decompress and --strip the program is a packer that changes nothing.
        command = [str(binary), "--no-config", "--compress", how, "--block-buffered"]
        return subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True).stdout

    plain = {f"a/server.log.{number}": log(number, 500 * number) for number in range(1, 11)}
    files = {
        **plain,
        "a/empty.log": b"",
        "a/newline.log": b"\n",
        "b/one.log.gz": gzip.compress(log(21, 3000), mtime=0),
        "b/two.log.gz": gzip.compress(log(22, 1000), mtime=0) + gzip.compress(log(23, 1000), mtime=0),
        "b/three.log.bz2": bz2.compress(log(24, 2000)),
        "b/four.log.xz": lzma.compress(log(25, 2000)),
        "b/five.log.lzma": lzma.compress(log(26, 2000), format=lzma.FORMAT_ALONE),
        "b/six.log.zst": packed("zstd", log(27, 3000)),
        "b/seven.log.lz4": packed("lz4", log(28, 3000)),
        "b/eight.log.Z": (data / "packed.log.Z").read_bytes(),
        "b/nine.log.zlib": zlib.compress(log(29, 2000)),
        "b/gzip-without-a-name": gzip.compress(log(30, 2000), mtime=0),
        "b/utf16.log": log(31, 800).decode().encode("utf-16"),
        "c/bundle.tar.gz": gzip.compress(tar_of({"x/a.log": log(32, 500), "x/b.log": log(33, 500)}), mtime=0),
        "c/bundle.zip": zip_of({"y/a.log": log(34, 500), "y/b.log": log(35, 500)}),
        "damaged.log.gz": gzip.compress(log(36, 4000), mtime=0)[:-2000],
        "every-byte.log": bad_bytes(),
    }
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def make_large(path: Path, size: int) -> None:
    """Writes a plain log of at least that size, of blocks that all differ."""
    block = log(99, 20_000)
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        written = number = 0
        while written < size:
            number += 1
            written += file.write(block.replace(b"[svc99]", b"[svc%d]" % number))
