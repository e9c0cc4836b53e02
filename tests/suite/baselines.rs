//! Files that are no baseline: each is named for what it is, with the remedy, and nothing is judged by it.

use crate::checks::LOG;
use crate::command::{binary, output_of};
use std::fs;
use std::path::Path;

/// Returns the status and the messages of a run in a folder.
fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = output_of(binary().current_dir(folder).args(args), LOG);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Returns a folder with a report, and the text of the report.
fn report() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(run(folder.path(), &["-q", "--report=json=r.json"]).0, Some(0));
    let text = fs::read_to_string(folder.path().join("r.json")).unwrap();
    (folder, text)
}

const ANEW: &str = "make it anew (--report json=FILE)";
const OTHER: &str = "name a file that --report json=FILE has made";

#[test]
fn each_file_that_is_no_baseline_is_named_for_what_it_is() {
    let (folder, report) = report();
    let version = |version: &str| report.replace("\"version\": 1", &format!("\"version\": {version}"));
    let cases: [(Vec<u8>, String); 13] = [
        (
            version("0").into(),
            format!(
                "is a report of version 0, from an older version of this program; this program reads version 1; {ANEW}"
            ),
        ),
        (
            version("7").into(),
            "is a report of version 7, from a newer version of this program; this program reads version 1; update \
             this program, or make the report anew with it (--report json=FILE)"
                .to_owned(),
        ),
        (version("\"x\"").into(), format!("is a damaged report: its \"version\" is no number; {ANEW}")),
        // An answer of GitLab where there is no report.
        (
            br#"{"message":"404 Not Found"}"#.to_vec(),
            format!(r#"is no JSON report: it begins with "{{\"message\":\"404 Not Found\"}}"; {OTHER}"#),
        ),
        (b"[1, 2]\n".to_vec(), format!("is no JSON report: it begins with \"[1, 2]\\n\"; {OTHER}")),
        (
            b"## iMSDK return codes\n\n3 fields with known codes in 5 lines".to_vec(),
            format!(
                "is no JSON report: it begins with \"#\\u{{23}} iMSDK return codes\\n\\n3 fields with kno\"; {OTHER}"
            ),
        ),
        (
            "ret=-204 用户用户用户用户用户用户用户用户用户用户用户用户用户用户用户用户".into(),
            format!(
                "is no JSON report: it begins with \"ret=-204 用户用户用户用户用户用户用户用户用户用户用户用户用户用户用户用\"; \
                 {OTHER}"
            ),
        ),
        (Vec::new(), format!("is no JSON report: it is empty; {OTHER}")),
        (b" \n".to_vec(), format!("is no JSON report: it is empty; {OTHER}")),
        (
            b"PK\x03\x04\0\0".to_vec(),
            "is no JSON report: it is a zip archive; unpack it, and name the report that is in it".to_owned(),
        ),
        (
            b"\x1f\x8b\x08\0".to_vec(),
            "is no JSON report: it is packed with gzip; unpack it with gunzip".to_owned(),
        ),
        (
            report.as_bytes()[..report.len() / 2].to_vec(),
            "is a damaged report: EOF while parsing a".to_owned(),
        ),
        (
            report.replace("\"complete\": true", "\"complete\": false").into(),
            format!("is of inputs that could not all be read; {ANEW}"),
        ),
    ];
    for (text, expected) in cases {
        fs::write(folder.path().join("b.json"), &text).unwrap();
        let (status, said) =
            run(folder.path(), &["-q", "--baseline=b.json", "--fail-on=new", "--report=text=t.txt"]);
        assert!(said.starts_with(&format!("imsdk-annotate: --baseline b.json: {expected}")), "{said}");
        assert_eq!((status, said.lines().count()), (Some(2), 1), "{said}");
        assert!(!folder.path().join("t.txt").exists(), "{said}");
        // A part says the same of itself.
        let (status, said) = run(folder.path(), &["--merge-reports", "b.json", "--report=text=/dev/null"]);
        let expected = expected.trim_end_matches(&format!("; {ANEW}"));
        assert!(said.starts_with(&format!("imsdk-annotate: b.json: {expected}")), "{said}");
        assert_eq!(status, Some(3), "{said}");
    }
}

#[test]
fn a_baseline_that_is_not_there_is_said_with_the_remedy() {
    let (folder, _) = report();
    for (option, name) in [("--baseline", "nosuch.json"), ("--accept", "nosuch.txt")] {
        let (status, said) = run(folder.path(), &["-q", option, name, "--report=text"]);
        let expected =
            format!("imsdk-annotate: {option} {name}: no such file; check the name, or leave out {option}\n");
        assert_eq!((status, said), (Some(2), expected));
    }
}

/// A recipe asks the program in this way whether a file can be the baseline.
#[test]
fn a_merge_of_one_report_tells_whether_it_can_be_a_baseline() {
    let (folder, _) = report();
    let asked = ["--merge-reports", "r.json", "--report=text=/dev/null"];
    assert_eq!(run(folder.path(), &asked), (Some(0), String::new()));
}
