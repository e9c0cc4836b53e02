"""The table `scaling`: where more threads stop to help, by Amdahl's law and simulated, and what a terabyte costs."""

from __future__ import annotations

import dataclasses
import itertools
import math
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Callable, Optional

from . import archives, checks, packed, simulation
from .archives import WHOLE
from .command import Failed, medians
from .features import report
from .inputs import Inputs
from .rows import Case, Check, Make, Result, Session, Table, say, size
from .simulation import FILES, Costs, decoded_ahead, files_apart, files_in_turn, one_plain_file

THREADS = (1, 2, 4, 16, 64)
MEASURED = (1, 2)
# Packed logs have this part of the bytes, because packing takes about twenty times as long as annotating.
PART = 5
# The least time of a stage for each byte, in seconds: a smaller difference is noise.
LEAST = 1e-12
TERABYTE = 10**12
OUT = "scaling-out"
Shares = dict[str, float]
Runs = dict[tuple[str, int], float]


def many(case: Case) -> Path:
    return packed.gzip_files(case, FILES)


def empty(case: Case) -> Path:
    return case.inputs.empty()


def to_stream(input: archives.Input) -> Make:
    return lambda case: dataclasses.replace(case.annotate(input=input(case)), stdout=case.inputs.folder / OUT)


START = archives.on(empty)
CAT_START = archives.unpacked(empty, "cat")
CAT = archives.unpacked(Case.log, "cat")
PLAIN = archives.on(Case.log)
PLAIN_TO_FILE = to_stream(Case.log)
PLAIN_TO_GZIP = archives.to_file("scaling.gz", Case.log)
ONE_GZIP = archives.on(packed.gzip_file)


@dataclass(frozen=True)
class Share:
    """The time of a stage for each byte of text: that of one command less that of another, both with one thread.

    Starts are taken off both.
    """

    name: str
    command: Make
    less: Optional[Make]
    shown: str
    # True if both commands read a part of the log.
    is_part: bool = False


SHARES = [
    Share("reading", CAT, None, "`cat LOG`"),
    Share("annotating", PLAIN, CAT, "`imsdk-annotate -j1 LOG` less `cat LOG`"),
    Share("counting", report, PLAIN, "`-j1 --quiet --report json=FILE LOG` less `-j1 LOG`"),
    Share("decoding gzip", ONE_GZIP, PLAIN, "`-j1 LOG.gz` less `-j1 LOG`", True),
    Share("writing to a file", PLAIN_TO_FILE, PLAIN, "`-j1 LOG > FILE` less `-j1 LOG`"),
    Share("packing to gzip", PLAIN_TO_GZIP, PLAIN, "`-j1 -o FILE.gz LOG` less `-j1 LOG`", True),
]


@dataclass(frozen=True)
class Job:
    """A kind of run, and the costs that follow for it from the shares."""

    name: str
    command: Make
    check: Check
    costs: Callable[[Shares], Costs]
    simulated: Callable[[int, Costs], float]
    # The serial stage, or the reason why there is none.
    stage: str
    is_part: bool = False
    # True if the table of a terabyte has it.
    of_terabyte: bool = False


def text(s: Shares) -> float:
    return s["reading"] + s["annotating"]


def unpacked(s: Shares) -> float:
    return s["decoding gzip"] + text(s)


def writing(s: Shares) -> Costs:
    return Costs(text(s), s["writing to a file"], again=s["reading"])


def many_to_stream(s: Shares) -> Costs:
    return dataclasses.replace(writing(s), split=unpacked(s))


def decoding(s: Shares) -> Costs:
    return Costs(s["annotating"], s["reading"] + s["decoding gzip"])


def packing(s: Shares) -> Costs:
    """Returns the costs of packing a stream. The thread in turn copies the text into pieces, which is taken for a write."""
    return Costs(text(s), s["writing to a file"], max(s["packing to gzip"] - s["writing to a file"], LEAST))


JOBS = [
    Job(
        "one plain file to /dev/null",
        PLAIN,
        WHOLE,
        lambda s: Costs(text(s)),
        one_plain_file,
        "blocks share out",
        of_terabyte=True,
    ),
    Job("one plain file to a file", PLAIN_TO_FILE, WHOLE, writing, one_plain_file, "writing in turn"),
    Job("one gzip file to /dev/null", ONE_GZIP, WHOLE, decoding, decoded_ahead, "decoding", True),
    Job(f"{FILES} gzip files to one file", to_stream(many), WHOLE, many_to_stream, files_in_turn, "writing in turn", True),
    Job(
        f"{FILES} gzip files to a folder of gzip files",
        archives.to_folder(many),
        archives.folder_written(many),
        lambda s: Costs(unpacked(s), pack=s["packing to gzip"]),
        files_apart,
        "files share out",
        is_part=True,
        of_terabyte=True,
    ),
    Job(
        "one plain file to a gzip file",
        PLAIN_TO_GZIP,
        archives.written("scaling.gz"),
        packing,
        one_plain_file,
        "cutting into pieces in turn",
        True,
    ),
    Job(
        f"report only, of {FILES} gzip files",
        lambda case: report(case, input=many(case)),
        checks.report_counts("fields"),
        lambda s: Costs(unpacked(s) + s["counting"]),
        files_apart,
        "files share out",
        is_part=True,
        of_terabyte=True,
    ),
]
TWICE = "one plain file to /dev/null, twice at the same time"


@dataclass(frozen=True)
class Times:
    """Seconds for each byte of text: of the stages, and of whole runs by their names and numbers of threads."""

    # Without the start, which a run has once.
    shares: Shares
    # With the start.
    runs: Runs
    # The start of the program, as a share for each byte of the runs with a name.
    starts: Shares
    # Seconds of a start of the program, and of one of `cat`.
    start: float
    cat_start: float


@cache
def times(session: Session) -> Times:
    """Checks and measures all runs, once for all parts."""
    for job, threads in itertools.product(JOBS, MEASURED):
        check(job, Case(session.small, threads=threads))
    part = Inputs(session.large.folder / "part", session.large.programs, session.large.size // PART)
    inputs = {True: part, False: session.large}
    makes = {(job.name, n): (job.command, Case(inputs[job.is_part], threads=n)) for job in JOBS for n in MEASURED}
    makes[TWICE, 1] = archives.twice(Case.log), Case(session.large)
    makes["start", 1] = START, Case(session.large)
    makes["start of cat", 1] = CAT_START, Case(session.large)
    # The two commands of a stage have the numbers 0 and -1 in place of a number of threads.
    for share in SHARES:
        for at, make in enumerate((share.command, share.less)):
            if make:
                makes[share.name, -at] = make, Case(inputs[share.is_part])
    commands = {key: make(case) for key, (make, case) in makes.items()}
    say(f"scaling: {len(set(commands.values()))} commands in turn")
    used = medians(dict.fromkeys(commands.values()), session.runs)
    start, cat_start = used[commands["start", 1]].wall, used[commands["start of cat", 1]].wall
    sizes = {name: size(case.log()) for (name, _), (_, case) in makes.items()}
    without_start = {
        (name, at): (used[commands[name, at]].wall - (cat_start if make is CAT else start)) / sizes[name]
        for (name, at), (make, _) in makes.items()
    }
    shares = {
        share.name: max(without_start[share.name, 0] - without_start.get((share.name, -1), 0.0), LEAST) for share in SHARES
    }
    runs = {key: used[command].wall / sizes[key[0]] for key, command in commands.items()}
    return Times(shares, runs, {name: start / count for name, count in sizes.items()}, start, cat_start)


def check(job: Job, case: Case) -> None:
    try:
        job.check(case, job.command(case))
    except Failed as error:
        raise Failed(f"{job.name}, -j{case.threads}: {error}") from error


def speed(seconds: float) -> str:
    return f"{1e-9 / seconds:.2f}"


def shares(session: Session) -> Result:
    result = Result(["stage", "wall time", "for each byte of text", "alone, GB/s"])
    for share in SHARES:
        taken = times(session).shares[share.name]
        shown = ["less than can be measured", ""] if taken == LEAST else [f"{taken * 1e9:.3f} ns", speed(taken)]
        result.lines.append([share.name, share.shown, *shown])
    for name, start in (("imsdk-annotate -j1", times(session).start), ("cat", times(session).cat_start)):
        result.lines.append([f"start of `{name}`", f"`{name}` on an empty file", f"{start * 1e3:.2f} ms for each run", ""])
    return result


def speeds(session: Session) -> Result:
    result = Result(["GB/s by law / simulated, threads:", *map(str, THREADS), "limit by law"])
    for job in JOBS:
        costs = job.costs(times(session).shares)
        cells = [f"{speed(costs.by_law(n))} / {speed(job.simulated(n, costs))}" for n in THREADS]
        result.lines.append([job.name, *cells, limit(job.stage, costs)])
    constants = ", ".join(f"`{name}` {simulation.constant(path, name):,} in `{path}`" for path, name in simulation.CONSTANTS)
    result.remark("simulated", f"{simulation.BYTES:,} bytes of text; {constants}")
    return result


def limit(stage: str, costs: Costs) -> str:
    """Returns the limit of a run, and from how many threads on its serial stage has no pause."""
    if not costs.serial:
        return f"none up to {THREADS[-1]}: {stage}"
    return f"{speed(costs.serial)}: {stage}, from {math.ceil(costs.by_law(1) / costs.serial)} threads on"


def deviations(session: Session) -> Result:
    headings = [f"`-j2`, {what}" for what in ("by law", "simulated", "measured")]
    result = Result(["GB/s", "`-j1`, sum", "`-j1`, measured", *headings, "measured of simulated, `-j1`, `-j2`"])
    stages_from = [share.command for share in SHARES]
    for job in JOBS:
        costs, start = job.costs(times(session).shares), times(session).starts[job.name]
        one, two = (job.simulated(n, costs) + start for n in MEASURED)
        runs = [times(session).runs[job.name, n] for n in MEASURED]
        of_one, of_two = (f"{100 * computed / run:.0f} %" for computed, run in zip((one, two), runs))
        at_one = speed(one)
        if job.command in stages_from:
            # The sum would be compared with the run that its stages come from.
            at_one = of_one = "–"
        cells = [at_one, *map(speed, (runs[0], costs.by_law(2) + start, two, runs[1]))]
        result.lines.append([job.name, *cells, f"{of_one}, {of_two}"])
    twice = times(session).runs[TWICE, 1] / times(session).runs[JOBS[0].name, 1]
    result.remark(
        "two runs with `-j1` at the same time",
        f"{twice:.2f} times the time of one; with two whole cores 1.00; their answers mix, and are not checked",
    )
    return result


def terabyte(session: Session) -> Result:
    result = Result(["hours for a terabyte of text (core hours)", "2 threads, measured", "16, simulated", "64, simulated"])
    for job in filter(lambda job: job.of_terabyte, JOBS):
        costs = job.costs(times(session).shares)
        # A terabyte has one start, not one for each of so many logs.
        measured = times(session).runs[job.name, 2] - times(session).starts[job.name]
        taken = {2: measured, **{n: job.simulated(n, costs) for n in (16, 64)}}
        hours = {threads: seconds * TERABYTE / 3600 for threads, seconds in taken.items()}
        result.lines.append([job.name, *(f"{h:.3g} ({threads * h:.3g})" for threads, h in hours.items())])
    return result


TABLE = Table(
    "scaling",
    "GB/s of text in memory, a field in 30 % of the lines. The time of a stage is that of a run less that of another, both "
    "without their starts; packed logs have a fifth of the bytes. By Amdahl's law with N threads, a byte takes the time of "
    "the serial stages and an Nth of the others'. In the simulation (`benches/measure/simulation.py`) serial stages run "
    "beside the others, as in the program, with its pieces, its order and its room for output ahead. Both assume whole "
    "cores and memory that is fast enough. The third table compares them with runs, and adds the start to what is computed; "
    "with `-j1`, the cells of one file are left out (–), because the stages come from these runs. Hours are those of one "
    "machine, without the start, and core hours those of all its threads.",
    [shares, speeds, deviations, terabyte],
    ["cat"],
)
