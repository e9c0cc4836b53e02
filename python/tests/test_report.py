"""Reports: what they give, what is none, and sums, which are the program's."""

from __future__ import annotations

import builtins
import json
import os
from pathlib import Path
from typing import Any

import pytest

from imsdk_annotate import (
    CheckFailedError,
    DamagedInputError,
    Report,
    ReportError,
    annotate,
)

A = b"2026-05-01 10:00:00 ret=-204 x\nret=5\n"
B = b"iret=-31337\nret=-204\n"


def report_of(data: bytes, *options: str, accept: Any = ()) -> Report:
    return Report.from_bytes(annotate(data, "-q", "--report", "json=-", *options, accept=accept))


def test_figures() -> None:
    report = report_of(A + B)
    assert (report.complete, report.stopped, report.files, report.lines, report.bytes_read) == (
        True,
        False,
        1,
        4,
        len(A + B),
    )
    assert (report.fields, report.unknown_fields) == (3, 1)
    first = report.codes[0]
    assert (first.code, first.count, first.category, first.severity, first.is_known) == (-204, 2, "auth", "error", True)
    assert first.first and (first.first.line, first.first.text) == (1, "2026-05-01 10:00:00 ret=-204 x")
    assert first.last and first.last.line == 4
    assert (first.first_time, first.last_time) == ("2026-05-01T10:00:00", "2026-05-01T10:00:00")
    assert [(code.code, code.is_known, code.message) for code in report.unknown] == [(-31337, False, None)]


def test_an_empty_log() -> None:
    report = report_of(b"")
    assert (report.fields, report.codes, report.unknown, report.failed_checks) == (0, [], [], [])
    assert repr(report) == "<Report: 0 fields, 0 unknown, in 0 lines of 1 inputs>"


def test_bytes_stay_as_they_are(tmp_path: Path) -> None:
    data = annotate(A, "-q", "--report", "json=-")
    path = tmp_path / "a.json"
    Report.from_bytes(data).save(path)
    assert path.read_bytes() == data == Report.load(path).to_bytes()
    assert Report.load(path) == Report.from_bytes(data.decode()) == Report(json.loads(data))
    assert Report.load(path) != report_of(B)


def test_failed_checks() -> None:
    report = report_of(A, "--fail-on", "error", "--expect", "5>0", accept=(1,))
    assert [check["select"] for check in report.failed_checks] == ["error"]


def test_a_report_that_is_not_complete_says_so() -> None:
    report = report_of(b"\x1f\x8b\x08", accept=(3,))
    assert not report.complete
    assert "not complete" in repr(report)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (b"", "it is no JSON"),
        (b"\xff", "it is no JSON"),
        (b"{", "it is no JSON"),
        (b"[]", '"format" is not'),
        (b"{}", '"format" is not'),
        (b'{"format": "imsdk-annotate report", "version": 2}', "version 2, and this package knows 1"),
    ],
)
def test_what_is_no_report(tmp_path: Path, text: bytes, words: str) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(text)
    with pytest.raises(ReportError, match=f"odd.json: .*{words}"):
        Report.load(path)


def test_a_file_that_is_missing_is_an_os_error() -> None:
    with pytest.raises(FileNotFoundError):
        Report.load("/no/such.json")


def test_a_sum_is_the_report_of_the_whole(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(A)
    (tmp_path / "b.log").write_bytes(B)
    one, two = (tmp_path / "a.log", tmp_path / "b.log")
    parts = [Report.from_bytes(annotate(b"", "-q", "--report", "json=-", path)) for path in (one, two)]
    whole = Report.from_bytes(annotate(b"", "-q", "--report", "json=-", one, two))
    assert Report.merge(parts).to_bytes() == whole.to_bytes()
    parts[0].save(tmp_path / "a.json")
    assert Report.merge([tmp_path / "a.json", parts[1]]).to_bytes() == whole.to_bytes()


def test_a_sum_of_one_is_it() -> None:
    report = report_of(A)
    assert Report.merge([report]).to_bytes() == report.to_bytes()


def test_a_sum_of_many() -> None:
    names = [f"{number}.log" for number in range(500)]
    total = Report.merge(report_of(b"ret=-204\n", "--name", name) for name in names[:5])
    assert total.fields == 5


def test_paths_with_odd_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    names = ["@x.json", "-q", "a\nb.json", os.fsdecode(b"\xff.json")]
    for number, name in enumerate(names):
        report_of(b"ret=-204\n" * (number + 1), "--name", f"{number}.log").save(name)
    assert Report.merge(names).fields == 10


def test_bad_sums(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no report to add up"):
        Report.merge([])
    with pytest.raises(TypeError, match="several"):
        Report.merge("a.json")
    with pytest.raises(DamagedInputError, match="missing.json"):
        Report.merge([report_of(A), tmp_path / "missing.json"])
    with pytest.raises(CheckFailedError, match="--fail-on error"):
        Report.merge([report_of(A)], "--fail-on", "error")


def test_a_part_that_is_not_complete_is_accepted_where_asked() -> None:
    parts = [report_of(A), report_of(b"\x1f\x8b\x08", "--name", "odd.gz", accept=(3,))]
    with pytest.raises(DamagedInputError):
        Report.merge(parts)
    total = Report.merge(parts, accept=(3,))
    assert (total.complete, total.fields) == (False, 2)


def test_a_table_for_pandas() -> None:
    pandas = pytest.importorskip("pandas", reason="pandas is not installed")
    table = report_of(A + B).to_pandas()
    assert list(table.index) == [-204, 5, -31337]
    assert table.loc[-204, "count"] == 2
    assert table.loc[-204, "first_line"] == 1
    assert table.loc[-31337, "is_known"] == False  # noqa: E712
    assert pandas.isna(table.loc[-31337, "message"])
    empty = report_of(b"").to_pandas()
    assert (len(empty), list(empty.columns), list(empty.dtypes)) == (0, list(table.columns), list(table.dtypes))


def test_without_pandas_the_remedy_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: Any) -> Any:
        if name == "pandas":
            raise ImportError(name)
        return real(name, *rest)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ImportError, match=r"pip install 'imsdk-annotate\[pandas\]'"):
        report_of(A).to_pandas()
