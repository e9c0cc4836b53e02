//! Reads that fail: the output is the beginning of the input, for each number of threads, and counts are those of that
//! part.
//!
//! strace makes the reads fail. Where it is missing or may not trace, the tests print that they are skipped.

use crate::command::{binary, isolated, output_of};
use crate::in_folder::outputs;
use crate::packed::pack;
use imsdk_annotate::Annotator;
use rustix::io::Errno;
use std::fmt::Display;
use std::process::{Command, Output, Stdio};
use std::{fs, io};
use tempfile::TempDir;

/// Returns the message about a file whose read has failed, in the words of the C library.
fn failed_read(name: &str) -> String {
    format!("imsdk-annotate: {name}: {}", io::Error::from(Errno::IO))
}

/// Returns lines of many lengths, each with a field, which together take several blocks.
fn log() -> Vec<u8> {
    (0..60_000).flat_map(|line| format!("{line:07} ret=-204 {:.<1$}\n", "", line % 50).into_bytes()).collect()
}

/// Returns true if strace can be used. Prints a message where it cannot.
fn can_trace() -> bool {
    let mut command = Command::new("strace");
    command.args(["-o", "/dev/null", "true"]).stdin(Stdio::null()).stderr(Stdio::null());
    let can = command.status().is_ok_and(|status| status.success());
    if !can {
        println!("skipped: strace is missing or may not trace");
    }
    can
}

/// Runs the binary in a folder, and has the `when`th call of `call` on a file fail; all from then on if a plus sign follows the
/// number.
fn run_with_error(folder: &TempDir, call: &str, file: &str, when: impl Display, args: &[&str]) -> Output {
    let mut command = isolated("strace");
    let path = folder.path().canonicalize().unwrap().join(file);
    command.args(["-f", "-qq", "-o", "/dev/null", "-P"]).arg(path);
    command.args(["-e", &format!("trace={call}"), "-e", &format!("inject={call}:error=EIO:when={when}")]);
    command.arg(binary().get_program()).args(args).current_dir(folder);
    output_of(&mut command, b"")
}

fn message(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn without_notes(annotated: &[u8]) -> Vec<u8> {
    Annotator::builder().strip(true).build().annotate(annotated)
}

/// Returns the number behind a name in a JSON report.
fn number_in(report: &str, name: &str) -> usize {
    let behind = report.split_once(&format!("\"{name}\":")).unwrap_or_else(|| panic!("{name}: {report}")).1;
    let digits: String = behind.trim_start().chars().take_while(char::is_ascii_digit).collect();
    digits.parse().unwrap()
}

/// The call that reads a large plain file with one thread, and with several.
const CALLS: [(&str, &str); 4] =
    [("read", "-j1"), ("pread64", "-j2"), ("pread64", "-j3"), ("pread64", "-j8")];

#[test]
fn what_comes_before_a_read_error_is_written_and_counted_and_nothing_behind_it() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let text = log();
    fs::write(folder.path().join("a.log"), &text).unwrap();
    fs::write(folder.path().join("b.log"), "ret=-1\n").unwrap();
    let expected = Annotator::new().annotate(&text);
    let behind = b"ret=-1 (general: failure)\n";
    let mut cut_within_lines = 0;
    for (call, threads) in CALLS {
        for when in [1, 2, 3, 5, 7, 9, 12] {
            let args = [threads, "--report", "json=report.json", "a.log", "b.log"];
            let output = run_with_error(&folder, call, "a.log", when, &args);
            if output.status.success() {
                // The program makes fewer calls.
                assert!(when > 5 && output.stdout == [&expected[..], behind].concat(), "{threads} {when}");
                continue;
            }
            assert_eq!(output.status.code(), Some(3), "{threads} {when}");
            assert_eq!(message(&output), format!("{}\n", failed_read("a.log")), "{threads} {when}");
            let mut written = output.stdout.strip_suffix(behind).unwrap();
            if !expected.starts_with(written) {
                // The next input begins on a line of its own.
                written = written.strip_suffix(b"\n").unwrap();
                cut_within_lines += 1;
            }
            assert!(expected.starts_with(written), "{threads} {when}");
            let read = without_notes(written);
            let report = fs::read_to_string(folder.path().join("report.json")).unwrap();
            assert!(report.contains("\"complete\": false"), "{report}");
            assert_eq!(number_in(&report, "bytes"), read.len() + 7, "{threads} {when}");
            let lines = read.split_inclusive(|&byte| byte == b'\n').count();
            assert_eq!(number_in(&report, "lines"), lines + 1, "{threads} {when}");
            let notes = written.windows(2).filter(|pair| pair == b" (").count();
            assert_eq!(number_in(&report, "fields"), notes + 1, "{threads} {when}");
        }
    }
    assert!(cut_within_lines > 0);
}

#[test]
fn lines_are_chosen_and_numbered_up_to_a_read_error() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), log()).unwrap();
    for args in [&["--only", "-204"][..], &["--only", "-204", "-n"], &["--only", "any", "-C1"]] {
        let expected = output_of(binary().args(args).arg("a.log").current_dir(&folder), b"").stdout;
        for (call, threads) in [CALLS[0], CALLS[1], CALLS[3]] {
            // One thread does the work for context. For numbers, blocks are read to be counted, too.
            let (call, when) = match args.last() {
                Some(&"-C1") => ("read", 3),
                Some(&"-n") if call != "read" => (call, 12),
                _ => (call, 3),
            };
            let output = run_with_error(&folder, call, "a.log", when, &[args, &[threads, "a.log"]].concat());
            assert_eq!(
                (output.status.code(), message(&output)),
                (Some(3), format!("{}\n", failed_read("a.log")))
            );
            let lines = output.stdout.strip_suffix(b"\n").unwrap();
            assert!(!lines.is_empty() && expected.starts_with(lines), "{threads} {args:?}");
        }
    }
}

#[test]
fn an_output_in_a_folder_does_not_appear_where_a_read_fails() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), log()).unwrap();
    fs::write(folder.path().join("b.log"), "ret=-1\n").unwrap();
    let packed = log().chunks(100_000).flat_map(|part| pack("gzip", part)).collect::<Vec<_>>();
    fs::write(folder.path().join("c.gz"), packed).unwrap();
    let out = folder.path().join("out");
    for (call, threads) in CALLS {
        // Several threads read members anywhere, and one goes on from the beginning where that fails.
        for (name, call, when) in [("a.log", call, "3"), ("c.gz", "read,pread64", "2+")] {
            let other =
                binary().args(["--output-dir", "out", "b.log"]).current_dir(&folder).status().unwrap();
            assert!(other.success());
            // All threads read the one file.
            let args = [threads, "--resume", "--output-dir", "out", name];
            let output = run_with_error(&folder, call, name, when, &args);
            let expected = format!("{}; out/{name} is not written\n", failed_read(name));
            let is_said = message(&output).starts_with(&expected);
            assert!(output.status.code() == Some(3) && is_said, "{threads} {when}: {output:?}");
            assert_eq!(outputs(&out), ["b.log"], "{threads}");
            // The next run writes the output.
            let resumed = output_of(binary().args(args).current_dir(&folder), b"");
            assert!(resumed.status.success() && outputs(&out).len() == 2, "{}", message(&resumed));
            fs::remove_dir_all(&out).unwrap();
        }
    }
}

#[test]
fn one_file_of_output_has_what_came_before_a_read_error() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), log()).unwrap();
    let expected = Annotator::new().annotate(&log());
    for (call, threads) in CALLS {
        let output = run_with_error(&folder, call, "a.log", 4, &[threads, "-o", "out.log", "a.log"]);
        assert_eq!(
            (output.status.code(), message(&output)),
            (Some(3), format!("{}\n", failed_read("a.log"))),
            "{threads}"
        );
        let written = fs::read(folder.path().join("out.log")).unwrap();
        assert!(!written.is_empty() && written.len() < expected.len(), "{threads}");
        assert!(expected.starts_with(&written), "{threads}");
    }
}

#[test]
fn a_copy_does_not_appear_where_a_read_fails() {
    if !can_trace() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("logs")).unwrap();
    fs::write(folder.path().join("logs/a.db"), vec![0; 1_000_000]).unwrap();
    fs::write(folder.path().join("logs/b.log"), "ret=-1\n").unwrap();
    for when in [20, 22] {
        let args = ["--output-dir", "out", "logs"];
        let output = run_with_error(&folder, "read", "logs/a.db", when, &args);
        let said = format!("{}; out/a.db is not written\n", failed_read("logs/a.db"));
        assert_eq!((output.status.code(), message(&output)), (Some(3), said), "{when}");
        assert_eq!(outputs(folder.path().join("out")), ["b.log"], "{when}");
    }
}
