"""The table `peers`: what one would use instead, against the program."""

from __future__ import annotations

import subprocess
from pathlib import Path

from . import checks
from .command import Command, Missing
from .rows import PERCENTS, Case, Part, Row, Table, size

BENCHES = Path(__file__).parent.parent
# What a user would look for with ripgrep; the scripts of benches/dictionary.sh look for the same.
FIELD = r"""(?:[Rr]et|[Cc]ode)["']?\]?[ \t]*[=:\[][ \t]*"?-?[1-9][0-9]*"?\]?"""
MINE = "`imsdk-annotate`"


def mine(case: Case) -> Command:
    return case.annotate(bytes=size(case.log()))


def dictionary(case: Case, language: str) -> str:
    """Returns the path of a script with the same dictionary, for awk, perl or sed."""

    def make(path: Path) -> None:
        case.inputs.run([str(BENCHES / "dictionary.sh"), language], path)

    return str(case.inputs.made(f"script.{language}", make))


def part(case: Case, share: int, *argv: str) -> Command:
    """Returns a command that is slow, and so reads only one of `share` parts of the log."""
    path = case.inputs.begin(case.percent, share)
    return case.tool(*argv, input=path, bytes=size(path))


def hl(case: Case) -> Command:
    command = part(case, 10, "hl", "--paging=never", "--color=always")
    version = subprocess.run(["hl", "--version"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
    if not version.startswith(b"hl "):
        # Other programs have this name, too.
        raise Missing("hl (github.com/pamburus/hl)")
    return command


ROWS = [
    Row("`cat`", lambda c: c.tool("cat"), MINE, mine, checks.equals(checks.log)),
    Row("mawk", lambda c: c.tool("mawk", "-f", dictionary(c, "awk")), MINE, mine, checks.differing),
    Row("perl", lambda c: part(c, 10, "perl", dictionary(c, "perl")), MINE, mine, checks.differing),
    Row("sed", lambda c: part(c, 100, "sed", "-E", "-f", dictionary(c, "sed")), MINE, mine, checks.differing),
    Row(
        "rg",
        lambda c: c.tool("rg", "--no-config", "--passthru", "-N", "-r", "$0 (x)", FIELD),
        MINE,
        mine,
        "it writes the same text behind all codes",
    ),
    Row("tailspin", lambda c: part(c, 10, "tspin", "--print"), MINE, mine, "it moves blanks, besides adding colours"),
    Row("hl", hl, MINE, mine, "it writes its own form of the lines, without the meaning of codes"),
]

TABLE = Table(
    "peers",
    "User plus system time from a file to /dev/null: the multiple of `imsdk-annotate -j1 LOG`, and seconds. mawk, perl and "
    "sed run the scripts of `benches/dictionary.sh`, with the same dictionary; rg is "
    "`rg --passthru -N -r '$0 (x)' REGEX LOG`; tailspin is `tspin --print`, hl `hl --paging=never --color=always`. perl, "
    "tailspin and hl read a tenth of the log, sed a hundredth; their times are those for the whole log.",
    [Part("program", PERCENTS, ROWS).measure],
    ["cat", "mawk", "perl", "sed", "rg", "tspin", "hl"],
)
