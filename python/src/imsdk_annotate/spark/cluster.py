"""Spark itself: its context, work on executors, and what Spark says of work that has failed."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Iterable, Iterator, List, Sequence, Tuple

from imsdk_annotate.spark.cli import Settings

FAILED = "AttemptFailed: "


def spark_context(settings: Settings) -> Tuple[Any, bool]:
    """Returns the context of Spark: that of a notebook, or a new one; and whether it is new."""
    from pyspark import SparkConf, SparkContext

    conf = SparkConf()
    for key, value in settings.conf:
        conf.set(key, value)
    if settings.master:
        conf.setMaster(settings.master)
    conf.setIfMissing("spark.master", "local[*,4]")
    if conf.get("spark.master", "").startswith("local"):
        # Executors on this machine are this Python, with its packages, also where its environment is not activated.
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    conf.setIfMissing("spark.app.name", "imsdk-annotate")
    conf.setIfMissing("spark.ui.showConsoleProgress", "false")
    running = SparkContext._active_spark_context
    if running is not None:
        _tell_ineffective(running, settings)
        return running, False
    return SparkContext(conf=conf), True


def _tell_ineffective(context: Any, settings: Settings) -> None:
    """Says which settings have no effect, because Spark is running already, as in a notebook."""
    typed = [*settings.conf, *([("spark.master", settings.master)] if settings.master else [])]
    for key, value in typed:
        found = context.getConf().get(key)
        if found != value:
            own = "is not set there" if found is None else f"is {found} there"
            say(f"{key}={value}: has no effect: Spark is running already, and it {own}; stop that session, or set it there")


class JobFailed(Exception):
    """A task that has failed as often as Spark tries it."""


def on_executors(
    context: Any, items: Sequence[Any], work: Callable[[Iterable[Any]], Iterator[Any]], slices: int
) -> List[Any]:
    """Runs work on items, on the executors, and returns the results. Raises `JobFailed` with the message of a task."""
    from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped,unused-ignore]

    if not items:
        return []
    try:
        results: List[Any] = context.parallelize(items, slices).mapPartitions(work).collect()
        return results
    except Py4JJavaError as error:
        raise JobFailed(_message(str(error))) from None


def _message(text: str) -> str:
    """Returns what is to blame, of Spark's words about a job that it has given up."""
    lines = text.splitlines()
    named = [place for place, line in enumerate(lines) if FAILED in line]
    if named:
        # A message of the program may have several lines; the trace of Java follows an empty one.
        first = lines[named[0]].split(FAILED, 1)[1]
        rest = []
        for line in lines[named[0] + 1 :]:
            if not line.strip() or line.startswith("\tat "):
                break
            rest.append(line)
        return "\n".join([first, *rest])
    # A fault of Spark itself, as an executor that is lost: the first line behind that of the call says it.
    return next((line.strip() for line in lines if "Exception: " in line), text)


def say(text: str) -> None:
    """Prints a message of the job."""
    print(f"imsdk-annotate-spark: {text}", file=sys.stderr)
