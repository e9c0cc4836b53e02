"""The table `features`: what options cost, against the program without them."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Callable, Optional

from . import checks
from .command import Command
from .rows import PERCENTS, Case, Make, Part, Row, Table, size


def plain(case: Case) -> Command:
    return case.annotate()


def per_byte(case: Case, path: Path, *options: str) -> Command:
    """Returns a command that is compared for each byte of its input."""
    return case.annotate(*options, input=path, bytes=size(path))


def report(case: Case, *options: str, input: Optional[Path] = None) -> Command:
    return case.annotate("--quiet", "--report", f"json={case.inputs.folder}/report.json", *options, input=input)


def report_per_byte(case: Case, path: Path) -> Command:
    return dataclasses.replace(report(case, input=path), bytes=size(path))


def in_chinese(encoding: str) -> Make:
    return lambda c: c.annotate(input=c.inputs.chinese(c.percent, encoding))


def chinese_answer(case: Case) -> bytes:
    return checks.annotated(case).replace(b"\n", " 登录结束\n".encode())


def decoded(encoding: str) -> Callable[[bytes], bytes]:
    return lambda text: text.decode(encoding).lstrip("\ufeff").encode()


ANNOTATED, LOG = checks.equals(checks.annotated), checks.equals(checks.log)
NUMBERED = checks.equals(lambda c: checks.numbered(checks.annotated(c)))
ERRORS = checks.equals(lambda c: checks.errors(checks.annotated(c)))
NUMBERED_ERRORS = checks.equals(lambda c: checks.errors(checks.numbered(checks.annotated(c))))
CHINESE = "the log in UTF-8"
PLAIN = "no option"

ROWS = [
    Row(PLAIN, plain, "`cat`", lambda c: c.tool("cat"), ANNOTATED),
    Row("`-n`", lambda c: c.annotate("-n"), PLAIN, plain, NUMBERED, (1.15, 1.3, 1.4)),
    Row(
        "`--fields`",
        lambda c: c.annotate("--fields"),
        PLAIN,
        plain,
        checks.equals(lambda c: checks.with_fields(c, checks.log(c))),
        (1.1, 1.4, 1.7),
    ),
    Row(
        "`--fields`, lines of JSON of 10 KB",
        lambda c: c.annotate("--fields", input=c.inputs.json_lines()),
        "no option, same log",
        lambda c: c.annotate(input=c.inputs.json_lines()),
        checks.equals(lambda c: checks.with_fields(c, c.inputs.json_lines().read_bytes())),
        (None, None, 1.3),
        columns=["100 %"],
    ),
    Row(
        "`--color always`",
        lambda c: c.annotate("--color", "always"),
        PLAIN,
        plain,
        checks.equals(checks.annotated, checks.uncoloured),
        (1.05, 1.2, 1.4),
    ),
    Row(
        "`--strip`, a log with notes",
        lambda c: per_byte(c, c.inputs.annotated(c.percent), "--strip"),
        "no option, same log",
        lambda c: per_byte(c, c.inputs.annotated(c.percent)),
        LOG,
        1.2,
    ),
    Row(
        "no option, a log with notes, for each byte",
        lambda c: per_byte(c, c.inputs.annotated(c.percent)),
        "no option, the log without notes",
        lambda c: per_byte(c, c.log()),
        ANNOTATED,
        1.2,
    ),
    Row(
        "`--fail-on error`",
        lambda c: c.annotate("--fail-on", "error", status=1),
        PLAIN,
        plain,
        ANNOTATED,
        (1.05, 1.2, 1.25),
    ),
    Row("`--quiet --report json=FILE`", report, PLAIN, plain, checks.report_counts("fields")),
    Row(
        "the same, all codes unknown, for each byte",
        lambda c: report_per_byte(c, c.inputs.unknown(c.percent)),
        "all codes known",
        lambda c: report_per_byte(c, c.log()),
        checks.report_counts("unknown_fields"),
        1.3,
    ),
    Row(
        "`--quiet --report json=FILE --users openid`",
        lambda c: report(c, "--users", "openid"),
        "without `--users`",
        report,
        checks.report_counts("fields", users=True),
    ),
    Row("`--only error`", lambda c: c.annotate("--only", "error"), PLAIN, plain, ERRORS),
    Row("`--only error -n`", lambda c: c.annotate("--only", "error", "-n"), PLAIN, plain, NUMBERED_ERRORS),
    Row("`--since 2020-01-01`, before all lines", lambda c: c.annotate("--since", "2020-01-01"), PLAIN, plain, ANNOTATED),
    Row("`--encoding utf-8`", lambda c: c.annotate("--encoding", "utf-8"), PLAIN, plain, ANNOTATED),
    Row(
        "a log in GBK",
        in_chinese("gbk"),
        CHINESE,
        in_chinese("utf-8"),
        checks.equals(chinese_answer, decoded("gbk")),
        columns=["30 %"],
    ),
    Row(
        "a log in UTF-16",
        in_chinese("utf-16-le"),
        CHINESE,
        in_chinese("utf-8"),
        checks.equals(chinese_answer, decoded("utf-16-le")),
        columns=["30 %"],
    ),
]

TABLE = Table(
    "features",
    "User plus system time of `imsdk-annotate -j1 OPTIONS LOG > /dev/null`: the multiple of the reference's, and seconds. "
    "The columns are the share of lines with a field. The logs in GBK and UTF-16 have a word in Chinese in each line.",
    [Part("options", PERCENTS, ROWS).measure],
    ["cat"],
)
