"""The table `archives`: packed logs and folders, with one thread and with two, against the tools that unpack them."""

from __future__ import annotations

import dataclasses
import gzip
import io
import shutil
import tarfile
from collections.abc import Sequence
from pathlib import Path
from typing import Callable, Optional

from . import checks, packed
from .command import Command, peak_memory, run, shell
from .peers import dictionary
from .pipeline import quoted
from .rows import Case, Check, Make, Part, Result, Row, Session, Table, say

THREADS = {"`-j1`": {"threads": 1}, "`-j2`": {"threads": 2}}
Targets = Sequence[Optional[float]]
# A target for two threads alone.
TWO_THREADS: Targets = (None, 1.0)
MEMORY_THREADS = (1, 2, 4)
ONE_THREAD = "`-j1`"

Input = Callable[[Case], Path]


def files(folder: Path) -> list[str]:
    return [str(path) for path in sorted(folder.iterdir())]


def unpacked(input: Input, *argv: str) -> Make:
    """Returns the command of a tool that unpacks an input, or all files of a folder."""

    def make(case: Case) -> Command:
        path = input(case)
        return Command((*argv, *(files(path) if path.is_dir() else [str(path)])))

    return make


def on(input: Input, *options: str) -> Make:
    return lambda case: case.annotate(*options, input=input(case))


def on_one_thread(command: Make) -> Make:
    return lambda case: command(dataclasses.replace(case, threads=1))


def of_text(input: Callable[[Case], bytes]) -> Check:
    """Returns a check against the twin of the text that was packed."""
    return checks.equals(lambda case: checks.notes_added(case, input(case)))


WHOLE = of_text(checks.log)
QUARTER = of_text(lambda case: packed.quarter(case).read_bytes())
DENSE = "one plain file, 100 % of the lines with a field"


def all_lines(case: Case) -> Path:
    return case.inputs.log(100)


def text_of(path: Path) -> bytes:
    """Returns the text of a file, packed or not, or of the members of an archive."""
    if path.name.endswith(".tar.gz"):
        with tarfile.open(path) as archive:
            members = sorted(archive.getmembers(), key=lambda member: member.name)
            return b"".join((archive.extractfile(member) or io.BytesIO()).read() for member in members)
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def written(name: str) -> Check:
    """Returns a check of the file that a command writes with `-o`."""

    def check(case: Case, command: Command) -> None:
        run(command)
        checks.compare(text_of(case.inputs.folder / name), checks.annotated(case))

    return check


def to_file(name: str, input: Input) -> Make:
    return lambda case: case.annotate("-o", str(case.inputs.folder / name), input=input(case))


def to_folder(input: Input) -> Make:
    return lambda case: case.annotate("--output-dir", str(case.inputs.folder / "out"), input=input(case))


def folder_written(input: Input) -> Check:
    """Returns a check of the files that a command writes with `--output-dir`."""

    def check(case: Case, command: Command) -> None:
        shutil.rmtree(case.inputs.folder / "out", ignore_errors=True)
        run(command)
        for path in sorted(input(case).iterdir()):
            checks.compare(text_of(case.inputs.folder / "out" / path.name), checks.notes_added(case, text_of(path)))

    return check


def repacked(input: Input) -> Make:
    """Returns the pipeline that annotates between two runs of gzip."""
    return lambda case: shell(
        f"gzip -dc {quoted(input(case))} | {quoted(case.inputs.programs.annotate)} -j{case.threads} | gzip -c", "gzip"
    )


def through_mawk(case: Case) -> Command:
    script = f"gzip -dc {quoted(packed.gzip_file(case))} | mawk -f {quoted(dictionary(case, 'awk'))}"
    return shell(script, "gzip", "mawk")


def twice(input: Input) -> Make:
    """Returns two runs on one thread at the same time."""

    def make(case: Case) -> Command:
        command = " ".join(map(quoted, case.annotate(input=input(case)).argv))
        return shell(f"{command} > /dev/null & {command}; wait")

    return make


def against(name: str, command: Make, references: dict[str, Make], check: Check, **targets: Targets) -> list[Row]:
    """Returns a row for each reference of a command; `targets` has those by the name of the tool."""
    return [
        Row(name, command, f"`{tool}`", reference, check, targets.get(tool.split()[0]))
        for tool, reference in references.items()
    ]


def alone(name: str, command: Make, check: Check) -> Row:
    """Returns a row whose reference is the same command with one thread."""
    return Row(name, command, ONE_THREAD, on_one_thread(command), check)


def numbered_errors(case: Case) -> bytes:
    """Returns what `--only error -n` selects of the folder of eight: names, numbers and lines."""
    lines = []
    for path in sorted(packed.eight_gzip(case).iterdir()):
        numbered = checks.errors(checks.numbered(checks.notes_added(case, text_of(path))))
        lines += [str(path).encode() + b":" + line for line in numbered.splitlines(keepends=True)]
    return b"".join(lines)


def errors_with_context(case: Case) -> bytes:
    """Returns what `--only error -C2` selects of the folder of eight, each file for itself."""
    texts = [checks.notes_added(case, text_of(path)) for path in sorted(packed.eight_gzip(case).iterdir())]
    return b"--\n".join(checks.errors_with_context(text, 2) for text in texts)


def members(size: int) -> Input:
    return lambda case: packed.gzip_members(case, size)


def plain_eight(case: Case) -> Path:
    return case.inputs.eight(case.percent)


READ = [
    *against(
        "one gzip file",
        on(packed.gzip_file),
        {
            "gzip -dc": unpacked(packed.gzip_file, "gzip", "-dc"),
            "pigz -dc": unpacked(packed.gzip_file, "pigz", "-dc"),
            "igzip -dc": unpacked(packed.gzip_file, "igzip", "-dc"),
            "gzip -dc | mawk": through_mawk,
        },
        WHOLE,
        igzip=TWO_THREADS,
    ),
    *against("eight gzip files", on(packed.eight_gzip), {"gzip -dc": unpacked(packed.eight_gzip, "gzip", "-dc")}, WHOLE),
    *against("one zstd file", on(packed.zstd_file), {"zstd -dc": unpacked(packed.zstd_file, "zstd", "-qdc")}, WHOLE),
    *against("eight zstd files", on(packed.eight_zstd), {"zstd -dc": unpacked(packed.eight_zstd, "zstd", "-qdc")}, WHOLE),
    *against(
        "one bzip2 file, a quarter of the log",
        on(packed.bzip2_file),
        {
            "bzip2 -dc": unpacked(packed.bzip2_file, "bzip2", "-dc"),
            "lbzip2 -dc": unpacked(packed.bzip2_file, "lbzip2", "-dc"),
        },
        QUARTER,
    ),
    *against(
        f"one xz file with blocks of {packed.XZ_BLOCK}, a quarter of the log",
        on(packed.xz_file),
        {"xz -dc": unpacked(packed.xz_file, "xz", "-dc")},
        QUARTER,
    ),
    *against(
        "a tar.gz archive of eight", on(packed.tar_file), {"tar -xzOf": unpacked(packed.tar_file, "tar", "-xzOf")}, WHOLE
    ),
    *against("a zip archive of eight", on(packed.zip_file), {"unzip -p": unpacked(packed.zip_file, "unzip", "-p")}, WHOLE),
    *against("one plain file", on(Case.log), {"cat": unpacked(Case.log, "cat")}, WHOLE),
    *against(DENSE, on(all_lines), {"cat": unpacked(all_lines, "cat")}, of_text(lambda case: all_lines(case).read_bytes())),
    *against("eight plain files", on(plain_eight), {"cat": unpacked(plain_eight, "cat")}, WHOLE),
    alone("one gzip file of members of 60 kB", on(members(60_000)), WHOLE),
    alone("one gzip file of members of 4 MiB", on(members(1 << 22)), WHOLE),
    alone("one plain file, `-n`", on(Case.log, "-n"), checks.equals(lambda c: checks.numbered(checks.annotated(c)))),
    alone(
        "eight gzip files, `--only error -n`", on(packed.eight_gzip, "--only", "error", "-n"), checks.equals(numbered_errors)
    ),
    alone(
        "eight gzip files, `--only error -C2`",
        on(packed.eight_gzip, "--only", "error", "-C2"),
        checks.equals(errors_with_context),
    ),
    alone(
        "one xz file of two streams, each a quarter of the log",
        on(packed.two_xz_streams),
        of_text(lambda case: 2 * packed.quarter(case).read_bytes()),
    ),
]

WRITTEN = [
    *against(
        "one gzip file to a gzip file",
        to_file("out.gz", packed.gzip_file),
        {"gzip -dc | imsdk-annotate | gzip -c": repacked(packed.gzip_file)},
        written("out.gz"),
    ),
    *against(
        "a tar.gz archive to a tar.gz archive",
        to_file("out.tar.gz", packed.tar_file),
        {"gzip -dc | imsdk-annotate | gzip -c": repacked(packed.tar_file)},
        written("out.tar.gz"),
    ),
    *against(
        "one plain file to a gzip file",
        to_file("out.gz", Case.log),
        {"gzip -c": unpacked(Case.log, "gzip", "-c"), "pigz -c": unpacked(Case.log, "pigz", "-c")},
        written("out.gz"),
    ),
    alone("eight gzip files to a folder of gzip files", to_folder(packed.eight_gzip), folder_written(packed.eight_gzip)),
    alone(
        "one large and 100 small plain files to a folder",
        to_folder(packed.large_and_small),
        folder_written(packed.large_and_small),
    ),
]

SECOND_CORE = "its two answers mix; one of them is checked above"
CORES = [
    Row("one gzip file", twice(packed.gzip_file), "one run", on(packed.gzip_file), SECOND_CORE),
    Row(DENSE, twice(all_lines), "one run", on(all_lines), SECOND_CORE),
    Row("one bzip2 file", twice(packed.bzip2_file), "one run", on(packed.bzip2_file), SECOND_CORE),
]


def memory(session: Session) -> Result:
    """Measures the most resident memory for eight gzip files."""
    say("memory for archives")
    cells = []
    for threads in MEMORY_THREADS:
        command = on(packed.eight_gzip)(Case(session.large, threads=threads))
        peak = max(peak_memory(command) or 0 for _ in range(session.runs))
        cells.append(f"{peak / 2**20:.1f} MiB" if peak else "too short to be measured")
    return Result(["peak resident set", *(f"`-j{threads}`" for threads in MEMORY_THREADS)], [["eight gzip files", *cells]])


TABLE = Table(
    "archives",
    "Wall time of `imsdk-annotate -jN INPUT > /dev/null`: the multiple of the reference's, and seconds. A field is in 30 % "
    "of the lines, or in all where the row says so. In the second part the program writes a file or a folder, and the other "
    "programs write to /dev/null. Two runs at the same time tell what a second core is worth: with two whole cores, they "
    "take as long as one. The peak resident set is the largest of the runs, not their median, and its row is not checked.",
    [
        Part("input", THREADS, READ, "wall").measure,
        Part("input and output", THREADS, WRITTEN, "wall").measure,
        Part("two runs at the same time", {"figure": {}}, CORES, "wall").measure,
        memory,
    ],
    ["gzip", "pigz", "igzip", "mawk", "zstd", "bzip2", "lbzip2", "xz", "tar", "unzip"],
)
