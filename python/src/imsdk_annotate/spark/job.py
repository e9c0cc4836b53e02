"""A job from its command line to its exit status, on the driver."""

from __future__ import annotations

import os
import sys
from typing import Any, Callable, Iterable, Iterator, List, Sequence, Tuple

from imsdk_annotate.spark.cli import Settings
from imsdk_annotate.spark.errors import UsageError
from imsdk_annotate.spark.final import FinalMerge, check_final
from imsdk_annotate.spark.listing import Source, list_sources
from imsdk_annotate.spark.merge import FAN_IN, Group, groups, merge_group
from imsdk_annotate.spark.parts import Job, Result, Task, remove_stale, without_done
from imsdk_annotate.spark.planning import Shape, may_be_divided, plan, read_heads
from imsdk_annotate.spark.program import check_on_empty_input, program_of_driver, version_of
from imsdk_annotate.spark.outputs import APPENDED
from imsdk_annotate.spark.storage import joined, open_storage, protocol_of
from imsdk_annotate.spark.task import attempt
from imsdk_annotate.spark.worker import keep_zip_listings

FAILED = "AttemptFailed: "


def run_job(settings: Settings) -> int:
    """Runs a job, and returns its exit status. Raises `UsageError` before any task where none can be begun."""
    binary = program_of_driver()
    job = Job(settings.passed, version_of(binary), settings.storage)
    quiet = ["--quiet"] if settings.output is None else []
    check_on_empty_input(binary, [*job.passed.arguments(), *quiet, "--report=json=/dev/null", "--name=x", "--input-size=0"])
    check_final(binary, settings)
    check_places(settings)
    sources = list_sources(settings.operands, settings.storage, settings.include, settings.exclude)

    context, is_own = _spark(settings)
    try:
        shard_size = settings.shard_size
        reason = job.passed.undivided_because()
        shape = Shape(settings.output, joined(settings.parts, "parts"), 0 if reason else shard_size)
        if reason and any(may_be_divided(source, shape._replace(shard_size=shard_size)) for source in sources):
            _say(f"large files are one task each: {reason} needs the lines before")
        large = [source for source in sources if may_be_divided(source, shape)]
        heads = _on_executors(context, large, _Heads(job, shape.shard_size), len(large))
        tasks = plan(job, sources, {name for name, is_plain in heads if is_plain}, shape)
        todo = tasks
        if settings.resume:
            tasks, todo = without_done(tasks, shape.parts, settings.output, settings.storage)
            _say(f"{len(tasks) - len(todo):,} of {len(tasks):,} tasks were done by an earlier run")
        remove_stale(todo, shape.parts, settings.storage)
        _tell(_run_tasks(context, job, todo))
        reports = _merged(context, job, [task.report for task in tasks], joined(settings.parts, "merged"))
    except _JobFailed as error:
        _say(f"the job has failed: {error}; outputs that have a name are whole, and --resume goes on from there")
        return 2
    finally:
        # That of a notebook goes on.
        if is_own:
            context.stop()
    return FinalMerge(binary, settings).run(reports)


def check_places(settings: Settings) -> None:
    """Raises `UsageError` where the job would write into what it reads, or read what it has written."""
    written = [url for url in (settings.output, settings.parts) if url is not None]
    for url in written:
        if protocol_of(url) in APPENDED:
            raise UsageError(f"{url}: its client writes objects bit by bit under their names; write to another storage")
    for url in written:
        own = open_storage(url, settings.storage)
        for operand in settings.operands:
            other = open_storage(operand, settings.storage)
            if type(own[0]) is type(other[0]) and _is_below(own[1], other[1]):
                raise UsageError(f"{url}: is below {operand}, and would be read the next time; write elsewhere")
            if url is settings.output and type(own[0]) is type(other[0]) and _is_below(other[1], own[1]):
                raise UsageError(f"{operand}: is below the output {url}, and might be replaced; write elsewhere")


def _is_below(path: str, folder: str) -> bool:
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")


def _spark(settings: Settings) -> Tuple[Any, bool]:
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
    is_own = SparkContext._active_spark_context is None
    return SparkContext.getOrCreate(conf), is_own


class _JobFailed(Exception):
    """A task that has failed as often as Spark tries it."""


def _on_executors(context: Any, items: Sequence[Any], work: Callable[[Iterable[Any]], Iterator[Any]], slices: int) -> List[Any]:
    """Runs work on items, on the executors, and returns the results. Raises `_JobFailed` with the message of a task."""
    from py4j.protocol import Py4JJavaError  # type: ignore[import-untyped,unused-ignore]

    if not items:
        return []
    try:
        results: List[Any] = context.parallelize(items, slices).mapPartitions(work).collect()
        return results
    except Py4JJavaError as error:
        raise _JobFailed(_message(str(error))) from None


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
    told = [line for line in lines if line.strip() and not line.startswith("\tat ")]
    causes = [line for line in told if "Error: " in line or "Exception: " in line]
    return (causes or told or [text])[-1].strip()


class _Heads:
    """Reads heads of files on an executor."""

    def __init__(self, job: Job, shard_size: int) -> None:
        self.job = job
        self.shard_size = shard_size

    def __call__(self, sources: Iterable[Source]) -> Iterator[Any]:
        keep_zip_listings()
        return read_heads(sources, self.job.storage, self.shard_size)


class _Attempts:
    """Does tasks on an executor, and tells the driver's accumulators of them."""

    def __init__(self, job: Any, done: Any, read: Any, codes: Any) -> None:
        self.job = job
        self.done = done
        self.read = read
        self.codes = codes

    def __call__(self, tasks: Iterable[Task]) -> Iterator[Result]:
        keep_zip_listings()
        for task in tasks:
            result, codes = attempt(self.job.value, task)
            self.done.add(1)
            self.read.add(task.weight)
            self.codes.add(codes)
            yield result


class _Merges:
    """Adds up groups of reports on an executor."""

    def __init__(self, job: Any) -> None:
        self.job = job

    def __call__(self, made: Iterable[Group]) -> Iterator[str]:
        keep_zip_listings()
        for group in made:
            yield merge_group(self.job.value, group)


def _run_tasks(context: Any, job: Job, tasks: Sequence[Task]) -> List[Result]:
    """Does the tasks, the largest first, so that none of them is alone in the end. Returns the results in order."""
    from imsdk_annotate.spark.progress import Progress

    ordered = sorted(tasks, key=lambda task: -task.weight)
    with Progress(context, len(tasks), sum(task.weight for task in tasks)) as progress:
        work = _Attempts(context.broadcast(job), progress.done, progress.bytes, progress.codes)
        results: List[Result] = _on_executors(context, ordered, work, len(ordered))
    return sorted(results)


def _merged(context: Any, job: Job, reports: List[str], folder: str) -> List[str]:
    """Adds reports up on the executors until few are left, and returns these. Sums stay beside the parts, as these do."""
    level = 0
    shared = context.broadcast(job)
    while len(reports) > FAN_IN:
        level += 1
        parts = groups(reports, folder, level)
        reports = _on_executors(context, parts, _Merges(shared), len(parts))
    return reports


def _tell(results: Iterable[Result]) -> None:
    """Prints what the program has said of inputs."""
    for result in results:
        if result.said:
            print(result.said, file=sys.stderr)


def _say(text: str) -> None:
    print(f"imsdk-annotate-spark: {text}", file=sys.stderr)
