//! Outputs after a signal. A stream keeps its complete lines, under its own name and in reports; a file that was not
//! read to its end leaves no output; no temporary file is left.

use crate::command::{annotate, binary, isolated, output_of};
use crate::in_folder::outputs;
use crate::nameless::new_files;
use crate::packed::pack;
use crate::signals::{ANNOTATED, LINE, Run, SIGNALS, send, start, wait_until};
use rustix::process::Signal;
use serde_json::Value;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

pub(crate) fn names(folder: &Path) -> Vec<String> {
    outputs(folder)
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

/// Feeds two complete lines and the beginning of a third to the program, and ends it by a signal.
fn stop_stream(folder: &Path, args: &[&str], signal: Signal) {
    let mut run = start(binary().current_dir(folder).args(args));
    run.feed(&LINE.repeat(2));
    run.feed(b"ret=-20");
    send(&run.child, signal);
    assert_eq!(run.ended_by(signal, &format!("{args:?}")), b"");
}

#[test]
fn a_stream_keeps_its_file_with_all_complete_lines() {
    for signal in SIGNALS {
        for name in ["out.log", "out.gz", "out.zst", "out.xz"] {
            let folder = tempfile::tempdir().unwrap();
            fs::write(folder.path().join(name), "before").unwrap();
            stop_stream(folder.path(), &["-o", name], signal);
            assert_eq!(names(folder.path()), [name]);
            let path = folder.path().join(name);
            assert_eq!(annotate(&[path.to_str().unwrap()], b""), ANNOTATED.repeat(2), "{name}");
        }
    }
}

/// The output is empty, as from a pipe that ended without a byte.
#[test]
fn a_stream_that_gave_nothing_has_an_empty_file() {
    for beginning in [&b""[..], b"ret=-20"] {
        let folder = tempfile::tempdir().unwrap();
        let mut run = start_file(folder.path(), "-o out.log");
        run.feed(beginning);
        send(&run.child, Signal::INT);
        run.ended_by(Signal::INT, "nothing");
        assert_eq!(names(folder.path()), ["out.log"]);
        assert_eq!(fs::read(folder.path().join("out.log")).unwrap(), b"");
    }
}

/// The decoded lines are written. Compressed data that the signal cuts off is no trouble.
#[test]
fn a_compressed_stream_keeps_what_could_be_decoded() {
    for format in ["gzip", "zstd", "xz", "lz4", "bzip2"] {
        let folder = tempfile::tempdir().unwrap();
        let lines: Vec<u8> = (0_u64..400_000)
            .flat_map(|n| format!("{:x} ret=-1\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).into_bytes())
            .collect();
        let mut packed = pack(format, &lines);
        packed.truncate(packed.len() / 2);
        let mut run = start(binary().current_dir(&folder).args(["-o", "out.log", "--report=json=r.json"]));
        run.feed(&packed);
        send(&run.child, Signal::TERM);
        run.ended_by(Signal::TERM, format);
        let out = fs::read(folder.path().join("out.log")).unwrap();
        let expected = imsdk_annotate::Annotator::new().annotate(&lines);
        assert!(out.ends_with(b")\n") && expected.starts_with(&out), "{format}: {} bytes", out.len());
        let report = json(&folder.path().join("r.json"));
        assert_eq!((&report["complete"], &report["stopped"]), (&true.into(), &true.into()), "{format}");
    }
}

#[test]
fn each_report_on_a_stream_says_that_a_signal_stopped_it() {
    let folder = tempfile::tempdir().unwrap();
    let formats =
        ["text", "json", "markdown", "junit", "github", "jenkins", "teamcity", "azure", "gitlab", "html"];
    let reports = formats.map(|format| format!("--report={format}={format}.out"));
    let args: Vec<&str> = ["-q"].into_iter().chain(reports.iter().map(String::as_str)).collect();
    stop_stream(folder.path(), &args, Signal::INT);
    for format in formats {
        let report = fs::read_to_string(folder.path().join(format!("{format}.out"))).unwrap();
        let words = if format == "json" { "\"stopped\": true" } else { "stopped by a signal" };
        assert!(report.contains(words), "{format}: {report}");
        assert!(!report.contains("see the messages") && !report.contains("before all"), "{format}: {report}");
        // It is no trouble.
        for failed in ["ERROR", "blocker", "type=error;]iMSDK stopped", "buildProblem", "<error"] {
            assert!(!report.contains(failed), "{format}: {report}");
        }
    }
    let report = json(&folder.path().join("json.out"));
    assert_eq!((&report["complete"], &report["fields"]), (&true.into(), &2.into()));
    // The report can be a baseline, and a sum that includes it says that its input was stopped.
    fs::write(folder.path().join("log"), LINE).unwrap();
    for args in [
        &["-q", "--report=json=log.json", "--baseline=json.out", "log"][..],
        &["--merge-reports", "json.out", "log.json", "--report=json=sum"],
    ] {
        let output = output_of(binary().current_dir(&folder).args(args), b"");
        assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    }
    let sum = json(&folder.path().join("sum"));
    assert_eq!((&sum["stopped"], &sum["complete"], &sum["fields"]), (&true.into(), &true.into(), &3.into()));
}

/// A file before the stream was read to its end; a file behind the stream is not read.
#[test]
fn a_stream_among_files_keeps_its_output() {
    for (inputs, is_complete) in
        [(&["a.log", "-"][..], true), (&["-", "a.log"], false), (&["a.log", "-", "a.log"], false)]
    {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a.log"), LINE).unwrap();
        let args = [inputs, &["-o", "out.log", "--report=json=r.json", "--report=text=r.txt"]].concat();
        stop_stream(folder.path(), &args, Signal::TERM);
        assert_eq!(names(folder.path()), ["a.log", "out.log", "r.json", "r.txt"]);
        let before = usize::from(inputs[0] == "a.log");
        assert_eq!(fs::read(folder.path().join("out.log")).unwrap(), ANNOTATED.repeat(before + 2));
        let report = json(&folder.path().join("r.json"));
        assert_eq!(
            (&report["complete"], &report["stopped"]),
            (&is_complete.into(), &true.into()),
            "{inputs:?}"
        );
        let report = fs::read_to_string(folder.path().join("r.txt")).unwrap();
        assert_eq!(report.contains("stopped by a signal before all was read"), !is_complete, "{report}");
    }
}

/// The stream is an operand with a name, and not standard input.
#[test]
fn a_named_pipe_keeps_its_file_in_a_folder() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe.log");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    let mut child = binary()
        .current_dir(&folder)
        .args(["--output-dir", "out", "pipe.log", "--report", "json=r.json"])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let mut wtr = fs::File::options().write(true).open(&pipe).unwrap();
    std::io::Write::write_all(&mut wtr, &[LINE, b"ret=-2"].concat()).unwrap();
    wait_until(|| rustix::io::ioctl_fionread(&wtr).is_ok_and(|count| count == 0));
    wait_until(|| folder.path().join("out").exists());
    send(&child, Signal::INT);
    assert_eq!(child.wait().unwrap().signal(), Some(Signal::INT.as_raw()));
    assert_eq!(names(&folder.path().join("out")), ["pipe.log"]);
    assert_eq!(fs::read(folder.path().join("out/pipe.log")).unwrap(), ANNOTATED);
    assert_eq!(json(&folder.path().join("r.json"))["complete"], true);
}

/// Files can be read again, so that no partial output of them is left. The signal comes before the compression ends.
#[test]
fn files_that_are_cut_off_leave_their_output_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let text: Vec<u8> = (0_u64..1_000_000)
        .flat_map(|n| format!("{:x} ret=-204\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).into_bytes())
        .collect();
    fs::write(folder.path().join("a.log"), text).unwrap();
    fs::write(folder.path().join("out.xz"), "before").unwrap();
    for threads in ["-j1", "-j2"] {
        let args = [threads, "-o", "out.xz", "a.log", "-", "--report=json=r.json", "--report=text=r.txt"];
        let run = start(binary().current_dir(&folder).args(args));
        // The output and two reports have been begun.
        wait_until(|| new_files(run.child.id(), folder.path()) == 3);
        send(&run.child, Signal::TERM);
        run.ended_by(Signal::TERM, threads);
        assert_eq!(names(folder.path()), ["a.log", "out.xz", "r.json", "r.txt"]);
        assert_eq!(fs::read(folder.path().join("out.xz")).unwrap(), b"before");
        let report = json(&folder.path().join("r.json"));
        assert_eq!((&report["complete"], &report["stopped"]), (&false.into(), &true.into()));
        let report = fs::read_to_string(folder.path().join("r.txt")).unwrap();
        assert!(report.contains("\nstopped by a signal before all was read\n"), "{report}");
        fs::remove_file(folder.path().join("r.json")).unwrap();
        fs::remove_file(folder.path().join("r.txt")).unwrap();
    }
}

/// Starts the program, without core dumps, and waits until it has begun a file.
pub(crate) fn start_file(folder: &Path, args: &str) -> Run {
    let mut command = isolated("sh");
    command.args(["-c", &format!("ulimit -c 0; exec \"$0\" {args}")]).arg(binary().get_program());
    let run = start(command.current_dir(folder));
    wait_until(|| new_files(run.child.id(), folder) > 0);
    run
}

/// Returns signals that end the program at once, as numbers, because realtime signals have no names.
fn abrupt_signals() -> Vec<i32> {
    let mut signals =
        vec![Signal::QUIT, Signal::ABORT, Signal::ALARM, Signal::BUS, Signal::IO, Signal::PROF, Signal::SYS]
            .into_iter()
            .chain([Signal::TRAP, Signal::VTALARM, Signal::XCPU])
            .map(Signal::as_raw)
            .collect::<Vec<i32>>();
    if cfg!(target_os = "linux") {
        // SIGSTKFLT, SIGPWR, the first and the last realtime signal.
        signals.extend([16, 30, 34, 64]);
    }
    signals
}

#[test]
fn a_signal_that_ends_the_program_at_once_leaves_no_temporary_file() {
    let folder = tempfile::tempdir().unwrap();
    for signal in abrupt_signals() {
        for args in ["-o out.log", "-q --report json=r.json", "--merge-reports - --report json=r.json"] {
            let mut run = start_file(folder.path(), args);
            run.feed(LINE);
            let number = format!("-{signal}");
            assert!(
                Command::new("kill").arg(number).arg(run.child.id().to_string()).status().unwrap().success()
            );
            let status = run.child.wait().unwrap();
            let ended_by = status.signal().or(status.code().map(|code| code - 128));
            assert_eq!(ended_by, Some(signal), "{args}: {status:?}");
            assert_eq!(names(folder.path()), [""; 0], "{args} {signal}");
        }
    }
}

#[test]
fn signals_of_the_user_do_not_end_the_program() {
    let folder = tempfile::tempdir().unwrap();
    for args in
        [&[][..], &["--line-buffered"], &["-o", "out.log"], &["-q", "--report=text=-"], &["--explain", "-"]]
    {
        let mut run = start(binary().current_dir(&folder).args(args));
        for _ in 0..2 {
            run.feed(LINE);
            send(&run.child, Signal::USR1);
            send(&run.child, Signal::USR2);
        }
        let Run { mut child, stdin_wtr, .. } = run;
        drop(stdin_wtr);
        assert!(child.wait().unwrap().success(), "{args:?}");
    }
    assert_eq!(fs::read(folder.path().join("out.log")).unwrap(), ANNOTATED.repeat(2));
}

/// A signal during `--merge-reports` is not the end of an input, and there is no partial sum.
#[test]
fn a_merge_that_is_interrupted_leaves_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for signal in SIGNALS {
        let run = start_file(folder.path(), "--merge-reports - --report json=sum.json");
        send(&run.child, signal);
        run.ended_by(signal, "merge");
        assert_eq!(names(folder.path()), [""; 0]);
    }
}
