"""The lines that tell how far a job is, on a terminal and elsewhere."""

from __future__ import annotations

import io
import time
from types import SimpleNamespace
from typing import Any

import pytest

from imsdk_annotate.spark import progress
from imsdk_annotate.spark.progress import Counts, Progress

NOW = 100.0
"""The time of the tests, in seconds."""


class Stream(io.StringIO):
    """Standard error, which is a terminal or not."""

    def __init__(self, is_terminal: bool) -> None:
        super().__init__()
        self.is_terminal = is_terminal

    def isatty(self) -> bool:
        return self.is_terminal


@pytest.fixture
def context(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The accumulators of Spark, without Spark, at a time that stands still."""
    monkeypatch.setattr(progress, "time", SimpleNamespace(monotonic=lambda: NOW))
    return SimpleNamespace(accumulator=lambda value, param=None: SimpleNamespace(value=value))


def begun(context: Any, stream: Stream) -> Progress:
    made = Progress(context, 1200, 3_400_000_000, stream)
    made.done.value, made.bytes.value = 7, 1_500_000
    made.codes.value = {-204: 5000, 5: 10, -402: 10, 2: 1, 0: 20, -1: 9}
    made.began = NOW - 2
    return made


STATE = "7 of 1,200 tasks, 1.5 MB of 3.4 GB, 750 KB/s; most frequent: -204 (5,000), 0 (20), 5 (10), -402 (10), -1 (9)"

LONG = (
    "7 of 1,200 tasks, 1.5 MB of 3.4 GB, 750 KB/s; most frequent: -31337000 (1,000,000), -31337001 (999,999), "
    "-31337002 (999,998), -31337003 (999,997), -31337004 (999,996)"
)


def test_the_line_has_tasks_bytes_and_the_most_frequent_codes(context: Any) -> None:
    assert begun(context, Stream(False)).line() == STATE


def test_a_terminal_has_one_line_that_is_drawn_again(context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_ON_TERMINAL", 0.02)
    stream = Stream(True)
    made = begun(context, stream)
    made.codes.value = {-31337000 - number: 1_000_000 - number for number in range(5)}
    with made:
        time.sleep(0.3)
    drawn = stream.getvalue().split("\r\x1b[K")
    assert len(drawn) > 3 and all(line.startswith("7 of 1,200 tasks") and "\n" not in line for line in drawn[1:-1])
    # A line that is wider than the terminal could not be drawn over.
    assert set(drawn[1:-1]) == {LONG[:120]}
    assert drawn[-1].startswith("imsdk-annotate-spark: 7 of 1,200 tasks") and drawn[-1].endswith("\n")


def test_elsewhere_lines_follow_each_other(context: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(progress, "EVERY_ELSEWHERE", 0.02)
    stream = Stream(False)
    with begun(context, stream):
        time.sleep(0.3)
    lines = stream.getvalue().splitlines()
    assert len(lines) > 3 and all(line.startswith("imsdk-annotate-spark: 7 of 1,200 tasks") for line in lines)
    assert "\r" not in stream.getvalue()


def test_numbers_by_code_add_up() -> None:
    counts = Counts()
    assert counts.addInPlace(counts.addInPlace(counts.zero({}), {-204: 2}), {-204: 3, 5: 1}) == {-204: 5, 5: 1}
