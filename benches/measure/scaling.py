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


def many(case: Case) -> Path:
    return packed.gzip_files(case, FILES)


def to_stream(input: archives.Input) -> Make:
    return lambda case: dataclasses.replace(case.annotate(input=input(case)), stdout=case.inputs.folder / OUT)


CAT = archives.unpacked(Case.log, "cat")
PLAIN = archives.on(Case.log)
PLAIN_TO_FILE = to_stream(Case.log)
PLAIN_TO_GZIP = archives.to_file("scaling.gz", Case.log)
ONE_GZIP = archives.on(packed.gzip_file)


@dataclass(frozen=True)
class Share:
    """The time of a stage for each byte of text: that of one command less that of another, both with one thread."""

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
    Job("one plain file to /dev/null", PLAIN, WHOLE, lambda s: Costs(text(s)), one_plain_file, "blocks share out"),
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
        True,
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
        True,
    ),
]
TWICE = "one plain file to /dev/null, twice at the same time"
A_TERABYTE = (JOBS[0], JOBS[4], JOBS[6])


@dataclass(frozen=True)
class Times:
    """Seconds for each byte of text: of the stages, and of whole runs by their names and numbers of threads."""

    shares: Shares
    runs: dict[tuple[str, int], float]


@cache
def times(session: Session) -> Times:
    """Checks and measures all runs, once for all parts."""
    for job, threads in itertools.product(JOBS, MEASURED):
        check(job, Case(session.small, threads=threads))
    part = Inputs(session.large.folder / "part", session.large.programs, session.large.size // PART)
    inputs = {True: part, False: session.large}
    makes = {(job.name, n): (job.command, Case(inputs[job.is_part], threads=n)) for job in JOBS for n in MEASURED}
    makes[TWICE, 1] = archives.twice(Case.log), Case(session.large)
    # The two commands of a stage have the numbers 0 and -1 in place of a number of threads.
    for share in SHARES:
        for at, make in enumerate((share.command, share.less)):
            if make:
                makes[share.name, -at] = make, Case(inputs[share.is_part])
    commands = {key: make(case) for key, (make, case) in makes.items()}
    say(f"scaling: {len(set(commands.values()))} commands in turn")
    used = medians(dict.fromkeys(commands.values()), session.runs)
    taken = {key: used[commands[key]].wall / size(case.log()) for key, (_, case) in makes.items()}
    shares = {share.name: max(taken[share.name, 0] - taken.get((share.name, -1), 0.0), LEAST) for share in SHARES}
    return Times(shares, taken)


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
        return f"none up to {FILES}: {stage}"
    return f"{speed(costs.serial)}: {stage}, from {math.ceil(costs.by_law(1) / costs.serial)} threads on"


def deviations(session: Session) -> Result:
    of_two = [f"`-j2`, {what}" for what in ("by law", "simulated", "measured")]
    result = Result(["GB/s", "`-j1`, sum", "`-j1`, measured", *of_two, "measured of simulated, `-j1`, `-j2`"])
    for job in JOBS:
        costs, runs = job.costs(times(session).shares), times(session).runs
        one, two = (job.simulated(n, costs) for n in MEASURED)
        cells = [one, runs[job.name, 1], costs.by_law(2), two, runs[job.name, 2]]
        parts = ", ".join(f"{100 * a / runs[job.name, n]:.0f} %" for a, n in ((one, 1), (two, 2)))
        result.lines.append([job.name, *map(speed, cells), parts])
    twice = times(session).runs[TWICE, 1] / times(session).runs[JOBS[0].name, 1]
    result.remark(
        "two runs with `-j1` at the same time",
        f"{twice:.2f} times the time of one; with two whole cores 1.00; their answers mix, and are not checked",
    )
    return result


def terabyte(session: Session) -> Result:
    result = Result(["hours for a terabyte of text (core hours)", "2 threads, measured", "16, simulated", "64, simulated"])
    for job in A_TERABYTE:
        costs = job.costs(times(session).shares)
        taken = {2: times(session).runs[job.name, 2], **{n: job.simulated(n, costs) for n in (16, 64)}}
        hours = {threads: seconds * TERABYTE / 3600 for threads, seconds in taken.items()}
        result.lines.append([job.name, *(f"{h:.3g} ({threads * h:.3g})" for threads, h in hours.items())])
    return result


TABLE = Table(
    "scaling",
    "GB/s of text in memory, a field in 30 % of the lines. The time of a stage is that of a run less that of another; "
    "packed logs have a fifth of the bytes. By Amdahl's law with N threads, a byte takes the time of the serial stages "
    "and an Nth of the others'. In the simulation (`benches/measure/simulation.py`) serial stages run beside the others, "
    "as in the program, with its pieces, its order and its room for output ahead. Both take cores for whole, and memory "
    "for fast enough. The third table holds them against runs; with `-j1`, those of one file agree because the stages "
    "come from them. Hours are those of one machine, core hours those of all its threads.",
    [shares, speeds, deviations, terabyte],
    ["cat"],
)
