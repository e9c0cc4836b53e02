"""The command `imsdk-annotate-spark`: what is typed, and what it means."""

from __future__ import annotations

import argparse
import sys
import traceback
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from imsdk_annotate.spark.errors import UsageError
from imsdk_annotate.spark.passed import Passed, parse_passed
from imsdk_annotate.spark.storage import StorageOptions, absolute, joined, parse_options

SHARD_SIZE = "256MiB"
UNITS = {"": 1, "B": 1, "KIB": 1 << 10, "MIB": 1 << 20, "GIB": 1 << 30, "KB": 10**3, "MB": 10**6, "GB": 10**9}

EPILOG = """\
Options behind -- are those of imsdk-annotate for each file: --strict, --users openid, --lang zh, --compress zstd ...
The exit status is that of imsdk-annotate: 0, 1 (a check has failed), 2 (trouble: the job has not been done), 3 (done,
but for damaged inputs, which have what could be read of them, and for inputs that have vanished or changed since they
were listed, which have no output)."""


@dataclass
class Settings:
    """The command line."""

    operands: List[str]
    output: Optional[str]
    parts: str
    reports: List[str]
    checks: List[Tuple[str, str]]
    """Options of the merge in the end, with their values."""
    passed: Passed
    storage: StorageOptions
    include: List[str]
    exclude: List[str]
    shard_size: int
    resume: bool
    master: Optional[str]
    conf: List[Tuple[str, str]]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="imsdk-annotate-spark",
        description="Writes the meaning of iMSDK return codes behind them in logs on object storage or shared file systems, "
        "on a Spark cluster.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "operands",
        nargs="+",
        metavar="URL",
        help="files and folders: s3://bucket/logs/, hdfs://, gs://, abfs://, oss://, or a path that all machines have",
    )
    add("--output", metavar="URL", help="folder of the outputs; without it there are only reports")
    add("--parts", metavar="URL", help="folder of the reports of parts [default: OUTPUT/_imsdk]")
    add(
        "--report", action="append", default=[], metavar="FORMAT[=PATH]", help="as that of imsdk-annotate; PATH may be a URL"
    )
    for name, value in (("fail-on", "SELECT[>N]"), ("expect", "SELECT[>N]")):
        add(f"--{name}", action="append", default=[], metavar=value, help="as that of imsdk-annotate, for all logs together")
    for name, value in (("baseline", "FILE"), ("accept", "FILE"), ("write-accept", "FILE"), ("top", "N")):
        add(f"--{name}", metavar=value, help="as that of imsdk-annotate")
    add("--include", action="append", default=[], metavar="GLOB", help="of folders, read only files with such a name")
    add("--exclude", action="append", default=[], metavar="GLOB", help="of folders, leave out files with such a name")
    add(
        "--shard-size",
        default=SHARD_SIZE,
        metavar="BYTES",
        help="divide plain files that are larger into ranges; 0 divides none [default: 256MiB]",
    )
    add("--resume", action="store_true", help="leave out what an earlier run with the same options and --output has done")
    storage = 'options of fsspec, by protocol: {"s3": {"anon": true}}, or @FILE with them; they travel to the executors'
    add("--storage-options", metavar="JSON", help=storage)
    add("--master", help="the cluster [default: that of spark-submit or the configuration, else local[*,4]]")
    add("--conf", action="append", default=[], metavar="KEY=VALUE", help="a setting of Spark; may be given several times")
    return parser


def parse(arguments: Sequence[str]) -> Settings:
    """Reads the command line. Raises `UsageError`; ends the process for `--help` and what argparse refuses."""
    own, passed = list(arguments), []
    if "--" in own:
        place = own.index("--")
        own, passed = own[:place], own[place + 1 :]
    typed = _parser().parse_args(own)
    if typed.output is None and typed.parts is None:
        raise UsageError("neither --output nor --parts: name a folder that all machines can write, for the reports of parts")
    if typed.output is None and not typed.report and not typed.fail_on and not typed.expect:
        raise UsageError("without --output, --report and checks there is nothing to do")
    options = parse_passed(passed)
    if typed.output is None and options.has("--only"):
        raise UsageError("--only chooses lines, and without --output none are written; reports count all fields in any case")
    checks = [("--fail-on", value) for value in typed.fail_on] + [("--expect", value) for value in typed.expect]
    checks += [
        (f"--{name.replace('_', '-')}", getattr(typed, name)) for name in ("baseline", "accept", "write_accept", "top")
    ]
    return Settings(
        operands=typed.operands,
        output=absolute(typed.output) if typed.output is not None else None,
        parts=absolute(typed.parts or joined(typed.output, "_imsdk")),
        reports=typed.report,
        checks=[(name, value) for name, value in checks if value is not None],
        passed=options,
        storage=parse_options(typed.storage_options) if typed.storage_options is not None else {},
        include=typed.include,
        exclude=typed.exclude,
        shard_size=parse_size(typed.shard_size),
        resume=typed.resume,
        master=typed.master,
        conf=[_setting(text) for text in typed.conf],
    )


def parse_size(text: str) -> int:
    """Returns a number of bytes: `1000000`, `256MiB`, `1GB`. Raises `UsageError`."""
    digits = text.rstrip("BKMGIibkmg")
    unit = text[len(digits) :].strip().upper()
    if not digits.strip().isdecimal() or unit not in UNITS:
        raise UsageError(f"--shard-size {text}: is no size; write bytes, or as 256MiB")
    size = int(digits) * UNITS[unit]
    if 0 < size < 4096:
        raise UsageError(
            f"--shard-size {text}: is less than 4 KiB, so that a task costs far more than its work; 0 divides no file"
        )
    return size


def _setting(text: str) -> Tuple[str, str]:
    key, mark, value = text.partition("=")
    if not mark or not key:
        raise UsageError(f"--conf {text}: is no KEY=VALUE")
    return key, value


def run(arguments: Optional[Sequence[str]] = None) -> int:
    """Runs the command, and returns its exit status."""
    try:
        settings = parse(sys.argv[1:] if arguments is None else arguments)
        from imsdk_annotate.spark.job import run_job

        return run_job(settings)
    except UsageError as error:
        # The program's own messages have its name already.
        text = str(error)
        print(text if text.startswith("imsdk-annotate: ") else f"imsdk-annotate-spark: {text}", file=sys.stderr)
        return 2
    except ImportError as error:
        print(f"imsdk-annotate-spark: {error}; pip install pyspark fsspec, or start it with spark-submit", file=sys.stderr)
        return 2
    except Exception as error:
        # Python would end with 1, which is the status of a check that has failed.
        traceback.print_exc()
        print(f"imsdk-annotate-spark: the job has failed: {type(error).__name__}: {error}", file=sys.stderr)
        return 2
