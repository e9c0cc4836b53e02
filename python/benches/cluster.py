"""Figures of the Spark job: processor time against the program's own, memory of executors, a driver with many reports.

`python python/benches/cluster.py bytes [MB]` runs a job on a plain log on S3 (moto, on loopback), with output and with
reports alone; `python python/benches/cluster.py parts [COUNT]` adds up so many small part reports in local mode. Both
print a line a figure, and `parts` fails where the driver's Python takes more than 300 MB. The time of a job on next to
nothing is taken off: the fixed cost of Spark.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Callable, Dict, List, Sequence, Tuple

import psutil

TESTS = Path(__file__).parents[1] / "tests/cluster"
sys.path.insert(0, str(TESTS))

from logs import make_large  # noqa: E402

import imsdk_annotate  # noqa: E402

COMMAND = [sys.executable, str(Path(__file__).parents[1] / "data/scripts/imsdk-annotate-spark"), "--master", "local[2]"]

USUAL_PARTS = 100_000
"""The tasks of a job that are still one job: more of them should have larger ranges."""

MOST_DRIVER_BYTES = 300_000_000
"""The most memory that the driver's Python may take for so many."""


class Watch:
    """The processor time of all processes below one, and the largest memory of some of them."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.root = psutil.Process(process.pid)
        self.memory: Dict[str, int] = {}
        self.seconds: Dict[int, float] = {}
        threading.Thread(target=self._run, daemon=True).start()

    def _run(self) -> None:
        while True:
            try:
                for process in [self.root, *self.root.children(recursive=True)]:
                    line = " ".join(process.cmdline())
                    kind = (
                        "java"
                        if "java" in process.name()
                        else "worker"
                        if "pyspark.daemon" in line
                        else "driver"
                        if "spark" in line
                        else "program"
                    )
                    self.memory[kind] = max(self.memory.get(kind, 0), process.memory_info().rss)
                    times = process.cpu_times()
                    self.seconds[process.pid] = times.user + times.system
            except psutil.Error:
                pass
            time.sleep(0.05)


def cpu_of(command: Sequence[str], **options: object) -> Tuple[float, Watch]:
    """Runs a command to its end, and returns the processor time of it and all processes below it, with its memory.

    The kernel tells the time of children that were waited for, and Spark waits for none: it is that of the last look.
    """
    process = subprocess.Popen(command, **options)  # type: ignore[call-overload]
    watch = Watch(process)
    status = process.wait()
    assert status == 0, f"{command}: status {status}"
    return sum(watch.seconds.values()), watch


def of_bytes(megabytes: int) -> None:
    """Prints the figures of a job on a log of that size."""
    server = subprocess.Popen([sys.executable, str(TESTS / "faulty_s3.py")], stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        options: Dict[str, object] = {
            "endpoint_url": f"http://127.0.0.1:{int(server.stdout.readline())}",
            "key": "x",
            "secret": "x",
        }
        # Over TLS, as S3 is used, nobody hashes what is sent for its signature; without it a client does unless told so.
        # The server takes long to complete a large upload, and a client that asks again then finds none.
        options["config_kwargs"] = {"s3": {"payload_signing_enabled": False}, "read_timeout": 600}
        import fsspec

        storage = fsspec.filesystem("s3", **options)
        storage.mkdir("bkt")
        with tempfile.TemporaryDirectory() as folder:
            log = Path(folder) / "large.log"
            make_large(log, megabytes * 1_000_000)
            storage.put(str(log), "bkt/large/large.log")
            storage.pipe_file("bkt/small/small.log", b"ret=-204\n")
            binary = imsdk_annotate.find_binary()
            quiet = [["--threads=1"], ["--threads=1", "--quiet", "--report", f"json={folder}/own.json"]]
            for name, own, job in (
                ("with output", quiet[0], ["--output", "s3://bkt/out", "--report", "json=/dev/null"]),
                ("report only", quiet[1], ["--parts", "s3://bkt/parts", "--report", f"json={folder}/all.json"]),
            ):
                if name == "with output":
                    own = [*own, "--report", f"json={folder}/own.json"]
                with open(log, "rb") as source, open(os.devnull, "wb") as sink:
                    alone, _ = cpu_of([binary, "--no-config", *own], stdin=source, stdout=sink)
                line = [*COMMAND, "--storage-options", json.dumps({"s3": options}), "--shard-size", "0", *job]
                fixed, _ = cpu_of([*line, "s3://bkt/small"], stderr=subprocess.DEVNULL)
                whole, watch = cpu_of([*line, "s3://bkt/large"], stderr=subprocess.DEVNULL)
                print(
                    f"{name}, {megabytes} MB: program {alone:.2f} s, job {whole:.2f} s, of it Spark's start {fixed:.2f} s: "
                    f"{(whole - fixed) / alone:.2f} times; memory of the executor's Python "
                    f"{watch.memory.get('worker', 0) / 1e6:.0f} MB",
                    flush=True,
                )
    finally:
        server.kill()


def of_parts(count: int) -> None:
    """Prints the driver's memory, and the time, of a job that only adds up: all parts are there from an earlier run."""
    with tempfile.TemporaryDirectory() as folder:
        logs, out = Path(folder) / "logs", Path(folder) / "out"
        logs.mkdir()
        for number in range(count):
            (logs / f"{number}.log").write_bytes(b"")
        report = Path(folder) / "one.json"
        binary = imsdk_annotate.find_binary()
        log = b"".join(
            b"2026-05-01 10:00:%02d ret=%d openid=%d\n" % (number % 60, -200 - number % 9, number) for number in range(50)
        )
        subprocess.run(
            [binary, "--no-config", "--quiet", "--name", "x.log", "--report", f"json={report}"], input=log, check=True
        )
        line = [*COMMAND, "--output", str(out), "--report", f"json={folder}/all.json", "--resume", str(logs)]
        make_parts(line[len(COMMAND) :], report, count)
        began = time.monotonic()
        _, watch = cpu_of(line, stderr=subprocess.DEVNULL)
        memory = ", ".join(f"{kind} {size / 1e6:.0f} MB" for kind, size in sorted(watch.memory.items()))
        print(f"{count} part reports of {report.stat().st_size} bytes: {time.monotonic() - began:.1f} s; memory: {memory}")
        if count <= USUAL_PARTS and watch.memory["driver"] > MOST_DRIVER_BYTES:
            sys.exit(f"the driver's Python took {watch.memory['driver']:,} bytes: more than {MOST_DRIVER_BYTES:,}")


def make_parts(line: List[str], report: Path, count: int) -> None:
    """Writes the reports that tasks would have written, each of a name of its own."""
    from imsdk_annotate.spark.cli import parse
    from imsdk_annotate.spark.listing import list_sources
    from imsdk_annotate.spark.parts import Job
    from imsdk_annotate.spark.planning import Shape, plan
    from imsdk_annotate.spark.program import program_of_driver, version_of

    settings = parse(line)
    job = Job(settings.passed, version_of(program_of_driver()))
    assert settings.output is not None
    text = report.read_text()
    Path(settings.parts, "parts").mkdir(parents=True)
    key = json.loads(text)["input"].get("parts", [[""]])[0][0]
    for task in plan(
        job, list_sources(settings.operands, {}, [], []), set(), Shape(settings.output, f"{settings.parts}/parts", 0)
    ):
        assert task.output is not None
        Path(task.output).touch()
        # The key of the input is another in each: the same part twice would be refused.
        Path(task.report).write_text(text.replace(key, f"{task.number:016x}") if key else text)


if __name__ == "__main__":
    kinds: Dict[str, Tuple[Callable[[int], None], int]] = {"bytes": (of_bytes, 600), "parts": (of_parts, USUAL_PARTS)}
    if len(sys.argv) < 2 or sys.argv[1] not in kinds:
        sys.exit(__doc__)
    run, usual = kinds[sys.argv[1]]
    run(int(sys.argv[2]) if len(sys.argv) > 2 else usual)
