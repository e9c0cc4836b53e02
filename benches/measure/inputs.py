"""Logs that commands read: generated ones, and what is made of them. Each is made when a row asks for it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from .command import printed

# A code behind its key, in the five shapes of line that benches/corpus makes, with the bracket that closes it.
FIELD = re.compile(rb"""((?:ret=|"ret":|retCode\[))(-?[1-9][0-9]*)(\]?)""")
# The size of a line of JSON in the log of long lines.
LONG_LINE_BYTES = 10_000


@dataclass(frozen=True)
class Programs:
    """The paths of the program and of the tools that `benches/built.sh` builds."""

    annotate: str
    generate: str
    latency: str
    regex_pass: str


class Inputs:
    """A folder of logs of one size."""

    def __init__(self, folder: Path, programs: Programs, size: int) -> None:
        self.folder, self.programs, self.size = folder, programs, size
        # The numbers of fields in the generated logs, by the share of lines with a field.
        self.fields: dict[int, int] = {}
        folder.mkdir(parents=True)

    def made(self, name: str, make: Callable[[Path], None]) -> Path:
        """Returns the path of a file or folder, which is made if it is not there."""
        path = self.folder / name
        if not path.exists():
            new = self.folder / f"new-{name}"
            make(new)
            new.rename(path)
        return path

    def forget(self) -> None:
        """Deletes all that was made of the generated logs, for room on the disk."""
        for path in self.folder.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path.suffix != ".log":
                path.unlink()

    def empty(self) -> Path:
        return self.made("empty", Path.touch)

    def log(self, percent: int) -> Path:
        """Returns a generated log in which so many of a hundred lines have a field."""

        def make(path: Path) -> None:
            with path.open("wb") as file:
                said = printed([self.programs.generate, str(percent), str(self.size)], file).stderr
            self.fields[percent] = int(said.split()[0])

        return self.made(f"{percent}.log", make)

    def begin(self, percent: int, share: int) -> Path:
        """Returns the first of `share` parts of a log, up to a newline."""

        def make(path: Path) -> None:
            with self.log(percent).open("rb") as file:
                begun = file.read(self.size // share)
            path.write_bytes(begun[: begun.rfind(b"\n") + 1])

        return self.made(f"{percent}-begin-{share}", make)

    def annotated(self, percent: int) -> Path:
        def make(path: Path) -> None:
            self.run([self.programs.annotate, "-j1", str(self.log(percent))], path)

        return self.made(f"{percent}-annotated", make)

    def changed(self, name: str, percent: int, change: Callable[[bytes], bytes], head: bytes = b"") -> Path:
        """Returns a log whose lines are changed, some megabytes of them at a time, with `head` before them."""

        def make(path: Path) -> None:
            with path.open("wb") as file:
                file.write(head)
                for lines in blocks(self.log(percent)):
                    file.write(change(lines))

        return self.made(f"{percent}-{name}", make)

    def unknown(self, percent: int) -> Path:
        """Returns a log whose codes are in no catalog: -9204 for -204, -9005 for 5."""

        def other(field: re.Match[bytes]) -> bytes:
            return b"%s%d%s" % (field[1], -9000 - abs(int(field[2])), field[3])

        return self.changed("unknown", percent, lambda lines: FIELD.sub(other, lines))

    def chinese(self, percent: int, encoding: str) -> Path:
        """Returns a log with a word in Chinese at the end of each line, in an encoding of Python."""

        def make(lines: bytes) -> bytes:
            return lines.decode().replace("\n", " 登录结束\n").encode(encoding)

        return self.changed(encoding, percent, make, b"\xff\xfe" if encoding == "utf-16-le" else b"")

    def json_lines(self) -> Path:
        """Returns a log of JSON objects of 10 KB, each with one field in its middle."""

        def make(path: Path) -> None:
            with path.open("wb") as file:
                for number in range(self.size // LONG_LINE_BYTES):
                    file.write(json_line(number))

        return self.made("json-lines", make)

    def eight(self, percent: int) -> Path:
        """Returns a folder with a log in eight parts."""

        def make(path: Path) -> None:
            path.mkdir()
            for number, lines in enumerate(blocks(self.log(percent), self.size // 8 + 4096)):
                (path / f"part{number}.log").write_bytes(lines)

        return self.made(f"{percent}-eight", make)

    def run(self, argv: list[str], stdout: Path) -> None:
        """Runs a command that makes an input."""
        with stdout.open("wb") as file:
            printed(argv, file)


def blocks(path: Path, size: int = 16_000_000) -> Iterator[bytes]:
    """Yields whole lines of a file, about `size` bytes at a time."""
    with path.open("rb") as file:
        while block := file.read(size):
            yield block + file.readline()


def json_line(number: int) -> bytes:
    """Returns an object of 10 KB as a game server writes it: a list of items, and a code in the middle of the members."""
    item = '{"id":%d,"name":"item %d","count":%d,"tags":["a","b"],"open":true}'
    items = [item % (1000 + at, number % 97, at * number % 1000) for at in range(70)]
    half = ",".join(items)
    return f'{{"ts":"2026-05-01T10:00:00Z","seq":{number},"bag":[{half}],"ret":-204,"mail":[{half}]}}\n'.encode()
