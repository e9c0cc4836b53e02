"""Rules that need no Spark: order of files, names of outputs, options behind `--`, ranges, heads."""

from __future__ import annotations

import gzip
import random
import subprocess
from pathlib import Path

import pytest

from imsdk_annotate.spark.cli import parse_size
from imsdk_annotate.spark.listing import list_sources, order_of
from imsdk_annotate.spark.names import is_archive, is_packed, output_name
from imsdk_annotate.spark.parts import Job
from imsdk_annotate.spark.passed import parse_passed
from imsdk_annotate.spark.planning import Shape, is_packed_head, is_utf8, plan


def test_files_are_in_the_order_of_the_program(tmp_path: Path, binary: Path) -> None:
    chance = random.Random(7)
    letters = "ab01-_:~2é號"
    names = {"".join(chance.choice(letters) for _ in range(chance.randrange(1, 6))) for _ in range(900)}
    for name in sorted(names):
        folder = tmp_path / "logs" / chance.choice(["", "d2", "d10", "a"])
        folder.mkdir(parents=True, exist_ok=True)
        if not (folder / name).is_dir():
            (folder / name).write_bytes(b"ret=-204\n")
    (tmp_path / "logs/.hidden").write_bytes(b"ret=-204\n")
    command = [str(binary), "--no-config", "--count", "--with-filename", "logs"]
    counted = subprocess.run(command, cwd=tmp_path, stdout=subprocess.PIPE, check=True).stdout.decode().splitlines()
    sources = list_sources([str(tmp_path / "logs")], {}, [], [])
    assert [f"logs/{source.relative}:1" for source in sources] == counted
    assert len(sources) > 500


def test_numbers_in_names_count() -> None:
    names = ["s.log.10", "s.log.2", "s.log", "s.log.02", "s.log.1.gz", "d10/a", "d9/b"]
    assert sorted(names, key=order_of) == ["d9/b", "d10/a", "s.log", "s.log.1.gz", "s.log.2", "s.log.02", "s.log.10"]


@pytest.mark.parametrize(
    ("name", "compress", "output"),
    [
        ("a/x.log.1.gz", "zstd", "a/x.log.1.zst"),
        ("x.log.gz", "none", "x.log"),
        ("x.log.gz", "gzip", "x.log.gz"),
        ("x.log", "none", "x.log"),
        ("x.log.1", "gzip", "x.log.1.gz"),
        ("a.GZ", "gzip", "a.GZ"),
        ("x.log.gz.gz", "none", "x.log"),
        ("x.tgz", "none", "x.tar"),
        ("x.tgz", "gzip", "x.tgz"),
        ("x.tgz", "keep", "x.tgz"),
        ("x.log.Z", "keep", "x.log.gz"),
        ("x.log.Z", "gzip", "x.log.gz"),
        ("x.log.br", "keep", "x.log.zst"),
        ("x.log.gz.lzma", "keep", "x.log.gz.xz"),
        ("x.zip", "zstd", "x.zip"),
        (".gz", "none", ".gz"),
    ],
)
def test_outputs_have_the_names_that_the_program_gives(
    name: str, compress: str, output: str, tmp_path: Path, binary: Path
) -> None:
    assert output_name(name, compress) == output
    if name.startswith(".") or name.endswith((".zip", ".tgz", "br", "lzma", "Z")):
        return
    content = b"ret=-204\n"
    for _ in range(name.lower().count(".gz")):
        content = gzip.compress(content)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(content)
    command = [str(binary), "--no-config", "--compress", compress, "--output-dir", "out", name.split("/")[0]]
    subprocess.run(command, cwd=tmp_path, check=True)
    assert (tmp_path / "out" / output.split("/")[-1]).is_file()


def test_archives_and_packed_files_are_told_by_their_names() -> None:
    assert all(map(is_archive, ["x.tar", "x.TAR", "a/x.tar.gz", "x.tgz", "x.zip", "x.tar.Z"]))
    assert not any(map(is_archive, ["x.log", "tar", "x.tar.log", "a.tar/x.log"]))
    assert is_packed("x.log.gz") and is_packed("x.zip") and not is_packed("x.log.1")


def test_options_behind_the_dashes() -> None:
    passed = parse_passed(["-anA3", "--key=x", "--key", "y", "-j", "2", "--only", "error", "--lang=zh"])
    assert passed.arguments() == [
        "--text", "--line-number", "--after-context=3", "--key=x", "--key=y", "--threads=2", "--only=error", "--lang=zh"
    ]  # fmt: skip
    assert passed.merge_arguments() == ["--lang=zh"]
    assert passed.undivided_because() == "--line-number"
    # A value that looks like an option is a value.
    assert parse_passed(["--pattern", "--(?<code>1)"]).arguments() == ["--pattern=--(?<code>1)"]


def test_files_of_options_travel(tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("code,message\n1,one\n")
    passed = parse_passed(["--catalog", str(tmp_path / "c.csv")])
    there = tmp_path / "executor"
    there.mkdir()
    passed.write_files(str(there))
    assert passed.arguments(str(there)) == [f"--catalog={there}/0-c.csv"]
    assert (there / "0-c.csv").read_text() == "code,message\n1,one\n"


def test_sizes() -> None:
    assert [parse_size(text) for text in ("0", "5000", "256MiB", "1GB", "64 KiB")] == [0, 5000, 256 << 20, 10**9, 64 << 10]


def test_heads_tell_what_may_be_divided() -> None:
    text = "登录 ret=-204\n".encode()
    assert all(is_utf8(piece) for piece in (text * 3, text[1:], text[2:-1], "登录".encode()[:-1], b"", b"a"))
    assert not any(is_utf8(piece) for piece in (b"a\0b", "登录".encode("gbk") * 9, "ab".encode("utf-16"), b"\xff" * 9))
    assert all(map(is_packed_head, (gzip.compress(b"x"), b"BZh91", b"PK\3\4", b"\x5a\x2a\x4d\x18", b"\x50\x2a\x4d\x18")))
    assert not is_packed_head(text)


def test_ranges_cover_a_file_once(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs/large.log").write_bytes(b"x" * 100_000)
    (tmp_path / "logs/packed.gz").write_bytes(b"x" * 100_000)
    sources = list_sources([str(tmp_path / "logs")], {}, [], [])
    tasks = plan(
        Job(parse_passed([]), "1"), sources, {sources[0].name, sources[1].name}, Shape("/out", "/out/_imsdk", 30_000)
    )
    assert [(task.start, task.end) for task in tasks] == [
        (0, 25_000),
        (25_000, 50_000),
        (50_000, 75_000),
        (75_000, 100_000),
        (0, -1),
    ]
    assert [task.output for task in tasks] == [f"/out/large.log.part-{number:05}-of-00004" for number in range(4)] + [
        "/out/packed.gz"
    ]
    assert [task.number for task in tasks] == [0, 1, 2, 3, 4]
    assert len({task.report for task in tasks}) == 5
