"""Runs through `annotate` and `stream`: bytes, statuses, and sources and destinations that fail."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import signal
import socket
import stat
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any, List

import pytest

import imsdk_annotate
from imsdk_annotate import (
    CheckFailedError,
    DamagedInputError,
    KilledError,
    RunError,
    SourceSizeError,
    TroubleError,
    annotate,
    stream,
)

LINE = b"ret=-204 openid=7\n"
NOTED = b"ret=-204 (auth: user session is failure!) openid=7\n"

DAMAGED = gzip.compress(LINE * 1000)[:-9]


class Pieces(io.RawIOBase):
    """A source of the pieces that an iterator gives, at a time each; an exception in place of a piece is raised."""

    def __init__(self, *pieces: Any) -> None:
        self.pieces: List[Any] = list(pieces)

    def read(self, size: int = -1) -> Any:
        piece = self.pieces.pop(0) if self.pieces else b""
        if isinstance(piece, BaseException):
            raise piece
        return piece


def program_that(tmp_path: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Puts a shell script in the program's place."""
    program = tmp_path / "program"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("IMSDK_ANNOTATE_BINARY", str(program))


def test_bytes_become_bytes() -> None:
    assert annotate(LINE) == NOTED


def test_empty_input() -> None:
    assert annotate(b"") == b""


@pytest.mark.parametrize("data", [bytearray(LINE), memoryview(LINE)])
def test_other_kinds_of_bytes(data: Any) -> None:
    assert annotate(data) == NOTED


def test_bytes_that_are_no_text_stay() -> None:
    data = bytes(range(256)) * 100 + b"\r\nret=-204\xff"
    assert annotate(data, "--encoding", "none").replace(b" (auth: user session is failure!)", b"") == data


def test_text_is_refused() -> None:
    with pytest.raises(TypeError):
        annotate("ret=-1")  # type: ignore[arg-type]


def test_options_count() -> None:
    assert annotate(LINE + b"ret=5\n", "--only", "action") == b"ret=5 (action: need google authcode)\n"


def test_options_as_one_word_are_refused() -> None:
    with pytest.raises(TypeError, match="a list of words"):
        stream(io.BytesIO(), io.BytesIO(), "--strict")


def test_bad_options_are_trouble_and_say_which() -> None:
    with pytest.raises(TroubleError, match="--no-such-option") as caught:
        annotate(b"", "--no-such-option")
    assert (caught.value.status, caught.value.arguments) == (2, ["--no-such-option"])


def test_bad_options_with_a_large_input_do_not_hang() -> None:
    with pytest.raises(TroubleError):
        stream(io.BytesIO(LINE * 1_000_000), io.BytesIO(), ["--no-such-option"])


def test_a_failed_check_is_an_exception_with_the_output() -> None:
    with pytest.raises(CheckFailedError, match="--fail-on error") as caught:
        annotate(LINE, "--fail-on", "error")
    assert (caught.value.status, caught.value.output) == (1, NOTED)


def test_an_accepted_status_is_a_result() -> None:
    output = io.BytesIO()
    result = stream(io.BytesIO(LINE), output, ["--fail-on", "error"], accept=(1,))
    assert (result.status, output.getvalue(), result.fed) == (1, NOTED, len(LINE))
    assert "--fail-on error" in result.stderr


def test_damaged_input_is_an_exception_of_its_own() -> None:
    with pytest.raises(DamagedInputError) as caught:
        annotate(DAMAGED)
    assert caught.value.status == 3
    assert caught.value.output.startswith(NOTED)
    assert annotate(DAMAGED, accept=(3,)) == caught.value.output


def test_damaged_input_is_accepted_only_where_3_is() -> None:
    with pytest.raises(DamagedInputError):
        annotate(DAMAGED, accept=(1,))


@pytest.mark.parametrize("accept", [(-9,), (4,), 1, ("1",)])
def test_other_statuses_cannot_be_accepted(accept: Any) -> None:
    with pytest.raises(ValueError, match="accept="):
        stream(io.BytesIO(), io.BytesIO(), accept=accept)


def test_a_killed_program_is_never_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program_that(tmp_path, "echo half; kill -9 $$", monkeypatch)
    with pytest.raises(KilledError, match="signal 9") as caught:
        annotate(LINE, accept=(0, 1, 2, 3))
    assert (caught.value.status, caught.value.output) == (-9, b"half\n")


def test_errors_travel_between_processes() -> None:
    error = CheckFailedError(1, "said", ["--strict"], b"out")
    copy = pickle.loads(pickle.dumps(error))
    assert (type(copy), str(copy), copy.output) == (CheckFailedError, str(error), b"out")
    assert issubclass(CheckFailedError, RunError) and issubclass(RunError, imsdk_annotate.AnnotateError)


def test_a_name_is_in_messages() -> None:
    with pytest.raises(DamagedInputError, match="app.log.gz"):
        stream(io.BytesIO(DAMAGED), io.BytesIO(), name="app.log.gz")


@pytest.mark.parametrize("error", [OSError("connection reset"), KeyboardInterrupt(), GeneratorExit()])
def test_a_source_that_raises_ends_the_program_and_raises(tmp_path: Path, error: BaseException) -> None:
    target = tmp_path / "out.log"
    with pytest.raises(type(error)):
        stream(Pieces(LINE, error), target)
    assert os.listdir(tmp_path) == []


def test_a_source_that_raises_is_no_end_of_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # The program writes a word when it sees the end of its input: it must be killed before.
    program_that(tmp_path, f"cat > /dev/null; echo ended > {tmp_path}/ended", monkeypatch)
    with pytest.raises(OSError, match="half read"):
        stream(Pieces(LINE, OSError("half read")), io.BytesIO())
    assert not (tmp_path / "ended").exists()


@pytest.mark.parametrize("size", [0, len(LINE) - 1, len(LINE) + 1])
def test_a_source_of_another_size_than_promised_is_an_error(tmp_path: Path, size: int) -> None:
    # Not a status 3, which a caller accepts for damaged inputs: a feeder that failed may be tried again.
    with pytest.raises(SourceSizeError, match="input_size"):
        stream(io.BytesIO(LINE), tmp_path / "out.log", accept=(1, 2, 3), input_size=size)
    assert os.listdir(tmp_path) == []


def test_a_source_of_the_size_that_was_promised(tmp_path: Path) -> None:
    output = io.BytesIO()
    assert stream(io.BytesIO(LINE), output, input_size=len(LINE)).fed == len(LINE)
    assert output.getvalue() == NOTED


def test_a_program_that_stops_reading_early_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program_that(tmp_path, "exec head -n 1", monkeypatch)
    output = io.BytesIO()
    result = stream(io.BytesIO(LINE * 1_000_000), output)
    assert output.getvalue() == LINE
    assert 0 < result.fed < len(LINE) * 1_000_000


def test_a_destination_that_raises_ends_the_program_and_raises() -> None:
    class Full(io.RawIOBase):
        def write(self, data: Any) -> int:
            raise OSError(28, "no space left")

    with pytest.raises(OSError, match="no space left"):
        stream(io.BytesIO(LINE * 1_000_000), Full())


def test_a_destination_that_takes_little_at_a_time_gets_all() -> None:
    class Slow(io.RawIOBase):
        got = b""

        def write(self, data: Any) -> int:
            self.got += bytes(data[:1000])
            return min(1000, len(data))

    slow = Slow()
    stream(io.BytesIO(LINE * 1000), slow)
    assert slow.got == NOTED * 1000


def test_a_destination_that_returns_nothing_gets_all() -> None:
    class Plain:
        got = b""

        def write(self, data: bytes) -> None:
            self.got += data

    plain = Plain()
    stream(io.BytesIO(LINE), plain)
    assert plain.got == NOTED


def test_text_files_are_refused_with_the_remedy() -> None:
    with pytest.raises(TypeError, match="src is a text file: open it in binary mode"):
        stream(io.StringIO(), io.BytesIO())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="dst is a text file"):
        stream(io.BytesIO(), io.StringIO())  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="src reads text"):
        stream(Pieces("ret=-1"), io.BytesIO())
    with pytest.raises(TypeError, match="src is a bytes"):
        stream(b"ret=-1", io.BytesIO())  # type: ignore[arg-type]


def test_a_non_blocking_source_is_refused() -> None:
    with pytest.raises(BlockingIOError, match="src has no bytes now"):
        stream(Pieces(None), io.BytesIO())


def test_a_socket_as_source_and_destination() -> None:
    (near, far), (end, got) = socket.socketpair(), socket.socketpair()
    with near, far, end, got:
        near.sendall(LINE)
        near.shutdown(socket.SHUT_WR)
        with far.makefile("rb") as source, end.makefile("wb") as target:
            stream(source, target)
        end.close()
        assert got.recv(1000) == NOTED


def test_paths_are_operands_and_files_with_names(tmp_path: Path) -> None:
    source, target = tmp_path / "server.log.gz", tmp_path / "out.log"
    source.write_bytes(gzip.compress(LINE))
    source.chmod(0o640)
    result = stream(source, target, ["-n", "-H"])
    assert target.read_bytes() == f"{source}:1:".encode() + NOTED
    assert (result.status, result.fed, stat.S_IMODE(target.stat().st_mode)) == (0, 0, 0o640)
    assert sorted(os.listdir(tmp_path)) == ["out.log", "server.log.gz"]


def test_odd_names_are_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("-", "--strict", "@x", "a\nb", os.fsdecode(b"\xff")):
        Path(name).write_bytes(LINE)
        stream(name, "out", [])
        assert Path("out").read_bytes() == NOTED


def test_a_folder_is_read_as_the_program_reads_it(tmp_path: Path) -> None:
    (tmp_path / "1.log").write_bytes(LINE)
    (tmp_path / "2.log.gz").write_bytes(gzip.compress(LINE))
    output = io.BytesIO()
    stream(tmp_path, output)
    assert output.getvalue() == NOTED * 2


def test_a_file_keeps_what_it_has_where_the_run_fails(tmp_path: Path) -> None:
    target = tmp_path / "out.log"
    target.write_bytes(b"old")
    with pytest.raises(DamagedInputError):
        stream(io.BytesIO(DAMAGED), target)
    assert (target.read_bytes(), os.listdir(tmp_path)) == (b"old", ["out.log"])
    stream(io.BytesIO(DAMAGED), target, accept=(3,))
    assert target.read_bytes().startswith(NOTED)


def test_a_file_that_is_replaced_keeps_its_mode_and_its_link(tmp_path: Path) -> None:
    target, link = tmp_path / "out.log", tmp_path / "link"
    target.write_bytes(b"old")
    target.chmod(0o604)
    link.symlink_to(target)
    stream(io.BytesIO(LINE), link)
    assert link.is_symlink()
    assert (target.read_bytes(), stat.S_IMODE(target.stat().st_mode)) == (NOTED, 0o604)


def test_a_log_can_be_annotated_in_its_place(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_bytes(LINE)
    stream(log, log)
    assert log.read_bytes() == NOTED


def test_devices_and_pipes_are_written_as_they_are(tmp_path: Path) -> None:
    stream(io.BytesIO(LINE), "/dev/null")
    pipe, got = tmp_path / "pipe", []
    os.mkfifo(pipe)
    reader = threading.Thread(target=lambda: got.append(pipe.read_bytes()))
    reader.start()
    stream(io.BytesIO(LINE), pipe)
    reader.join()
    assert got == [NOTED]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_destination_in_no_folder(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="the folder of the output is not there"):
        stream(io.BytesIO(LINE), tmp_path / "none" / "out.log")
    with pytest.raises(IsADirectoryError):
        stream(io.BytesIO(LINE), tmp_path)


def test_a_file_that_is_missing_is_said() -> None:
    with pytest.raises(DamagedInputError, match="/no/such.log: no such file"):
        stream("/no/such.log", io.BytesIO())


def test_name_and_size_are_for_file_objects(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="name and input_size"):
        stream(tmp_path, None, name="x")


def test_output_that_nobody_wants(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    stream(io.BytesIO(LINE), None, ["-q", "--report", f"json={report}"])
    assert imsdk_annotate.Report.load(report).fields == 1


def test_much_on_standard_error_is_bounded_and_does_not_block(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program_that(tmp_path, "cat > /dev/null; echo first >&2; yes | head -c 5000000 >&2; echo last >&2; exit 2", monkeypatch)
    with pytest.raises(TroubleError) as caught:
        stream(io.BytesIO(LINE * 100_000), io.BytesIO())
    said = caught.value.stderr
    assert said.startswith("first\n") and said.endswith("last\n") and "bytes are left out]" in said
    assert len(said) < 70_000


def test_no_file_and_no_thread_is_left_behind() -> None:
    def run() -> None:
        annotate(LINE)
        for source in (Pieces(LINE, OSError()), io.BytesIO(DAMAGED)):
            with pytest.raises((OSError, DamagedInputError)):
                stream(source, io.BytesIO())

    run()
    before = (len(os.listdir("/proc/self/fd")), threading.active_count()) if os.path.isdir("/proc/self/fd") else None
    for _ in range(20):
        run()
    after = (len(os.listdir("/proc/self/fd")), threading.active_count()) if before else None
    assert before == after


MEMORY = """
import hashlib, resource, sys
import imsdk_annotate

class Source:
    left = 50 * 1024 * 1024
    line = (b"2026-05-01 10:00:00 login ret=-204 openid=7" + b"x" * 1000 + b"\\n")
    block = line * 100
    def read(self, size):
        block = self.block[:min(self.left, size)]
        self.left -= len(block)
        return block

class Sink:
    count = 0
    def write(self, data):
        self.count += len(data)

imsdk_annotate.annotate(b"ret=-1")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
sink = Sink()
result = imsdk_annotate.stream(Source(), sink)
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(result.fed, sink.count > result.fed, after - before)
"""


def test_memory_does_not_grow_with_the_input() -> None:
    ran = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    fed, is_longer, grown = ran.stdout.split()
    assert (fed, is_longer) == (str(50 * 1024 * 1024), "True")
    unit = 1024 if sys.platform == "darwin" else 1
    assert int(grown) // unit < 8 * 1024, f"{grown} units of memory more"


INTERRUPTED = """
import sys, time
import imsdk_annotate

class Source:
    first = True
    def read(self, size):
        if self.first:
            self.first = False
            return b"ret=-1\\n"
        print("reads", flush=True)
        time.sleep(60)

imsdk_annotate.stream(Source(), sys.argv[1])
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_caller_that_is_ended_leaves_no_file_of_that_name(tmp_path: Path, number: int) -> None:
    target = tmp_path / "out.log"
    command = [sys.executable, "-c", INTERRUPTED, str(target)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    assert process.stdout and process.stdout.readline() == b"reads\n"
    # To the whole group, as a terminal does.
    os.killpg(process.pid, number)
    process.communicate()
    assert process.returncode != 0
    assert not target.exists()
    if number == signal.SIGINT:
        assert os.listdir(tmp_path) == []
