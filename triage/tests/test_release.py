"""What a release needs: the tag of the version in Cargo.toml, and notes in CHANGELOG.md with the day."""

import shutil
import subprocess
from pathlib import Path

import pytest
import yaml
from fakes import ROOT, VERSION, run_shell

RELEASED = f"""# Changelog

## Unreleased

- Later.

## {VERSION} - 2026-05-01

- First.

- Second.

## 0.0.9 - 2026-04-01

- Old.
"""


def copy(folder: Path, changelog: str) -> Path:
    """Makes a repository with what the first step of a release needs."""
    root = folder / "repository"
    shutil.copytree(ROOT / "packaging", root / "packaging")
    shutil.copy(ROOT / "Cargo.toml", root)
    (root / "CHANGELOG.md").write_text(changelog)
    return root


def first_step(root: Path, tag: str) -> tuple[int, str]:
    """Runs the step of release.yml that compares the tag. Returns its status, and what it has printed or the notes."""
    steps = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]["build"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name", "").startswith("Compare the tag")]
    notes = root.parent / "notes.md"
    variables = {"GITHUB_REF_NAME": tag, "RUNNER_TEMP": str(root.parent)}
    status, printed = run_shell(["bash", "-e"], script, root, variables)
    return status, notes.read_text() if status == 0 else printed


def test_a_tag_of_the_version_has_the_notes_of_its_section(tmp_path: Path) -> None:
    root = copy(tmp_path, RELEASED)
    assert first_step(root, f"v{VERSION}") == (0, "- First.\n\n- Second.\n")


@pytest.mark.parametrize("tag", ["v9.9.9", VERSION, f"v{VERSION}-rc1"])
def test_a_tag_of_another_version_is_refused(tmp_path: Path, tag: str) -> None:
    root = copy(tmp_path, RELEASED)
    status, printed = first_step(root, tag)
    assert status == 1
    assert printed == f"::error::The tag is {tag}, and the version in Cargo.toml is {VERSION}.\n"


@pytest.mark.parametrize(
    ("changelog", "said"),
    [
        (RELEASED.replace(" - 2026-05-01", ""), "there is no heading"),
        (RELEASED.replace(VERSION, f"{VERSION}1"), "there is no heading"),
        (RELEASED.replace(VERSION, VERSION.replace(".", "x")), "there is no heading"),
        (RELEASED.replace("\n- First.\n\n- Second.\n", ""), "nothing stands below the heading"),
    ],
    ids=["no day", "longer", "dots", "empty"],
)
def test_a_version_without_notes_is_refused(tmp_path: Path, changelog: str, said: str) -> None:
    status, printed = first_step(copy(tmp_path, changelog), f"v{VERSION}")
    assert status == 1 and said in printed, printed


def test_the_changelog_has_the_version_and_what_is_not_released() -> None:
    headings = [line for line in (ROOT / "CHANGELOG.md").read_text().splitlines() if line.startswith("## ")]
    assert headings[0] == "## Unreleased"
    assert headings[1].split(" - ")[0] == f"## {VERSION}"
    changelog = subprocess.run([ROOT / "packaging/changelog"], stderr=subprocess.PIPE, check=False)
    assert (changelog.returncode, b"usage" in changelog.stderr) == (2, True)
