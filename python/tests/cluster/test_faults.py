"""Faults of machines, storage and tasks: outputs and the report stay those of one machine, and nothing half done has one."""

from __future__ import annotations

import json
import os
import re
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Iterator, List, Optional

import psutil
import pytest
from conftest import LARGE_MB

from imsdk_annotate.spark.listing import list_sources
from imsdk_annotate.spark.parts import Job, Result
from imsdk_annotate.spark.passed import parse_passed
from imsdk_annotate.spark.planning import Shape, plan
from imsdk_annotate.spark.program import version_of
from imsdk_annotate.spark.task import attempt

pytestmark = pytest.mark.cluster
CLUSTER = "local-cluster[2,1,1024]"


@pytest.fixture(autouse=True)
def _faults_end(stored: Any) -> Iterator[None]:
    """Ends the faults of a test, also of one that fails: the server is that of all tests."""
    yield
    stored.fail()


def executors() -> List[psutil.Process]:
    """Returns the machines of Spark below this process."""
    return [
        process
        for process in psutil.Process(os.getpid()).children(recursive=True)
        if process.name() == "java" and any("CoarseGrainedExecutorBackend" in word for word in process.cmdline())
    ]


class Watch(threading.Thread):
    """Looks at the processes below this one: kills the executor that reads a file, once, and sees another take its place.

    It also keeps the largest memory of an executor's Python. It is a context, which ends the looking.
    """

    def __init__(self, name: str) -> None:
        super().__init__(daemon=True)
        self.name_read = name
        self.killed: Optional[psutil.Process] = None
        self.is_replaced = False
        self.python_bytes = 0
        self.ended = threading.Event()

    def __enter__(self) -> Watch:
        self.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        self.join()

    def run(self) -> None:
        while not self.ended.wait(0.1):
            try:
                self._look()
            except psutil.Error:
                # A process has ended while it was looked at.
                pass

    def _look(self) -> None:
        known = executors()
        if self.killed is not None and not self.is_replaced:
            self.is_replaced = len(known) == 2 and self.killed not in known
        for executor in known:
            for process in executor.children(recursive=True):
                line = " ".join(process.cmdline())
                if "pyspark" in line:
                    self.python_bytes = max(self.python_bytes, process.memory_info().rss)
                if self.killed is None and f"--name={self.name_read}" in line:
                    executor.kill()
                    self.killed = executor
                    return


def test_an_exact_result_under_all_faults_at_once(
    stored: Any, job: Any, one_machine: Any, capfd: pytest.CaptureFixture[str]
) -> None:
    one = one_machine(["s3://bkt/logs", "s3://bkt/large"], "--users", "openid")
    get, put = {"method": "GET", "what": "half"}, {"method": "PUT", "what": "500"}
    stored.fail(
        # Each attempt asks five times before it gives up: the first two attempts fail.
        {**get, "key": "/logs/a/server.log.10", "times": 10},
        {**get, "key": "/logs/b/six.log.zst", "times": 3},
        {**put, "key": "/faults/b/one.log.gz", "times": 7},
        {**put, "key": "/faults/large.log", "times": 4},
        {"method": "POST", "what": "500", "key": "/faults/large.log", "query": "uploadId", "times": 2},
        {"method": "GET", "what": "stall", "seconds": 4, "key": "/large/large.log", "times": 2},
    )
    before = len(stored.requests())
    with Watch("s3://bkt/large/large.log") as watch:
        ran = job(
            "--output", "s3://bkt/faults", "--shard-size", "0", "s3://bkt/logs", "s3://bkt/large", "--", "--users", "openid",
            master=CLUSTER,
            conf=["spark.task.maxFailures=8", "spark.excludeOnFailure.enabled=false", "spark.speculation=true"],
        )  # fmt: skip
    # The faults have come about: all of the storage's, and an executor died and another took its place.
    assert stored.end_faults() == []
    assert watch.killed is not None and not watch.killed.is_running()
    assert watch.is_replaced
    asked = stored.requests()[before:]
    assert sum("GET /bkt/logs/a/server.log.10?" in request for request in asked) > 10
    assert sum("POST /bkt/faults/large.log?uploads" in request for request in asked) >= 2
    assert ran.status == one.status == 3
    with capfd.disabled():
        print(f"\nmemory of an executor's Python, with a file of {LARGE_MB} MB: {watch.python_bytes / 1e6:.0f} MB")
    # Without faults it takes less than 200 MB; bytes that are asked for or sent a second time are there twice for a moment.
    assert 20e6 < watch.python_bytes < 256e6
    files = stored.files("s3://bkt/faults")
    assert files.keys() == one.files.keys()
    assert [name for name, content in files.items() if content != one.files[name]] == []
    assert ran.report == one.report


@pytest.mark.parametrize("name", ["logs/a/server.log.9", "large/large.log"])
def test_two_attempts_side_by_side_write_the_same(name: str, stored: Any, binary: Path, machine: Path) -> None:
    # Speculation does that, for which Spark takes another host, so that no second attempt begins on one machine by itself.
    job = Job(parse_passed([]), version_of(str(binary)), {"s3": stored.options})
    sources = list_sources([f"s3://bkt/{name}"], job.storage, [], [])
    (task,) = plan(job, sources, set(), Shape("s3://bkt/twice", "s3://bkt/twice/_imsdk/parts", 0))
    stored.fail({"method": "GET", "what": "stall", "seconds": 5, "key": f"/{name}", "times": 1})
    before = len(stored.requests())
    ended: List[str] = []

    def run(attempt_name: str) -> Result:
        result, _ = attempt(job, task)
        ended.append(attempt_name)
        return result

    with ThreadPoolExecutor(2) as pool:
        slow = pool.submit(run, "slow")
        while not any(f"GET /bkt/{name}?" in request for request in stored.requests()[before:]):
            time.sleep(0.05)
        fast = pool.submit(run, "fast")
        results = [slow.result(), fast.result()]
    assert stored.end_faults() == []
    assert ended == ["fast", "slow"]
    assert results[0] == results[1]
    files = stored.files("s3://bkt/twice")
    command = [str(binary), "--no-config", "--text", str(machine / "s3:/bkt" / name)]
    expected = subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout
    assert files[Path(name).name] == expected
    assert results[0].bytes_out == len(expected)
    assert json.loads(stored.storage().cat_file(task.report))["complete"] is True


def test_a_file_that_can_never_be_read_ends_the_job(stored: Any, job: Any) -> None:
    stored.fail({"method": "GET", "what": "half", "key": "/logs/a/server.log.3", "times": 1000})
    ran = job("--output", "s3://bkt/unread", "s3://bkt/logs/a")
    # Four attempts with five requests each: none of them was left out.
    assert 1000 - stored.faults()[0]["times"] >= 5
    stored.fail()
    assert ran.status == 2
    assert "the job has failed: s3://bkt/logs/a/server.log.3: cannot be read" in ran.said
    assert "--resume goes on from there" in ran.said
    assert ran.report == b""
    assert not stored.storage().exists("bkt/unread/server.log.3")


def test_an_output_that_can_never_be_written_ends_the_job(stored: Any, job: Any) -> None:
    stored.fail({"method": "PUT", "what": "500", "key": "/unwritten/server.log.3", "times": 1000})
    ran = job("--output", "s3://bkt/unwritten", "s3://bkt/logs/a")
    assert stored.faults()[0]["times"] < 1000
    stored.fail()
    assert ran.status == 2
    assert re.search(r"the job has failed: s3://bkt/unwritten/server\.log\.3: \w+: ", ran.said)
    assert not stored.storage().exists("bkt/unwritten/server.log.3")
    # What is missing is done by the next run.
    again = job("--resume", "--output", "s3://bkt/unwritten", "s3://bkt/logs/a")
    assert again.status == 0
    assert stored.storage().exists("bkt/unwritten/server.log.3")


def test_an_executor_without_the_program_says_so(stored: Any, job: Any) -> None:
    ran = job(
        "--output",
        "s3://bkt/none",
        "s3://bkt/logs/a/server.log.1",
        conf=["spark.executorEnv.IMSDK_ANNOTATE_BINARY=/missing/imsdk-annotate"],
    )
    assert ran.status == 2
    assert "this executor has no program: IMSDK_ANNOTATE_BINARY=/missing/imsdk-annotate: no such file" in ran.said
