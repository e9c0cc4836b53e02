"""The table `hurtful`: lines made to hurt, for each byte against the log with a field in each line."""

from __future__ import annotations

from pathlib import Path

from . import checks
from .command import Command
from .rows import Case, Part, Row, Table, size

# Texts that are repeated, line by line or without a newline, and that have no field.
LINES = {
    "`ret=0`, line by line": "ret=0\n",
    "`code: 200`, line by line": "code: 200\n",
    "a line with `ret=0`": "05:24:08 openid=672 ret=0 cost=26\n",
    "a line with `code: 200`": "05:24:08 openid=672 code: 200 c=2\n",
    "`ret=ret=ret=…`": "ret=",
    "`code code code …`": "code ",
    "a run of blanks": "      ",
    "colour sequences without end": "\x1b[31",
    "colour sequences": "\x1b[31m",
}
# Half of a log is long enough for a figure.
SHARE = 2


def repeated(case: Case, text: str) -> Path:
    def make(path: Path) -> None:
        count = case.inputs.size // SHARE // len(text)
        path.write_text(text * count)

    return case.inputs.made(f"hurtful-{list(LINES.values()).index(text)}", make)


def on(case: Case, path: Path) -> Command:
    return case.annotate(input=path, bytes=size(path))


def reference(case: Case) -> Command:
    return on(case, case.inputs.begin(case.percent, SHARE))


def one_line(case: Case) -> Path:
    return case.inputs.changed("one-line", case.percent, lambda lines: lines.replace(b"\n", b" "))


def row(name: str, text: str) -> Row:
    return Row(
        name,
        lambda case: on(case, repeated(case, text)),
        "the log",
        reference,
        checks.equals(lambda case: repeated(case, text).read_bytes()),
    )


ROWS = [
    *(row(name, text) for name, text in LINES.items()),
    Row(
        "the log without a newline",
        lambda case: on(case, one_line(case)),
        "the log",
        reference,
        checks.equals(lambda case: checks.annotated(case).replace(b"\n", b" ")),
    ),
]

TABLE = Table(
    "hurtful",
    "User plus system time for each byte of `imsdk-annotate -j1 FILE > /dev/null`, as a multiple of that for the log with a "
    "field in each line, and seconds for as many bytes as half of that log has.",
    [Part("input", {"figure": {"percent": 100}}, ROWS).measure],
)
