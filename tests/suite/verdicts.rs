//! Verdicts of checks: what is expected and not there fails, and where input is missing, nothing passes that could still fail.

use crate::checks::{LOG, outcome};
use crate::command::{binary, output_of};
use std::fs;

#[test]
fn what_is_expected_and_not_there_fails() {
    for (check, status) in
        [("any", 0), ("error>2", 0), ("error>3", 1), ("friend", 1), ("unknown>0", 0), ("any>6", 1)]
    {
        let (actual, said) = outcome(&["-q", "--expect", check], LOG);
        assert_eq!(actual, Some(status), "{check}: {said}");
        assert!(
            said.is_empty() && status == 0
                || said.starts_with(&format!("imsdk-annotate: --expect {check}: ")),
            "{said}"
        );
    }
    // An empty log passes each check but those that expect something.
    let (status, said) = outcome(&["-q", "--fail-on=error", "--expect=any", "--report=text"], b"");
    assert_eq!(status, Some(1));
    assert_eq!(
        said,
        "0 fields with known codes in 0 lines of 1 input\n\
         passed: --fail-on error, 0 fields\n\
         failed: --expect any, 0 fields\n\
         imsdk-annotate: --expect any: 0 fields\n"
    );
    // The codes that are expected are not those that are to blame.
    let (_, said) =
        outcome(&["-q", "--expect=error>9", "--report=json", "--report=junit", "--report=github"], LOG);
    assert!(said.contains("\"expect\": [\n    {\n      \"select\": \"error>9\""), "{said}");
    assert!(
        said.contains("failures=\"1\"") && said.contains("<testcase name=\"--expect error&gt;9\""),
        "{said}"
    );
    assert!(
        said.contains("::error title=iMSDK: check failed::--expect error>9: 3 fields (-204: 2, -705: 1)"),
        "{said}"
    );
}

/// Each format shows an input that could not be read, and no input at all, and no check passes there.
#[test]
fn trouble_is_green_in_no_report() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), LOG).unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let checks = ["--fail-on=friend", "--fail-on=error>2", "--expect=friend", "--expect=error"];
    for (inputs, why, outcomes) in [
        (
            &["a.log", "nosuch"][..],
            "not all could be read: see the messages",
            ["not decided", "failed", "not decided", "passed"],
        ),
        (&["empty"][..], "there was no input", ["not decided"; 4]),
    ] {
        let said = |format: &str| {
            let mut command = binary();
            command.current_dir(&folder).args(["-q", "--report", format]).args(checks).args(inputs);
            let output = output_of(&mut command, b"");
            assert_eq!(output.status.code(), Some(3), "{inputs:?}");
            String::from_utf8(output.stderr).unwrap()
        };
        let count = |text: &str, part: &str| text.matches(part).count();
        let undecided = outcomes.iter().filter(|outcome| **outcome == "not decided").count();

        let text = said("text");
        assert!(text.contains(why), "{text}");
        let markdown = said("markdown");
        assert!(markdown.contains(&format!("**Note:** {why}.")), "{markdown}");
        assert_eq!(count(&markdown, "❔ not decided"), undecided, "{markdown}");
        for (check, outcome) in checks.iter().zip(outcomes) {
            let check = check.replace('=', " ");
            assert!(text.contains(&format!("\n{outcome}: {check}, ")), "{text}");
        }
        let json: serde_json::Value = {
            let said = said("json");
            let end = said.rfind("\n}\n").unwrap() + 3;
            serde_json::from_str(&said[said.find("{\n").unwrap()..end]).unwrap()
        };
        let verdicts = json["fail_on"].as_array().unwrap().iter().chain(json["expect"].as_array().unwrap());
        let verdicts: Vec<_> = verdicts.map(|check| check["verdict"].as_str().unwrap()).collect();
        assert_eq!(verdicts, outcomes.map(|outcome| outcome.replace("not decided", "undecided")));

        let junit = said("junit");
        assert!(junit.contains(&format!("errors=\"{}\"", undecided + 1)), "{junit}");
        assert!(junit.contains(&format!("<error message=\"{why}\"")), "{junit}");
        let github = said("github");
        assert!(github.contains(&format!("::error title=iMSDK::{why}\n")), "{github}");
        assert_eq!(count(&github, "::error title=iMSDK: check not decided::"), undecided.min(4), "{github}");

        // The formats for CI services have an entry for the inputs and one for each check that has not passed.
        let not_passed = outcomes.iter().filter(|outcome| **outcome != "passed").count();
        for (format, ending, failed, checks) in [
            ("jenkins", format!("\"message\": \"{why}\""), "\"severity\": \"ERROR\"", "\"type\": \"check\""),
            ("gitlab", format!("\"description\": \"{why}\""), "\"blocker\"", "\"imsdk check\""),
            ("azure", format!("type=error;]iMSDK {why}\n"), "type=error;]iMSDK", "iMSDK --"),
            ("teamcity", format!("description='iMSDK {why}']\n"), "[buildProblem", "iMSDK --"),
        ] {
            let report = said(format);
            assert!(report.contains(&ending), "{report}");
            assert_eq!(count(&report, checks), not_passed, "{report}");
            assert!(count(&report, failed) > not_passed, "{report}");
            assert_eq!(count(&report, "not decided, "), 2 * undecided, "{report}");
        }
    }
}
