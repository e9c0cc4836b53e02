"""What the action does on GitHub alone."""

import hashlib
import os
import re
import shutil
from pathlib import Path

import pytest
from conftest import workflow
from fakes import ROOT, VERSION, Commit, Server
from on_github import Github, evaluate
from test_triage import NEW, NO_COMPARISON, OLD, assert_failed, begun

NOT_VERIFIED = "Only the checksum of the program is verified, and not which workflow has built it"


@pytest.fixture
def github(tmp_path: Path, server: Server) -> Github:
    return Github(tmp_path, server, workflow())


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run", "issue_comment"])
def test_a_strangers_log_under_the_name_of_the_main_branch_is_no_baseline(github: Github, event: str) -> None:
    before = begun(github)
    result = github.run("main", Commit(r"echo ret=-204; echo ret=0"), event)
    assert result.passed and github.baseline == before, result.log


@pytest.mark.parametrize("event", ["schedule", "workflow_dispatch"])
def test_runs_of_the_main_branch_that_nobody_has_pushed_are_baselines(github: Github, event: str) -> None:
    result = github.run("main", Commit(OLD), event)
    assert result.passed and github.baseline is not None, result.log
    assert f"::warning::{NO_COMPARISON}" in result.log, "the branch is not named"
    # Each compares with the run before.
    assert_failed(github, github.run("main", Commit(NEW), event), 1, github.baseline)


def test_jobs_of_other_names_have_baselines_of_their_own(tmp_path: Path, server: Server) -> None:
    first = Github(tmp_path, server, workflow(), {"name": "linux"})
    begun(first)
    # A name that begins with the other one.
    second = Github(tmp_path / "second", server, workflow(), {"name": "linux-2"})
    second.cache = first.cache
    assert NO_COMPARISON in second.run("main", Commit(OLD)).log
    assert [entry[1].split(":")[:3] for entry in first.cache] == [
        ["imsdk-annotate", "Tests__nightly", "linux"],
        ["imsdk-annotate", "Tests__nightly", "linux-2"],
    ]


@pytest.mark.parametrize("name", ["", "..", "a/b", "a b", "-x", "a:b"])
def test_names_that_are_no_parts_of_a_path_or_key_are_refused(tmp_path: Path, server: Server, name: str) -> None:
    github = Github(tmp_path, server, workflow(), {"name": name})
    result = github.run("main", Commit(OLD))
    assert (result.passed, result.status, github.cache) == (False, None, [])
    assert "::error::The input name has characters that it may not" in result.log


def test_annotations_and_the_summary_are_written(github: Github) -> None:
    result = github.run("feature", Commit(OLD))
    assert "::error file=server.log,line=2,title=iMSDK -204 (auth)::user session is failure!" in result.log
    assert f"::warning::{NO_COMPARISON}" in result.log
    assert "user session is failure!" in result.summary


def test_commands_in_the_log_reach_no_output_of_a_step(github: Github) -> None:
    begun(github)
    result = github.run("feature", Commit("echo 'ret=-402'; echo '::error::harm ret=-402'; echo '::stop-commands::x'"))
    lines = result.log.splitlines()
    assert b"\n2:::error::harm ret=-402" in result.artifact["errors.log"]
    assert not [line for line in lines if line.startswith(("::error::harm", "::stop-commands"))], result.log


@pytest.fixture
def verifying(tmp_path: Path, server: Server) -> Github:
    """GitHub with releases of the project itself: curl asks the server, and gh knows the archives that it has now."""
    tools = tmp_path / "tools"
    tools.mkdir()
    known = [hashlib.sha256(content).hexdigest() for path, content in server.files.items() if path.endswith(".tar.gz")]
    (tools / "gh").write_text(f"""#!/bin/sh
case "$*" in
"attestation verify --help") ;;
"attestation verify "*" --repo imsdk-annotate/imsdk-annotate --signer-workflow "*/.github/workflows/release.yml)
    [ "$GH_TOKEN" = secret ] && sum=$(sha256sum < "$3") && case " {" ".join(known)} " in *" ${{sum%% *}} "*) exit ;; esac
    echo "gh: no attestation"
    exit 1
    ;;
*) exit 2 ;;
esac
""")
    (address,) = re.findall(r"^REPOSITORY=(.+)$", (ROOT / "packaging/release.env").read_text(), re.M)
    (tools / "curl").write_text(f"""#!/bin/bash
from={address}/releases/download to={server.url}/releases
exec {shutil.which("curl")} "${{@/#"$from"/$to}}"
""")
    for tool in tools.iterdir():
        tool.chmod(0o755)
    github = Github(tmp_path, server, workflow(), {"base-url": "", "version": f"v{VERSION}"})
    github.runner = {"PATH": f"{tools}:{os.environ['PATH']}"}
    return github


def test_the_program_is_installed_where_it_is_attested(verifying: Github) -> None:
    result = verifying.run("main", Commit(OLD))
    assert result.passed and NOT_VERIFIED not in result.log, result.log


def test_a_program_that_is_not_attested_is_not_installed(verifying: Github, server: Server) -> None:
    with server.damaged(".tar.gz"):
        result = verifying.run("main", Commit(OLD))
    assert (result.passed, result.status, verifying.cache) == (False, None, []), result.log
    assert "gh: no attestation" in result.log


def test_a_program_that_cannot_be_verified_is_said(verifying: Github) -> None:
    verifying.runner["GITHUB_SERVER_URL"] = "https://github.example"
    result = verifying.run("main", Commit(OLD))
    assert result.passed and f"{NOT_VERIFIED}: this is a GitHub of your own." in result.log, result.log
    verifying.runner.pop("GITHUB_SERVER_URL")
    (verifying.folder / "tools/gh").write_text("#!/bin/sh\nexit 1\n")
    result = verifying.run("main", Commit(OLD))
    assert result.passed and f"{NOT_VERIFIED}: gh is not installed" in result.log, result.log


def test_a_mirror_is_said_not_to_be_verified(github: Github) -> None:
    result = github.run("main", Commit(OLD))
    assert result.passed and f"{NOT_VERIFIED}: base-url names a mirror." in result.log, result.log


def test_expressions_mean_what_they_mean_on_github() -> None:
    contexts = {"steps": {"a": {"outputs": {"b-c": "true"}}}, "succeeded": False}
    assert evaluate("!cancelled() && steps.a.outputs.b-c == 'true'", contexts) is True
    assert evaluate("steps.b.outputs.c != ''", contexts) is False
    assert evaluate("success()", contexts) is False
