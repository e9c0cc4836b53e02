"""The search for the program: each place where it may be, and what is said where it is in none."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Dict, Optional

import pytest

import imsdk_annotate
from imsdk_annotate import BinaryNotFoundError, find_binary

PACKAGE = Path(imsdk_annotate.__file__).parent

FIND = "import imsdk_annotate; print(imsdk_annotate.find_binary())"


def _program(path: Path, mode: int = 0o755) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("#!/bin/sh\necho found\n")
    path.chmod(mode)
    return path


def _copy_of_package(folder: Path) -> Path:
    shutil.copytree(PACKAGE, folder / "imsdk_annotate", ignore=shutil.ignore_patterns("__pycache__"))
    return folder


def _run(python_path: Path, path: Optional[Path] = None, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs `find_binary` in a Python that has the package from `python_path` alone."""
    environment: Dict[str, str] = {**os.environ, "PYTHONPATH": str(python_path), "HOME": str(python_path)}
    environment.pop("IMSDK_ANNOTATE_BINARY", None)
    environment["PATH"] = str(path or python_path / "no-folder")
    environment.update(variables)
    command = [sys.executable, "-B", "-c", FIND]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


def test_the_variable_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _program(tmp_path / "other")
    monkeypatch.setenv("IMSDK_ANNOTATE_BINARY", str(program))
    assert find_binary() == str(program)


def test_the_variable_may_be_relative_and_the_answer_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = _program(tmp_path / "relative-name")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IMSDK_ANNOTATE_BINARY", "relative-name")
    assert find_binary() == str(program)


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda path: None, "no such file"),
        (lambda path: path.mkdir(), "is a folder"),
        (lambda path: _program(path, 0o644), "is not executable"),
    ],
)
def test_a_variable_that_names_no_program_is_an_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: object, reason: str
) -> None:
    named = tmp_path / "named"
    make(named)  # type: ignore[operator]
    monkeypatch.setenv("IMSDK_ANNOTATE_BINARY", str(named))
    # A program elsewhere does not make up for it: the variable is a wish.
    monkeypatch.setenv("PATH", str(_program(tmp_path / "bin" / "imsdk-annotate").parent))
    with pytest.raises(BinaryNotFoundError, match=f"IMSDK_ANNOTATE_BINARY={named}: {reason}"):
        find_binary()


def test_a_failure_is_not_remembered(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMSDK_ANNOTATE_BINARY", str(tmp_path / "later"))
    with pytest.raises(BinaryNotFoundError):
        find_binary()
    _program(tmp_path / "later")
    assert find_binary() == str(tmp_path / "later")


def test_bin_beside_a_package_of_pip_target(tmp_path: Path) -> None:
    program = _program(_copy_of_package(tmp_path) / "bin" / "imsdk-annotate")
    assert _run(tmp_path).stdout == f"{program}\n"


def test_bin_above_site_packages_of_pip_prefix(tmp_path: Path) -> None:
    site = tmp_path / "lib" / "python3" / "site-packages"
    _copy_of_package(site)
    program = _program(tmp_path / "bin" / "imsdk-annotate")
    assert _run(site).stdout == f"{program}\n"


def test_the_user_scheme(tmp_path: Path) -> None:
    _copy_of_package(tmp_path / "package")
    program = _program(tmp_path / "base" / "bin" / "imsdk-annotate")
    found = _run(tmp_path / "package", PYTHONUSERBASE=str(tmp_path / "base"))
    assert found.stdout == f"{program}\n"


def test_path_is_last(tmp_path: Path) -> None:
    _copy_of_package(tmp_path)
    on_path = _program(tmp_path / "on-path" / "imsdk-annotate")
    assert _run(tmp_path, on_path.parent).stdout == f"{on_path}\n"
    beside = _program(tmp_path / "bin" / "imsdk-annotate")
    assert _run(tmp_path, on_path.parent).stdout == f"{beside}\n"


def test_the_error_names_each_place_and_a_remedy(tmp_path: Path) -> None:
    _copy_of_package(tmp_path)
    _program(tmp_path / "bin" / "imsdk-annotate", mode=0o600)
    found = _run(tmp_path, PYTHONUSERBASE="/no-base")
    assert found.returncode == 1
    for words in (
        "pip install imsdk-annotate",
        "IMSDK_ANNOTATE_BINARY",
        "/no-base/bin/imsdk-annotate: no such file",
        f"{tmp_path}/bin/imsdk-annotate: is not executable",
        f"{sys.prefix}/bin/imsdk-annotate: no such file",
        f"PATH: no imsdk-annotate in {tmp_path}/no-folder",
    ):
        assert words in found.stderr


def _zip_of_package(path: Path, binary: Optional[Path]) -> Path:
    """Makes what a wheel is: the package, and the program among its data, where `binary` is one."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as wheel:
        for source in PACKAGE.rglob("*.py"):
            wheel.write(source, f"imsdk_annotate/{source.relative_to(PACKAGE)}")
        if binary:
            wheel.write(binary, "imsdk_annotate-0.1.0.data/scripts/imsdk-annotate")
    return path


def test_a_wheel_as_a_zip_file_has_the_program(tmp_path: Path) -> None:
    wheel = _zip_of_package(tmp_path / "imsdk_annotate.zip", _program(tmp_path / "source"))
    found = [_run(wheel), _run(wheel)]
    program = Path(found[0].stdout.strip())
    assert found[1].stdout.strip() == str(program)
    assert program.parent.parent == tmp_path
    assert subprocess.run([str(program)], capture_output=True, text=True, check=True).stdout == "found\n"
    assert program.parent.stat().st_mode & 0o777 == 0o700
    assert os.listdir(program.parent) == ["imsdk-annotate"]


def test_a_folder_that_others_may_write_is_not_trusted(tmp_path: Path) -> None:
    wheel = _zip_of_package(tmp_path / "imsdk_annotate.zip", _program(tmp_path / "source"))
    folder = Path(_run(wheel).stdout).parent
    folder.chmod(0o777)
    found = _run(wheel, TMPDIR=str(tmp_path / "elsewhere-missing"))
    assert not found.stdout.startswith(f"{folder}/")


def test_a_zip_file_without_the_program_says_how_to_make_one_with_it(tmp_path: Path) -> None:
    found = _run(_zip_of_package(tmp_path / "imsdk_annotate.zip", None))
    assert found.returncode == 1
    assert f"{tmp_path}/imsdk_annotate.zip: a zip file without the program" in found.stderr
    assert "cp imsdk_annotate-*.whl imsdk_annotate.zip" in found.stderr
