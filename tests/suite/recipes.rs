//! The recipes for CI services in `docs/ci.md`: each is run through bash with a fake of its service, through all that a job meets.

use crate::ci_services::{Commit, Github, Gitlab, JobResult, Service};
use crate::yaml;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Command;

const OLD: &str = "ok\\nret=-204\\n";
const NEW: &str = "ok\\nret=-204\\nret=-402 x\\n";
/// The beginning of a gzip file that is cut off.
const DAMAGED: &str = "\\037\\213\\010\\000\\000\\000\\000\\000\\000\\003\\113";
const NO_COMPARISON: &str = "There is no report of main to compare with, so that no code counts as new.";

/// Returns the YAML of a recipe: the first block behind the name of its file.
fn recipe(file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/ci.md");
    let text = fs::read_to_string(path).unwrap();
    let (_, text) = text.split_once(&format!("`{file}`:\n\n```yaml\n")).unwrap();
    yaml::parse(text.split_once("\n```\n").unwrap().0)
}

/// Returns both services, or none where bash is missing.
fn services() -> Option<(Github, Gitlab)> {
    if Command::new("bash").arg("-c").arg("true").status().is_err() {
        println!("skipped: there is no bash");
        return None;
    }
    Some((Github::new(recipe(".github/workflows/test.yml")), Gitlab::new(recipe(".gitlab-ci.yml"))))
}

/// Calls a test with each service.
fn with_each(test: impl Fn(&str, &mut dyn Service)) {
    if let Some((mut github, mut gitlab)) = services() {
        test("github", &mut github);
        test("gitlab", &mut gitlab);
    }
}

/// Returns a commit whose tests print a text, and end with a status.
fn commit(log: &str, status: u8) -> Commit {
    Commit { tests: format!("#!/bin/sh\nprintf '{log}'\nexit {status}\n"), accepted: String::new() }
}

/// Returns a service whose main branch has passed once, with [`OLD`] as its log.
fn begun(service: &mut dyn Service) -> String {
    let result = service.run("main", &commit(OLD, 0));
    assert!(result.passed, "{}", result.log);
    baseline(service)
}

fn baseline(service: &dyn Service) -> String {
    fs::read_to_string(service.baseline().unwrap()).unwrap()
}

/// Returns the codes of a report, with their changes.
fn changes(result: &JobResult) -> Vec<(i64, Option<String>)> {
    let codes = result.report.as_ref().unwrap()["codes"].as_array().unwrap().iter();
    let change = |code: &Value| code["baseline"]["change"].as_str().map(str::to_owned);
    codes.map(|code| (code["code"].as_i64().unwrap(), change(code))).collect()
}

/// Checks that a job has failed and that the baseline is as it was.
fn assert_failed(name: &str, service: &dyn Service, result: &JobResult, before: &str) {
    assert!(!result.passed, "{name}: {}", result.log);
    assert_eq!(baseline(service), before, "{name}: {}", result.log);
}

#[test]
fn the_first_run_passes_and_says_that_it_compares_with_nothing() {
    with_each(|name, service| {
        let result = service.run("feature", &commit(NEW, 0));
        assert!(result.passed && result.log.contains(NO_COMPARISON), "{name}: {}", result.log);
        assert_eq!(changes(&result), [(-204, None), (-402, None)], "{name}");
        // A branch makes no baseline for others.
        assert_eq!(service.baseline(), None, "{name}");

        let result = service.run("main", &commit(OLD, 0));
        assert!(result.passed && result.log.contains(NO_COMPARISON), "{name}: {}", result.log);
        assert_eq!(baseline(service), result.report_text, "{name}");
    });
}

#[test]
fn a_clean_run_passes_and_is_the_next_baseline_on_the_main_branch_alone() {
    with_each(|name, service| {
        let before = begun(service);
        let fewer = commit("ok\\nret=-204\\nret=0\\n", 0);
        let result = service.run("feature", &fewer);
        assert!(result.passed && !result.log.contains(NO_COMPARISON), "{name}: {}", result.log);
        assert_eq!(changes(&result)[0], (-204, Some("same".to_owned())), "{name}");
        assert_eq!(baseline(service), before, "{name}");

        assert!(service.run("main", &fewer).passed, "{name}");
        assert_ne!(baseline(service), before, "{name}");
    });
}

#[test]
fn a_new_code_fails_until_it_is_accepted() {
    with_each(|name, service| {
        let before = begun(service);
        // It fails on the main branch as well, and does not become the baseline by that.
        for branch in ["feature", "main", "main"] {
            let result = service.run(branch, &commit(NEW, 0));
            assert_failed(name, service, &result, &before);
            let failed = "--fail-on new,!success,!action: 1 field (-402: 1)";
            assert!(result.log.contains(failed), "{name}: {}", result.log);
            assert_eq!(changes(&result)[0], (-402, Some("new".to_owned())), "{name}");
            let summary = result.summary;
            let leads = summary.find("-402").unwrap() < summary.find("-204").unwrap_or(usize::MAX);
            assert!(leads && summary.contains("get FriendList is failure!"), "{name}: {summary}");
        }
        let accepted = Commit { accepted: "-402 # known\n".to_owned(), ..commit(NEW, 0) };
        let result = service.run("feature", &accepted);
        assert!(result.passed, "{name}: {}", result.log);
        assert_eq!(baseline(service), before, "{name}");
        assert_eq!(result.report.unwrap()["accepted"][0]["reason"], "known", "{name}");

        assert!(service.run("main", &accepted).passed, "{name}");
        assert!(baseline(service).contains("\"code\": -402"), "{name}");
    });
}

#[test]
fn failed_tests_fail_the_job_and_are_no_baseline() {
    with_each(|name, service| {
        let before = begun(service);
        // Fewer codes than before, because the tests ended early.
        for branch in ["feature", "main"] {
            let result = service.run(branch, &commit("ret=-204 ret=-204\\n", 1));
            assert_failed(name, service, &result, &before);
            // The report is made all the same.
            assert_eq!(changes(&result), [(-204, Some("more".to_owned()))], "{name}");
            assert!(!result.log.contains("imsdk-annotate: "), "{name}: {}", result.log);
        }
        // Tests and codes.
        let result = service.run("main", &commit(NEW, 1));
        assert_failed(name, service, &result, &before);
        assert!(result.log.contains("--fail-on new"), "{name}: {}", result.log);
    });
}

#[test]
fn failed_tests_of_the_first_run_are_no_baseline() {
    with_each(|name, service| {
        let result = service.run("main", &commit(OLD, 1));
        assert!(!result.passed, "{name}: {}", result.log);
        assert_eq!(service.baseline(), None, "{name}");
    });
}

#[test]
fn a_log_that_cannot_be_read_is_red_and_shown_as_not_decided() {
    with_each(|name, service| {
        let missing = Commit { tests: "#!/bin/sh\nrm server.log\n".to_owned(), ..Commit::default() };
        for (tests, said) in
            [(commit(DAMAGED, 0), "server.log: gzip data"), (missing, "server.log: no such file")]
        {
            let result = service.run("main", &tests);
            assert!(!result.passed && result.log.contains(said), "{name}: {}", result.log);
            assert_eq!(service.baseline(), None, "{name}");
        }
        let before = begun(service);
        for branch in ["feature", "main"] {
            let result = service.run(branch, &commit(DAMAGED, 0));
            assert_failed(name, service, &result, &before);
            assert!(result.log.contains("not decided"), "{name}: {}", result.log);
            assert_eq!(result.report.unwrap()["complete"], false, "{name}");
            assert!(result.summary.contains("not all could be read"), "{name}: {}", result.summary);
            assert!(!result.summary.contains("passed"), "{name}: {}", result.summary);
        }
    });
}

#[test]
fn a_log_without_codes_fails() {
    with_each(|name, service| {
        for log in ["", "nothing of note\\n"] {
            let result = service.run("main", &commit(log, 0));
            assert!(
                !result.passed && result.log.contains("--expect any: 0 fields"),
                "{name}: {}",
                result.log
            );
            assert_eq!(service.baseline(), None, "{name}");
        }
        let before = begun(service);
        for branch in ["feature", "main"] {
            let result = service.run(branch, &commit("", 0));
            assert_failed(name, service, &result, &before);
            assert!(result.log.contains("--expect any: 0 fields"), "{name}: {}", result.log);
        }
    });
}

#[test]
fn a_baseline_that_cannot_be_read_fails_branches_and_is_made_anew_by_the_main_branch() {
    with_each(|name, service| {
        let before = begun(service);
        let older = before.replace("\"version\": 1", "\"version\": 0");
        let of_version = "baseline.json: is a report of version 0, from an older version of this program";
        let cut = &before[..before.len() / 2];
        for (text, said) in [(&older[..], of_version), (cut, "baseline.json: is a damaged report: EOF")] {
            fs::write(service.baseline().unwrap(), text).unwrap();
            let result = service.run("feature", &commit(OLD, 0));
            assert_failed(name, service, &result, text);
            assert!(result.log.contains(&format!("--baseline {said}")), "{name}: {}", result.log);
            assert!(result.log.contains("make it anew"), "{name}: {}", result.log);

            // A main branch that fails makes none.
            let result = service.run("main", &commit(OLD, 1));
            assert_failed(name, service, &result, text);

            let result = service.run("main", &commit(NEW, 0));
            assert!(result.passed, "{name}: {}", result.log);
            assert!(
                result.log.contains(said) && result.log.contains(NO_COMPARISON),
                "{name}: {}",
                result.log
            );
            assert_eq!(baseline(service), result.report_text, "{name}");
            let result = service.run("feature", &commit(NEW, 0));
            assert!(result.passed && !result.log.contains(NO_COMPARISON), "{name}: {}", result.log);
        }
    });
}

#[test]
fn without_a_list_of_accepted_codes_the_job_says_so() {
    with_each(|name, service| {
        let before = begun(service);
        let tests = commit(OLD, 0).tests.replace("printf", "rm accepted.txt\nprintf");
        let result = service.run("main", &Commit { tests, ..Commit::default() });
        assert_failed(name, service, &result, &before);
        assert!(result.log.contains("--accept accepted.txt: no such file"), "{name}: {}", result.log);
    });
}

/// No answer, or one that is neither the report nor that there is none, does not count as a first run.
#[test]
fn trouble_of_gitlab_is_red() {
    let Some((_, mut gitlab)) = services() else { return };
    let before = begun(&mut gitlab);
    for (trouble, said) in [
        (
            500,
            "--baseline baseline.json: is no JSON report: it begins with \"{\\\"message\\\":\\\"500 Internal Server Erro",
        ),
        (403, "--baseline baseline.json: is no JSON report"),
        (0, "Could not resolve host"),
    ] {
        gitlab.trouble = Some(trouble);
        for branch in ["feature", "main"] {
            let result = gitlab.run(branch, &commit(NEW, 0));
            assert_failed("gitlab", &gitlab, &result, &before);
            assert!(result.log.contains(said), "{trouble}: {}", result.log);
        }
    }
}
