//! Entries of the reports for CI services: one for each code, in the order of the text report, at a level that follows from
//! its meaning, the checks and what was there before.

use crate::command::{binary, output_of};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const LOG: &str = "ret=-204\nret=5\niret=-9999\nret=1\n";

/// Returns the report of a run, and its status.
fn run(folder: &Path, format: &str, args: &[&str]) -> (String, Option<i32>) {
    let mut command = binary();
    command.current_dir(folder).args(["-q", &format!("--report={format}=-")]).args(args);
    let output = output_of(&mut command, b"");
    (String::from_utf8(output.stdout).unwrap(), output.status.code())
}

fn report(folder: &Path, format: &str, args: &[&str]) -> String {
    run(folder, format, args).0
}

/// Returns the values of a member of each issue.
fn members(issues: &Value, name: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    issues.as_array().unwrap().iter().map(|issue| text(&issue[name])).collect()
}

/// Returns the code and the level of each entry about a code, in each format.
fn levels(folder: &Path, args: &[&str]) -> [Vec<(String, String)>; 4] {
    let json = |format| serde_json::from_str::<Value>(&report(folder, format, args)).unwrap();
    let (jenkins, gitlab) = (json("jenkins"), json("gitlab"));
    let jenkins = &jenkins["issues"];
    let gitlab_kinds = members(&gitlab, "check_name").into_iter().map(|name| name[6..].to_owned()).collect();
    let pairs = |kinds: Vec<String>, levels: Vec<String>| kinds.into_iter().zip(levels).collect::<Vec<_>>();
    let all = [
        pairs(members(jenkins, "type"), members(jenkins, "severity")),
        pairs(gitlab_kinds, members(&gitlab, "severity")),
        pairs_of_lines(&report(folder, "azure", args), ";code=", "type="),
        pairs_of_lines(&report(folder, "teamcity", args), "iMSDK ", "' status='"),
    ];
    all.map(|pairs| pairs.into_iter().filter(|(code, _)| code.parse::<i32>().is_ok()).collect())
}

/// Returns the code and the level of each line: what stands behind two texts, up to the end of a word. The level is `problem`
/// where the second text is not there.
fn pairs_of_lines(report: &str, code: &str, level: &str) -> Vec<(String, String)> {
    let word = |line: &str, before: &str| {
        let (_, rest) = line.split_once(before)?;
        Some(rest.split([' ', ';', '\'', ']']).next().unwrap().to_owned())
    };
    let pair = |line| Some((word(line, code)?, word(line, level).unwrap_or_else(|| "problem".to_owned())));
    report.lines().filter_map(pair).collect()
}

#[test]
fn levels_follow_from_meaning_checks_and_what_was_there() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.log"), LOG).unwrap();
    fs::write(folder.join("old.log"), "ret=-204 ret=5 ret=1\n").unwrap();
    fs::write(folder.join("accepted"), "-204 # known\n5\n").unwrap();
    fs::write(folder.join("old.json"), report(folder, "json", &["old.log"])).unwrap();
    let check = |args: &[&str], expected: [&[(&str, &str)]; 4]| {
        let levels = levels(folder, &[args, &["a.log"]].concat());
        for (levels, expected) in levels.iter().zip(expected) {
            let levels: Vec<_> = levels.iter().map(|(code, level)| (code.as_str(), level.as_str())).collect();
            assert_eq!(levels, expected, "{args:?}");
        }
    };
    check(
        &[],
        [
            &[("-204", "HIGH"), ("5", "NORMAL"), ("-9999", "NORMAL")],
            &[("-204", "critical"), ("5", "minor"), ("-9999", "minor")],
            &[("-204", "error"), ("5", "warning"), ("-9999", "warning")],
            &[("-204", "WARNING"), ("5", "WARNING"), ("-9999", "WARNING")],
        ],
    );
    // New codes lead, and the others have a lower level.
    let known: [&[(&str, &str)]; 4] = [
        &[("-9999", "NORMAL"), ("-204", "LOW"), ("5", "LOW")],
        &[("-9999", "minor"), ("-204", "info"), ("5", "info")],
        &[("-9999", "warning"), ("-204", "warning"), ("5", "warning")],
        &[("-9999", "WARNING"), ("-204", "NORMAL"), ("5", "NORMAL")],
    ];
    check(&["--baseline=old.json"], known);
    check(&["--accept=accepted"], known);
    // A check that passes changes nothing. One that fails counts, whatever was there before and whatever the code means.
    check(&["--accept=accepted", "--fail-on=any>9"], known);
    check(
        &["--baseline=old.json", "--fail-on=-204", "--fail-on=success"],
        [
            &[("-204", "ERROR"), ("-9999", "NORMAL"), ("5", "LOW"), ("1", "ERROR")],
            &[("-204", "blocker"), ("-9999", "minor"), ("5", "info"), ("1", "blocker")],
            &[("-204", "error"), ("1", "error"), ("-9999", "warning"), ("5", "warning")],
            &[("-204", "problem"), ("1", "problem"), ("-9999", "WARNING"), ("5", "NORMAL")],
        ],
    );
}

#[test]
fn a_problem_of_a_build_and_a_status_that_is_not_0_come_together() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.log"), LOG).unwrap();
    fs::create_dir(folder.join("empty")).unwrap();
    for (args, problems) in [
        (&["a.log"][..], 0),
        (&["--fail-on=error>1", "--expect=error", "a.log"], 0),
        (&["--fail-on=error", "a.log"], 2),
        (&["--fail-on=-204..5", "a.log"], 4),
        (&["--fail-on=friend", "--expect=friend", "a.log"], 1),
        (&["a.log", "nosuch"], 1),
        (&["--fail-on=friend", "a.log", "nosuch"], 2),
        (&["empty"], 1),
    ] {
        let (report, status) = run(folder, "teamcity", args);
        assert_eq!(report.matches("##teamcity[buildProblem ").count(), problems, "{args:?}: {report}");
        assert_eq!(status == Some(0), problems == 0, "{args:?}");
    }
}

#[test]
fn fingerprints_are_those_of_the_codes_and_no_two_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.log"), LOG).unwrap();
    fs::write(folder.join("b.log"), format!("one line more\nret=-204\n{LOG}")).unwrap();
    // The same check given twice has one entry, another one has its own.
    let checks = ["--fail-on=error", "--fail-on=error", "--fail-on=-204", "--expect=friend"];
    let fingerprints = |format, log| {
        let json: Value =
            serde_json::from_str(&report(folder, format, &[&checks[..], &[log]].concat())).unwrap();
        members(if format == "jenkins" { &json["issues"] } else { &json }, "fingerprint")
    };
    let expected = [
        "imsdk-check --fail-on error",
        "imsdk-check --fail-on -204",
        "imsdk-check --expect friend",
        "imsdk--204",
        "imsdk-5",
        "imsdk--9999",
    ];
    for format in ["jenkins", "gitlab"] {
        for log in ["a.log", "b.log"] {
            assert_eq!(fingerprints(format, log), expected, "{format} {log}");
        }
    }
    let identities = |log| {
        let report = report(folder, "teamcity", &[&checks[..], &[log]].concat());
        let identities = report.split("identity='").skip(1).map(|rest| rest.split('\'').next().unwrap());
        identities.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(identities("a.log"), identities("b.log"));
    assert_eq!(identities("a.log").into_iter().collect::<BTreeSet<_>>().len(), 4);
    // The places are those of the log.
    let gitlab: Value = serde_json::from_str(&report(folder, "gitlab", &["./b.log"])).unwrap();
    let lines: Vec<_> = gitlab.as_array().unwrap().iter().map(|issue| &issue["location"]).collect();
    assert_eq!(lines[0], &serde_json::json!({ "path": "b.log", "lines": { "begin": 2 } }));
    assert_eq!(lines[1], &serde_json::json!({ "path": "b.log", "lines": { "begin": 4 } }));
}

#[test]
fn services_that_show_few_entries_are_told_the_rest_in_one() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    for (codes, azure_lines, messages) in
        [(9, 9, 9), (10, 10, 10), (11, 10, 11), (100, 10, 100), (101, 10, 101)]
    {
        let text: String = (0..codes).map(|index| format!("ret=-{}\n", 10_001 + index)).collect();
        fs::write(folder.join("a.log"), text).unwrap();
        let azure = report(folder, "azure", &["a.log"]);
        assert_eq!(azure.lines().count(), azure_lines);
        let rest = format!("]iMSDK: {} more: -10010, -10011", codes - 9);
        assert_eq!(azure.contains(&rest), codes > 10, "{azure}");
        for (check, name) in [("--fail-on=any>999", "message"), ("--fail-on=unknown", "buildProblem")] {
            let report = report(folder, "teamcity", &["a.log", check]);
            let lines = report.lines().filter(|line| line.starts_with(&format!("##teamcity[{name} ")));
            // A failed check has a problem of its own.
            let more = usize::from(name == "buildProblem");
            assert_eq!(lines.count(), (messages + more).min(101), "{codes} {name}");
            let left_out = (codes + more).saturating_sub(100);
            assert_eq!(report.contains(&format!("iMSDK: {left_out} more: -10")), left_out > 0, "{report}");
        }
    }
}

#[test]
fn codes_that_are_not_told_apart_have_an_entry() {
    let folder = tempfile::tempdir().unwrap();
    let text: String = (0..1_003).map(|index| format!("ret=-{}\n", 10_001 + index)).collect();
    fs::write(folder.path().join("a.log"), text).unwrap();
    let words = "3 fields with yet other codes that are in no catalog";
    for format in ["jenkins", "gitlab"] {
        let report = report(folder.path(), format, &["a.log"]);
        assert!(report.contains(&format!("\"{words}\"")) && report.contains("\"imsdk-unknown\""), "{format}");
    }
    let azure = report(folder.path(), "azure", &["a.log"]);
    assert!(azure.lines().last().unwrap().ends_with(", -11000, unknown"), "{azure}");
    let teamcity = report(folder.path(), "teamcity", &["a.log"]);
    // TeamCity keeps 4000 characters of a text.
    assert!(
        teamcity.contains("iMSDK: 901 more: -10101, ") && teamcity.contains("|0x2026' status='NORMAL']\n")
    );
    assert!(teamcity.contains("key='imsdk.unknown' value='1003'"), "{teamcity}");
}

#[test]
fn charts_have_each_category_of_the_catalog() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), format!("{LOG}ret=-204 ret=-201\n")).unwrap();
    let report = report(folder.path(), "teamcity", &["a.log"]);
    let values = report.lines().filter_map(|line| line.strip_prefix("##teamcity[buildStatisticValue "));
    let values: Vec<&str> = values.collect();
    let catalog = imsdk_annotate::Catalog::builtin();
    let categories = catalog.entries().iter().map(|entry| entry.category().name().to_owned());
    let mut categories: BTreeSet<String> = categories.collect();
    categories.insert("unknown".to_owned());
    assert_eq!(values.len(), categories.len());
    for category in categories {
        let count = match category.as_str() {
            "auth" => 3,
            "action" | "success" | "unknown" => 1,
            _ => 0,
        };
        assert!(values.contains(&format!("key='imsdk.{category}' value='{count}']").as_str()), "{category}");
    }
}
