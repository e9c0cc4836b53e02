//! Checks of rates: `--fail-on 'error>100/1m'` fails where more fields than the limit are selected within a window of time.

use crate::bundled::{tar_of, zip_of};
use crate::command::{binary, output_of};
use crate::follow::{Following, POLLING};
use crate::in_folder::refusal;
use crate::packed::pack;
use crate::signals::start;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// Returns a log with a field at each of these times of a day.
fn log(times: &[&str]) -> String {
    times.iter().map(|time| format!("2026-05-01 {time} ret=-204\n")).collect()
}

/// Runs the binary on files in a folder, and returns its status and messages.
fn judge(folder: &Path, args: &[&str]) -> (Option<i32>, String) {
    let output = output_of(binary().current_dir(folder).arg("-q").args(args), b"");
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Returns a folder with these files.
fn folder_of(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    files.iter().for_each(|(name, text)| fs::write(folder.path().join(name), text).unwrap());
    folder
}

#[test]
fn a_window_has_more_fields_than_the_limit_or_not() {
    for (times, check, expected) in [
        // One below the limit, at it, and above.
        (&["10:00:00", "10:00:30"][..], "error>2/1m", None),
        (&["10:00:00", "10:00:30", "10:00:59"], "error>3/1m", None),
        (
            &["10:00:00", "10:00:30", "10:00:59"],
            "error>2/1m",
            Some("3 fields within 1m from 2026-05-01T10:00:00"),
        ),
        // The window is as long as it says, and not longer.
        (&["10:00:00", "10:01:00"], "error>1/1m", None),
        (&["10:00:00.5", "10:01:00.4"], "error>1/1m", None),
        (
            &["10:00:00.000", "10:00:59.999"],
            "error>1/1m",
            Some("2 fields within 1m from 2026-05-01T10:00:00"),
        ),
        (&["10:00:00.19", "10:00:01.10"], "error>1/1s", None),
        (
            &["10:00:00.11", "10:00:01.09"],
            "error>1/1s",
            Some("2 fields within 1s from 2026-05-01T10:00:00.1"),
        ),
        (&["10:00:00", "11:00:59"], "error>1/1h", None),
        (&["10:00:59", "11:59:00"], "error>1/2h", Some("2 fields within 2h from 2026-05-01T10:00:00")),
        // It slides, across minutes, hours and days.
        (
            &["10:00:50", "10:01:10", "10:01:20", "10:02:05"],
            "error>2/1m",
            Some("3 fields within 1m from 2026-05-01T10:00:50"),
        ),
        (&["23:59:59.9", "10:00:00"], "error>1/24h", Some("2 fields within 1d from 2026-05-01T10:00:00")),
        // Lines may be out of order.
        (
            &["10:05:00", "10:00:00", "10:05:30", "09:00:00", "10:00:59"],
            "error:1/1m",
            Some("2 fields within 1m from 2026-05-01T10:00:00"),
        ),
        (&["10:00:00"], "error/1m", None),
    ] {
        let folder = folder_of(&[("a.log", &log(times))]);
        if check == "error/1m" {
            let said = refusal(folder.path(), &["--fail-on", check, "a.log"]);
            assert!(said.contains("nothing is called \"error/1m\""), "{said}");
            continue;
        }
        let (status, said) = judge(folder.path(), &["--fail-on", check, "a.log"]);
        let expected = expected.map(|words| format!("imsdk-annotate: --fail-on {check}: {words} (-204)\n"));
        assert_eq!(status, Some(i32::from(expected.is_some())), "{check} {times:?}: {said}");
        assert_eq!(said, expected.unwrap_or_default(), "{check} {times:?}");
    }
}

#[test]
fn what_is_selected_counts_and_times_with_zones_are_moments() {
    let text = "2026-05-01T10:00:00+08:00 ret=-204 ret=-204\n2026-05-01T02:00:10Z ret=-402 ret=5 ret=0\n\
                2026-05-01T02:00:20Z iret=-9999\n";
    let folder = folder_of(&[("a.log", text)]);
    for (check, expected) in [
        ("error>2/1m", Some("3 fields within 1m from 2026-05-01T02:00:00Z (-204, -402)")),
        ("-204>1/1m", Some("2 fields within 1m from 2026-05-01T02:00:00Z (-204)")),
        ("any>4/1m", Some("5 fields within 1m from 2026-05-01T02:00:00Z (-204, 5, -402, and 1 more)")),
        ("unknown>0/1s", Some("1 field within 1s from 2026-05-01T02:00:20Z (-9999)")),
        ("error,!auth>1/1m", None),
        ("error>2/10s", None),
    ] {
        let (status, said) = judge(folder.path(), &["--fail-on", check, "a.log"]);
        assert_eq!(status, Some(i32::from(expected.is_some())), "{check}: {said}");
        let expected = expected.map(|words| format!("imsdk-annotate: --fail-on {check}: {words}\n"));
        assert_eq!(said, expected.unwrap_or_default());
    }
}

/// Files of many blocks, archives' neighbours and packed files have the same rates for any number of threads.
#[test]
fn threads_and_blocks_make_no_difference() {
    let mut text = String::from("ret=-1\n");
    for second in 0..60_000_u32 {
        let (hour, minute) = (second / 3600, second / 60 % 60);
        let _ = write!(text, "2026-05-01 {hour:02}:{minute:02}:{:02} INFO quiet\n\tat x\n", second % 60);
        if second % 7 == 0 {
            text.push_str("\tcaused by ret=-204\n");
        }
        if second == 31_000 {
            text.push_str(&"\tret=-402\n".repeat(60_000));
        }
    }
    assert!(text.len() > 5 * 512 * 1024);
    let folder = folder_of(&[("a.log", &text), ("b.log", &text)]);
    let report = |threads: &str, files: &[&str]| {
        let args = ["-j", threads, "--fail-on", "-402>9/1m", "--fail-on", "-204>8/1m", "--report", "json=-"];
        let output = output_of(binary().current_dir(&folder).arg("-q").args(args).args(files), b"");
        assert_eq!(output.status.code(), Some(1), "{output:?}");
        let report: Value = serde_json::from_slice(&output.stdout).unwrap();
        report["fail_on"].clone()
    };
    let one = report("1", &["a.log"]);
    assert_eq!(one[0]["count"], 60_000);
    assert_eq!(one[0]["window"]["seconds"], 60);
    assert_eq!(one[0]["window"]["from"], "2026-05-01T08:36:40");
    assert_eq!(one[1]["count"], 9);
    assert_eq!(report("3", &["a.log"]), one);
    let two = report("1", &["a.log", "b.log"]);
    assert_eq!((&two[0]["count"], &two[1]["count"]), (&120_000.into(), &18.into()));
    assert_eq!(report("3", &["a.log", "b.log"]), two);
}

#[test]
fn a_line_without_a_time_has_that_of_the_line_before() {
    let text = "ret=-204\nret=-204\n2026-05-01 10:00:00 x\n\tret=-204\n2026-05-01 10:05:00 x\n\n\tret=-204\n";
    let folder = folder_of(&[("a.log", text), ("none.log", "ret=-204\nret=-204\n"), ("empty.log", "x\n")]);
    let folder = folder.path();
    let (status, said) = judge(folder, &["--fail-on", "error>2/1m", "a.log", "empty.log"]);
    assert_eq!(status, Some(1));
    assert!(said.contains(": 3 fields within 1m from 2026-05-01T10:00:00 (-204)"), "{said}");
    assert_eq!(judge(folder, &["--fail-on", "error>3/1m", "a.log", "empty.log"]), (Some(0), String::new()));
    // Fields without any time are trouble where they could matter.
    for (check, files, status) in [
        ("error>4/1m", &["a.log", "none.log"][..], Some(2)),
        ("error>5/1m", &["a.log", "none.log"], Some(0)),
        ("error>2/1m", &["none.log", "a.log"], Some(1)),
        ("error>1/1m", &["none.log"], Some(2)),
        ("error>2/1m", &["none.log"], Some(0)),
        ("friend>0/1m", &["none.log"], Some(0)),
    ] {
        let (actual, said) = judge(folder, &[&["--fail-on", check], files].concat());
        assert_eq!(actual, status, "{check} {files:?}: {said}");
        let words = "not decided: there is no time in the lines of none.log, which a rate needs: 2 fields without one";
        assert_eq!(said.contains(words), status == Some(2), "{check} {files:?}: {said}");
    }
}

#[test]
fn lines_of_a_stream_count_at_their_arrival_or_a_moment_after_the_line_before() {
    let run = |text: &str, check: &str| {
        let mut run = start(binary().args(["-q", "--fail-on", check]));
        run.feed(text.as_bytes());
        let (status, _, said) = run.end();
        (status, said)
    };
    let (status, said) = run(&"ret=-204\n".repeat(5), "error>4/1m");
    assert_eq!(status, Some(1));
    assert!(said.contains(": 5 fields within 1m from 2") && said.ends_with("Z (-204)\n"), "{said}");
    assert_eq!(run(&"ret=-204\n".repeat(5), "error>5/1m"), (Some(0), String::new()));
    // Beside lines with times, which may be long ago.
    let (status, said) = run("2026-05-01 10:00:00 ret=-204\n\tret=-204\n\tret=-204\n", "error>2/1h");
    assert_eq!(status, Some(1));
    assert!(said.contains(": 3 fields within 1h from 2026-05-01T10:00:00 (-204)"), "{said}");
}

#[test]
fn a_file_that_is_followed_ends_the_run_by_its_rate() {
    let mut following = Following::new();
    following.write("a.log", &log(&["10:00:00", "10:05:00"]));
    let [poll, every] = POLLING;
    let args = ["-F", "a.log", "--tail", "all", poll, every, "--fail-on", "error>2/1m", "--until-fail"];
    following.start(&args);
    following.expect("10:05:00");
    following.append("a.log", "\tret=-204\n");
    following.append("a.log", &log(&["10:06:30"]));
    following.expect("10:06:30");
    following.append("a.log", &log(&["10:05:40"]));
    let (status, _, said) = following.wait();
    assert_eq!(status.code(), Some(1), "{said}");
    assert!(said.contains(": 3 fields within 1m from 2026-05-01T10:05:00 (-204)"), "{said}");
}

#[test]
fn what_is_no_rate_is_refused() {
    let folder = folder_of(&[("a.log", "ret=-204\n")]);
    for (args, expected) in [
        (&["--fail-on", "error>5/"][..], "\"\" is no time for a rate; write whole seconds from 1s to 31d"),
        (&["--fail-on", "error>5/1"], "\"1\" is no time for a rate"),
        (&["--fail-on", "error>5/0.5s"], "is no time for a rate"),
        (&["--fail-on", "error>5/61m1s"], "whole minutes beyond 1h: 'error>100/1m'"),
        (&["--fail-on", "error>x/1m"], "\"x\" is no number"),
        (&["--fail-on", "error>+5/1m"], "a rate takes a number, and no growth"),
        (&["--fail-on", "error>+5%/1m"], "a rate takes a number, and no growth"),
        (
            &["--expect", "error>5/1m"],
            "--expect error>5/1m: takes a number of fields; a rate is for --fail-on",
        ),
        (&["--users", "openid", "--fail-on", "error@users>5/1m"], "a rate is told for fields"),
        (&["--fail-on", "error@users>5/1m"], "a rate is told for fields"),
        (
            &["--merge-reports", "--fail-on", "error>5/1m"],
            "--fail-on error>5/1m: reports do not have the times of single fields",
        ),
    ] {
        let said = refusal(folder.path(), &[args, &["a.log"]].concat());
        assert!(said.contains(expected), "{args:?}: {said}");
    }
}

#[test]
fn every_report_says_the_window() {
    let text = log(&["10:00:00", "10:00:01", "10:09:00"]) + "2026-05-01 10:09:00 ret=-402\n";
    let folder = folder_of(&[("a.log", &text)]);
    let words = "2 fields within 1m from 2026-05-01T10:00:00 (-204, -402)";
    for (format, words) in [
        ("text", words),
        ("markdown", words),
        ("junit", words),
        ("github", words),
        ("teamcity", words),
        ("azure", words),
        ("gitlab", words),
        ("jenkins", words),
        ("json", "\"window\":{\"seconds\":60,\"from\":\"2026-05-01T10:00:00\"}"),
        ("html", "within 1m from 2026-05-01T10:00:00</bdi>"),
        ("html", "从 2026-05-01T10:00:00 起 1m 之内"),
    ] {
        let mut command = binary();
        command.current_dir(&folder).args(["-q", "--fail-on", "error>1/1m", "--report"]);
        let output = output_of(command.arg(format!("{format}=-")).arg("a.log").stdin(Stdio::null()), b"");
        assert_eq!(output.status.code(), Some(1));
        let report = String::from_utf8(output.stdout).unwrap().replace("\": ", "\":");
        let report = if format == "json" { report.split_whitespace().collect() } else { report };
        let report = if format == "markdown" { report.replace('\\', "") } else { report };
        assert!(report.contains(words), "{format}: {report}");
    }
}

/// A run that is resumed knows the times of what was done before.
#[test]
fn the_journal_has_rates() {
    let folder = folder_of(&[("a.log", &log(&["10:00:00"])), ("b.log", &log(&["10:00:30"]))]);
    for name in ["a.log", "b.log"] {
        crate::in_folder::settle(folder.path().join(name));
    }
    let check = ["--output-dir", "out", "--resume", "--fail-on", "error>1/1m"];
    let run = |files: &[&str]| {
        let output = output_of(binary().current_dir(&folder).args(check).args(files), b"");
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    assert_eq!(run(&["a.log"]).0, Some(0));
    let (status, said) = run(&["a.log", "b.log"]);
    assert_eq!(status, Some(1));
    assert!(said.contains("2 fields within 1m from 2026-05-01T10:00:00"), "{said}");
    let (status, said) = run(&["a.log", "b.log"]);
    assert_eq!(status, Some(1));
    assert!(said.contains("2 fields within 1m from 2026-05-01T10:00:00"), "{said}");
}

/// Packed files, members of archives and text in UTF-16 have the times of their lines, from wherever they are read.
#[test]
fn packings_and_archives_make_no_difference() {
    let folder = tempfile::tempdir().unwrap();
    let (dated, timeless) = ("2026-05-01 10:00:00 x\n\tret=-204\n", "ret=-204\n");
    let utf16: Vec<u8> = format!("\u{feff}{dated}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let members = [("d.log", dated.as_bytes()), ("n.log", timeless.as_bytes()), ("e.log", dated.as_bytes())];
    let all: Vec<u8> = members.iter().flat_map(|(_, text)| text.to_vec()).collect();
    for (name, bytes) in [
        ("a.gz", pack("gzip", &all)),
        ("a.zst", pack("zstd", &all)),
        ("u.log", utf16),
        ("a.tar", tar_of(&members)),
        ("a.zip", zip_of(&members, zip::CompressionMethod::Deflated)),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    for (files, check, status, words) in [
        (&["a.gz"][..], "error>2/1m", 1, "3 fields within 1m from 2026-05-01T10:00:00"),
        (&["a.zst"], "error>3/1m", 0, ""),
        (&["u.log", "a.gz"], "error>3/1m", 1, "4 fields within"),
        (&["a.tar"], "error>1/1m", 1, "2 fields within"),
        (
            &["a.tar"],
            "error>2/1m",
            2,
            "there is no time in the lines of a.tar:n.log, which a rate needs: 1 field without one",
        ),
        (&["a.zip"], "error>2/1m", 2, "there is no time in the lines of a.zip:n.log"),
        (&["a.zip", "a.tar"], "error>3/1m", 1, "4 fields within"),
    ] {
        for threads in ["1", "3"] {
            let (actual, said) =
                judge(folder.path(), &[&["-j", threads, "--fail-on", check], files].concat());
            assert_eq!(actual, Some(status), "{files:?} {check}: {said}");
            assert!(said.contains(words), "{files:?} {check}: {said}");
        }
    }
    // A member of an archive that comes through a pipe does not arrive.
    let archive = tar_of(&members);
    let output = output_of(binary().args(["-q", "--fail-on", "error>2/1m"]), &archive);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("there is no time in the lines of (standard input):n.log"), "{said}");
}

/// The file that a message names is the right one where its counts are from the journal.
#[test]
fn a_file_without_times_has_its_name_in_a_run_that_is_resumed() {
    let folder = folder_of(&[("a.log", &log(&["10:00:00"])), ("b.log", "ret=-1\n")]);
    for name in ["a.log", "b.log"] {
        crate::in_folder::settle(folder.path().join(name));
    }
    for _ in 0..2 {
        let args = ["--output-dir", "out", "--resume", "--fail-on", "error>1/1m", "a.log", "b.log"];
        let output = output_of(binary().current_dir(&folder).args(args), b"");
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{said}");
        assert!(said.contains("there is no time in the lines of b.log, "), "{said}");
    }
}
