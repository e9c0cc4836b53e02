"""Fixtures of the cluster tests: a server, the logs on it, one machine's results, and the command in this process.

The tests need Java, pyspark, s3fs and moto. `IMSDK_CLUSTER_LARGE` is the size of the large log in MB.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any, Dict, Iterator, List, Sequence

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
LARGE_MB = int(os.environ.get("IMSDK_CLUSTER_LARGE", "64"))
sys.path.insert(0, str(HERE))


class Server:
    """The S3 server, from the tests' side."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        client = {"endpoint_url": self.url, "key": "x", "secret": "x"}
        # A person would wait for a storage that does not answer; a test does not. The server takes long to complete an
        # upload of 600 MB, and a client that asks again then finds none.
        self.options = {**client, "config_kwargs": {"retries": {"max_attempts": 1}, "read_timeout": 300}}

    def fail(self, *faults: Dict[str, Any]) -> None:
        """Sets the faults to come."""
        request = urllib.request.Request(f"{self.url}/_faults", json.dumps(faults).encode(), method="POST")
        urllib.request.urlopen(request).read()

    def faults(self) -> List[Dict[str, Any]]:
        """Returns the faults, each with the `times` that it has still to come."""
        faults: List[Dict[str, Any]] = json.loads(urllib.request.urlopen(f"{self.url}/_faults").read())
        return faults

    def end_faults(self) -> List[str]:
        """Ends the faults, and returns those of which none, or not all, came about."""
        left = [
            f"{fault['what']} {fault['method']} {fault['key']}: {fault['times']} left"
            for fault in self.faults()
            if fault["times"]
        ]
        self.fail()
        return left

    def requests(self) -> List[str]:
        """Returns all requests so far."""
        answer: bytes = urllib.request.urlopen(f"{self.url}/_requests").read()
        return answer.decode().splitlines()

    def storage(self) -> Any:
        """Returns the storage as fsspec sees it, without anything remembered."""
        import fsspec

        storage = fsspec.filesystem("s3", **self.options)
        storage.invalidate_cache()
        return storage

    def files(self, url: str) -> Dict[str, bytes]:
        """Returns the contents of all files below a URL, by the path below it; without the reports of parts."""
        storage, root = self.storage(), url.split("://", 1)[1].rstrip("/")
        return {path[len(root) + 1 :]: storage.cat_file(path) for path in storage.find(root) if "/_imsdk/" not in path}


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """A server without files."""
    process = subprocess.Popen([sys.executable, str(HERE / "faulty_s3.py")], stdout=subprocess.PIPE)
    assert process.stdout is not None
    server = Server(int(process.stdout.readline()))
    server.storage().mkdir("bkt")
    yield server
    process.kill()
    process.wait()


@pytest.fixture(scope="session")
def machine(tmp_path_factory: pytest.TempPathFactory, binary: Path) -> Path:
    """A folder in which the logs of `s3://bkt/logs` are under this very name, as a path of folders: `s3:/bkt/logs`."""
    from logs import make_large, make_logs

    folder = tmp_path_factory.mktemp("machine")
    make_logs(folder / "s3:/bkt/logs", binary, ROOT / "tests/data/compressed")
    make_large(folder / "s3:/bkt/large/large.log", LARGE_MB * 1_000_000)
    return folder


@pytest.fixture(scope="session")
def stored(server: Server, machine: Path) -> Server:
    """The server with the logs on it."""
    storage = server.storage()
    for folder in ("logs", "large"):
        storage.put(str(machine / "s3:/bkt" / folder), f"bkt/{folder}", recursive=True)
    return server


@pytest.fixture(scope="module")
def context() -> Iterator[Any]:
    """Spark that is running, as in a notebook."""
    from pyspark import SparkConf, SparkContext

    os.environ["PYSPARK_PYTHON"] = sys.executable
    context = SparkContext.getOrCreate(SparkConf().setMaster("local[2]").set("spark.ui.enabled", "false"))
    yield context
    context.stop()


class One:
    """What one machine makes of logs, in one process."""

    def __init__(self, folder: Path, status: int) -> None:
        self.status = status
        self.report = (folder / "all.json").read_bytes()
        outputs = folder / "out"
        self.files = {
            str(path.relative_to(outputs)): path.read_bytes()
            for path in sorted(outputs.rglob("*"))
            if path.is_file() and path.name != ".imsdk-annotate.jsonl"
        }


@pytest.fixture(scope="session")
def one_machine(machine: Path, binary: Path, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Returns a function from operands and options to the results of one machine."""

    def run(operands: Sequence[str], *options: str) -> One:
        folder = tmp_path_factory.mktemp("one")
        # Every file of a job is text, as with -a.
        command: List[object] = [
            binary,
            "--no-config",
            "--text",
            "--output-dir",
            folder / "out",
            "--report",
            f"json={folder / 'all.json'}",
        ]
        return One(
            folder,
            subprocess.run([str(word) for word in [*command, *options, *operands]], cwd=machine, check=False).returncode,
        )

    return run


class Ran:
    """A job that has ended."""

    def __init__(self, status: int, report: bytes, said: str) -> None:
        self.status = status
        self.report = report
        self.said = said


@pytest.fixture
def job(server: Server, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> Any:
    """Returns a function that runs the command in this process, and so in one JVM for all tests."""
    from imsdk_annotate.spark import main

    def run(*arguments: str, master: str = "local[2]", conf: Sequence[str] = ()) -> Ran:
        report = tmp_path / "all.json"
        report.unlink(missing_ok=True)
        place = arguments.index("--") if "--" in arguments else len(arguments)
        # The option for which one machine, too, takes every file of a folder for text.
        own, passed = arguments[:place], ["--", "--text", *arguments[place + 1 :]]
        options = ["--storage-options", json.dumps({"s3": server.options}), "--master", master, "--report", f"json={report}"]
        for setting in conf:
            options += ["--conf", setting]
        capfd.readouterr()
        status = main([*options, *own, *passed])
        said = capfd.readouterr().err
        # Shown by pytest where a test fails.
        print(said, file=sys.stderr)
        return Ran(status, report.read_bytes() if report.exists() else b"", said)

    return run
