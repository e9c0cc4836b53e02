"""The recipes of docs/cluster.md for other schedulers than Spark, run as they stand there.

GNU parallel and Dask run where they are installed; the script for Slurm runs with the variables that Slurm sets; Ray does
not run.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, List

import pytest

from imsdk_annotate import Report, annotate

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "cluster.md"

LINE = b"2026-05-01 10:00:00 ret=-204 openid=7\n"


def blocks() -> List[str]:
    """Returns the code blocks of the document."""
    return re.findall(r"^```(?:sh|python)\n(.*?)^```$", DOCUMENT.read_text(), re.MULTILINE | re.DOTALL)


def block(words: str) -> str:
    """Returns the one code block that has these words."""
    (found,) = [text for text in blocks() if words in text]
    return found


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, binary: Path) -> Path:
    """A working folder with logs, the list of them, and the scripts of the document; the program is on PATH."""
    programs = tmp_path / "bin"
    programs.mkdir()
    (programs / "imsdk-annotate").symlink_to(binary)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")
    folder = tmp_path / "work"
    (folder / "logs" / "a b").mkdir(parents=True)
    monkeypatch.chdir(folder)
    for number in range(8):
        (folder / f"logs/{number}.log").write_bytes(LINE * (number + 1))
    (folder / "logs/a b/$x; 'y'.log").write_bytes(b"ret=5\r\n\xff\xfe no newline")
    (folder / "logs/a b/packed.gz").write_bytes(gzip.compress(LINE * 100))
    (folder / "logs/empty.log").write_bytes(b"")
    for name in ("annotate-part", "annotate-list", "annotate-sum"):
        (folder / name).write_text(block(f"# {name} OUT"))
        (folder / name).chmod(0o755)
    subprocess.run(["sh", "annotate-list", "out", "logs"], check=True)
    return folder


def files() -> List[str]:
    return Path("out/files").read_text().splitlines()


def add_up(*options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["sh", "annotate-sum", "out", *options], capture_output=True, text=True, check=False)


def check_whole(*options: str) -> None:
    """Checks outputs and the sum against a run of one process over all files."""
    summed = add_up()
    assert (summed.returncode, summed.stderr) == (0, "")
    whole = annotate(b"", "-q", "--report", "json=-", *options, *files())
    assert Path("out/all.json").read_bytes() == whole
    assert Path("out/all.html").stat().st_size > 1000
    for name in files():
        assert text_of(Path("out") / name) == annotate(b"", *options, name), name
    left = [path for path in os.listdir("out") if path.startswith(".work")]
    assert left == []


def text_of(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def part(number: int, name: str, *options: str) -> int:
    return subprocess.run(["./annotate-part", "out", str(number), name, *options], check=False).returncode


def move_logs() -> None:
    """Gives the outputs, which have the whole name of their input, the place that the checks look at."""
    shutil.move("out/logs/logs", "out/moved")
    os.rmdir("out/logs")
    shutil.move("out/moved", "out/logs")


def test_parts_one_after_the_other(work: Path) -> None:
    for number, name in enumerate(files(), 1):
        assert part(number, name, "--strict") == 0
    move_logs()
    check_whole("--strict")


def test_a_part_that_is_done_is_passed_over(work: Path) -> None:
    assert part(1, "logs/1.log") == 0
    Path("logs/1.log").unlink()
    assert part(1, "logs/1.log") == 0


def test_a_part_that_fails_has_no_mark_and_no_output(work: Path) -> None:
    assert part(1, "logs/1.log", "--no-such-option") == 2
    assert os.listdir("out/parts") == []
    assert os.listdir("out/logs/logs") == []
    assert [name for name in os.listdir("out") if name.startswith(".work")] == []


@pytest.mark.parametrize("name", ["/etc/passwd", "../x.log", "logs/../../x.log"])
def test_a_name_that_leads_out_of_the_folder_is_refused(work: Path, name: str) -> None:
    assert part(1, name) == 2


def test_a_damaged_input_is_done_and_the_sum_says_so(work: Path) -> None:
    Path("logs/a b/packed.gz").write_bytes(gzip.compress(LINE * 100)[:-5])
    for number, name in enumerate(files(), 1):
        assert part(number, name) == 0
    assert add_up("--fail-on", "error").returncode == 3
    assert not Report.load("out/all.json").complete


def test_an_input_that_cannot_be_read_is_not_done(work: Path) -> None:
    Path("logs/1.log").rename("gone")
    assert part(2, "logs/1.log") == 2
    assert os.listdir("out/parts") == []
    Path("gone").rename("logs/1.log")
    assert part(2, "logs/1.log") == 0


def test_a_part_that_is_missing_is_said_by_the_sum(work: Path) -> None:
    for number, name in enumerate(files()[:-1], 1):
        part(number, name)
    summed = add_up()
    assert summed.returncode == 3
    assert f"{len(files()):08}.json" in summed.stderr


def test_the_list_stays_as_it_is(work: Path) -> None:
    before = files()
    Path("logs/0-new.log").write_bytes(LINE)
    subprocess.run(["sh", "annotate-list", "out", "logs"], check=True)
    assert files() == before


def gnu_parallel() -> bool:
    program = shutil.which("parallel")
    if not program:
        return False
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    return "GNU parallel" in said.stdout


@pytest.mark.skipif(not gnu_parallel(), reason="GNU parallel is not installed")
def test_gnu_parallel(work: Path) -> None:
    command = block("parallel --arg-file")
    ran = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    move_logs()
    check_whole("--strict")


def slurm(task: int, tasks: int) -> int:
    variables: Dict[str, str] = {"SLURM_ARRAY_TASK_ID": str(task), "SLURM_ARRAY_TASK_COUNT": str(tasks)}
    return subprocess.run(["sh", "array"], env={**os.environ, **variables}, check=False).returncode


def test_the_script_for_slurm(work: Path) -> None:
    Path("array").write_text(block("#SBATCH"))
    assert [slurm(task, 3) for task in range(3)] == [0, 0, 0]
    move_logs()
    check_whole("--strict")


def test_the_script_for_slurm_does_what_is_left(work: Path) -> None:
    Path("array").write_text(block("#SBATCH"))
    gone = Path("annotate-part").rename("gone")
    assert slurm(0, 1) == 2
    gone.rename("annotate-part")
    assert slurm(0, 1) == 0
    move_logs()
    check_whole("--strict")


def test_dask(work: Path) -> None:
    pytest.importorskip("dask.distributed", reason="Dask is not installed")
    Path("annotate_part.py").write_text(block("def annotate_part"))
    Path("job.py").write_text(block("from dask.distributed"))
    ran = subprocess.run([sys.executable, "job.py"], capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    for number, name in enumerate(files(), 1):
        path = Path("out/logs") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        os.rename(f"out/logs/{number:08}-{Path(name).name}", path)
    os.rename("out/logs/logs", "out/moved")
    shutil.rmtree("out/logs")
    os.rename("out/moved", "out/logs")
    check_whole("--strict")


def test_a_part_of_the_python_recipe_that_fails_leaves_no_name(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fsspec = pytest.importorskip("fsspec", reason="fsspec is not installed")
    names: Dict[str, object] = {}
    exec(block("def annotate_part"), names)
    annotate_part = names["annotate_part"]
    assert callable(annotate_part)
    with pytest.raises(Exception, match="--no-such-option"):
        annotate_part("out", 1, "logs/1.log", "--no-such-option")
    local = type(fsspec.filesystem("file"))
    # A storage that says more bytes than it gives: the feeder's file was cut off.
    monkeypatch.setattr(local, "size", lambda self, path: 1_000_000)
    with pytest.raises(Exception, match="of 1000000"):
        annotate_part("out", 1, "logs/1.log")
    assert [path for path in Path("out").rglob("*") if path.is_file()] == [Path("out/files")]
