//! Options beside `-c`, `-l`, `-m`, and `-q` with `--only`: those that are refused, reports, and the configuration.

use crate::command::{binary, output_of};
use crate::counts::logs;
use crate::in_folder::{refusal, run};
use std::fs;

#[test]
fn options_that_do_not_fit_are_refused() {
    let folder = logs();
    for options in [
        "-c -o x",
        "-c --output-dir x",
        "-c -n",
        "-c -A1 --only error",
        "-c -l",
        "-c -q",
        "-c --fail-on error",
        "-c --expect error",
        "-l -o x",
        "-l --output-dir x",
        "-l -n",
        "-l -m1",
        "-l -q",
        "-l --report text",
        "-l --fail-on error",
        "-l --expect error",
        "-l --write-accept codes",
        "-m1 --only error --report text",
        "-m1 --only error --fail-on error",
        "-m1 --only error --expect error",
        "-m1 --only error --write-accept codes",
        "-q -n",
        "-q -o x",
        "-q --only error -A1",
        "--merge-reports -c",
        "--merge-reports -l",
        "--merge-reports -m1",
        "-c --explain 5",
        "-l --list",
    ] {
        let args: Vec<&str> = options.split(' ').chain(["a.log"]).collect();
        let said = refusal(folder.path(), &args);
        assert!(said.contains("cannot be used with"), "{options}: {said}");
        assert!(!folder.path().join("x").exists(), "{options}");
    }
    for (options, expected) in [
        ("-m1", "--max-count bounds the number of selected lines; say which with --only"),
        ("-q --only error --report text", "--quiet with --only ends at the first selected line"),
        ("-q --only error --fail-on error", "--quiet with --only ends at the first selected line"),
        ("-q --only error --expect error", "--quiet with --only ends at the first selected line"),
        ("-q --only error --write-accept codes", "--quiet with --only ends at the first selected line"),
    ] {
        let args: Vec<&str> = options.split(' ').chain(["a.log"]).collect();
        let said = refusal(folder.path(), &args);
        assert!(said.contains(expected), "{options}: {said}");
    }
    for number in ["-1", "x", "1.5", "99999999999999999999"] {
        let said = refusal(folder.path(), &["--only", "error", &format!("--max-count={number}"), "a.log"]);
        assert!(said.contains("--max-count"), "{said}");
    }
}

#[test]
fn a_report_counts_all_fields_beside_the_counted_lines() {
    let folder = logs();
    let output = run(folder.path(), &["-c", "--only", "friend", "--report", "json=r.json", "a.log", "b.log"]);
    assert_eq!(
        (output.status.code(), String::from_utf8(output.stdout).unwrap()),
        (Some(0), "a.log:1\nb.log:0\n".to_owned())
    );
    let report = fs::read_to_string(folder.path().join("r.json")).unwrap();
    let report: serde_json::Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["fields"], 8, "{report}");
}

/// Options that are typed keep their meaning, whatever the configuration says.
#[test]
fn a_configuration_makes_no_search_of_quiet() {
    let folder = logs();
    for (config, args, status) in [
        ("--only notice\n", &["-q", "a.log"][..], 0),
        ("--only notice\n-A 1\n", &["-q", "--report", "json=r.json", "a.log"], 0),
        ("--quiet\n", &["--only", "notice", "a.log"], 0),
        ("--only notice\n", &["-q", "--only", "notice", "a.log"], 1),
        ("--only notice\n", &["-c", "a.log"], 1),
        ("--line-number\n--only error\n-C 1\n", &["-c", "a.log"], 0),
        ("--quiet\n--only notice\n", &["a.log"], 1),
    ] {
        fs::write(folder.path().join("options"), config).unwrap();
        let mut command = binary();
        command.current_dir(folder.path()).args(args).env("IMSDK_ANNOTATE_CONFIG", "options");
        let output = output_of(&mut command, b"");
        assert_eq!(output.status.code(), Some(status), "{config} {args:?}: {output:?}");
    }
}
