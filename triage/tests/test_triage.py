"""All that a job meets, on GitHub, GitLab and Jenkins: first runs, new and accepted codes, failed tests, trouble."""

import pytest
from conftest import Make, Service
from fakes import Commit, Result, Server
from on_github import Github
from on_gitlab import Gitlab
from on_jenkins import Jenkins

OLD = r"printf 'ok\nret=-204\n'"
NEW = r"printf 'ok\nret=-204\nret=-402 x\n'"
# The beginning of a gzip file that is cut off.
DAMAGED = r"printf '\037\213\010\000\000\000\000\000\000\003\113'"
# Files that each service downloads, by the ends of their names.
DOWNLOADED = {Github: {".tar.gz"}, Gitlab: {".tar.gz", "install.sh"}, Jenkins: {".tar.gz", "install.sh", "triage.sh"}}
NO_COMPARISON = "There is no report of main to compare with, so that no code counts as new."


def begun(service: Service) -> bytes:
    """Lets the main branch pass once, with OLD as its log. Returns the baseline."""
    result = service.run("main", Commit(OLD))
    assert result.passed, result.log
    assert service.baseline is not None
    return service.baseline


def assert_failed(service: Service, result: Result, status: int, before: bytes) -> None:
    assert (result.passed, result.status) == (False, status), result.log
    assert service.baseline == before, "a run that has failed is the baseline"


def test_the_first_run_passes_and_says_that_it_compares_with_nothing(make: Make) -> None:
    service = make()
    result = service.run("feature", Commit(NEW))
    assert result.passed and NO_COMPARISON in result.log, result.log
    assert result.changes == {-204: None, -402: None}
    assert service.baseline is None, "a branch makes a baseline for others"

    result = service.run("main", Commit(OLD))
    assert result.passed and NO_COMPARISON in result.log, result.log
    assert service.baseline == result.artifact["report.json"]


def test_a_clean_run_passes_and_is_the_next_baseline_on_the_main_branch_alone(make: Make) -> None:
    service = make()
    before = begun(service)
    fewer = Commit(r"printf 'ok\nret=-204\nret=0\n'")
    result = service.run("feature", fewer)
    assert result.passed and NO_COMPARISON not in result.log, result.log
    assert result.changes[-204] == "same"
    assert service.baseline == before
    assert {"errors.log", "report.html", "report.json"} <= set(result.artifact)
    assert b"<!DOCTYPE html>" in result.artifact["report.html"][:200]

    assert service.run("main", fewer).passed
    assert service.baseline != before


def test_a_new_code_fails_until_it_is_accepted(make: Make) -> None:
    service = make()
    before = begun(service)
    # It fails on the main branch as well, and does not become the baseline by that.
    for branch in ("feature", "main", "main"):
        result = service.run(branch, Commit(NEW))
        assert_failed(service, result, 1, before)
        assert "--fail-on new,!success,!action: 1 field (-402: 1)" in result.log
        assert result.changes[-402] == "new"
        assert "get FriendList is failure!" in result.summary
        assert b"ret=-402 (friend: get FriendList is failure!) x" in result.artifact["errors.log"]
        # The lines of the log are in no output that the service acts on.
        assert "ret=-402 (friend" not in result.log
    accepted = Commit(NEW, "-402 # known\n")
    result = service.run("feature", accepted)
    assert result.passed and service.baseline == before, result.log
    assert result.report["accepted"][0]["reason"] == "known"
    assert service.run("main", accepted).passed
    assert b'"code": -402' in service.baseline


def test_a_code_in_no_catalog_is_new_too(make: Make) -> None:
    service = make()
    before = begun(service)
    result = service.run("feature", Commit(OLD + r"; printf 'iret=-31337\n'"))
    assert_failed(service, result, 1, before)
    assert "(-31337: 1)" in result.log and b"iret=-31337" in result.artifact["errors.log"]


def test_failed_tests_fail_the_job_and_are_no_baseline(make: Make) -> None:
    service = make()
    # Not in the first run either.
    result = service.run("main", Commit(OLD + "; exit 1"))
    assert (result.passed, result.status, service.baseline) == (False, 0, None), result.log
    before = begun(service)
    for branch in ("feature", "main"):
        # Fewer codes than before, because the tests ended early: no code is new, and the report is made all the same.
        result = service.run(branch, Commit("echo ret=-204 ret=-204; exit 1"))
        assert_failed(service, result, 0, before)
        assert result.changes == {-204: "more"}
        assert "imsdk-annotate: --" not in result.log
    result = service.run("main", Commit(NEW + "; exit 1"))
    assert_failed(service, result, 1, before)
    assert "--fail-on new" in result.log


@pytest.mark.parametrize(
    ("tests", "said"),
    [(DAMAGED, "server.log: gzip data"), ("rm server.log", "server.log: no such file")],
    ids=["damaged", "missing"],
)
def test_a_log_that_cannot_be_read_is_red_and_not_decided(make: Make, tests: str, said: str) -> None:
    service = make()
    result = service.run("main", Commit(tests))
    assert result.status in (2, 3) and not result.passed and said in result.log, result.log
    assert service.baseline is None
    before = begun(service)
    for branch in ("feature", "main"):
        result = service.run(branch, Commit(tests))
        assert_failed(service, result, result.status or 0, before)
        assert result.status in (2, 3)
        if tests == DAMAGED:
            assert "not decided" in result.log and result.report["complete"] is False
            assert "not all could be read" in result.summary and "passed" not in result.summary


def test_a_log_without_codes_fails(make: Make) -> None:
    service = make()
    for tests in (":", "echo nothing of note"):
        result = service.run("main", Commit(tests))
        assert (result.status, service.baseline) == (1, None), result.log
        assert "--expect any: 0 fields" in result.log
    before = begun(service)
    assert_failed(service, service.run("main", Commit(":")), 1, before)


def test_a_baseline_that_cannot_be_read_fails_branches_and_is_made_anew_by_the_main_branch(make: Make) -> None:
    service = make()
    before = begun(service)
    older = before.replace(b'"version": 1', b'"version": 0')
    assert older != before
    of_version = "is a report of version 0, from an older version of this program"
    for text, said in ((older, of_version), (before[: len(before) // 2], "is a damaged report: EOF")):
        service.baseline = text
        result = service.run("feature", Commit(OLD))
        assert_failed(service, result, 2, text)
        assert said in result.log and "make it anew" in result.log, result.log
        # A run of the main branch that fails makes none.
        result = service.run("main", Commit(OLD + "; exit 1"))
        assert not result.passed and service.baseline == text, result.log

        result = service.run("main", Commit(NEW))
        assert result.passed and said in result.log and NO_COMPARISON in result.log, result.log
        assert service.baseline == result.artifact["report.json"]
        result = service.run("feature", Commit(NEW))
        assert result.passed and NO_COMPARISON not in result.log, result.log


def test_a_list_of_accepted_codes_that_is_named_and_missing_fails(make: Make) -> None:
    result = make(accept="known.txt").run("main", Commit(OLD))
    assert (result.passed, result.status) == (False, 2), result.log
    assert "--accept known.txt: no such file" in result.log


def test_checks_that_need_no_baseline_count_in_the_first_run(make: Make) -> None:
    service = make(fail_on="error>0 new !success,new@users>1 error>+20%", options="--users openid --strict")
    result = service.run("main", Commit(OLD))
    assert (result.status, service.baseline) == (1, None), result.log
    assert "--fail-on error>0: 1 field" in result.log and "growth" not in result.log


def test_checks_and_options_are_those_of_the_program(make: Make) -> None:
    service = make(fail_on="error:+20% unknown", expect="any error>0", options="--users openid --top 1", log="*.log logs")
    tests = r"mkdir -p logs; printf 'ret=-402 openid=7\n' > logs/a.txt; echo ret=-204 > b.log; echo ret=2"
    before = service.run("main", Commit(tests)).artifact["report.json"]
    assert service.baseline == before
    result = service.run("feature", Commit(tests))
    assert result.passed, result.log
    assert result.changes == {-204: "same", -402: "same", 2: "same"}
    assert result.report["users"]["keys"] == ["openid"], result.report["users"]
    result = service.run("feature", Commit(f"{tests}; echo ret=-204"))
    assert_failed(service, result, 1, before)
    assert "--fail-on error:+20%" in result.log


def test_an_option_that_is_none_is_trouble(make: Make) -> None:
    result = make(options="--user openid").run("main", Commit(OLD))
    assert (result.passed, result.status) == (False, 2) and "'--user'" in result.log, result.log


def test_a_log_that_is_not_named_is_trouble(make: Make) -> None:
    result = make(log=" ").run("main", Commit(OLD))
    assert (result.passed, result.status) == (False, 2), result.log
    assert "The log is not named" in result.log


def test_a_pull_request_compares_and_makes_no_baseline(make: Make) -> None:
    service = make()
    before = begun(service)
    result = service.run("main", Commit(r"echo ret=-204; echo ret=0"), "pull_request")
    assert result.passed and NO_COMPARISON not in result.log and service.baseline == before, result.log
    assert_failed(service, service.run("main", Commit(NEW), "pull_request"), 1, before)


def test_a_release_that_is_not_there_is_red(make: Make) -> None:
    service = make(version="9.9.9")
    result = service.run("main", Commit(OLD))
    assert (result.passed, service.baseline) == (False, None), result.log
    assert "404" in result.log and result.artifact == {}, result.log


@pytest.mark.parametrize("end", [".tar.gz", "install.sh", "triage.sh"])
def test_a_release_that_is_damaged_is_red(make: Make, server: Server, end: str) -> None:
    service = make()
    before = begun(service)
    with server.damaged(end):
        result = service.run("main", Commit(OLD))
    # Some services have the scripts of the action or of the component, and download none.
    if end in DOWNLOADED[type(service)]:
        assert (result.passed, service.baseline, result.artifact) == (False, before, {}), result.log
        said = "the checksum of imsdk-annotate-" if end == ".tar.gz" else f"{end}: FAILED"
        assert said in result.log, result.log
    else:
        assert result.passed, result.log
