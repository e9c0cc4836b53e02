"""Large plain files in ranges: together their outputs are the file's, and their reports that of the whole."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Dict

import pytest
from logs import log

pytestmark = pytest.mark.cluster


def joined(files: Dict[str, bytes]) -> Dict[str, bytes]:
    """Returns outputs with those of the ranges of a file one behind the other."""
    whole: Dict[str, bytes] = {}
    for name in sorted(files):
        bare = re.sub(r"\.part-\d{5}-of-\d{5}$", "", name)
        whole[bare] = whole.get(bare, b"") + files[name]
    return whole


def test_ranges_are_the_whole(stored: Any, job: Any, one_machine: Any) -> None:
    one = one_machine(["s3://bkt/logs", "s3://bkt/large"], "--users", "openid")
    # 7 MB and a bit: borders are anywhere in lines. Of the other logs, some are one task, and packed ones always.
    ran = job(
        "--output",
        "s3://bkt/shards",
        "--shard-size",
        "7000001",
        "s3://bkt/logs",
        "s3://bkt/large",
        "--",
        "--users",
        "openid",
    )
    assert ran.status == one.status == 3
    files = stored.files("s3://bkt/shards")
    assert sum(name.startswith("large.log.part-") for name in files) >= 8
    assert joined(files) == one.files
    assert ran.report == one.report


def test_ranges_at_the_limits(job: Any, one_machine: Any, tmp_path: Path) -> None:
    logs, out = tmp_path / "logs", tmp_path / "out"
    logs.mkdir()
    (logs / "long.log").write_bytes(b"ret=-204 " + b"x" * 30_000 + b" ret=-1\nret=5\n")  # most ranges have no line
    (logs / "no-newline.log").write_bytes(b"ret=-204\n" * 2000 + b"ret=-402")
    (logs / "crlf.log").write_bytes(b"ret=-204\r\nret=5\r\n\r\n" * 1000)
    (logs / "gbk-later.log").write_bytes(b"2026-05-01 10:00:00 ret=-204\n" * 3000 + "登录 ret=-204\n".encode("gbk") * 3000)
    (logs / "gbk.log").write_bytes("登录 ret=-204\n".encode("gbk") * 3000)
    (logs / "utf16.log").write_bytes(log(3, 400).decode().encode("utf-16"))
    (logs / "gzip.log").write_bytes((b"\x1f\x8b" + b"ret=-204 is no gzip data\n") * 1000)
    ran = job("--output", str(out), "--shard-size", "4096", str(logs), "--", "--no-decompress", "--lang", "both")
    one = one_machine([str(logs)], "--no-decompress", "--lang", "both")
    assert ran.status == one.status == 0
    names = {
        str(path.relative_to(out)): path.read_bytes()
        for path in out.rglob("*")
        if path.is_file() and "_imsdk" not in path.parts
    }
    assert {name for name in names if "part-" not in name} == {"gbk.log", "gbk-later.log", "utf16.log", "gzip.log"}
    assert joined(names) == one.files
    assert ran.report == one.report


def test_options_that_need_the_lines_before_divide_nothing(job: Any, one_machine: Any, tmp_path: Path) -> None:
    logs, out = tmp_path / "logs", tmp_path / "out"
    logs.mkdir()
    (logs / "a.log").write_bytes(log(5, 1000))
    ran = job("--output", str(out), "--shard-size", "4096", str(logs), "--", "-n")
    assert ran.status == 0
    assert "large files are one task each: --line-number needs the lines before" in ran.said
    assert (out / "a.log").read_bytes() == one_machine([str(logs)], "-n").files["a.log"]
