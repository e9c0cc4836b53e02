"""The table `patterns`: regular expressions of the user, against ripgrep and against one pass of the regex crate."""

from __future__ import annotations

from typing import Optional

from . import checks
from .command import Command, Failed, answer
from .rows import PERCENTS, Case, Check, Part, Row, Table

WITH_LITERAL = "(?<code>-[0-9]+)"
WITHOUT_LITERAL = r"""(?i)\b(?:ret|code)[a-z]*["=: ]+(?<code>-?[0-9]+)"""


def with_pattern(case: Case, regex: str) -> Command:
    return case.annotate("--no-default-keys", "--pattern", regex)


def ripgrep(case: Case, regex: str) -> Command:
    # Older versions of ripgrep know the older form of a named group alone.
    return case.tool("rg", "--no-config", "--passthru", "-N", "-r", "$0 (x)", regex.replace("(?<", "(?P<"))


def regex_pass(case: Case, regex: str) -> Command:
    return Command((case.inputs.programs.regex_pass, regex), stdin=case.log())


def check_of(regex: str) -> Check:
    """Returns a check of the notes, and of the references: they must find as many matches."""
    exact = checks.equals(checks.with_pattern(regex))

    def check(case: Case, command: Command) -> Optional[str]:
        right = checks.matches(regex, case)
        passed = int(answer(regex_pass(case, regex)))
        if passed != right:
            raise Failed(f"regex_pass counts {passed} matches in place of {right}")
        return exact(case, command)

    return check


def ripgrep_check(regex: str) -> Check:
    exact = check_of(regex)

    def check(case: Case, command: Command) -> Optional[str]:
        found = answer(ripgrep(case, regex)).count(b" (x)")
        if found != checks.matches(regex, case):
            raise Failed(f"rg finds {found} matches in place of {checks.matches(regex, case)}")
        return exact(case, command)

    return check


def rows_of(name: str, regex: str) -> list[Row]:
    def mine(case: Case) -> Command:
        return with_pattern(case, regex)

    return [
        Row(name, mine, "`rg`", lambda c: ripgrep(c, regex), ripgrep_check(regex), 0.25),
        Row(name, mine, "one pass of regex", lambda c: regex_pass(c, regex), check_of(regex), 1.1),
        Row(
            f"{name}, with the default keys",
            lambda c: c.annotate("--pattern", regex),
            "one pass of regex",
            lambda c: regex_pass(c, regex),
            checks.equals(checks.with_pattern(regex, keys=True)),
        ),
    ]


TABLE = Table(
    "patterns",
    "User plus system time of `imsdk-annotate -j1 --no-default-keys --pattern REGEX LOG > /dev/null`, against "
    "`rg --passthru -N -r '$0 (x)' REGEX LOG` and against one pass of the regex crate, which counts matches "
    f"(`benches/regex_pass.rs`). The regex with a literal is `{WITH_LITERAL}`, the one without is "
    f"`{WITHOUT_LITERAL}`. The columns are the share of lines with a field.",
    [Part("pattern", PERCENTS, [*rows_of("with a literal", WITH_LITERAL), *rows_of("without", WITHOUT_LITERAL)]).measure],
    ["rg"],
)
