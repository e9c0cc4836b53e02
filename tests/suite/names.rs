//! Names that a user gives: `--label` before the places in reports, `--name` for standard input.

use crate::command::{binary, output_of};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::Output;

const LOG: &[u8] = b"ok\nret=-204 x\nbind ret is -301\nret=-31337\n";

fn run(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    output_of(binary().current_dir(folder).args(args), input)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

#[test]
fn a_label_stands_before_each_place_in_each_format() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("server.log"), LOG).unwrap();
    for (format, place) in [
        ("text", "-204  shard1:server.log:2: ret=-204 x"),
        ("text", "shard1:server.log:3: bind ret is -301"),
        ("markdown", "`shard1:server.log:2`"),
        ("junit", "first at shard1:server.log:2"),
        ("github", "file=shard1%3Aserver.log,line=2"),
        ("json", "\"file\": \"shard1:server.log\""),
    ] {
        let args = ["-q", "--fail-on=any", "--report", &format!("{format}=-")];
        let plain = text(&run(folder.path(), &[&args[..], &["server.log"]].concat(), b"").stdout);
        let labelled = run(folder.path(), &[&args[..], &["--label=shard1", "server.log"]].concat(), b"");
        let labelled = text(&labelled.stdout);
        assert!(labelled.contains(place), "{format}: {labelled}");
        // No place lacks the label, and nothing else has changed but the key of the input.
        let count = |report: &str| report.matches("server.log").count();
        assert_eq!(labelled.matches("shard1").count(), count(&plain), "{labelled}");
        let unlabelled = labelled.replace("shard1:", "").replace("shard1%3A", "");
        let without_keys = |report: &str| -> Vec<String> {
            report.lines().filter(|line| !line.starts_with("      [\"")).map(str::to_owned).collect()
        };
        assert_eq!(without_keys(&unlabelled), without_keys(&plain), "{format}");
    }
}

#[test]
fn a_label_changes_no_line_message_or_check() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("server.log"), LOG).unwrap();
    for args in [
        &["server.log"][..],
        &["-n", "--only=any", "server.log", "-"],
        &["-c", "server.log", "nosuch"],
        &["-q", "--fail-on=-204", "server.log"],
    ] {
        let plain = run(folder.path(), args, LOG);
        let labelled = run(folder.path(), &[args, &["--label=shard1"]].concat(), LOG);
        assert_eq!(plain, labelled, "{args:?}");
    }
}

/// The files of a folder, members of archives, standard input and the list of new codes have it as well.
#[test]
fn a_label_is_for_all_inputs() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    fs::write(folder.path().join("logs/a.log"), "ret=-1\n").unwrap();
    let tar = crate::bundled::tar_of(&[("m.log", b"ret=-301\n")]);
    fs::write(folder.path().join("b.tar"), tar).unwrap();
    let args =
        ["-q", "--label=j: [1/2]", "--report=json=-", "--write-accept=accepted.txt", "logs", "b.tar", "-"];
    let output = run(folder.path(), &args, b"ret=-204\n");
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let files =
        report["codes"].as_array().unwrap().iter().map(|code| code["first"]["file"].as_str().unwrap());
    let mut files: Vec<_> = files.collect();
    files.sort_unstable();
    assert_eq!(files, ["j: [1/2]:(standard input)", "j: [1/2]:b.tar:m.log", "j: [1/2]:logs/a.log"]);
    let accepted = fs::read_to_string(folder.path().join("accepted.txt")).unwrap();
    assert!(accepted.contains("first j: [1/2]:logs/a.log:1"), "{accepted}");
}

#[test]
fn reports_of_jobs_with_one_name_of_a_log_say_which_job() {
    let folder = tempfile::tempdir().unwrap();
    for (label, code) in [("shard1", "-204"), ("shard2", "-402")] {
        let log = format!("ret={code}\n");
        fs::write(folder.path().join("server.log"), log).unwrap();
        let args = ["-q", "--label", label, &format!("--report=json={label}.json"), "server.log"];
        assert!(run(folder.path(), &args, b"").status.success());
    }
    let merged = ["--merge-reports", "shard1.json", "shard2.json", "--report=text=-"];
    let report = text(&run(folder.path(), &merged, b"").stdout);
    for line in ["-204  shard1:server.log:1: ret=-204", "-402  shard2:server.log:1: ret=-402"] {
        assert!(report.contains(line), "{report}");
    }
    // The sum may have a label of its own.
    let report = text(&run(folder.path(), &[&merged[..], &["--label=night"]].concat(), b"").stdout);
    assert!(report.contains("-204  night:shard1:server.log:1: ret=-204"), "{report}");
}

/// A run that is resumed may have another label: it is put there when the reports are written.
#[test]
fn a_resumed_run_has_the_label_of_the_last_run() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("server.log"), LOG).unwrap();
    for label in ["a", "b"] {
        let label = format!("--label={label}");
        let args = ["--output-dir=out", "--resume", &label, "--report=json=r.json", "server.log"];
        let output = run(folder.path(), &args, b"");
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    }
    let report = fs::read_to_string(folder.path().join("r.json")).unwrap();
    assert!(report.contains("\"b:server.log\"") && !report.contains("\"a:server.log\""), "{report}");
}

#[test]
fn standard_input_has_its_name_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("a.log"), "ret=-1\n").unwrap();
    let named = |args: &[&str], input: &[u8]| run(folder, &[args, &["--name=app.log"]].concat(), input);
    for (args, lines) in [
        (&["-n", "--only=any", "-", "a.log"][..], "app.log:1:ret=-204"),
        (&["-c", "a.log", "-"], "a.log:1\napp.log:1\n"),
        (&["-l"], "app.log\n"),
        (&["-q", "--report=text=-"], "-204  app.log:1: ret=-204"),
        (&["-q", "--report=json=-", "--label=j"], "\"file\": \"j:app.log\""),
    ] {
        let lines_of = text(&named(args, b"ret=-204\n").stdout);
        assert!(lines_of.contains(lines), "{args:?}: {lines_of}");
    }
    // Lines without names are as they are, and so is a list on standard input.
    assert_eq!(named(&[], b"ok\n").stdout, b"ok\n");
    let gzip = crate::packed::pack("gzip", &b"ret=-204\n".repeat(100));
    let damaged = named(&["-q"], &gzip[..20]);
    assert_eq!(text(&damaged.stderr).split(": ").nth(1), Some("app.log"), "{}", text(&damaged.stderr));
    // A member of an archive on standard input.
    let tar = crate::bundled::tar_of(&[("m.log", b"ret=-301\n")]);
    assert_eq!(text(&named(&["-l"], &tar).stdout), "app.log:m.log\n");
    // A report of a part.
    let merged = named(&["--merge-reports", "-", "--report=json=/dev/null"], b"x");
    assert!(text(&merged.stderr).starts_with("imsdk-annotate: app.log: is no JSON report"));
    assert_eq!(merged.status.code(), Some(3));
}

#[test]
fn names_that_have_no_use_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-1\n").unwrap();
    fs::write(folder.path().join("list"), "a.log\n").unwrap();
    let refused = "imsdk-annotate: --name x: standard input is not read; leave out --name\n";
    for args in [&["a.log"][..], &["--files-from=list"], &["--merge-reports", "a.log", "--report=text"]] {
        let output = run(folder.path(), &[args, &["--name=x"]].concat(), b"");
        assert_eq!((output.status.code(), text(&output.stderr)), (Some(2), refused.to_owned()), "{args:?}");
    }
    for option in ["--name", "--label"] {
        for command in ["--explain=-204", "--list", "--check-catalog=a.log"] {
            let output = run(folder.path(), &[option, "x", command], b"");
            assert_eq!(output.status.code(), Some(2), "{option} {command}");
            assert!(text(&output.stderr).contains("cannot be used with"), "{option} {command}");
        }
    }
    // A name of one run has no place in a configuration; a label of a machine has.
    for (line, status) in [("--name x", 2), ("--label machine1", 0)] {
        fs::write(folder.path().join("config"), line).unwrap();
        let mut command = binary();
        command.current_dir(&folder).env("IMSDK_ANNOTATE_CONFIG", folder.path().join("config"));
        let output = output_of(command.args(["-q", "--report=json=-"]), b"ret=-1\n");
        assert_eq!(output.status.code(), Some(status), "{}", text(&output.stderr));
        assert_eq!(text(&output.stdout).contains("machine1:(standard input)"), status == 0);
    }
}

#[test]
fn names_cannot_act_where_they_are_shown() {
    let folder = tempfile::tempdir().unwrap();
    let long = "x".repeat(256);
    for (name, reason) in [
        ("", "is empty; write a name, or leave out the option"),
        ("  ", "is empty; write a name, or leave out the option"),
        ("a\x1b[31m", "has the character \\u{1b}; leave it out"),
        ("a\nb", "has the character \\u{a}; leave it out"),
        ("a\tb", "has the character \\u{9}; leave it out"),
        ("a\u{202e}b", "has the character \\u{202e}; leave it out"),
        (&long[..], "has 256 bytes; a name has at most 255"),
    ] {
        for option in ["--label", "--name"] {
            let output = run(folder.path(), &["-q", "--report=text", &format!("{option}={name}")], b"");
            let said = text(&output.stderr);
            assert_eq!(output.status.code(), Some(2), "{name:?}");
            assert!(said.contains(reason) && said.contains(option), "{said}");
            assert!(!said.contains(['\x1b', '\t', '\u{202e}']), "{said:?}");
        }
    }
    // Names of jobs as CI services have them, and text that acts in a format unless it is escaped.
    for name in
        ["a:b", "test: [linux, 1/3]", &long[1..], "用户", "##[error]x", "::error::x", "<b>&|`*_", "##vso[y]"]
    {
        for format in ["text", "json", "markdown", "junit", "github", "html"] {
            let report = format!("--report={format}=-");
            let args = ["-q", "--fail-on=any", &report, "--label", name, "--name", name];
            let output = run(folder.path(), &args, b"ret=-204\n");
            assert_eq!(output.status.code(), Some(1), "{name}: {}", text(&output.stderr));
            let written = text(&output.stdout);
            let acts =
                |line: &str| line.contains("##[") || line.contains("##vso") || line.starts_with("::error::");
            assert!(!written.lines().any(acts), "{format}: {written}");
            assert!(!written.contains("<b>") || format != "junit", "{format}: {written}");
            if format == "json" {
                let json: Value = serde_json::from_str(&written).unwrap();
                assert_eq!(json["codes"][0]["first"]["file"], format!("{name}:{name}"));
            }
        }
    }
}
