"""What the action does on GitHub alone."""

from pathlib import Path

import pytest
from conftest import workflow
from fakes import Commit, Server
from on_github import Github, evaluate
from test_triage import NEW, NO_COMPARISON, OLD, assert_failed, begun


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


def test_an_archive_whose_checksum_differs_is_not_installed(github: Github, server: Server) -> None:
    files = dict(server.files)
    try:
        for path in [path for path in files if path.endswith(".tar.gz")]:
            server.files[path] = files[path] + b"\0"
        result = github.run("main", Commit(OLD))
    finally:
        server.files = files
    assert (result.passed, result.status, github.cache) == (False, None, []), result.log


def test_expressions_mean_what_they_mean_on_github() -> None:
    contexts = {"steps": {"a": {"outputs": {"b-c": "true"}}}, "succeeded": False}
    assert evaluate("!cancelled() && steps.a.outputs.b-c == 'true'", contexts) is True
    assert evaluate("steps.b.outputs.c != ''", contexts) is False
    assert evaluate("success()", contexts) is False
