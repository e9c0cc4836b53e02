"""What the component does on GitLab alone."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fakes import VERSION, Commit, Server
from on_gitlab import Gitlab
from test_triage import NEW, NO_COMPARISON, OLD, assert_failed, begun


@pytest.fixture
def gitlab(tmp_path: Path, server: Server) -> Iterator[Gitlab]:
    yield Gitlab(tmp_path, server)
    server.trouble, server.token = None, ("JOB-TOKEN", "secret")


@pytest.mark.parametrize("status", [500, 403])
def test_trouble_of_the_service_is_no_first_run(gitlab: Gitlab, server: Server, status: int) -> None:
    before = begun(gitlab)
    server.trouble = status
    # curl tries again, for a second and no longer.
    (gitlab.folder / ".curlrc").write_text("retry-max-time = 1\n")
    gitlab.variables = {"CURL_HOME": str(gitlab.folder)}
    for branch in ("feature", "main"):
        result = gitlab.run(branch, Commit(NEW))
        assert_failed(gitlab, result, 2, before)
        assert f"GitLab answers with status {status}." in result.log


def test_a_service_without_an_answer_is_no_first_run(gitlab: Gitlab) -> None:
    before = begun(gitlab)
    gitlab.variables = {"CI_API_V4_URL": "http://127.0.0.1:1/api/v4"}
    result = gitlab.run("main", Commit(NEW))
    assert not result.passed and result.status not in (0, 1) and gitlab.baseline == before, result.log
    assert NO_COMPARISON not in result.log


def test_an_image_without_bash_will_do(gitlab: Gitlab) -> None:
    gitlab.shell = ["sh", "-e"]
    before = begun(gitlab)
    assert_failed(gitlab, gitlab.run("feature", Commit(NEW)), 1, before)
    assert gitlab.run("feature", Commit(NEW, "-402\n")).passed


def test_a_token_of_the_project_is_taken_where_it_is_set(gitlab: Gitlab, server: Server) -> None:
    begun(gitlab)
    server.token = ("PRIVATE-TOKEN", "own")
    assert "GitLab answers with status 401." in gitlab.run("feature", Commit(OLD)).log
    gitlab.variables = {"IMSDK_ANNOTATE_TOKEN": "own"}
    result = gitlab.run("feature", Commit(OLD))
    assert result.passed and NO_COMPARISON not in result.log, result.log


def test_a_job_name_with_blanks_finds_its_report(tmp_path: Path, server: Server) -> None:
    gitlab = Gitlab(tmp_path, server, {"job-name": "return codes & more"})
    begun(gitlab)
    assert NO_COMPARISON not in gitlab.run("feature", Commit(OLD)).log


def test_the_reports_that_gitlab_shows_are_artifacts(gitlab: Gitlab) -> None:
    result = gitlab.run("feature", Commit(OLD))
    reports = {path.removeprefix("imsdk-triage/") for path in gitlab.job["artifacts"]["reports"].values()}
    assert reports == {"junit.xml", "gl-code-quality-report.json"} and reports < set(result.artifact)


def test_a_version_may_be_the_name_of_its_tag(tmp_path: Path, server: Server) -> None:
    begun(Gitlab(tmp_path, server, {"version": f"v{VERSION}"}))
