"""Messages of the Spark job: of which file an error is, and what is kept of many and long ones. No Spark is needed."""

from __future__ import annotations

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any, List

import pytest

from imsdk_annotate.spark import job as module
from imsdk_annotate.spark.cluster import _message
from imsdk_annotate.spark.errors import AttemptFailed, UsageError, naming
from imsdk_annotate.spark.parts import Job, Result, Task
from imsdk_annotate.spark.passed import parse_passed
from imsdk_annotate.spark.program import MOST_SAID_BY_TASK, said_by, version_of

FAILED_BY_TASK = """An error occurred while calling z:org.apache.spark.api.python.PythonRDD.collectAndServe.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 0 in stage 0.0 failed 4 times: org.apache.spark.\
api.python.PythonException: Traceback (most recent call last):
  File "client.py", line 1, in put
PermissionError: Forbidden

The above exception was the direct cause of the following exception:

Traceback (most recent call last):
imsdk_annotate.spark.errors.AttemptFailed: s3://b/out/a.log: PermissionError: Forbidden

\tat org.apache.spark.api.python.BasePythonRunner.handlePythonException(PythonRunner.scala:572)
Caused by: java.lang.Exception: the same
"""

FAILED_BY_SPARK = """An error occurred while calling z:org.apache.spark.api.python.PythonRDD.collectAndServe.
: org.apache.spark.SparkException: Job aborted due to stage failure: ExecutorLostFailure (executor 1 exited): out of memory
Driver stacktrace:
\tat org.apache.spark.scheduler.DAGScheduler.failJobAndIndependentStages(DAGScheduler.scala:2856)
Caused by: java.lang.Exception: inside
"""


def test_spark_says_of_a_failed_job_what_its_task_has_said() -> None:
    assert _message(FAILED_BY_TASK) == "s3://b/out/a.log: PermissionError: Forbidden"
    assert _message(FAILED_BY_SPARK).endswith("ExecutorLostFailure (executor 1 exited): out of memory")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError("Forbidden"), "s3://b/out/a.log: PermissionError: Forbidden"),
        (UsageError("s3://b: no storage"), "on an executor: s3://b: no storage"),
        (AttemptFailed("s3://b/a.log: cannot be read"), "s3://b/a.log: cannot be read"),
    ],
)
def test_an_error_of_an_attempt_names_its_file(error: Exception, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: Any) -> None:
        raise error

    monkeypatch.setattr(module, "attempt", fail)
    work = module._Attempts(SimpleNamespace(value=Job(parse_passed([]), "")), None, None, None)
    with pytest.raises(AttemptFailed, match=f"^{re.escape(said)}$"):
        list(work([Task(0, "s3://b/a.log", 1, "", "s3://b/out/a.log", "s3://b/parts/a.json", False)]))
    with pytest.raises(KeyboardInterrupt), naming("x"):
        raise KeyboardInterrupt


def test_of_long_messages_the_beginning_is_kept(tmp_path: Path) -> None:
    (tmp_path / "said").write_bytes(b"x" * 10_000)
    assert said_by(str(tmp_path / "said"), MOST_SAID_BY_TASK) == f"{'x' * 500}\n... and more"
    (tmp_path / "said").write_bytes(b"damaged\n")
    assert said_by(str(tmp_path / "said"), MOST_SAID_BY_TASK) == "damaged"


def test_of_very_many_messages_the_first_are_printed(capfd: pytest.CaptureFixture[str]) -> None:
    module._print_said(Result(number, False, f"{number} is damaged" if number else "", 0) for number in range(2501))
    said = capfd.readouterr().err.splitlines()
    assert (len(said), said[0], said[999]) == (1001, "1 is damaged", "1000 is damaged")
    assert said[1000].startswith("imsdk-annotate-spark: and 1,500 more tasks had messages")


@pytest.mark.parametrize("script", ["exit 0", "echo imsdk-annotate 1.0; exit 1", "kill -9 $$"])
def test_a_program_that_tells_no_version_is_none(script: str, tmp_path: Path) -> None:
    program = tmp_path / "imsdk-annotate"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    with pytest.raises(OSError, match=r"-V: ended with status -?\d and said nothing; install imsdk-annotate anew"):
        version_of(str(program))


def test_a_broadcast_is_taken_away_also_behind_an_error() -> None:
    done: List[str] = []

    def destroy() -> None:
        done.append("destroyed")
        raise RuntimeError("Spark has died")

    context = SimpleNamespace(broadcast=lambda job: SimpleNamespace(value=job, destroy=destroy))
    with pytest.raises(AttemptFailed, match="of a task"), module._on_all(context, Job(parse_passed([]), "")):
        raise AttemptFailed("of a task")
    assert done == ["destroyed"]
