//! Standard error: a report on it is whole or an error, messages are not cut, and messages name streams that were
//! closed.

use crate::command::{binary, isolated, output_of};
use rustix::fs::OFlags;
use serde_json::Value;
use std::fs;
use std::io::{PipeReader, Read, Write};
use std::os::fd::AsFd;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread;
use std::time::Duration;

/// Runs a shell script in which `$0` is the binary.
fn shell(script: &str) -> Output {
    output_of(isolated("sh").args(["-c", script]).arg(binary().get_program()), b"ret=-1\n")
}

/// Starts a command whose standard error was set to be non-blocking by another program.
fn start_non_blocking(command: &mut Command) -> (Child, PipeReader) {
    let (rdr, wtr) = std::io::pipe().unwrap();
    rustix::fs::fcntl_setfl(wtr.as_fd(), OFlags::NONBLOCK).unwrap();
    let child = command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(wtr).spawn().unwrap();
    command.stderr(Stdio::null());
    (child, rdr)
}

/// Reads all bytes, after a pause.
fn read_late(mut rdr: PipeReader) -> String {
    thread::sleep(Duration::from_millis(200));
    let mut text = String::new();
    rdr.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn a_report_on_a_non_blocking_standard_error_is_whole() {
    let log: String = (0..1000).map(|n| format!("ret=-{}\n", 10_000 + n)).collect();
    for format in ["json", "text", "markdown", "junit", "github", "html"] {
        let args = ["-q", "--report", format, "--fail-on", "unknown>5000"];
        let (mut child, rdr) = start_non_blocking(binary().args(args));
        child.stdin.take().unwrap().write_all(log.as_bytes()).unwrap();
        let text = read_late(rdr);
        assert!(child.wait().unwrap().success());
        let whole = output_of(binary().args(args), log.as_bytes()).stderr;
        assert!(text.as_bytes() == whole, "{format}: {} of {} bytes", text.len(), whole.len());
        if format == "json" {
            assert!(serde_json::from_str::<Value>(&text).is_ok());
        }
    }
}

#[test]
fn messages_on_a_non_blocking_standard_error_are_not_cut() {
    let names: Vec<String> = (0..5000).map(|n| format!("nosuch-{n}")).collect();
    let (mut child, rdr) = start_non_blocking(binary().args(&names));
    let said = read_late(rdr);
    assert_eq!(child.wait().unwrap().code(), Some(3));
    let expected = names.iter().map(|name| format!("imsdk-annotate: {name}: no such file; check the name\n"));
    assert!(said == expected.collect::<String>());
}

/// Nobody reads for longer than a message waits. All work is done nevertheless.
#[test]
fn messages_that_nobody_reads_do_not_hold_the_work_up() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-1\n").unwrap();
    // More messages than a pipe holds.
    let mut args: Vec<String> = (0..2000).map(|n| format!("nosuch-{n}-{}", "x".repeat(50))).collect();
    args.push("a.log".to_owned());
    let (mut child, rdr) =
        start_non_blocking(binary().current_dir(&folder).args(args).args(["-o", "out.log"]));
    assert_eq!(child.wait().unwrap().code(), Some(3));
    drop(rdr);
    assert_eq!(fs::read(folder.path().join("out.log")).unwrap(), b"ret=-1 (general: failure)\n");
}

#[test]
fn a_report_that_standard_error_does_not_take_is_trouble() {
    for format in ["text", "json", "markdown", "junit", "github", "html"] {
        let output = shell(&format!("\"$0\" -q --report {format} 2>&-"));
        assert_eq!(output.status.code(), Some(2), "{format}: closed");
        if Path::new("/dev/full").exists() {
            let output = shell(&format!("\"$0\" --report {format} 2>/dev/full"));
            assert_eq!(output.status.code(), Some(2), "{format}: full");
            assert_eq!(output.stdout, b"ret=-1 (general: failure)\n");
        }
    }
}

/// Rust's runtime has opened `/dev/null` in place of the closed streams.
#[test]
fn closed_streams_are_said_to_be_closed_whatever_they_are_called() {
    let is_closed = "is closed; leave out the >&- or <&-";
    for name in ["-", "/dev/stdin", "/dev/fd/0", "/proc/self/fd/0", "/proc/thread-self/fd/0"] {
        if name != "-" && fs::symlink_metadata(name).is_err() {
            println!("skipped: there is no {name}");
            continue;
        }
        for options in ["", "--merge-reports --report json"] {
            let output = shell(&format!("\"$0\" {options} {name} <&-"));
            let said = String::from_utf8(output.stderr).unwrap();
            let called = if name == "-" { "standard input" } else { name };
            assert_eq!(output.status.code(), Some(3), "{options} {name}");
            assert!(said.starts_with(&format!("imsdk-annotate: {called}: {is_closed}\n")), "{said}");
        }
        for option in ["--catalog", "--baseline", "--check-catalog"] {
            let output = shell(&format!("\"$0\" {option} {name} <&-"));
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{option} {name}");
            // These options take `-` for the name of a file.
            let words = if name == "-" { "o such file" } else { is_closed };
            assert!(said.contains(words) && said.lines().count() == 1, "{option} {name}: {said}");
        }
        if name != "-" {
            let said =
                String::from_utf8(shell(&format!("IMSDK_ANNOTATE_CONFIG={name} \"$0\" <&-")).stderr).unwrap();
            assert!(said.contains(is_closed) && said.ends_with("or add --no-config\n"), "{name}: {said}");
        }
    }
    for name in ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "/proc/thread-self/fd/1"] {
        if fs::symlink_metadata(name).is_err() {
            println!("skipped: there is no {name}");
            continue;
        }
        for args in [format!("-o {name}"), format!("-q --report text={name}")] {
            let output = shell(&format!("\"$0\" {args} >&-"));
            let said = String::from_utf8(output.stderr).unwrap();
            assert_eq!(output.status.code(), Some(2), "{args}");
            assert_eq!(said, format!("imsdk-annotate: {name}: {is_closed}\n"));
        }
    }
    for name in ["/dev/stderr", "/dev/fd/2"] {
        let output = shell(&format!("\"$0\" -q --report text={name} 2>&-"));
        assert_eq!(output.status.code(), Some(2), "{name}");
    }
}
