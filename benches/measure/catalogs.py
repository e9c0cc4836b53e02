"""The table `catalogs`: catalogs of 100,000 codes, against the built-in one."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import Callable

from . import checks
from .command import Command
from .inputs import FIELD
from .rows import PERCENTS, Case, Part, Row, Table

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


def codes_annotated(case: Case) -> bytes:
    def note(field: re.Match[bytes]) -> bytes:
        number = number_of(int(field[2]))
        return b"%s (service%d: the request has failed of service %d)" % (field[0], number % 50, number % 97)

    return FIELD.sub(note, with_codes(case).read_bytes())


def start(case: Case, *options: str) -> Command:
    return case.annotate(*options, input=case.inputs.empty())


NOTHING = checks.equals(lambda case: b"")
ANNOTATED = checks.equals(checks.annotated)
STARTS = [
    Row("CSV, codes in a row", lambda c: start(c, "--catalog", str(csv(c, "near"))), BUILT_IN, start, NOTHING),
    Row("CSV, codes far apart", lambda c: start(c, "--catalog", str(csv(c, "far"))), BUILT_IN, start, NOTHING),
    Row("JSON, codes far apart", lambda c: start(c, "--catalog", str(json(c))), BUILT_IN, start, NOTHING),
    Row(
        "a log with another code of the catalog in each line",
        lambda c: c.annotate("--catalog", str(csv(c, "far")), input=with_codes(c)),
        "one built-in code",
        lambda c: c.annotate(input=with_one_code(c)),
        checks.equals(codes_annotated),
    ),
]
ROWS = [
    Row(
        f"`--catalog`, {name}",
        lambda c, name=kind: c.annotate("--catalog", str(csv(c, name)), input=c.log()),  # type: ignore[misc]
        BUILT_IN,
        Case.annotate,
        ANNOTATED,
    )
    for kind, name in (("near", "codes in a row"), ("far", "codes far apart"))
] + [
    Row(
        "`--lang both`",
        lambda c: c.annotate("--lang", "both"),
        "`--lang en`",
        Case.annotate,
        checks.equals(checks.in_both_languages),
    ),
    Row("`--key status`", lambda c: c.annotate("--key", "status"), "no option", Case.annotate, ANNOTATED),
]

TABLE = Table(
    "catalogs",
    "User plus system time to /dev/null with `-j1`: the multiple of the reference's, and seconds. A catalog has 100,000 "
    "codes with explanations in Chinese, 7 MB of CSV, which each run reads at its start. In the first table a run is the "
    "start on empty input, but for the last row; the columns of the second are the share of lines with a field.",
    [Part("start, or codes", {"figure": {}}, STARTS).measure, Part("option", PERCENTS, ROWS).measure],
)
