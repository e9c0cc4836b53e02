"""Checks of answers: a twin in Python writes what the program should write, or the answer is turned back into the log."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Callable, Optional

from .command import Command, Failed, answer, printed
from .inputs import FIELD
from .rows import Case, Check

COLOUR = re.compile(rb"\x1b\[[0-9;]*m")
OPENID = re.compile(rb"""openid["=:]+([0-9]+)""", re.IGNORECASE)
# The bytes of a wrong line that an error shows before its first difference, and behind.
SHOWN_BYTES = 80
# A note on a code that is no success and needs no action of the user.
ERROR_NOTE = re.compile(rb" \((?!action|success)[a-z-]+: ")


def equals(expected: Callable[[Case], bytes], shown: Callable[[bytes], bytes] = bytes) -> Check:
    """Returns a check that an answer, as `shown` turns it, is what is expected."""

    def check(case: Case, command: Command) -> None:
        compare(shown(answer(command)), expected(case))

    return check


def compare(got: bytes, expected: bytes) -> None:
    """Raises an error with the first line that differs."""
    if got == expected:
        return
    number, mine, right = next(differences(got, expected))
    same = len(os.path.commonprefix([mine, right]))
    shown = slice(max(same - SHOWN_BYTES, 0), same + SHOWN_BYTES)
    raise Failed(f"the answer is wrong in line {number}, byte {same + 1}: {mine[shown]!r} in place of {right[shown]!r}")


def differences(got: bytes, expected: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Yields the numbers of lines that differ, with both lines; a line that is not there is empty."""
    mine, right = got.splitlines(keepends=True), expected.splitlines(keepends=True)
    for at in range(max(len(mine), len(right))):
        pair = (mine[at] if at < len(mine) else b"", right[at] if at < len(right) else b"")
        if pair[0] != pair[1]:
            yield (at + 1, *pair)


@cache
def entries(program: str) -> dict[int, dict[str, str]]:
    """Returns the built-in catalog, by code."""
    listed = json.loads(printed([program, "--list", "--json"]).stdout)
    return {entry["code"]: entry for entry in listed}


def note(case: Case, code: bytes) -> bytes:
    """Returns the note on a code, or nothing if the catalog lacks it, or if it has a zero before it (the `-05` of a day)."""
    entry = None if code.lstrip(b"-").startswith(b"0") else entries(case.inputs.programs.annotate).get(int(code))
    return f" ({entry['category']}: {entry['message']})".encode() if entry else b""


def log(case: Case) -> bytes:
    return case.log().read_bytes()


def notes_added(case: Case, text: bytes) -> bytes:
    """Returns a text of the generator with its notes, as this twin writes them."""
    return FIELD.sub(lambda field: field[0] + note(case, field[2]), text)


def annotated(case: Case) -> bytes:
    return notes_added(case, log(case))


def in_both_languages(case: Case) -> bytes:
    """Returns the generated log with the notes of `--lang both`."""

    def noted(field: re.Match[bytes]) -> bytes:
        entry = entries(case.inputs.programs.annotate)[int(field[2])]
        note = " ({category}/{category_zh}: {message} / {explanation})".format(**entry)
        return field[0] + note.encode()

    return FIELD.sub(noted, log(case))


def with_pattern(regex: str, keys: bool = False) -> Callable[[Case], bytes]:
    """Returns a twin of `--pattern`, with the default keys or with `--no-default-keys`."""
    compiled = compile_regex(regex)

    def expected(case: Case) -> bytes:
        text = log(case)
        # The codes by where they begin, with where their notes go; keys come before patterns.
        places = {found.start("code"): (found.end("code"), found["code"]) for found in compiled.finditer(text)}
        if keys:
            places.update({found.start(2): (found.end(), found[2]) for found in FIELD.finditer(text)})
        pieces, at = [], 0
        for end, code in sorted(places.values()):
            pieces += [text[at:end], note(case, code)]
            at = end
        return b"".join([*pieces, text[at:]])

    return expected


def compile_regex(regex: str) -> re.Pattern[bytes]:
    """Compiles a regular expression of the program, whose form of a named group is not Python's."""
    return re.compile(regex.replace("(?<", "(?P<").encode(), re.MULTILINE)


def matches(regex: str, case: Case) -> int:
    """Returns how often a regular expression matches in the log."""
    return sum(1 for _ in compile_regex(regex).finditer(log(case)))


def with_fields(case: Case, text: bytes) -> bytes:
    """Returns a text with notes as fields: members in JSON, pairs in `key=value` text, else plain notes."""

    def fields(found: re.Match[bytes]) -> bytes:
        before, key, code, behind = found.groups()
        entry = entries(case.inputs.programs.annotate)[int(code)]
        category, message = entry["category"].encode(), entry["message"].encode()
        if key == b'"ret":':
            return b'%s,"ret_category":"%s","ret_message":"%s"' % (found[0], category, message)
        if key == b"ret=" and before in (b" ", b"|i"):
            name = b"iret" if before == b"|i" else b"ret"
            return b'%s %s_category=%s %s_message="%s"' % (found[0], name, category, name, message)
        return found[0] + note(case, code)

    return re.sub(rb'( |&|\|i|\{|,|)(ret=|"ret":|retCode\[)(-?[1-9][0-9]*)(\]?)', fields, text)


def numbered(text: bytes) -> bytes:
    return b"".join(b"%d:%s" % (number, line) for number, line in enumerate(text.splitlines(keepends=True), 1))


def errors(text: bytes) -> bytes:
    """Returns the lines of an annotated text, or of a numbered one, that have an error."""
    return b"".join(line for line in text.splitlines(keepends=True) if ERROR_NOTE.search(line))


def errors_with_context(text: bytes, count: int) -> bytes:
    """Returns the lines of an annotated text with an error, `count` lines around each, and `--` between groups."""
    lines = text.splitlines(keepends=True)
    near: set[int] = set()
    for at, line in enumerate(lines):
        if ERROR_NOTE.search(line):
            near.update(range(max(at - count, 0), min(at + count + 1, len(lines))))
    pieces = [(b"" if at - 1 in near or at == min(near) else b"--\n") + lines[at] for at in sorted(near)]
    return b"".join(pieces)


def uncoloured(text: bytes) -> bytes:
    """Returns a text without its colours, of which there must be some."""
    plain = COLOUR.sub(b"", text)
    if plain == text:
        raise Failed("the answer has no colours")
    return plain


def report_counts(key: str, users: bool = False) -> Check:
    """Returns a check that a JSON report counts as many fields as the generator has written, and each user once."""

    def check(case: Case, command: Command) -> None:
        report = json.loads(answer(with_report(command, "-")))
        right = case.inputs.fields[case.percent]
        if report[key] != right:
            raise Failed(f"the report has {key}: {report[key]} in place of {right}")
        if users:
            lines = [line for line in log(case).splitlines() if FIELD.search(line)]
            openids = {found[1] for line in lines if (found := OPENID.search(line))}
            # Users beyond 1,024 are estimated within 3 %.
            if abs(report["users"]["count"] / len(openids) - 1) > 0.03:
                raise Failed(f"the report has {report['users']['count']} users in place of {len(openids)}")

    return check


def with_report(command: Command, path: str) -> Command:
    """Returns the command with its JSON report in another place."""
    argv = tuple(f"json={path}" if word.startswith("json=") else word for word in command.argv)
    return Command(**{**command.__dict__, "argv": argv})


def differing(case: Case, command: Command) -> Optional[str]:
    """Tells in how many lines the answer of a script, which follows simpler rules, differs from that of the program."""
    right = notes_added(case, Path(command.argv[-1]).read_bytes())
    wrong = sum(1 for _ in differences(answer(command), right))
    count = right.count(b"\n")
    return f"the answer differs in {wrong:,} of {count:,} lines" if wrong else None
