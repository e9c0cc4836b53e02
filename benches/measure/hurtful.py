"""The table `hurtful`: lines made to hurt, for each byte against the log with a field in each line."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from . import checks
from .command import Command
from .rows import Case, Make, Part, Row, Table, size

# Texts that are repeated, line by line or without a newline, and that have no field.
PLAIN = {
    "`ret=0`, line by line": "ret=0\n",
    "`code: 200`, line by line": "code: 200\n",
    "a line with `ret=0`": "05:24:08 openid=672 ret=0 cost=26\n",
    "a line with `code: 200`": "05:24:08 openid=672 code: 200 c=2\n",
    "`ret=ret=ret=…`": "ret=",
    "`code code code …`": "code ",
    "a run of blanks": "      ",
}
# A text that is repeated within a line is so often.
TIMES = 4000
NOTE = " (general: failure)"
MEMBERS = '"ret_category":"general","ret_message":"failure"'
PAIRS = 'ret_category=general ret_message="failure"'
# Texts with fields, the options that they are to hurt with, and the answers, without colours.
COLOUR, FIELDS = ("--color", "always"), ("--fields",)
WITH_FIELDS = {
    "a colour before each `ret=-1`": (COLOUR, "\x1b[31mret=-1 ", f"ret=-1{NOTE} "),
    "colours without end before `ret=-1`": (
        COLOUR,
        "\x1b[31" * TIMES + " ret=-1\n",
        "\x1b[31" * TIMES + f" ret=-1{NOTE}\n",
    ),
    r'`\"\"\"…` before `"ret":-1`': (
        FIELDS,
        '{"a":"' + r"\"" * TIMES + '","ret":-1}\n',
        '{"a":"' + r"\"" * TIMES + f'","ret":-1,{MEMBERS}}}\n',
    ),
    "`_c_c_c…` before `ret=-1`": (FIELDS, "_c" * TIMES + " ret=-1\n", "_c" * TIMES + f" ret=-1 {PAIRS}\n"),
    '`"ret":-1,` many times in an object': (
        FIELDS,
        "{" + '"ret":-1,' * TIMES + '"a":1}\n',
        f'{{"ret":-1,{MEMBERS},' + '"ret":-1,' * (TIMES - 1) + '"a":1}\n',
    ),
}
TEXTS = [*PLAIN.values(), *(text for _, text, _ in WITH_FIELDS.values())]
# Half of a log is long enough for a figure.
SHARE = 2


def count(case: Case, text: str) -> int:
    """Returns how often a text is repeated."""
    return max(case.inputs.size // SHARE // len(text), 1)


def repeated(case: Case, text: str) -> Path:
    def make(path: Path) -> None:
        path.write_text(text * count(case, text))

    return case.inputs.made(f"hurtful-{TEXTS.index(text)}", make)


def on(case: Case, path: Path, options: Sequence[str] = ()) -> Command:
    return case.annotate(*options, input=path, bytes=size(path))


def reference(options: Sequence[str]) -> Make:
    return lambda case: on(case, case.inputs.begin(case.percent, SHARE), options)


def one_line(case: Case) -> Path:
    return case.inputs.changed("one-line", case.percent, lambda lines: lines.replace(b"\n", b" "))


def row(name: str, text: str, answer: str, options: Sequence[str] = ()) -> Row:
    return Row(
        f"{name}, `{' '.join(options)}`" if options else name,
        lambda case: on(case, repeated(case, text), options),
        "the log",
        reference(options),
        checks.equals(lambda case: (answer * count(case, text)).encode(), checks.uncoloured if options is COLOUR else bytes),
    )


ROWS = [
    *(row(name, text, text) for name, text in PLAIN.items()),
    *(row(name, text, answer, options) for name, (options, text, answer) in WITH_FIELDS.items()),
    Row(
        "the log without a newline",
        lambda case: on(case, one_line(case)),
        "the log",
        reference(()),
        checks.equals(lambda case: checks.annotated(case).replace(b"\n", b" ")),
    ),
]

TABLE = Table(
    "hurtful",
    "User plus system time for each byte of `imsdk-annotate -j1 OPTIONS FILE > /dev/null`, as a multiple of that for the "
    "log with a field in each line and the same options, and seconds for as many bytes as half of that log has. In the rows "
    f"of `--fields` and of colours without end, a line has {TIMES:,} repeats.",
    [Part("input", {"figure": {"percent": 100}}, ROWS).measure],
)
