"""The wheel and the source distribution: what they hold, and that what is installed from the wheel runs.

The program in the wheel is the one of the other tests: in place of `cargo rustc`, maturin runs a stand-in that tells of it,
as a build of its own would take minutes, and differ in the program's bytes alone. The source distribution is looked at, and
not built.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path
from typing import Dict, List, Optional

import pytest

PYTHON = Path(__file__).resolve().parent.parent

SOURCES = PYTHON / "src" / "imsdk_annotate"

TRY = "import imsdk_annotate; print(imsdk_annotate.find_binary()); print(imsdk_annotate.annotate(b'ret=-1'))"

MATURIN = Path(sys.executable).parent / "maturin"

# What `cargo rustc` prints for a program that it has built; all else is done by the true cargo.
STAND_IN = """\
#!{python}
import json, os, subprocess, sys

if sys.argv[1] != "rustc":
    os.execv({cargo!r}, [{cargo!r}, *sys.argv[1:]])
assert sys.argv[sys.argv.index("--bin") + 1] == "imsdk-annotate"
manifest = sys.argv[sys.argv.index("--manifest-path") + 1]
told = subprocess.check_output([{cargo!r}, "metadata", "--no-deps", "--format-version=1", "--manifest-path", manifest])
package = json.loads(told)["packages"][0]
artifact = {{
    "reason": "compiler-artifact",
    "package_id": package["id"],
    "manifest_path": package["manifest_path"],
    "target": next(target for target in package["targets"] if "bin" in target["kind"]),
    "profile": {{"opt_level": "2", "debug_assertions": False, "overflow_checks": False, "test": False}},
    "features": [],
    "filenames": [{binary!r}],
    "executable": {binary!r},
    "fresh": True,
}}
print(json.dumps(artifact), json.dumps({{"reason": "build-finished", "success": True}}), sep="\\n")
"""

pytestmark = pytest.mark.skipif(
    not MATURIN.exists() or not shutil.which("cargo"), reason="maturin or cargo is not installed"
)


def run(*command: object, path: Optional[Path] = None) -> str:
    """Runs a command outside of the repository, without the variables that help the tests find the program."""
    environment: Dict[str, str] = {**os.environ, "PATH": "/usr/bin:/bin"}
    for name in ("IMSDK_ANNOTATE_BINARY", "PYTHONPATH", "PYTHONPYCACHEPREFIX"):
        environment.pop(name, None)
    if path:
        environment["PYTHONPATH"] = str(path)
    words = [str(word) for word in command]
    ran = subprocess.run(words, env=environment, cwd="/", capture_output=True, text=True, check=False)
    assert ran.returncode == 0, f"{words}: {ran.stderr}"
    return ran.stdout


def maturin(*options: object, programs: Optional[Path] = None) -> None:
    """Runs maturin, which finds the programs of a folder before those of PATH."""
    command = [str(MATURIN), *map(str, options)]
    path = os.pathsep.join([*([str(programs)] if programs else []), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path}
    ran = subprocess.run(command, cwd=PYTHON, env=environment, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory, binary: Path) -> Path:
    """A wheel of this tree, with the program of the tests."""
    folder, programs = tmp_path_factory.mktemp("wheel"), tmp_path_factory.mktemp("programs")
    stand_in = programs / "cargo"
    cargo = shutil.which("cargo")
    stand_in.write_text(STAND_IN.format(python=sys.executable, cargo=cargo, binary=str(binary.resolve())))
    stand_in.chmod(0o755)
    maturin("build", "--locked", "--out", folder, programs=programs)
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of a new virtual environment in which the wheel is installed."""
    folder = tmp_path_factory.mktemp("venv")
    venv.create(folder, with_pip=False, symlinks=True)
    install(wheel, "--prefix", folder)
    return folder / "bin"


def install(wheel: Path, *options: object) -> None:
    """Installs the wheel with the pip of the tests, and without a network."""
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-index", "--no-deps"]
    run(*pip, "--no-warn-script-location", *options, wheel)


def test_the_wheel_holds_program_package_command_and_licence(wheel: Path) -> None:
    package = [path for path in SOURCES.rglob("*") if path.is_file() and path.suffix in (".py", ".typed")]
    with zipfile.ZipFile(wheel) as archive:
        members = {info.filename: info for info in archive.infolist()}
    root = "-".join(wheel.name.split("-")[:2])
    expected = {str(path.relative_to(PYTHON / "src")) for path in package}
    expected |= {f"{root}.data/scripts/{name}" for name in ("imsdk-annotate", "imsdk-annotate-spark")}
    assert expected <= set(members)
    beside: List[str] = [name for name in set(members) - expected if not name.startswith(f"{root}.dist-info/")]
    assert beside == []
    assert f"{root}.dist-info/licenses/LICENSE" in members
    for name in ("imsdk-annotate", "imsdk-annotate-spark"):
        assert members[f"{root}.data/scripts/{name}"].external_attr >> 16 & 0o111 == 0o111


def test_the_wheel_is_for_any_python_3(wheel: Path) -> None:
    assert "-py3-none-" in wheel.name


def test_what_is_installed_runs(installed: Path, wheel: Path) -> None:
    version = wheel.name.split("-")[1]
    assert run(installed / "imsdk-annotate", "-V") == f"imsdk-annotate {version}\n"
    assert run(installed / "python", "-c", TRY) == f"{installed}/imsdk-annotate\nb'ret=-1 (general: failure)'\n"


def test_the_command_of_the_spark_job_is_a_python_script(installed: Path) -> None:
    command = installed / "imsdk-annotate-spark"
    assert command.read_text().startswith("#!/")
    assert "python" in command.read_text().splitlines()[0]
    assert os.access(command, os.X_OK)


def test_a_folder_of_pip_target_has_the_program(wheel: Path, tmp_path: Path) -> None:
    install(wheel, "--target", tmp_path)
    assert run(sys.executable, "-c", TRY, path=tmp_path).startswith(f"{tmp_path}/bin/imsdk-annotate\n")


def test_the_wheel_under_the_name_of_a_zip_file_has_the_program(wheel: Path, tmp_path: Path) -> None:
    zipped = tmp_path / "imsdk_annotate.zip"
    shutil.copy(wheel, zipped)
    found, noted = run(sys.executable, "-c", TRY, path=zipped).splitlines()
    assert Path(found).parent.parent == tmp_path
    assert noted == "b'ret=-1 (general: failure)'"


def test_the_source_distribution_has_crate_package_and_command(tmp_path: Path) -> None:
    maturin("sdist", "--out", tmp_path)
    (built,) = tmp_path.glob("*.tar.gz")
    with tarfile.open(built) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    wanted = "Cargo.toml Cargo.lock src/main.rs src/imsdk_annotate/__init__.py data/scripts/imsdk-annotate-spark LICENSE"
    assert set(wanted.split()) <= names
