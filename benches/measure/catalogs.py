"""The table `catalogs`: catalogs of 100,000 codes, against the built-in one."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Callable

from . import checks
from .command import Command, answer
from .inputs import FIELD
from .packed import write
from .rows import PERCENTS, Case, Check, Part, Row, Table

COUNT = 100_000
BUILT_IN = "the built-in catalog"
LINE = "2026-05-01 10:00:00 INFO gate request done ret=%d openid=7 cost=12ms trace=abcdef0123456789\n"


def near_code(number: int) -> int:
    """Returns a code of the catalog whose codes follow each other."""
    return -10_000 - number


def far_code(number: int) -> int:
    """Returns a code of the catalog whose codes are far from each other."""
    return -100_000 - number * 7919


CODES = {"near": near_code, "far": far_code}


def csv(case: Case, name: str) -> Path:
    def make(path: Path) -> None:
        rows = (
            f"{CODES[name](number)},the request has failed of service {number % 97},请求失败,service{number % 50}\n"
            for number in range(1, COUNT + 1)
        )
        path.write_text("code,message,explanation,category\n" + "".join(rows), encoding="utf-8")

    return case.inputs.made(f"{name}.csv", make)


def json(case: Case) -> Path:
    def make(path: Path) -> None:
        case.inputs.run([case.inputs.programs.annotate, "--catalog", str(csv(case, "far")), "--list", "--json"], path)

    return case.inputs.made("far.json", make)


def with_codes(case: Case) -> Path:
    """Returns a log whose lines have the codes of the far catalog, in no order."""
    return case.inputs.made("codes", lambda path: write_codes(path, case.inputs.size, lambda code: code))


def with_one_code(case: Case) -> Path:
    """Returns the same log with a code of the built-in catalog in each line."""
    return case.inputs.made("one-code", lambda path: write_codes(path, case.inputs.size, lambda code: -204))


def write_codes(path: Path, size: int, code_of: Callable[[int], int]) -> None:
    chosen = random.Random(1)
    with path.open("w") as file:
        for _ in range(size // len(LINE)):
            file.write(LINE % code_of(far_code(chosen.randint(1, COUNT))))


def number_of(code: int) -> int:
    return (-100_000 - code) // 7919


def note(number: int) -> bytes:
    """Returns the note on the code with a number, in both catalogs."""
    return b" (service%d: the request has failed of service %d)" % (number % 50, number % 97)


def codes_annotated(case: Case) -> bytes:
    return FIELD.sub(lambda field: field[0] + note(number_of(int(field[2]))), with_codes(case).read_bytes())


def annotates(catalog: Callable[[Case], Path], code: Callable[[int], int]) -> Check:
    """Returns a check that empty input stays empty, and that the last code of a catalog gets its note."""

    def check(case: Case, command: Command) -> None:
        checks.compare(answer(command), b"")
        field = b"ret=%d" % code(COUNT)
        compare_line(case, field, note(COUNT), "--catalog", str(catalog(case)))

    return check


def status_annotated(case: Case, command: Command) -> None:
    """Checks the log, which lacks the key, and a line that has it."""
    checks.compare(answer(command), checks.annotated(case))
    compare_line(case, b"status=-204", checks.note(case, b"-204"), "--key", "status")


def compare_line(case: Case, field: bytes, noted: bytes, *options: str) -> None:
    """Checks the note on a line that has nothing but a field."""
    line = case.inputs.made(field.decode(), lambda path: write(path, field + b"\n"))
    checks.compare(answer(case.annotate(*options, input=line)), field + noted + b"\n")


def start(case: Case, *options: str) -> Command:
    return case.annotate(*options, input=case.inputs.empty())


def near_csv(case: Case) -> Path:
    return csv(case, "near")


def far_csv(case: Case) -> Path:
    return csv(case, "far")


def start_of(name: str, catalog: Callable[[Case], Path], code: Callable[[int], int]) -> Row:
    return Row(name, lambda c: start(c, "--catalog", str(catalog(c))), BUILT_IN, start, annotates(catalog, code))


ANNOTATED = checks.equals(checks.annotated)
STARTS = [
    start_of("CSV, codes in a row", near_csv, near_code),
    start_of("CSV, codes far apart", far_csv, far_code),
    start_of("JSON, codes far apart", json, far_code),
    Row(
        "a log with another code of the catalog in each line",
        lambda c: c.annotate("--catalog", str(far_csv(c)), input=with_codes(c)),
        "one built-in code",
        lambda c: c.annotate(input=with_one_code(c)),
        checks.equals(codes_annotated),
    ),
]
ROWS = [
    Row(
        f"`--catalog`, {name}",
        lambda c, catalog=catalog: c.annotate("--catalog", str(catalog(c))),  # type: ignore[misc]
        BUILT_IN,
        Case.annotate,
        ANNOTATED,
    )
    for catalog, name in ((near_csv, "codes in a row"), (far_csv, "codes far apart"))
] + [
    Row(
        "`--lang both`",
        lambda c: c.annotate("--lang", "both"),
        "`--lang en`",
        Case.annotate,
        checks.equals(checks.in_both_languages),
    ),
    Row("`--key status`", lambda c: c.annotate("--key", "status"), "no option", Case.annotate, status_annotated),
]

TABLE = Table(
    "catalogs",
    "User plus system time to /dev/null with `-j1`: the multiple of the reference's, and seconds. A catalog has 100,000 "
    "codes with explanations in Chinese, 7 MB of CSV, which each run reads at its start. In the first table a run is the "
    "start on empty input, but for the last row; the columns of the second are the share of lines with a field.",
    [Part("start, or codes", {"figure": {}}, STARTS).measure, Part("option", PERCENTS, ROWS).measure],
)
