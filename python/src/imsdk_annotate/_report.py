"""The program's JSON report as an object: its figures, sums of several by the program, and a table for pandas."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Collection, Dict, Iterable, List, Mapping, Optional, Union

from imsdk_annotate._errors import AnnotateError
from imsdk_annotate._run import StrPath, annotate

if TYPE_CHECKING:
    import pandas

FORMAT = "imsdk-annotate report"

VERSION = 1


class ReportError(AnnotateError):
    """A document that is no report, or of a version that this package does not know."""


@dataclass(frozen=True)
class Place:
    """A line of a log."""

    file: str
    line: Optional[int]
    text: str


@dataclass(frozen=True)
class Code:
    """A code that the logs have, with its figures. An unknown code has no category, severity and message."""

    code: int
    count: int
    """Number of fields with the code."""
    lines: int
    files: int
    is_known: bool
    category: Optional[str]
    category_zh: Optional[str]
    severity: Optional[str]
    message: Optional[str]
    explanation: Optional[str]
    first: Optional[Place]
    last: Optional[Place]
    first_time: Optional[str]
    last_time: Optional[str]


class Report:
    """A JSON report of the program (`--report json=FILE`). `document` has all of it, as docs/reports.md describes."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        """Takes the members of a report. Raises ReportError for what is none."""
        if not isinstance(document, Mapping) or document.get("format") != FORMAT:
            raise ReportError(f'this is no report of imsdk-annotate (its "format" is not "{FORMAT}")')
        if document.get("version") != VERSION:
            version = document.get("version")
            raise ReportError(
                f"a report of version {version!r}, and this package knows {VERSION}: install its newer version"
            )
        self.document: Dict[str, Any] = dict(document)
        self._bytes: Optional[bytes] = None

    @classmethod
    def from_bytes(cls, data: Union[bytes, str]) -> Report:
        """Returns the report that JSON text has. Raises ReportError for what is none."""
        try:
            document = json.loads(data)
        except ValueError as error:
            raise ReportError(f"this is no report of imsdk-annotate, because it is no JSON: {error}") from error
        report = cls(document)
        report._bytes = data.encode() if isinstance(data, str) else bytes(data)
        return report

    @classmethod
    def load(cls, path: StrPath) -> Report:
        """Returns the report of a file. Raises OSError, and ReportError with the file's name."""
        try:
            return cls.from_bytes(Path(path).read_bytes())
        except ReportError as error:
            raise ReportError(f"{os.fspath(path)}: {error}") from error

    @classmethod
    def merge(cls, reports: Iterable[Union[Report, StrPath]], *options: StrPath, accept: Collection[int] = ()) -> Report:
        """Adds up reports, objects and paths of files, in their order, and returns the report of the whole.

        The program does it (`--merge-reports`), with `options` such as `--catalog`, which must be those of the parts. Raises
        `DamagedInputError` where a part is not complete or cannot be read, unless `accept` has 3, and `CheckFailedError`
        where a `--fail-on` among the options fails, unless it has 1.
        """
        if isinstance(reports, (str, bytes, os.PathLike)):
            raise TypeError("reports are several, as [path, path], and not one path")
        with tempfile.TemporaryDirectory(prefix="imsdk-annotate-") as folder:
            names = [_named_file(report, number, folder) for number, report in enumerate(reports)]
            if not names:
                raise ValueError("there is no report to add up")
            listed = os.path.join(folder, "list")
            with open(listed, "wb") as file:
                file.writelines(os.fsencode(name) + b"\n" for name in names)
            arguments = ["--merge-reports", "--report", "json=-", *options, f"@{listed}"]
            return cls.from_bytes(annotate(b"", *arguments, accept=accept))

    @property
    def complete(self) -> bool:
        """Whether all inputs were read to their ends; false where one is damaged, or a signal came before."""
        return bool(self.document["complete"])

    @property
    def stopped(self) -> bool:
        """Whether a signal has ended the reading."""
        return bool(self.document.get("stopped", False))

    @property
    def files(self) -> int:
        """Number of inputs that were read."""
        return int(self.document["input"]["files"])

    @property
    def lines(self) -> int:
        """Number of lines that were read."""
        return int(self.document["input"]["lines"])

    @property
    def bytes_read(self) -> int:
        """Number of bytes that were read, once decompressed."""
        return int(self.document["input"]["bytes"])

    @property
    def fields(self) -> int:
        """Number of fields with a code of the catalog."""
        return int(self.document["fields"])

    @property
    def unknown_fields(self) -> int:
        """Number of fields with a code that the catalog lacks."""
        return int(self.document["unknown_fields"])

    @property
    def codes(self) -> List[Code]:
        """The catalog's codes that the logs have, in the order of the report: the most frequent first."""
        return [_code(row, is_known=True) for row in self.document["codes"]]

    @property
    def unknown(self) -> List[Code]:
        """The codes that the catalog lacks, in the order of the report."""
        return [_code(row, is_known=False) for row in self.document["unknown"]]

    @property
    def failed_checks(self) -> List[Dict[str, Any]]:
        """The checks (`--fail-on`, `--expect`) that have failed, as the report has them."""
        checks = [*self.document.get("fail_on", []), *self.document.get("expect", [])]
        return [check for check in checks if check["failed"]]

    def to_bytes(self) -> bytes:
        """Returns the report as JSON: the program's own bytes where it was read from some."""
        if self._bytes is not None:
            return self._bytes
        return (json.dumps(self.document, indent=2, ensure_ascii=False) + "\n").encode()

    def save(self, path: StrPath) -> None:
        """Writes the report to a file."""
        Path(path).write_bytes(self.to_bytes())

    def to_pandas(self) -> pandas.DataFrame:
        """Returns a DataFrame with a row for each code, the unknown ones last. Raises ImportError where pandas is not there.

        Columns: code (the index), count, lines, files, is_known, category, category_zh, severity, message, explanation,
        first_file, first_line, first_text, last_file, last_line, last_text, first_time, last_time (as text: logs have times
        with and without zones).
        """
        try:
            import pandas
        except ImportError as error:
            raise ImportError("pandas is not there: pip install 'imsdk-annotate[pandas]'") from error
        table = pandas.DataFrame([_row(code) for code in [*self.codes, *self.unknown]], columns=COLUMNS)
        indexed: pandas.DataFrame = table.astype({name: KINDS.get(name, "string") for name in COLUMNS}).set_index("code")
        return indexed

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Report) and self.document == other.document

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        whole = "" if self.complete else "not complete, "
        where = f"in {self.lines} lines of {self.files} inputs"
        return f"<Report: {whole}{self.fields} fields, {self.unknown_fields} unknown, {where}>"


OF_CODE = "code count lines files is_known category category_zh severity message explanation first_time last_time".split()

COLUMNS = OF_CODE + [f"{which}_{member}" for which in ("first", "last") for member in ("file", "line", "text")]
"""The columns of the DataFrame, in their order."""

KINDS = {
    **{name: "int64" for name in ("code", "count", "lines", "files")},
    **{name: "Int64" for name in ("first_line", "last_line")},
    "is_known": "bool",
}
"""The types of columns that are no text, the same whatever the table has."""


def _row(code: Code) -> Dict[str, Any]:
    """Returns the row of a code in the DataFrame."""
    row = {name: getattr(code, name) for name in OF_CODE}
    for which, place in (("first", code.first), ("last", code.last)):
        for member in ("file", "line", "text"):
            row[f"{which}_{member}"] = getattr(place, member, None)
    return row


def _code(row: Mapping[str, Any], is_known: bool) -> Code:
    """Returns the code of a row of the report."""
    return Code(
        code=int(row["code"]),
        count=int(row["count"]),
        lines=int(row["lines"]),
        files=int(row["files"]),
        is_known=is_known,
        category=row.get("category"),
        category_zh=row.get("category_zh"),
        severity=row.get("severity"),
        message=row.get("message"),
        explanation=row.get("explanation"),
        first=_place(row.get("first")),
        last=_place(row.get("last")),
        first_time=row.get("first_time"),
        last_time=row.get("last_time"),
    )


def _place(member: Optional[Mapping[str, Any]]) -> Optional[Place]:
    """Returns the place that a member of the report has, if any."""
    if member is None:
        return None
    return Place(member["file"], member.get("line"), member["text"])


def _named_file(report: Union[Report, StrPath], number: int, folder: str) -> str:
    """Returns the path of a file with the report, which a line of a list can name: absolute, and without a newline."""
    path = os.path.join(folder, f"{number:08}.json")
    if isinstance(report, Report):
        report.save(path)
        return path
    name = os.path.abspath(os.fspath(report))
    if "\n" not in name:
        return name
    os.symlink(name, path)
    return path
