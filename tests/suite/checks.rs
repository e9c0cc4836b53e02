//! Checks and their selectors, through the binary: exit statuses, refusals and messages.

use crate::command::{binary, isolated, output_of};
use crate::nameless::new_files;
use crate::signals::wait_until;
use crate::source;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};

pub(crate) const LOG: &[u8] = b"ret=-204 ret=-204\nret=-705\nret=5\nret=1\niret=-9999\n";

/// Returns the exit status and the messages of a run.
pub(crate) fn outcome(args: &[&str], input: &[u8]) -> (Option<i32>, String) {
    let output = output_of(binary().args(args), input);
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn more_than_the_limit_fails() {
    for (check, status) in [
        ("error>3", 0),
        ("error>2", 1),
        ("error > 2", 1),
        ("error", 1),
        ("any>5", 1),
        ("any>6", 0),
        ("-204>1", 1),
        ("-204>2", 0),
        ("-299..-201", 1),
        ("friend", 0),
        ("unknown", 1),
        ("unknown>1", 0),
        ("error,!auth>0", 1),
        ("error,!auth,!migrate", 0),
        ("-9999..-9999", 1),
    ] {
        let (actual, said) = outcome(&["-q", "--fail-on", check], LOG);
        assert_eq!(actual, Some(status), "{check}: {said}");
        assert_eq!(said.lines().count(), usize::try_from(status).unwrap());
        assert!(
            said.is_empty() || said.starts_with(&format!("imsdk-annotate: --fail-on {check}: ")),
            "{said}"
        );
    }
    let (status, said) = outcome(&["-q", "--fail-on=friend", "--fail-on=auth", "--fail-on=any>3"], LOG);
    assert_eq!(status, Some(1));
    assert_eq!(
        said,
        "imsdk-annotate: --fail-on auth: 2 fields (-204: 2)\n\
         imsdk-annotate: --fail-on any>3: 6 fields (-204: 2, 1: 1, 5: 1, and 2 more)\n"
    );
}

#[test]
fn trouble_wins_over_checks() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), LOG).unwrap();
    let mut command = binary();
    command.current_dir(&folder).args(["-q", "--report=text", "--fail-on=error", "nosuch", "a.log"]);
    let output = output_of(&mut command, b"");
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3));
    assert!(said.contains("nosuch: no such file") && said.contains("--fail-on error: 3 fields"), "{said}");
    assert!(said.contains("not all could be read"), "{said}");
}

#[test]
fn what_cannot_be_is_refused_before_any_work() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), LOG).unwrap();
    fs::write(folder.path().join("locked"), "").unwrap();
    fs::create_dir(folder.path().join("d")).unwrap();
    let cases: &[(&[&str], &str)] = &[
        (
            &["--only", "eror"],
            "--only eror: nothing is called \"eror\"; did you mean error? There are: any, ",
        ),
        (&["--only", "-2004"], "the catalog has no -2004; did you mean -204"),
        (&["--only", "+5"], "--only +5: nothing is called \"+5\"; there are: "),
        (&["--fail-on", "-1234567890>1"], "-1234567890 is no code: a code has up to 9 digits"),
        (&["--fail-on", "auht>3"], "--fail-on auht>3: nothing is called \"auht\"; did you mean auth?"),
        (&["--fail-on", "error>x"], "--fail-on error>x: \"x\" is no number; write SELECT>N: 'error>10'"),
        (&["--fail-on", "error>-1"], "\"-1\" is no number"),
        (&["--only", "new"], "--only new: \"new\" needs an earlier run to compare with: --baseline FILE"),
        (&["--baseline", "nosuch"], "--baseline nosuch: "),
        (
            &["--report", "tex"],
            "there is no report \"tex\"; there are text, json, markdown, junit, github, jenkins, teamcity, azure, gitlab, html, md, auto; ",
        ),
        (&["--report", "text="], "a path is missing behind the ="),
        (&["--report", "text=a.log/r"], "a.log/r: "),
        (&["--report", "json=d"], "d: is a directory"),
        (&["--report", "json=a.log"], "a.log: is the input a.log; write to another file"),
        (&["--report", "json=-"], "--report json=-: the lines go to standard output; add --quiet"),
        (
            &["--report", "json=/dev/stdout"],
            "--report json=/dev/stdout: the lines go to standard output; add --quiet",
        ),
        (&["--report", "json=-", "-o", "/dev/stdout"], "--report json=-: the lines go to standard output"),
        (&["--report", "json=r", "--report", "text=r"], "r: is written twice; name another file"),
        (&["--report", "json=r", "-o", "r"], "r: is written twice; name another file"),
        (&["--report", "json=r", "--no-clobber", "--output-dir", "out"], "cannot be used with"),
        (&["-q", "-o", "x"], "cannot be used with"),
        (&["--report", "json=r", "--report", "text=./d/../r"], "r: is written twice"),
        (&["--report", "json=out/a.log", "--output-dir", "out"], "out/a.log: is written twice"),
        (&["-C", "1"], "--only"),
        (&["--merge-reports"], "needs a --report to write, or a --fail-on or --expect to check"),
    ];
    for (args, expected) in cases {
        let output = output_of(binary().current_dir(&folder).args(*args).arg("a.log"), b"");
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains(expected), "{args:?}: {said}");
        assert_eq!(output.status.code(), Some(2), "{args:?}");
        assert!(output.stdout.is_empty(), "{args:?}");
    }
    let mut left: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    // The folder of a report that could have been written.
    left.retain(|name| name != "out");
    left.sort();
    assert_eq!(left, ["a.log", "d", "locked"]);
}

#[test]
fn reports_without_a_path_come_after_the_stream_on_standard_error() {
    let output = output_of(binary().args(["--report=text", "--report=github"]), b"ret=5\n");
    assert_eq!(output.stdout, b"ret=5 (action: need google authcode)\n");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("1 field with known codes in 1 line of 1 input\n"), "{said}");
    assert!(said.ends_with(
        "::warning file=(standard input),line=1,title=iMSDK 5 (action)::need google authcode, 1 field: ret=5\n"
    ));
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn a_reader_that_goes_away_changes_no_count() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), b"ret=-204 ..................................\n".repeat(200_000))
        .unwrap();
    for threads in ["-j1", "-j2"] {
        let script =
            "{ \"$0\" \"$1\" --fail-on 'auth>199999' --fail-on 'auth>200000' a.log; echo $?; } | head -c 9";
        let script = script.replace("; echo $?; }", "; echo $? >&2; }");
        let mut command = isolated("sh");
        command.args(["-c", &script]).arg(binary().get_program()).arg(threads).current_dir(&folder);
        let output = output_of(&mut command, b"");
        assert_eq!(output.stdout, b"ret=-204 ");
        let said = String::from_utf8(output.stderr).unwrap();
        let expected = "imsdk-annotate: --fail-on auth>199999: 200000 fields (-204: 200000)\n1\n";
        assert_eq!(said, expected);
    }
}

#[test]
fn quiet_needs_no_standard_output() {
    let program = binary().get_program().to_owned();
    for script in ["\"$0\" -q --fail-on error >&-", "\"$0\" -q --fail-on error > /dev/full"] {
        let output = output_of(isolated("sh").args(["-c", script]).arg(&program), LOG);
        assert_eq!(output.status.code(), Some(1), "{}", output.stderr.escape_ascii());
    }
    let output = output_of(binary().args(["-q"]), LOG);
    assert!(output.stdout.is_empty() && output.stderr.is_empty() && output.status.success());
}

#[test]
fn a_report_that_cannot_be_written_is_trouble() {
    let output = output_of(binary().args(["-q", "--report=json=/dev/full", "--fail-on=error"]), LOG);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("/dev/full: no space left; free some, or write elsewhere"), "{said}");
    assert_eq!(output.status.code(), Some(2));
}

#[test]
fn a_report_is_whole_where_the_stream_is_not() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), LOG.repeat(100_000)).unwrap();
    for threads in ["-j1", "-j2"] {
        let script = "\"$0\" $1 --report json=r.json --fail-on any a.log > /dev/full";
        let mut command = isolated("sh");
        command.args(["-c", script]).arg(binary().get_program()).arg(threads).current_dir(&folder);
        let output = output_of(&mut command, b"");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(
            said,
            "imsdk-annotate: standard output: no space left; free some, or write elsewhere\n\
             imsdk-annotate: --fail-on any: 600000 fields (-204: 200000, 1: 100000, 5: 100000, and 2 more)\n"
        );
        assert_eq!(output.status.code(), Some(2));
        assert!(fs::read_to_string(folder.path().join("r.json")).unwrap().contains("\"lines\": 500000"));
        fs::remove_file(folder.path().join("r.json")).unwrap();
    }
}

#[test]
fn a_reader_of_a_report_may_go_away() {
    let script = "{ \"$0\" -q --report json=- --fail-on friend; echo $? >&2; } | true";
    let output = output_of(isolated("sh").args(["-c", script]).arg(binary().get_program()), LOG);
    assert_eq!(output.stderr, b"0\n");
}

/// Returns a log with three unknown codes more than are told apart: from -20000 down to minus [`last_unknown`].
fn many_unknown() -> String {
    (20_000..=last_unknown()).map(|code| format!("ret=-{code}\n")).collect()
}

fn last_unknown() -> usize {
    20_000 + source::UNKNOWN_CODES_MAX.value() + 2
}

#[test]
fn checks_count_unknown_codes_that_are_not_told_apart() {
    let (last, count) = (last_unknown(), many_unknown().lines().count());
    let one = format!("-{0}..-{0}", last - 1);
    for (check, status) in [
        (&one, 1),
        (&format!("-30000..-{}>2", last - 2), 1),
        (&format!("-30000..-{}>3", last - 2), 0),
        (&format!("unknown>{}", count - 1), 1),
        (&format!("unknown>{count}"), 0),
        (&format!("unknown,!-{last}..-{last}>{}", count - 2), 1),
        (&format!("-30000..-{}", last + 1), 0),
    ] {
        let (actual, said) = outcome(&["-q", "-j1", "--fail-on", check], many_unknown().as_bytes());
        assert_eq!(actual, Some(status), "{check}: {said}");
    }
    let (_, said) = outcome(&["-q", "--fail-on", &one], many_unknown().as_bytes());
    assert_eq!(said, format!("imsdk-annotate: --fail-on {one}: 1 field (many others)\n"));
}

#[test]
fn what_an_earlier_run_did_not_tell_apart_is_neither_new_nor_gone() {
    let folder = tempfile::tempdir().unwrap();
    let run =
        |args: &[&str], input: &str| output_of(binary().current_dir(&folder).args(args), input.as_bytes());
    assert!(run(&["-q", "--report=json=earlier.json"], &many_unknown()).status.success());
    let again = ["-q", "--report=text=-", "--baseline=earlier.json", "--fail-on=new"];
    let output = run(&again, &many_unknown());
    assert_eq!(output.status.code(), Some(0), "{}", output.stderr.escape_ascii());
    let output = run(&again, &format!("ret=-10\n{}", many_unknown()));
    assert_eq!(output.stderr, b"imsdk-annotate: --fail-on new: 1 field (-10: 1)\n");
    assert!(!String::from_utf8(output.stdout).unwrap().contains("Gone"));
    // In a table each code has all cells, even if its earlier count is not known.
    fs::write(folder.path().join("low.log"), "ret=-204\nret=-900000000\n").unwrap();
    let output = run(&["-q", "--report=markdown=-", "--baseline=earlier.json", "low.log"], "");
    let report = String::from_utf8(output.stdout).unwrap();
    let rows: Vec<&str> =
        report.split("### Gone").next().unwrap().lines().filter(|line| line.starts_with('|')).collect();
    assert!(
        report.contains("| -900000000 |") && rows.iter().all(|row| row.matches('|').count() == 10),
        "{report}"
    );
    // A report that is a sum says which of its numbers are not known.
    let merge = ["--merge-reports", "earlier.json"];
    let (last, count) = (last_unknown(), many_unknown().lines().count());
    let output = run(&[&merge[..], &[&format!("--fail-on=unknown>{}", count - 1)]].concat(), "");
    assert_eq!(output.status.code(), Some(1));
    let output = run(&[&merge[..], &[&format!("--fail-on=-{0}..-{0}", last - 1)]].concat(), "");
    assert_eq!(output.status.code(), Some(2));
    assert!(
        output.stderr.escape_ascii().to_string().contains("not decided: the reports do not tell 3 fields")
    );
}

#[test]
fn reports_of_what_could_not_be_read_stay_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str]| output_of(binary().current_dir(&folder).args(args), LOG);
    assert_eq!(run(&["-q", "--report=json=r.json", "nosuch", "-"]).status.code(), Some(3));
    let output = run(&["--merge-reports", "--report=json=sum.json", "r.json"]);
    assert_eq!(output.status.code(), Some(3));
    assert_eq!(output.stderr, b"imsdk-annotate: r.json: is of inputs that could not all be read\n");
    assert!(fs::read_to_string(folder.path().join("sum.json")).unwrap().contains("\"complete\": false"));
    let output = run(&["-q", "--baseline=r.json"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(output.stderr.escape_ascii().to_string().contains("make it anew"));
}

#[test]
fn junit_has_a_case_for_each_check_that_selects_no_code() {
    let output = output_of(
        binary().args(["-q", "--report=junit=-", "--fail-on=friend", "--fail-on=error", "--fail-on=auth>1"]),
        LOG,
    );
    let report = String::from_utf8(output.stdout).unwrap();
    assert!(
        report.contains("<testcase name=\"--fail-on friend\" classname=\"imsdk.check\" time=\"0.000\"/>"),
        "{report}"
    );
    assert!(report.contains("first at (standard input):1; --fail-on error, --fail-on auth&gt;1"), "{report}");
    assert_eq!(report.matches("<testcase ").count(), 3);
}

#[test]
fn a_report_replaces_a_file_only_when_it_is_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    fs::write(&path, "before").unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let mut child = binary()
        .current_dir(&folder)
        .args(["--report=json=r.json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()
        .unwrap();
    let id = child.id().to_string();
    let mut stdin = child.stdin.take().unwrap();
    std::io::Write::write_all(&mut stdin, LOG).unwrap();
    wait_until(|| new_files(child.id(), folder.path()) > 0);
    assert_eq!(fs::read_to_string(&path).unwrap(), "before");
    std::thread::sleep(std::time::Duration::from_millis(200));
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    assert!(!child.wait().unwrap().success());
    // A signal is the end of the stream: the report is whole, and says that a signal ended the input.
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
    let report: serde_json::Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    assert_eq!((&report["complete"], &report["stopped"]), (&true.into(), &true.into()));
    drop(stdin);
    let output = output_of(binary().current_dir(&folder).args(["-q", "--report=json=r.json"]), LOG);
    assert!(output.status.success());
    assert!(fs::read_to_string(&path).unwrap().starts_with("{\n  \"format\": \"imsdk-annotate report\""));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o640);
}

#[test]
fn what_is_new_is_what_the_earlier_run_lacks() {
    let folder = tempfile::tempdir().unwrap();
    let run = |args: &[&str], input: &[u8]| output_of(binary().current_dir(&folder).args(args), input);
    assert!(run(&["-q", "--report=json=earlier.json"], b"ret=-204\niret=-9999\n").status.success());
    let again = ["--baseline=earlier.json", "--only=new", "--fail-on=new"];
    let output = run(&again, b"ret=-204 x\niret=-9999\n");
    assert_eq!((output.status.code(), &output.stdout[..]), (Some(0), &b""[..]));
    let output = run(&again, b"ret=-204 ret=-205\niret=-9998\nret=-204\n");
    assert_eq!(output.status.code(), Some(1));
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said, "imsdk-annotate: --fail-on new: 2 fields (-205: 1, -9998: 1)\n");
    assert_eq!(output.stdout.iter().filter(|&&byte| byte == b'\n').count(), 2);
}
