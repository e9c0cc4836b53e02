"""What a release needs: the tag of the version in Cargo.toml, notes in CHANGELOG.md with the day, a commit of main."""

import os
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


def step(name: str) -> str:
    """The shell of the step of release.yml whose name begins so."""
    steps = yaml.safe_load((ROOT / ".github/workflows/release.yml").read_text())["jobs"]["build"]["steps"]
    (script,) = [step["run"] for step in steps if step.get("name", "").startswith(name)]
    return str(script)


def first_step(root: Path, tag: str) -> tuple[int, str]:
    """Runs the step that compares the tag. Returns its status, and what it has printed or the notes."""
    notes = root.parent / "notes.md"
    variables = {"GITHUB_REF_NAME": tag, "RUNNER_TEMP": str(root.parent)}
    status, printed = run_shell(["bash", "-e"], step("Compare the tag"), root, variables)
    return status, notes.read_text() if status == 0 else printed


class Origin:
    """A checkout with a branch main of its origin, and a `gh` that knows the commits for which ci has passed."""

    def __init__(self, folder: Path) -> None:
        self.root, self.passed = folder / "checkout", folder / "passed"
        self.git("init", "--quiet", str(self.root))
        self.main = self.commit("on main")
        self.git("-C", str(self.root), "update-ref", "refs/remotes/origin/main", self.main)
        self.passed.write_text("")
        gh = folder / "bin/gh"
        gh.parent.mkdir()
        gh.write_text(f"""#!/bin/sh
[ "$4" = repos/owner/name/actions/workflows/ci.yml/runs ] || exit 4
for field; do
    case $field in head_sha=*) grep -cx "${{field#*=}}" {self.passed} || true ;; esac
done
""")
        gh.chmod(0o755)
        self.variables = {"GITHUB_REPOSITORY": "owner/name", "PATH": f"{gh.parent}:{os.environ['PATH']}"}

    def git(self, *arguments: str) -> str:
        done = subprocess.run(["git", *arguments], stdout=subprocess.PIPE, check=True)
        return done.stdout.decode().strip()

    def commit(self, message: str) -> str:
        author = ("-c", "user.name=A", "-c", "user.email=a@example.com")
        self.git("-C", str(self.root), *author, "commit", "--quiet", "--allow-empty", "-m", message)
        return self.git("-C", str(self.root), "rev-parse", "HEAD")

    def run(self) -> tuple[int, str]:
        return run_shell(["bash", "-e"], step("Refuse a commit"), self.root, self.variables)


def test_a_commit_of_main_that_has_passed_ci_is_released(tmp_path: Path) -> None:
    origin = Origin(tmp_path)
    status, printed = origin.run()
    assert (status, f"::error::ci has not passed for {origin.main} on main" in printed) == (1, True), printed
    origin.passed.write_text(f"{origin.main}\n")
    assert origin.run() == (0, "")


def test_a_commit_that_is_not_of_main_is_refused(tmp_path: Path) -> None:
    origin = Origin(tmp_path)
    commit = origin.commit("elsewhere")
    origin.passed.write_text(f"{commit}\n")
    status, printed = origin.run()
    assert (status, printed) == (1, f"::error::{commit} is no commit of main: push it there first.\n")


def test_a_service_without_an_answer_releases_nothing(tmp_path: Path) -> None:
    origin = Origin(tmp_path)
    origin.variables["GITHUB_REPOSITORY"] = "another/name"
    assert origin.run()[0] == 4


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
