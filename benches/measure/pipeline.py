"""The table `pipeline`: the program in place of `cat`: in a pipeline, from file to file, its start, delay and memory."""

from __future__ import annotations

import dataclasses
import re
import shlex
from statistics import median

from . import checks
from .command import Command, Failed, answer, medians, peak_memory, printed, shell
from .rows import PERCENTS, Case, Figure, Part, Result, Row, Session, Table, ratio, say, seconds

DELAYS = re.compile(r"median ([\d.]+), 99th percentile ([\d.]+)")
# The starts of one measurement: one start alone takes about a millisecond.
STARTS = 100
# The tries of each program for the delay of a line, 10,000 lines in each.
TRIES = 5


def quoted(path: object) -> str:
    return shlex.quote(str(path))


def in_pipeline(case: Case, program: str) -> Command:
    return shell(f"cat {quoted(case.log())} | {quoted(program)} | cat", "cat")


def to_file(command: Command, case: Case) -> Command:
    return dataclasses.replace(command, stdout=case.inputs.folder / "out")


def check_file(case: Case, command: Command) -> None:
    """Checks what two threads write, with standard output a file, as it is in the row."""
    checks.compare(answer(command), checks.annotated(case))


ROWS = [
    Row(
        "`cat LOG | imsdk-annotate | cat`",
        lambda c: in_pipeline(c, c.inputs.programs.annotate),
        "`cat LOG | cat | cat`",
        lambda c: in_pipeline(c, "cat"),
        checks.equals(checks.annotated),
    ),
    Row(
        "`imsdk-annotate -j2 LOG > FILE`",
        lambda c: to_file(dataclasses.replace(c, threads=2).annotate(), c),
        "`cat LOG > FILE`",
        lambda c: to_file(c.tool("cat"), c),
        check_file,
        (1.0, 1.0, 1.1),
    ),
]


def starts(session: Session, result: Result) -> None:
    """Adds the row of starts: wall time of a hundred starts and ends on empty input."""
    empty = quoted(session.large.empty())
    mine, other = (
        shell(f"for i in {{1..{STARTS}}}; do {quoted(program)} {empty}; done")
        for program in (session.large.programs.annotate, "cat")
    )
    if answer(mine) != b"":
        raise Failed("imsdk-annotate writes something for empty input")
    used = medians([mine, other], session.runs)
    figure = Figure(used[mine].wall, used[other].wall)
    cells = [seconds(figure.seconds), seconds(figure.reference), f"{ratio(figure.ratio)} times"]
    result.lines.append([f"{STARTS} starts and ends on empty input", *cells])


def delays(session: Session, result: Result) -> None:
    """Adds the row of delays of a line in a pipe that is held open: medians over tries, for both programs in turn."""
    programs = (session.large.programs.annotate, "cat")
    tries = [[delay(session, program) for program in programs] for _ in range(TRIES)]
    # The median and the 99th percentile of each program, both as medians over the tries.
    mine, other = ([median(values) for values in zip(*of_program)] for of_program in zip(*tries))
    result.figures["delay", "cat", "median"] = Figure(mine[0], other[0])
    cells = [f"{middle:.1f} ({high:.1f}) µs" for middle, high in (mine, other)]
    name = f"delay of a line, median (99th percentile), medians of {TRIES} tries"
    result.lines.append([name, *cells, f"{mine[0] - other[0]:.1f} µs"])


def delay(session: Session, program: str) -> tuple[float, float]:
    """Returns the median and the 99th percentile of the delays of one try, in microseconds."""
    argv = [session.large.programs.latency, program]
    said = printed(argv).stdout.decode()
    match = DELAYS.search(said)
    if match is None:
        raise Failed(f"{' '.join(argv)} prints no delays: {said!r}")
    return float(match[1]), float(match[2])


def memory(session: Session, result: Result) -> None:
    """Adds the row of the most resident memory for a log with a field in each line."""
    log = str(session.large.log(100))
    mine, other = (
        max((peak_memory(Command(argv)) or 0) / 2**20 for _ in range(session.runs))
        for argv in ((session.large.programs.annotate, "-j1", log), ("cat", log))
    )
    result.figures["memory", "cat", "-j1"] = Figure(mine, other)
    cells = [f"{value:.1f} MiB" if value else "too short to be measured" for value in (mine, other)]
    result.lines.append(["peak resident set, `-j1`, a field in each line", *cells, ""])


def held_open(session: Session) -> Result:
    say("start, delay and memory")
    result = Result(["what", "`imsdk-annotate`", "`cat`", "difference"])
    starts(session, result)
    delays(session, result)
    memory(session, result)
    result.remark("delay of a line", "`benches/latency.rs` waits for each line, and does not check its text")
    return result


TABLE = Table(
    "pipeline",
    "Wall time: the multiple of the reference's, and seconds. The columns of the first table are the share of lines with a "
    "field. The delay is that of a line in a pipe that is held open (`benches/latency.rs`), with the two programs in turn. "
    "The peak resident set is the largest of the runs, not their median, and its row is not checked.",
    [Part("command", PERCENTS, ROWS, "wall").measure, held_open],
    ["cat"],
)
