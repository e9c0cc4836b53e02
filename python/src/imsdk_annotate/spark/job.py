"""A job from its command line to its exit status, on the driver."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any, Iterable, Iterator, List, Sequence, Set

from imsdk_annotate.spark.cli import Settings
from imsdk_annotate.spark.cluster import JobFailed, on_executors, say, spark_context
from imsdk_annotate.spark.compare import (
    MOST_NAMED,
    existing_outputs,
    missing_outputs,
    refuse_earlier_ranges,
    unseen_inputs,
)
from imsdk_annotate.spark.errors import AttemptFailed, UsageError, naming
from imsdk_annotate.spark.files import remove
from imsdk_annotate.spark.final import FinalMerge, check_final, check_writable
from imsdk_annotate.spark.listing import Source, list_sources
from imsdk_annotate.spark.merge import FAN_IN, Group, groups, merge_group
from imsdk_annotate.spark.outputs import APPENDED, UNWRITABLE
from imsdk_annotate.spark.parts import Job, Result, Task, remove_stale, without_done
from imsdk_annotate.spark.planning import Shape, may_be_divided, plan, read_heads
from imsdk_annotate.spark.program import check_on_empty_input, program_of_driver, version_of
from imsdk_annotate.spark.storage import joined, open_storage, protocol_of
from imsdk_annotate.spark.task import attempt
from imsdk_annotate.spark.worker import collect_after, free_large_buffers, keep_zip_listings

MOST_PRINTED = 1000
"""The tasks of which messages are printed."""


def run_job(settings: Settings) -> int:
    """Runs a job, and returns its exit status. Raises `UsageError` before any task where none can be begun."""
    binary = program_of_driver()
    job = Job(settings.passed, version_of(binary), settings.storage, os.getcwd())
    quiet = ["--quiet"] if settings.output is None else []
    check_on_empty_input(binary, [*job.passed.arguments(), *quiet, "--report=json=/dev/null", "--name=x", "--input-size=0"])
    check_final(binary, settings)
    check_places(settings)
    sources = list_sources(settings.operands, settings.storage, settings.include, settings.exclude)
    check_writable(f"--parts {settings.parts}", joined(settings.parts, "parts/trial"), settings.storage)
    context, is_own = spark_context(settings)
    try:
        return FinalMerge(binary, settings).run(_reports_of(context, job, settings, sources))
    except (JobFailed, AttemptFailed) as error:
        say(f"the job has failed: {error}; outputs that have a name are whole, and --resume goes on from there")
        return 2
    except OutputsDiffer as error:
        say(str(error))
        return 2
    finally:
        # That of a notebook goes on.
        if is_own:
            context.stop()


def _reports_of(context: Any, job: Job, settings: Settings, sources: List[Source]) -> List[str]:
    """Does the tasks, and returns the URLs of the reports that make up the whole. Empties `sources`, which may be many."""
    shape = _shape(settings, sources)
    large = [source for source in sources if may_be_divided(source, shape)]
    heads = on_executors(context, large, _Heads(job, shape.shard_size), len(large))
    tasks = plan(job, sources, {name for name, is_plain in heads if is_plain}, shape)
    sources.clear()
    del large, heads
    todo = _todo(tasks, shape, settings)
    remove_stale(todo, shape.parts, settings.storage)
    results = _run_tasks(context, job, todo)
    unseen = unseen_inputs(job, todo, results)
    if unseen:
        others = f" (nor {len(unseen) - 1:,} others)" if len(unseen) > 1 else ""
        raise JobFailed(
            f"{unseen[0]}: is there as it was listed, and an executor did not see it{others}; mount it on all machines"
        )
    _print_said(results)
    if settings.output is not None:
        _check_outputs(tasks, results, settings.output, settings)
    unread = {result.number: result.unread for result in results if result.unread}
    if unread:
        say(
            f"{len(unread):,} of {len(tasks):,} tasks had an input that has vanished or changed; "
            "their outputs, if any, are of an earlier run"
        )
    reports = [unread.get(task.number, task.report) for task in tasks]
    return _merged(context, job, reports, joined(settings.parts, "merged"))


def _print_said(results: Iterable[Result]) -> None:
    """Prints the messages of the tasks, the first of very many: a log of a million lines is read by nobody."""
    said = [result.said for result in results if result.said]
    for text in said[:MOST_PRINTED]:
        print(text, file=sys.stderr)
    if len(said) > MOST_PRINTED:
        say(f"and {len(said) - MOST_PRINTED:,} more tasks had messages; the reports name damaged inputs")


def _shape(settings: Settings, sources: Sequence[Source]) -> Shape:
    """Returns into which tasks files are divided."""
    shape = Shape(settings.output, joined(settings.parts, "parts"), settings.shard_size)
    reason = settings.passed.undivided_because()
    if not reason:
        return shape
    if any(may_be_divided(source, shape) for source in sources):
        say(f"large files are one task each: {reason} needs the lines before")
    return shape._replace(shard_size=0)


def _todo(tasks: List[Task], shape: Shape, settings: Settings) -> List[Task]:
    """Returns the tasks that are to be done. Those that an earlier run has done get the names of its reports in `tasks`."""
    existing: Set[str] = set()
    if settings.output is not None:
        existing = existing_outputs(settings.output, shape.parts, settings.storage)
        refuse_earlier_ranges(tasks, existing)
    if not settings.resume:
        return tasks
    tasks[:], todo = without_done(tasks, shape.parts, existing, settings.storage)
    say(f"{len(tasks) - len(todo):,} of {len(tasks):,} tasks were done by an earlier run")
    return todo


class OutputsDiffer(Exception):
    """Outputs that are not what the tasks have written, though all have ended well."""


def _check_outputs(tasks: List[Task], results: List[Result], output_url: str, settings: Settings) -> None:
    """Raises `OutputsDiffer` where an output is not there, or not whole. Its task is to be done again, by `--resume`."""
    wrong = missing_outputs(tasks, results, output_url, settings.storage)
    if wrong:
        remove([task.report for task in tasks if task.output in wrong], settings.storage)
        told = "; ".join(f"{url} {what}" for url, what in sorted(wrong.items())[:MOST_NAMED])
        raise OutputsDiffer(
            f"{len(wrong):,} of {len(tasks):,} outputs are not what their tasks have written: {told}; "
            "see if somebody else writes there, and run again with --resume"
        )


def check_places(settings: Settings) -> None:
    """Raises `UsageError` where the job would write into what it reads, or read what it has written."""
    written = [url for url in (settings.output, settings.parts) if url is not None]
    for url in written:
        if protocol_of(url) in APPENDED:
            raise UsageError(f"{url}: {UNWRITABLE}")
    for url in written:
        own = open_storage(url, settings.storage)
        for operand in settings.operands:
            other = open_storage(operand, settings.storage)
            if own[0] == other[0] and _is_below(own[1], other[1]):
                raise UsageError(f"{url}: is below {operand}, and would be read the next time; write elsewhere")
            if url is settings.output and own[0] == other[0] and _is_below(other[1], own[1]):
                raise UsageError(f"{operand}: is below the output {url}, and might be replaced; write elsewhere")


def _is_below(path: str, folder: str) -> bool:
    return f"{path.rstrip('/')}/".startswith(f"{folder.rstrip('/')}/")


class _Heads:
    """Reads heads of files on an executor."""

    def __init__(self, job: Job, shard_size: int) -> None:
        self.job = job
        self.shard_size = shard_size

    def __call__(self, sources: Iterable[Source]) -> Iterator[Any]:
        keep_zip_listings()
        return read_heads(self.job, sources, self.shard_size)


class _Attempts:
    """Does tasks on an executor, and tells the driver's accumulators of them."""

    def __init__(self, job: Any, done: Any, read: Any, codes: Any) -> None:
        self.job = job
        self.done = done
        self.read = read
        self.codes = codes

    def __call__(self, tasks: Iterable[Task]) -> Iterator[Result]:
        keep_zip_listings()
        free_large_buffers()
        for task in tasks:
            with naming(task.output or task.name):
                result, codes = attempt(self.job.value, task)
            collect_after(task.weight)
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
            with naming(group.into):
                url = merge_group(self.job.value, group)
            yield url


def _run_tasks(context: Any, job: Job, tasks: Sequence[Task]) -> List[Result]:
    """Does the tasks, the largest first, so that none of them is alone in the end. Returns the results in order."""
    from imsdk_annotate.spark.progress import Progress

    ordered = sorted(tasks, key=lambda task: -task.weight)
    total = sum(task.weight for task in tasks)
    with _on_all(context, job) as shared, Progress(context, len(tasks), total) as progress:
        work = _Attempts(shared, progress.done, progress.bytes, progress.codes)
        results: List[Result] = on_executors(context, ordered, work, len(ordered))
    return sorted(results)


def _merged(context: Any, job: Job, reports: List[str], folder: str) -> List[str]:
    """Adds reports up on the executors until few are left, and returns these. Sums stay beside the parts, as these do."""
    level = 0
    with _on_all(context, job) as shared:
        while len(reports) > FAN_IN:
            level += 1
            parts = groups(reports, folder, level)
            reports = on_executors(context, parts, _Merges(shared), len(parts))
    return reports


@contextlib.contextmanager
def _on_all(context: Any, job: Job) -> Iterator[Any]:
    """Sends the job to the executors as a broadcast of Spark, and takes it away in the end: a notebook's session goes on."""
    shared = context.broadcast(job)
    try:
        yield shared
    finally:
        # In a Spark that has died nothing is left to take away, and its own error counts.
        with contextlib.suppress(Exception):
            shared.destroy()
