"""Progress of a job on the driver: tasks, bytes and the most frequent codes so far, from accumulators of Spark."""

from __future__ import annotations

import sys
import threading
import time
from typing import Any, Dict, Optional, TextIO

from pyspark.accumulators import AccumulatorParam

EVERY_ON_TERMINAL = 1.0
EVERY_ELSEWHERE = 30.0
SHOWN_CODES = 5


class Counts(AccumulatorParam[Dict[int, int]]):  # type: ignore[misc]
    """Numbers by key that add up; a task that is repeated counts once."""

    def zero(self, value: Dict[int, int]) -> Dict[int, int]:
        return {}

    def addInPlace(self, value1: Dict[int, int], value2: Dict[int, int]) -> Dict[int, int]:  # noqa: N802 - Spark's name
        for key, count in value2.items():
            value1[key] = value1.get(key, 0) + count
        return value1


class Progress:
    """A thread that tells how far a job is, as a context: a line that is drawn again on a terminal, else one each 30 s."""

    def __init__(self, context: Any, tasks: int, total_bytes: int, stream: Optional[TextIO] = None) -> None:
        self.tasks = tasks
        self.total_bytes = total_bytes
        self.stream = sys.stderr if stream is None else stream
        self.done = context.accumulator(0)
        self.bytes = context.accumulator(0)
        self.codes = context.accumulator({}, Counts())
        self.began = time.monotonic()
        self._is_terminal = self.stream.isatty()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="progress", daemon=True)

    def __enter__(self) -> Progress:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()
        if self._is_terminal:
            self.stream.write("\r\x1b[K")
        self._say(self.line())

    def line(self) -> str:
        """Returns the state in words."""
        seconds = max(time.monotonic() - self.began, 1e-3)
        read = self.bytes.value
        codes = sorted(self.codes.value.items(), key=lambda code: (-code[1], abs(code[0])))[:SHOWN_CODES]
        most = f"; most frequent: {', '.join(f'{code} ({count:,})' for code, count in codes)}" if codes else ""
        return (
            f"{self.done.value:,} of {self.tasks:,} tasks, {_size(read)} of {_size(self.total_bytes)}, "
            f"{_size(int(read / seconds))}/s{most}"
        )

    def _run(self) -> None:
        every = EVERY_ON_TERMINAL if self._is_terminal else EVERY_ELSEWHERE
        while not self._ended.wait(every):
            if self._is_terminal:
                self.stream.write(f"\r\x1b[K{self.line()[:120]}")
                self.stream.flush()
            else:
                self._say(self.line())

    def _say(self, line: str) -> None:
        self.stream.write(f"imsdk-annotate-spark: {line}\n")
        self.stream.flush()


def _size(count: int) -> str:
    """Returns a number of bytes for people."""
    value, unit = float(count), "B"
    for unit in ("B", "KB", "MB", "GB", "TB", "PB"):
        if value < 1000 or unit == "PB":
            break
        value /= 1000
    return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
