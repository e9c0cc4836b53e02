"""The machine, the day and the versions of programs, which stand with each table."""

from __future__ import annotations

import datetime
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

VERSION = re.compile(r"\d+\.\d+[\w.]*")
# Options that print a version where `--version` does not.
OPTIONS = {"mawk": ["-W", "version"], "unzip": ["-v"]}


def described() -> str:
    """Returns the day and the machine, in one line."""
    cpu = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"^model name\s*: (.*)$", cpu, re.MULTILINE)
    flags = set(re.findall(r"\bavx\w*", cpu))
    vectors = "AVX-512" if {"avx512bw", "avx512vl"} <= flags else "AVX2" if "avx2" in flags else "no AVX2"
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    parts = [
        datetime.date.today().isoformat(),
        model[1] if model else platform.machine(),
        f"{os.cpu_count()} cores",
        vectors,
        f"{memory:.0f} GiB",
        f"{platform.system()} {platform.release()}",
    ]
    return ", ".join(parts)


def versions(annotate: str, programs: Iterable[str]) -> str:
    """Returns the versions of imsdk-annotate and of other programs, or that they are missing."""
    return ", ".join([version("imsdk-annotate", annotate), *(version(name, name) for name in programs)])


def version(name: str, path: str) -> str:
    if shutil.which(path) is None:
        return f"{name} missing"
    argv = [path, *OPTIONS.get(name, ["--version"])]
    said = subprocess.run(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT).stdout
    found = VERSION.search(said.decode(errors="replace"))
    return f"{name} {found[0]}" if found else name
