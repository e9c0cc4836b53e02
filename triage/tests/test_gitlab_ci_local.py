"""The component in gitlab-ci-local, which reads and runs pipelines as GitLab does, where it is installed."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from fakes import ROOT, VERSION, Commit, Server, check_out, files_of
from test_triage import DAMAGED, NEW, NO_COMPARISON, OLD


def pipeline_file(server: Server) -> str:
    """The pipeline of docs/ci.md, with the template and the releases of this machine."""
    text = (
        (ROOT / "docs/ci.md").read_text().split("A whole `.gitlab-ci.yml` with it:\n\n```yaml\n", 1)[1].split("```\n", 1)[0]
    )
    component = f"component: $CI_SERVER_FQDN/imsdk-annotate/imsdk-annotate/triage@{VERSION}\n"
    assert component in text and "{ log: server.log }" in text
    text = text.replace(component, "local: triage.yml\n")
    return text.replace("{ log: server.log }", f"{{ log: server.log, base-url: '{server.url}/releases' }}")


def pipeline(folder: Path, server: Server, commit: Commit, branch: str = "main") -> tuple[int, str, dict[str, bytes]]:
    """Runs the pipeline of a new repository. Returns its status, what it has printed, and the artifacts of the triage."""
    check_out(folder, commit)
    (folder / ".gitlab-ci.yml").write_text(pipeline_file(server))
    shutil.copy(ROOT / "templates/triage.yml", folder)
    git = ["git", "-c", "user.name=test", "-c", "user.email=test@example.org", "-c", f"init.defaultBranch={branch}"]
    for arguments in (["init", "-q"], ["remote", "add", "origin", "git@gitlab.test:group/project.git"], ["add", "."]):
        subprocess.run([*git, *arguments], cwd=folder, check=True)
    subprocess.run([*git, "commit", "-q", "-m", "a commit"], cwd=folder, check=True)
    # Images are not used: jobs run in the shell of this machine.
    command = [os.environ["GITLAB_CI_LOCAL"], "--force-shell-executor", "--no-color"]
    for name, value in {
        "CI_API_V4_URL": f"{server.url}/api/v4",
        "CI_PROJECT_ID": "42",
        "CI_JOB_TOKEN": "secret",
        "CI_DEFAULT_BRANCH": "main",
    }.items():
        command += ["--variable", f"{name}={value}"]
    done = subprocess.run(
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder.parent), "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        timeout=120,
        check=False,
    )
    reports = folder / ".gitlab-ci-local/artifacts/imsdk-annotate/imsdk-triage"
    return done.returncode, done.stdout.decode(), files_of(reports)


@pytest.mark.skipif(
    not os.environ.get("GITLAB_CI_LOCAL"), reason="gitlab-ci-local is not installed: it needs npm and node 18"
)
def test_the_component_runs_through_all_cases(tmp_path: Path, server: Server) -> None:
    server.artifacts.clear()
    key = ("main", "imsdk-annotate", "imsdk-triage/report.json")
    status, log, reports = pipeline(tmp_path / "first", server, Commit(OLD))
    assert status == 0 and NO_COMPARISON in log, log
    report = reports["report.json"]
    old_version = report.replace(b'"version": 1', b'"version": 0')
    of_version = "is a report of version 0"
    for name, baseline, commit, branch, passes, said in (
        ("clean", report, Commit(OLD), "main", True, "same 1 (1)"),
        ("new", report, Commit(NEW), "feature", False, "--fail-on new,!success,!action: 1 field (-402: 1)"),
        ("accepted", report, Commit(NEW, "-402 # known\n"), "feature", True, "-402"),
        ("tests", report, Commit(OLD + "; exit 1"), "main", False, "user session is failure!"),
        ("damaged", report, Commit(DAMAGED), "main", False, "not decided"),
        ("old", old_version, Commit(OLD), "feature", False, of_version),
        ("old-main", old_version, Commit(OLD), "main", True, of_version),
    ):
        server.artifacts[key] = baseline
        status, log, reports = pipeline(tmp_path / name, server, commit, branch)
        assert (status == 0) == passes, f"{name}: {log}"
        assert said in log, f"{name}: {log}"
        # A run of a branch that cannot read its baseline ends before it has read the log.
        assert ("report.html" in reports) == (name != "old"), f"{name}: {log}"
