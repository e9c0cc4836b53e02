"""Faults of machines, storage and tasks: outputs and the report stay those of one machine, and nothing half-done has a name."""

from __future__ import annotations

import os
import threading
import time
from typing import Any, List

import psutil
import pytest

pytestmark = pytest.mark.cluster
CLUSTER = "local-cluster[2,1,1024]"


def executors() -> List[psutil.Process]:
    """Returns the machines of Spark below this process."""
    return [
        process
        for process in psutil.Process(os.getpid()).children(recursive=True)
        if process.name() == "java" and any("CoarseGrainedExecutorBackend" in word for word in process.cmdline())
    ]


def kill_while_reading(server: Any, key: str, killed: List[int]) -> None:
    """Kills one executor of the two, while a file is being read."""
    deadline = time.monotonic() + 100
    while time.monotonic() < deadline:
        if any(f"GET {key}?" in request for request in server.requests()):
            for process in executors()[:1]:
                killed.append(process.pid)
                process.kill()
            return
        time.sleep(0.1)


def test_an_exact_result_under_all_faults_at_once(stored: Any, job: Any, one_machine: Any) -> None:
    one = one_machine(["s3://bkt/logs", "s3://bkt/large"], "--users", "openid")
    get, put = {"method": "GET", "what": "half"}, {"method": "PUT", "what": "500"}
    stored.fail(
        # Each attempt asks five times before it gives up: the first two attempts fail.
        {**get, "key": "/logs/a/server.log.10", "times": 10},
        {**get, "key": "/logs/b/six.log.zst", "times": 3},
        {**put, "key": "/faults/b/one.log.gz", "times": 7},
        {**put, "key": "/faults/large.log", "times": 4},
        {"method": "POST", "what": "500", "key": "/faults/large.log", "query": "uploadId", "times": 2},
        # A slow machine, for which speculation begins a second attempt.
        {"method": "GET", "what": "stall", "seconds": 8, "key": "/logs/a/server.log.9", "times": 1},
        {"method": "GET", "what": "stall", "seconds": 4, "key": "/large/large.log", "times": 2},
    )
    killed: List[int] = []
    killer = threading.Thread(target=kill_while_reading, args=(stored, "/bkt/large/large.log", killed))
    killer.start()
    ran = job(
        "--output", "s3://bkt/faults", "--shard-size", "0", "s3://bkt/logs", "s3://bkt/large", "--", "--users", "openid",
        master=CLUSTER,
        conf=[
            "spark.task.maxFailures=8", "spark.speculation=true", "spark.speculation.quantile=0.3", "spark.speculation.multiplier=1.1",
            "spark.speculation.interval=200ms", "spark.speculation.minTaskRuntime=2s", "spark.excludeOnFailure.enabled=false",
        ],
    )  # fmt: skip
    killer.join()
    stored.fail()
    assert ran.status == one.status == 3
    # The faults have happened: an executor died, and tasks were tried again, also beside a slow attempt.
    assert len(killed) == 1
    asked = stored.requests()
    assert sum("GET /bkt/logs/a/server.log.9?" in request for request in asked) >= 2
    assert sum("POST /bkt/faults/large.log?uploads" in request for request in asked) >= 2
    files = stored.files("s3://bkt/faults")
    assert files.keys() == one.files.keys()
    assert [name for name, content in files.items() if content != one.files[name]] == []
    assert ran.report == one.report


def test_a_file_that_can_never_be_read_ends_the_job(stored: Any, job: Any) -> None:
    stored.fail({"method": "GET", "what": "half", "key": "/logs/a/server.log.3", "times": 1000})
    ran = job("--output", "s3://bkt/unread", "s3://bkt/logs/a")
    stored.fail()
    assert ran.status == 2
    assert "the job has failed: s3://bkt/logs/a/server.log.3: cannot be read" in ran.said
    assert "--resume goes on from there" in ran.said
    assert ran.report == b""
    assert not stored.storage().exists("bkt/unread/server.log.3")


def test_an_output_that_can_never_be_written_ends_the_job(stored: Any, job: Any) -> None:
    stored.fail({"method": "PUT", "what": "500", "key": "/unwritten/server.log.3", "times": 1000})
    ran = job("--output", "s3://bkt/unwritten", "s3://bkt/logs/a")
    stored.fail()
    assert ran.status == 2
    assert "the job has failed" in ran.said
    assert not stored.storage().exists("bkt/unwritten/server.log.3")
    # What is missing is done by the next run.
    again = job("--resume", "--output", "s3://bkt/unwritten", "s3://bkt/logs/a")
    assert again.status == 0
    assert stored.storage().exists("bkt/unwritten/server.log.3")


def test_an_executor_without_the_program_says_so(stored: Any, job: Any) -> None:
    ran = job(
        "--output", "s3://bkt/none", "s3://bkt/logs/a/server.log.1", conf=["spark.executorEnv.IMSDK_ANNOTATE_BINARY=/missing/imsdk-annotate"]
    )
    assert ran.status == 2
    assert "this executor has no program: IMSDK_ANNOTATE_BINARY=/missing/imsdk-annotate: no such file" in ran.said
