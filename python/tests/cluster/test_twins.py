"""The naive way, `textFile(...).pipe(...)`, on the same logs: what it loses.

Should one of these tests fail, Spark has changed, and docs/cluster.md is to be read again.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any, List

import pytest

pytestmark = pytest.mark.cluster


@pytest.fixture
def logs(machine: Path, tmp_path: Path) -> Path:
    """The logs in a folder whose name Spark understands."""
    return Path(shutil.copytree(machine / "s3:/bkt/logs", tmp_path / "logs"))


def piped(context: Any, path: Path, command: str) -> bytes:
    """Returns what the naive job makes of files, joined as it would be saved."""
    lines: List[str] = context.textFile(str(path)).pipe(command).collect()
    return "".join(f"{line}\n" for line in lines).encode("utf-8", "surrogateescape")


def test_bytes_change(context: Any, logs: Path) -> None:
    (logs / "crlf.log").write_bytes(b"one\r\ntwo\rthree\n\xff\xc0 four\nno newline")
    # `cat` changes nothing: the loss is that of textFile and pipe.
    assert piped(context, logs / "crlf.log", "cat") == "one\ntwo\nthree\n\ufffd\ufffd four\nno newline\n".encode()


def test_a_command_that_is_killed_loses_lines_in_a_job_that_succeeds(context: Any, logs: Path) -> None:
    whole = (logs / "a/server.log.10").read_bytes()
    # A program that is killed after 100 lines: the kernel does that where memory is short.
    lost = piped(context, logs / "a/server.log.10", "bash -c 'head -n 100; kill -9 $$'")
    assert 0 < len(lost) < len(whole)


def test_one_damaged_gzip_file_aborts_all(context: Any, logs: Path) -> None:
    from py4j.protocol import Py4JJavaError

    assert piped(context, logs / "b/one.log.gz", "cat").count(b"\n") == 3000
    with pytest.raises(Py4JJavaError, match="EOFException|Unexpected end|ZipException"):
        piped(context, logs / "*.log.gz", "cat")


def test_zstd_is_not_read(context: Any, logs: Path) -> None:
    from py4j.protocol import Py4JJavaError

    with pytest.raises(Py4JJavaError, match="zstd"):
        piped(context, logs / "b/six.log.zst", "cat")
