//! Codes that somebody has accepted are not new, through the binary; new codes go to a file for a person to look at; checks of
//! growth since an earlier run.

use crate::command::{binary, output_of};
use std::fs;
use std::process::Output;
use tempfile::TempDir;

const LOG: &str = "ret=-204\nret=-705 x\niret=-31337\nret=5\nret=1\n";
const ACCEPTED: &str = "# seen by the team\n-299..-201 until 2099-12-31 # login outage\n-31337\n";

/// Returns a folder with the log and the list of accepted codes.
fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), LOG).unwrap();
    fs::write(folder.path().join("accepted.txt"), ACCEPTED).unwrap();
    folder
}

fn run(folder: &TempDir, args: &[&str]) -> Output {
    output_of(binary().current_dir(folder).args(args), b"")
}

/// Returns the exit status and the messages of a run.
fn said(folder: &TempDir, args: &[&str]) -> (Option<i32>, String) {
    let output = run(folder, args);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn accepted_codes_are_not_new() {
    let folder = folder();
    let accept = ["-q", "--accept=accepted.txt", "a.log"];
    let (status, words) = said(&folder, &[&accept[..], &["--fail-on=new,!success,!action"]].concat());
    assert_eq!(
        (status, words.as_str()),
        (Some(1), "imsdk-annotate: --fail-on new,!success,!action: 1 field (-705: 1)\n")
    );
    // They are codes all the same.
    let (status, _) = said(&folder, &[&accept[..], &["--fail-on=auth"]].concat());
    assert_eq!(status, Some(1));
    let output = run(&folder, &["--only=new", "--accept=accepted.txt", "a.log"]);
    assert_eq!(
        output.stdout.escape_ascii().to_string(),
        b"ret=-705 (migrate: ConfireCode unavail) x\nret=5 (action: need google authcode)\nret=1 (success: success)\n"
            .escape_ascii()
            .to_string()
    );
    // Codes of the earlier run are not new either.
    fs::write(folder.path().join("earlier.log"), "ret=-705\n").unwrap();
    assert_eq!(said(&folder, &["-q", "--report=json=earlier.json", "earlier.log"]).0, Some(0));
    let both = [&accept[..], &["--baseline=earlier.json", "--fail-on=new,!success,!action"]].concat();
    assert_eq!(said(&folder, &both), (Some(0), String::new()));
}

#[test]
fn each_format_shows_what_is_accepted_and_what_to_look_at_again() {
    let folder = folder();
    let list =
        "-204 # login outage\n-402 # friends\n-705 until 2020-01-01 # old\n-999..-900 until 2020-01-01\n";
    fs::write(folder.path().join("list"), list).unwrap();
    let report = |format: &str| said(&folder, &["-q", "--accept=list", "--report", format, "a.log"]).1;
    let remarks = [
        "list:2: -402 # friends: does not occur any more; take it out",
        "list:3: -705 until 2020-01-01 # old: has expired, and is not accepted any more",
        "list:4: -999..-900 until 2020-01-01: has expired, and is not accepted any more",
    ];
    let text = report("text");
    assert!(text.contains("accepted 1  20.0 %") && text.contains("new 1  20.0 %"), "{text}");
    for remark in remarks {
        assert!(text.contains(&format!("\n  {remark}\n")), "{text}");
        assert!(text.contains(&format!("\nimsdk-annotate: {remark}\n")), "{text}");
    }
    let markdown = report("markdown");
    assert!(markdown.contains("| user session is failure! | 1 |  | accepted |"), "{markdown}");
    assert!(markdown.contains("### Accepted codes to look at"), "{markdown}");
    let github = report("github");
    assert!(github.contains("::notice file=a.log,line=1,title=iMSDK -204 (auth)::"), "{github}");
    assert!(github.contains("::error file=a.log,line=2,title=iMSDK -705 (migrate)::"), "{github}");
    let json: serde_json::Value = {
        let output = run(&folder, &["-q", "--accept=list", "--report=json=-", "a.log"]);
        serde_json::from_slice(&output.stdout).unwrap()
    };
    let code =
        |number: i64| json["codes"].as_array().unwrap().iter().find(|code| code["code"] == number).unwrap();
    assert_eq!((&code(-204)["accepted"], &code(-705)["accepted"]), (&1.into(), &serde_json::Value::Null));
    assert_eq!(
        json["accepted"][2],
        serde_json::json!({"line": 3, "codes": "-705", "until": "2020-01-01", "reason": "old", "expired": true})
    );
    // A code may still occur in an input that could not be read.
    let (_, partly) = said(&folder, &["-q", "--accept=list", "--report=text", "a.log", "nosuch"]);
    assert!(!partly.contains("does not occur") && partly.contains("has expired"), "{partly}");
}

#[test]
fn new_codes_are_added_to_a_file_for_review() {
    let folder = folder();
    let read = |name: &str| fs::read_to_string(folder.path().join(name)).unwrap();
    let added = "-705 # migrate: ConfireCode unavail; 1 field, first a.log:2\n\
                 5 # action: need google authcode; 1 field, first a.log:4\n\
                 1 # success: success; 1 field, first a.log:5\n";
    // The file may be the one that is read.
    let same = ["-q", "--accept=accepted.txt", "--write-accept=./accepted.txt", "--fail-on=new", "a.log"];
    assert_eq!(said(&folder, &same).0, Some(1));
    assert_eq!(read("accepted.txt"), format!("{ACCEPTED}{added}"));
    assert_eq!(said(&folder, &same), (Some(0), String::new()));
    assert_eq!(read("accepted.txt"), format!("{ACCEPTED}{added}"));
    // A new file has what nothing else knows.
    assert_eq!(said(&folder, &["-q", "--write-accept=new.txt", "a.log"]), (Some(0), String::new()));
    let new = read("new.txt");
    assert!(
        new.starts_with("# Accepted codes, a code or a range a line: ") && new.lines().count() == 6,
        "{new}"
    );
    assert_eq!(said(&folder, &["-q", "--accept=new.txt", "--fail-on=new", "a.log"]).0, Some(0));
    // A file without a last newline, and a file that already has some.
    fs::write(folder.path().join("some.txt"), "-705 # known").unwrap();
    assert_eq!(said(&folder, &["-q", "--write-accept=some.txt", "a.log"]).0, Some(0));
    let some = read("some.txt");
    assert!(some.starts_with("-705 # known\n-204 # auth: ") && some.matches("-705").count() == 1, "{some}");
    // Devices are written, and not replaced.
    let output = run(&folder, &["-q", "--write-accept=/dev/stdout", "a.log"]);
    assert_eq!(output.stdout, new.as_bytes());
}

#[test]
fn lists_that_cannot_be_used_are_refused_before_any_work() {
    let folder = folder();
    fs::write(folder.path().join("bad"), "-204\nauth\n").unwrap();
    let cases: &[(&[&str], &str)] = &[
        (&["--accept=nosuch"], "--accept nosuch: "),
        (
            &["--accept=bad"],
            "--accept bad:2: \"auth\" is no code and no range: write a code of up to 9 digits",
        ),
        (&["--write-accept=bad"], "--write-accept bad:2: \"auth\" is no code"),
        (&["--accept=accepted.txt", "-o", "accepted.txt"], "is the list of accepted codes that is read"),
        (&["--write-accept=a.log"], "--write-accept a.log:1: \"ret=-204\" is no code"),
        (&["--write-accept=r", "--report=json=r"], "r: is written twice"),
        (&["--write-accept=no/r"], "there is no folder"),
        (
            &["--write-accept=out/accepted", "--output-dir=out"],
            "--write-accept out/accepted: is in the folder of --output-dir; name a file elsewhere",
        ),
        (&["--only=new"], "\"new\" needs an earlier run to compare with: --baseline FILE, or --accept FILE"),
        (&["--fail-on=error>+20%"], "growth needs an earlier run to compare with: --baseline FILE"),
        (&["--expect=any>+20%"], "--expect any>+20%: takes a number of fields; growth is for --fail-on"),
        (
            &["--fail-on=error:x"],
            "--fail-on error:x: \"x\" is no number; write SELECT>N: 'error>10', 'error>+20%'",
        ),
        (&["--fail-on=error>20%"], "\"20%\" is no number"),
        (&["--fail-on=eror:3"], "nothing is called \"eror\"; did you mean error?"),
    ];
    for (args, expected) in cases {
        let (status, words) = said(&folder, &[*args, &["a.log"]].concat());
        assert!(words.contains(expected), "{args:?}: {words}");
        assert_eq!(status, Some(2), "{args:?}");
    }
    assert_eq!(fs::read_to_string(folder.path().join("accepted.txt")).unwrap(), ACCEPTED);
}

#[test]
fn growth_since_an_earlier_run_fails() {
    let folder = folder();
    let log = |name: &str, sessions: usize| {
        fs::write(folder.path().join(name), format!("{}ret=-705\n", "ret=-204\n".repeat(sessions))).unwrap();
    };
    log("a.log", 9);
    assert_eq!(said(&folder, &["-q", "--report=json=earlier.json", "a.log"]).0, Some(0));
    for (check, passing) in [
        ("error>+20%", 11),
        ("error:+20%", 11),
        ("-204>+100", 109),
        ("-204>+0", 9),
        ("error>+0%", 9),
        ("error:10", 9),
        ("error>10", 9),
        ("auth>+19%", 10),
    ] {
        for (sessions, status) in [(passing, 0), (passing + 1, 1)] {
            log("now.log", sessions);
            let args = ["-q", "--baseline=earlier.json", "--fail-on", check, "now.log"];
            let (actual, words) = said(&folder, &args);
            assert_eq!(actual, Some(status), "{check} {sessions}: {words}");
            let before = if check.contains('+') { "field" } else { "" };
            assert!(status == 0 || words.contains(before), "{words}");
        }
    }
    // A code that the earlier run had not: any number is growth.
    fs::write(folder.path().join("now.log"), "ret=-402\n").unwrap();
    let (status, words) =
        said(&folder, &["-q", "--baseline=earlier.json", "--fail-on=friend>+50%", "now.log"]);
    assert_eq!(status, Some(1));
    assert_eq!(words, "imsdk-annotate: --fail-on friend>+50%: 1 field, before: 0 (-402: 1)\n");
}
