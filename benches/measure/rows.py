"""Tables of rows: each row compares a command with another one, for several logs or numbers of threads."""

from __future__ import annotations

import dataclasses
import os
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Callable, Optional, Union

from .command import Command, Failed, Missing, Used, medians
from .inputs import Inputs


@dataclass(frozen=True)
class Case:
    """What the commands of one column are made for."""

    inputs: Inputs
    percent: int = 30
    threads: int = 1

    def log(self) -> Path:
        return self.inputs.log(self.percent)

    def annotate(self, *options: str, input: Optional[Path] = None, **fields: object) -> Command:
        """Returns a run of the program on the generated log, or on another input."""
        return self.tool(self.inputs.programs.annotate, f"-j{self.threads}", *options, input=input, **fields)

    def tool(self, *argv: str, input: Optional[Path] = None, **fields: object) -> Command:
        """Returns a run of any program, with the name of the input behind its arguments."""
        return dataclasses.replace(Command((*argv, str(input or self.log()))), **fields)  # type: ignore[arg-type]


def size(path: Path) -> int:
    return os.path.getsize(path)


Make = Callable[[Case], Command]
# The name of a row, that of its reference, and the column of a figure.
Key = tuple[str, str, str]
# Checks the answer of a command. Returns a remark for the reader of the table, or None if the answer is right; raises
# Failed if it is wrong.
Check = Callable[[Case, Command], Optional[str]]


@dataclass(frozen=True)
class Row:
    name: str
    command: Make
    # The name of the reference, and its command.
    against: str
    reference: Make
    # A check of the answer, or a text that says why it is not checked.
    check: Union[Check, str]
    # The ratio that is wanted in each column, or None. One number holds for all columns.
    targets: Union[None, float, Sequence[Optional[float]]] = None
    # The columns that the row has a figure for; by default, all.
    columns: Optional[Sequence[str]] = None


@dataclass(frozen=True)
class Figure:
    """The median of a row's command, in seconds for as many bytes as its reference reads, and that of the reference."""

    seconds: float
    reference: float

    @property
    def ratio(self) -> float:
        return self.seconds / self.reference


@dataclass
class Result:
    """A part of a table as it is written: texts, and the figures behind them."""

    headings: list[str]
    lines: list[list[str]] = field(default_factory=list)
    # What the reader must know of rows, with the names of these.
    remarks: dict[str, list[str]] = field(default_factory=dict)
    figures: dict[Key, Figure] = field(default_factory=dict)

    def remark(self, where: str, remark: str) -> None:
        rows = self.remarks.setdefault(remark, [])
        if where not in rows:
            rows.append(where)

    def notes(self) -> list[str]:
        """Returns the remarks as sentences."""
        return [f"{'; '.join(rows)}: {remark}." for remark, rows in self.remarks.items()]


@dataclass(frozen=True)
class Session:
    """The inputs of one run of `benches/all`: small ones for the checks, large ones for the times."""

    small: Inputs
    large: Inputs
    runs: int


@dataclass(frozen=True)
class Part:
    """A table, or a part of one, whose rows are timed in the same way."""

    heading: str
    # The columns, with the settings of their cases.
    columns: dict[str, dict[str, int]]
    rows: Sequence[Row]
    # What is measured: "cpu" is user plus system time, "wall" is wall time.
    measured: str = "cpu"

    def measure(self, session: Session) -> Result:
        result = Result([self.heading, "against", *self.columns])
        for row, column in self.cells():
            remark = self.checked(row, Case(session.small, **self.columns[column]))
            if remark is not None:
                of_column = len(self.columns) > 1 and not isinstance(row.check, str)
                result.remark(f"{row.name}, {column}" if of_column else row.name, remark)
        # Columns of one log take turns, too.
        logs = list(dict.fromkeys(Case(session.large, **settings).percent for settings in self.columns.values()))
        for percent in logs:
            self.measure_log(percent, session, result)
            if len(logs) > 1:
                session.large.forget()
        self.render(result)
        return result

    def measure_log(self, percent: int, session: Session, result: Result) -> None:
        """Measures the rows of all columns that have the same log."""
        pairs: dict[Key, tuple[Command, Command]] = {}
        for row, column in self.cells():
            case = Case(session.large, **self.columns[column])
            if case.percent == percent:
                try:
                    pairs[row.name, row.against, column] = row.command(case), row.reference(case)
                except Missing as error:
                    result.remark(row.name, f"missing: {error}")
        commands = list(dict.fromkeys(command for pair in pairs.values() for command in pair))
        say(f"{self.heading}, {percent} % of the lines with a field: {len(commands)} commands in turn")
        used = medians(commands, session.runs)
        for key, (command, reference) in pairs.items():
            result.figures[key] = self.figure(command, reference, used)

    def cells(self) -> Iterator[tuple[Row, str]]:
        for row in self.rows:
            for column in row.columns or self.columns:
                yield row, column

    def checked(self, row: Row, case: Case) -> Optional[str]:
        """Checks the answer of a row, and returns what its reader must know of it."""
        if isinstance(row.check, str):
            return f"the answer is not checked: {row.check}"
        try:
            return row.check(case, row.command(case))
        except Missing:
            return None
        except Failed as error:
            raise Failed(f"{row.name}, {case.percent} % of the lines, -j{case.threads}: {error}") from error

    def figure(self, command: Command, reference: Command, used: dict[Command, Used]) -> Figure:
        scale = reference.bytes / command.bytes if command.bytes and reference.bytes else 1.0
        mine, other = getattr(used[command], self.measured), getattr(used[reference], self.measured)
        # A command that takes less than a clock tick of the system may have used no time at all.
        return Figure(max(mine, 1e-6) * scale, max(other, 1e-6))

    def render(self, result: Result) -> None:
        """Writes the lines of the table, and a column of targets if a row has one."""
        with_targets = any(row.targets is not None for row in self.rows)
        if with_targets:
            result.headings.append("target")
        for row in self.rows:
            cells = []
            for column in self.columns:
                figure = result.figures.get((row.name, row.against, column))
                shown = "missing" if column in (row.columns or self.columns) else ""
                cells.append(f"{ratio(figure.ratio)} ({seconds(figure.seconds)})" if figure else shown)
            last = [self.verdict(row, result)] if with_targets else []
            result.lines.append([row.name, row.against, *cells, *last])

    def verdict(self, row: Row, result: Result) -> str:
        """Returns the targets of a row, and where they are not reached."""
        if row.targets is None:
            return ""
        targets = row.targets if isinstance(row.targets, Sequence) else [row.targets] * len(self.columns)
        wanted, missed, measured = [], [], 0
        for column, target in zip(self.columns, targets):
            if target is None:
                continue
            wanted.append(str(float(target)))
            figure = result.figures.get((row.name, row.against, column))
            measured += figure is not None
            if figure and figure.ratio > target:
                missed.append(f"{column}: {ratio(figure.ratio)} against {float(target)}")
        shown = wanted[0] if len(set(wanted)) == 1 else ", ".join(wanted)
        if missed:
            return f"{shown}: not reached: {', '.join(missed)}"
        return f"{shown}: reached" if measured == len(wanted) else f"{shown}: not measured"


@dataclass(frozen=True)
class Table:
    name: str
    # How the rows are run, for the reader.
    about: str
    parts: Sequence[Callable[[Session], Result]]
    # The programs besides imsdk-annotate whose versions the reader should know.
    programs: Sequence[str] = ()


def ratio(value: float) -> str:
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def seconds(value: float) -> str:
    digits = 4 if value < 0.01 else 3 if value < 0.1 else 2 if value < 10 else 1
    return f"{value:.{digits}f} s"


def say(text: str) -> None:
    print(f"benches/all: {text}", file=sys.stderr, flush=True)


# The columns of most tables: the share of lines with a field.
PERCENTS = {f"{percent} %": {"percent": percent} for percent in (2, 30, 100)}
