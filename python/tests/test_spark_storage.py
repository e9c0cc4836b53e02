"""Storage under the Spark job: hosts in URLs, names of protocols, lists of files, uploads in parts. No Spark is needed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any, Dict, Iterator, List

import fsspec
import pytest
from hosts_storage import STORES, Hosts

from imsdk_annotate.spark import final, outputs
from imsdk_annotate.spark.cli import parse
from imsdk_annotate.spark.errors import UsageError
from imsdk_annotate.spark.feed import check_unchanged
from imsdk_annotate.spark.files import Found, files_at, files_below, remove
from imsdk_annotate.spark.final import check_writable
from imsdk_annotate.spark.job import check_places
from imsdk_annotate.spark.listing import list_sources
from imsdk_annotate.spark.outputs import NewFile
from imsdk_annotate.spark.parts import Job
from imsdk_annotate.spark.passed import parse_passed
from imsdk_annotate.spark.planning import Shape, plan, read_heads
from imsdk_annotate.spark.program import version_of
from imsdk_annotate.spark.storage import absolute, open_storage, protocol_of
from imsdk_annotate.spark.task import attempt


@pytest.fixture(autouse=True)
def _hosts() -> Iterator[None]:
    fsspec.register_implementation("hosts", Hosts, clobber=True)
    yield
    STORES.clear()
    Hosts.clear_instance_cache()


def test_the_host_of_a_url_is_that_of_the_storage() -> None:
    open_storage("hosts://one/logs/a.log", {})[0].pipe_file("/logs/a.log", b"one")
    open_storage("hosts://two/logs/a.log", {"hosts": {"host": "three"}})[0].pipe_file("/logs/a.log", b"two")
    assert {host: [bytes(file.getbuffer()) for file in store.values()] for host, store in STORES.items() if store} == {
        "one": [b"one"],
        "two": [b"two"],
    }


def test_a_task_reads_and_writes_the_hosts_of_its_urls(binary: Path) -> None:
    for host, line in (("one", b"ret=-204\n"), ("", b"wrong host\n"), ("two", b"wrong host\n")):
        open_storage(f"hosts://{host}/", {})[0].pipe_file("/logs/a.log", line)
    job = Job(parse_passed([]), version_of(str(binary)))
    sources = list_sources(["hosts://one/logs"], {}, [], [])
    (task,) = plan(job, sources, set(), Shape("hosts://two/out", "hosts://two/out/_imsdk/parts", 0))
    result, codes = attempt(job, task)
    assert (result.is_complete, result.unread, codes) == (True, "", {-204: 1})
    written = open_storage("hosts://two/out/a.log", {})[0].cat_file("/out/a.log")
    assert written == b"ret=-204 (auth: user session is failure!)\n"
    assert sorted(file.below for file in files_below("hosts://two/out", {})) == [
        "_imsdk/parts/" + task.report.rsplit("/", 1)[1],
        "a.log",
    ]
    assert list(files_below("hosts://one/out", {})) == []


def test_a_trial_leaves_nothing_or_a_word(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    storage = open_storage("hosts://one/", {})[0]
    check_writable("--report", "hosts://one/all.json", {})
    assert (storage.find("/"), capfd.readouterr().err) == ([], "")

    def refuse(urls: List[str], options: Any) -> None:
        raise PermissionError("Forbidden")

    monkeypatch.setattr(final, "remove", refuse)
    check_writable("--report", "hosts://one/all.json", {})
    (left,) = storage.find("/")
    said = capfd.readouterr().err
    assert left.startswith("/all.json.") and left.endswith(".trial")
    assert f"hosts://one{left}: a trial that is written and cannot be removed: PermissionError: Forbidden" in said


def test_a_storage_that_is_not_installed_or_refuses_its_options_has_its_remedy(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(protocol: str) -> None:
        raise ImportError("Install s3fs to access S3")

    def refuse(storage: Hosts, **options: Any) -> None:
        raise OSError(f"no such host: {options['host']}")

    with monkeypatch.context() as changed:
        changed.setattr(Hosts, "__init__", refuse)
        with pytest.raises(
            UsageError, match="hosts://a/b: cannot be opened: no such host: a; look at the URL and at --storage"
        ):
            open_storage("hosts://a/b", {})
    monkeypatch.setattr(fsspec, "get_filesystem_class", missing)
    with pytest.raises(UsageError, match=r"no storage for s3://: Install s3fs .*; pip install the fsspec package"):
        open_storage("s3://a/b", {})


def test_folders_of_two_hosts_are_two_folders() -> None:
    open_storage("hosts://one/", {})[0].pipe_file("/logs/a.log", b"")
    check_places(parse(["--output", "hosts://two/logs/out", "hosts://one/logs"]))
    with pytest.raises(Exception, match="would be read the next time"):
        check_places(parse(["--output", "hosts://one/logs/out", "hosts://one/logs"]))


def test_a_protocol_has_the_options_of_all_its_names(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: List[Dict[str, Any]] = []

    class Fake(Hosts):
        protocol = "s3"

        def __init__(self, **options: Any) -> None:
            asked.append(options)
            super().__init__()

    monkeypatch.setattr(fsspec, "get_filesystem_class", lambda protocol: {"s3": Fake}[protocol])
    monkeypatch.setattr(Fake, "_get_kwargs_from_urls", staticmethod(lambda url: {}))
    for url, options in (
        ("s3a://b/x", {"s3": {"key": 1}}),
        ("s3://b/x", {"s3a": {"key": 2}}),
        ("s3a://b/x", {"gs": {"key": 3}}),
    ):
        open_storage(url, options)
    assert asked == [{"key": 1}, {"key": 2}, {}]
    assert protocol_of("s3a://b/x") == protocol_of("s3://b/x") == "s3"


def test_keys_with_empty_parts_are_read_under_their_own_names() -> None:
    storage = open_storage("hosts://one/", {})[0]
    storage.store["/logs//a.log"] = storage.store["/logs/b//c.log"] = None
    storage.find = lambda path, detail: {name: {"name": name, "size": 1, "type": "file"} for name in storage.store}
    sources = list_sources(["hosts://one/logs/"], {}, [], [])
    assert [(source.name, source.relative) for source in sources] == [
        ("hosts://one/logs//a.log", "a.log"),
        ("hosts://one/logs/b//c.log", "b/c.log"),
    ]


def test_files_of_this_machine_are_listed_with_the_tags_that_tasks_look_at(tmp_path: Path) -> None:
    (tmp_path / "logs/a/b").mkdir(parents=True)
    for name in ("1.log", "a/2.log", "a/b/3.log"):
        (tmp_path / "logs" / name).write_bytes(b"ret=-204\n")
    (tmp_path / "logs/link.log").symlink_to(tmp_path / "logs/1.log")
    (tmp_path / "logs/a/loop").symlink_to(tmp_path / "logs")
    found = sorted(files_at(str(tmp_path / "logs"), {}))
    assert [file.below for file in found] == ["1.log", "a/2.log", "a/b/3.log"]
    for file in found:
        system, path = open_storage(str(tmp_path / "logs" / file.below), {})
        check_unchanged(system, path, "x", file.size, file.tag)
    assert list(files_at(str(tmp_path / "logs/1.log"), {})) == [Found("", 9, found[0].tag)]
    remove([str(tmp_path / "logs/1.log"), str(tmp_path / "logs/a/2.log")], {})
    assert [file.below for file in files_below(str(tmp_path / "logs"), {})] == ["a/b/3.log"]


def test_files_that_vanish_while_a_folder_is_listed_hide_no_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("a/1.log", "b/2.log", "3.log", "4.log"):
        (tmp_path / "logs" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "logs" / name).write_bytes(b"ret=-204\n")
    scandir = os.scandir

    class Entries:
        """The entries of the root, of which a file and a folder vanish as soon as they are read."""

        def __init__(self, path: str) -> None:
            self.entries = list(scandir(path))
            (tmp_path / "logs/3.log").unlink()
            shutil.rmtree(tmp_path / "logs/a")

        def __iter__(self) -> Iterator[Any]:
            return iter(self.entries)

        def __enter__(self) -> None:
            pass

        def __exit__(self, *error: object) -> None:
            pass

    def scan(path: str) -> Any:
        monkeypatch.setattr(os, "scandir", scandir)
        return Entries(path)

    monkeypatch.setattr(os, "scandir", scan)
    assert sorted(file.below for file in files_at(str(tmp_path / "logs"), {})) == ["4.log", "b/2.log"]
    with pytest.raises(FileNotFoundError):
        list(files_at(str(tmp_path / "missing"), {}))


def test_files_are_removed_by_their_very_names(monkeypatch: pytest.MonkeyPatch) -> None:
    storage = open_storage("hosts://one/", {})[0]
    for name in ("/out/a*.log", "/out/ab.log", "/out/[b].log", "/out/b.log"):
        storage.pipe_file(name, b"")

    def rm(path: str) -> None:
        raise AssertionError("rm of HDFS takes one path, and that of S3 patterns")

    monkeypatch.setattr(storage, "rm", rm)
    remove(["hosts://one/out/a*.log", "hosts://one/out/[b].log", "hosts://one/out/gone.log"], {})
    assert sorted(storage.store) == ["/out/ab.log", "/out/b.log"]


@pytest.mark.parametrize(
    ("content", "is_plain", "read"),
    [
        (b"ret=-204\n" * 100, True, [0, 225, 450, 675]),
        (b"\x1f\x8b" + b"x" * 898, False, [0]),
        (b"x" * 450 + b"\0" + b"x" * 449, False, [0, 225, 450]),
    ],
    ids=["plain", "packed", "zeros in a range"],
)
def test_no_head_is_read_behind_one_that_decides(
    content: bytes, is_plain: bool, read: List[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    storage = open_storage("hosts://one/", {})[0]
    storage.pipe_file("/logs/a.log", content)
    sources = list_sources(["hosts://one/logs"], {}, [], [])
    asked: List[int] = []

    def cat_file(path: str, start: int, end: int) -> bytes:
        asked.append(start)
        return content[start : min(end, start + 100)]

    monkeypatch.setattr(storage, "cat_file", cat_file)
    assert list(read_heads(Job(parse_passed([]), ""), sources, 250)) == [("hosts://one/logs/a.log", is_plain)]
    assert asked == read


def test_a_relative_path_is_below_the_folder_of_the_driver() -> None:
    assert absolute("logs/a.log", "/srv") == "/srv/logs/a.log"
    assert absolute("/logs/a.log", "/srv") == "/logs/a.log"
    assert absolute("s3://b/a.log", "/srv") == "s3://b/a.log"
    assert absolute("a.log") == os.path.join(os.getcwd(), "a.log")


class Upload:
    """A file of an object store that keeps the sizes of its parts, as s3fs makes them."""

    def __init__(self, block_size: int) -> None:
        self.blocksize = block_size
        self.pending = 0
        self.parts: List[int] = []

    def write(self, data: bytes) -> None:
        self.pending += len(data)
        if self.pending >= self.blocksize:
            self.parts.append(self.pending)
            self.pending = 0


class Megabytes(bytes):
    """A piece of an output that says to be long, and takes no memory."""

    def __len__(self) -> int:
        return 64 << 20


def test_an_upload_of_terabytes_has_no_more_parts_than_may_be(monkeypatch: pytest.MonkeyPatch) -> None:
    file = NewFile("hosts://one/big", {})
    monkeypatch.setattr(file, "is_object", True)
    upload = Upload(outputs.BLOCK)
    file._file = upload
    for _ in range(5 << 14):
        file.write(Megabytes())
    assert file.size == 5 << 40
    assert len(upload.parts) < 10_000
    assert max(upload.parts) < 5 << 30
    assert upload.parts[0] == 64 << 20
    assert upload.blocksize % (256 << 10) == 0
