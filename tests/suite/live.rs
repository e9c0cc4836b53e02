//! Counts while a run goes on: --report-every, SIGUSR1, and that asking changes nothing.

use crate::command::{binary, output_of};
use crate::in_folder::{folder_with, refusal};
use crate::signals::{ANNOTATED, LINE, Run, send, start, wait_until};
use rustix::process::Signal;
use serde_json::Value;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;

/// Sends SIGUSR1, and returns the next `count` lines of standard error.
fn ask(run: &mut Run, rdr: &mut impl BufRead, count: usize) -> Vec<String> {
    send(&run.child, Signal::USR1);
    rdr.lines().take(count).map(Result::unwrap).collect()
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

#[test]
fn a_signal_is_answered_by_three_lines() {
    let mut run = start(binary().args(["--fail-on", "error>9"]));
    let mut stderr = BufReader::new(run.child.stderr.take().unwrap());
    run.feed(&LINE.repeat(2));
    run.feed(b"ret=-1\nret=-31337\nret=-20");
    wait_for(&mut run, &mut stderr, |lines| {
        lines[0].starts_with("imsdk-annotate: lines so far: 4 (54 B), since 20")
    });
    let lines = ask(&mut run, &mut stderr, 3);
    assert_eq!(lines[1], "imsdk-annotate: fields: 3 with known codes, 1 with unknown ones");
    assert_eq!(lines[2], "imsdk-annotate: most frequent codes: -204 (2), -1 (1), -31337 (1)");
    run.feed(b"4\n");
    wait_for(&mut run, &mut stderr, |lines| lines[2].contains("most frequent codes: -204 (3),"));
    assert_eq!(run.end().0, Some(0));
}

/// Asks until the answer is as expected: bytes that were read are counted a moment later.
fn wait_for(run: &mut Run, rdr: &mut impl BufRead, is_so: impl Fn(&[String]) -> bool) {
    while !is_so(&ask(run, rdr, 3)) {
        thread::sleep(Duration::from_millis(5));
    }
}

#[test]
fn where_nothing_is_counted_a_signal_does_nothing() {
    let mut run = start(&mut binary());
    run.feed(LINE);
    (0..100).for_each(|_| send(&run.child, Signal::USR1));
    run.feed(LINE);
    assert_eq!(run.ended_in_order(), ANNOTATED.repeat(2));
}

/// The reports at the end have the same bytes, whatever was asked in the middle of lines, keys and codes.
#[test]
fn asking_changes_no_byte() {
    let text: String = (0..400)
        .map(|n| match n % 5 {
            0 => format!("2026-05-01T10:00:{:02}Z ret=-204 openid={} trace=t{}\n", n % 60, n % 7, n % 40),
            1 => format!("{} ret=-{n} ret=-204 openid={n}\n", "x".repeat(n * 3)),
            2 => "error code: x -204 ret = \n".to_owned(),
            3 => format!("ret=-1 trace=t{} 中文 ret=5\r\n", n % 40),
            _ => format!("ret=-{}\n", 30_000 + n),
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    let report = |name: &str| folder.path().join(name);
    let args = |name: &str| {
        let json = format!("json={}", report(name).display());
        ["--users", "openid", "--trace", "trace", "--report", &json, "--report", "text"].map(str::to_owned)
    };
    let plain = output_of(binary().args(args("plain")), text.as_bytes());
    let mut run = start(binary().args(args("asked")));
    let mut stderr = run.child.stderr.take().unwrap();
    let said = thread::spawn(move || {
        let mut said = String::new();
        stderr.read_to_string(&mut said).unwrap();
        said
    });
    // Signals that come before the program runs end any program.
    let (first, rest) = text.as_bytes().split_at(50);
    run.stdin_wtr.write_all(first).unwrap();
    run.wait_for_read();
    let mut stdout = run.stdout;
    let written = thread::spawn(move || {
        let mut written = Vec::new();
        stdout.read_to_end(&mut written).unwrap();
        written
    });
    let mut signals = 0;
    for piece in rest.chunks(37) {
        run.stdin_wtr.write_all(piece).unwrap();
        for _ in 0..3 {
            send(&run.child, Signal::USR1);
            signals += 1;
        }
        thread::sleep(Duration::from_micros(300));
    }
    assert!(signals > 1000);
    drop(run.stdin_wtr);
    let status = run.child.wait().unwrap();
    assert_eq!(status.code(), Some(0));
    assert!(written.join().unwrap() == plain.stdout);
    assert_eq!(fs::read(report("asked")).unwrap(), fs::read(report("plain")).unwrap());
    let said = said.join().unwrap();
    assert!(said.ends_with(&String::from_utf8(plain.stderr).unwrap()));
    assert!(said.contains("\nso far, from 20") && said.contains("-- 20"), "{said}");
    let names: Vec<_> = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names.len(), 2, "{names:?}");
}

#[test]
fn a_file_has_the_report_so_far_and_then_the_last_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("r.json");
    let mut run = start(binary().args(["-q", "--report-every", "1s", "--report"]).arg(&path));
    run.feed(&LINE.repeat(3));
    wait_until(|| path.exists() && json(&path)["input"]["lines"] == 3);
    let report = json(&path);
    assert_eq!((&report["complete"], &report["codes"][0]["count"]), (&Value::Bool(false), &3.into()));
    assert!(report["so_far"]["start"].as_str() <= report["so_far"]["time"].as_str());
    run.feed(LINE);
    wait_until(|| json(&path)["so_far"]["since_last"]["fields"] == 1);
    assert_eq!(json(&path)["codes"][0]["last"]["line"], 4);
    let said = output_of(binary().args(["-q", "--fail-on", "new", "--baseline"]).arg(&path), b"");
    assert!(String::from_utf8_lossy(&said.stderr).contains("make it anew"));
    assert_eq!(run.end().0, Some(0));
    let report = json(&path);
    assert_eq!((&report["complete"], &report["so_far"]), (&Value::Bool(true), &Value::Null));
}

#[test]
fn in_a_stream_a_report_in_json_is_a_line_and_a_text_has_the_time_before_it() {
    let args = ["-q", "--report-every", "1s", "--report", "json=-", "--report", "text", "--report", "junit"];
    let mut run = start(binary().args(args));
    let mut stdout = BufReader::new(run.stdout.by_ref());
    run.stdin_wtr.write_all(LINE).unwrap();
    let mut line = String::new();
    while !line.contains("\"lines\": 1") {
        line.clear();
        stdout.read_line(&mut line).unwrap();
        let report: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(report["complete"], false);
    }
    drop(stdout);
    let (status, rest, said) = run.end();
    assert_eq!(status, Some(0));
    let rest = String::from_utf8(rest).unwrap();
    let reports: Vec<Value> = rest.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(reports.last().unwrap()["complete"], true);
    let headings = said.lines().filter(|line| line.starts_with("-- 20") && line.ends_with("Z --")).count();
    assert_eq!(
        headings,
        said.matches("in 1 line of 1 input").count() + said.matches("in 0 lines of").count()
    );
    assert!(headings >= 2 && said.matches("<testsuites").count() == 1, "{said}");
}

#[test]
fn options_that_cannot_go_together_are_refused() {
    let folder = folder_with(&["a.log"]);
    for (args, expected) in [
        (&["--report-every", "1s", "a.log"][..], "--report <FORMAT[=PATH]>"),
        (&["--report", "json", "--report-every", "5", "a.log"], "write at least 1s: 10s, 1m30s, 1h"),
        (&["--report", "json", "--report-every", "0.1s", "a.log"], "write at least 1s: 10s, 1m30s, 1h"),
        (&["--merge-reports", "--report", "json", "--report-every", "1s", "a.log"], "cannot be used with"),
        (&["--merge-reports", "--report", "json", "--metrics", "m", "a.log"], "cannot be used with"),
        (&["--output-dir", "out", "--dry-run", "--metrics", "m", "a.log"], "cannot be used with"),
        (&["-l", "--metrics", "m", "a.log"], "cannot be used with"),
        (&["--only", "any", "-m1", "--metrics", "m", "a.log"], "cannot be used with"),
        (&["-q", "--only", "any", "--metrics", "m", "a.log"], "--metrics needs all lines"),
        (&["--metrics", "-", "a.log"], "name a file, as node_exporter reads it"),
        (&["--metrics", "m,0s", "a.log"], "write at least 1s"),
        (&["--metrics", "a.log", "a.log"], "is the input a.log"),
        (&["--metrics", "/dev/stdout", "a.log"], "the lines go to standard output; add --quiet"),
        (&["--metrics", "m", "--report", "json=m", "a.log"], "m"),
        (&["--explain", "-204", "--metrics", "m"], "cannot be used with"),
    ] {
        let said = refusal(folder.path(), args);
        assert!(said.contains(expected), "{args:?}: {said}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "{args:?}");
    }
}

/// The signal comes before anything is read, and goes on coming until the end.
#[test]
fn no_signal_ends_the_program() {
    for args in [&[][..], &["--report", "text"], &["-j2", "--fail-on", "error>999"]] {
        let mut command = binary();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(LINE).unwrap();
        let mut stdout = child.stdout.take().unwrap();
        let mut annotated = vec![0; ANNOTATED.len()];
        stdout.read_exact(&mut annotated).unwrap();
        for _ in 0..1000 {
            send(&child, Signal::USR1);
        }
        drop(stdin);
        while child.try_wait().unwrap().is_none() {
            send(&child, Signal::USR1);
        }
        assert_eq!(child.wait().unwrap().code(), Some(0), "{args:?}");
        assert_eq!(annotated, ANNOTATED);
    }
}
