//! Signals: complete lines of the input read so far are written, and so are reports, and no other file is left.

use crate::command::{binary, isolated, peak_kib, read_until};
use crate::packed::{pack, unpack_with_library};
use crate::source;
use crate::starved::command_as_nobody;
use imsdk_annotate::Annotator;
use rustix::io::ioctl_fionread;
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{PipeReader, PipeWriter, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::ExitStatusExt;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

pub(crate) const LINE: &[u8] = b"ret=-204 openid=7\n";
pub(crate) const ANNOTATED: &[u8] = b"ret=-204 (auth: user session is failure!) openid=7\n";
/// The time after which a wait is given up: far longer than any takes on a busy machine.
const LONGEST_WAIT: Duration = Duration::from_secs(120);
pub(crate) const SIGNALS: [Signal; 3] = [Signal::INT, Signal::TERM, Signal::HUP];

/// The program, reading from a pipe. The test has both ends of the pipe, and can read the bytes that the program did
/// not read.
pub(crate) struct Run {
    pub(crate) child: Child,
    pub(crate) stdin_wtr: PipeWriter,
    stdin_rdr: PipeReader,
    pub(crate) stdout: ChildStdout,
}

pub(crate) fn start(command: &mut Command) -> Run {
    let (stdin_rdr, stdin_wtr) = std::io::pipe().unwrap();
    command.stdin(stdin_rdr.try_clone().unwrap()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Drops the command's copy of the reading end.
    command.stdin(Stdio::null());
    let stdout = child.stdout.take().unwrap();
    Run { child, stdin_wtr, stdin_rdr, stdout }
}

pub(crate) fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_child(child), signal).unwrap();
}

/// Waits for a condition.
///
/// # Panics
///
/// Panics if the condition has not come about in two minutes, so that a program that has ended shows where it is waited for.
#[track_caller]
pub(crate) fn wait_until(mut is_so: impl FnMut() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < LONGEST_WAIT, "it has not come about in {LONGEST_WAIT:?}");
        thread::sleep(Duration::from_millis(2));
    }
}

impl Run {
    /// Writes a text, and waits until the program has read all of it.
    pub(crate) fn feed(&mut self, text: &[u8]) {
        self.stdin_wtr.write_all(text).unwrap();
        self.wait_for_read();
    }

    /// Waits until the program has read all that was written.
    pub(crate) fn wait_for_read(&self) {
        let rdr = self.stdin_rdr.as_fd();
        wait_until(|| ioctl_fionread(rdr).unwrap() == 0);
    }

    /// Ends the input, and returns the exit status with what is left of both outputs.
    pub(crate) fn end(mut self) -> (Option<i32>, Vec<u8>, String) {
        drop(self.stdin_wtr);
        let (mut rest, mut said) = (Vec::new(), String::new());
        let mut stderr = self.child.stderr.take();
        thread::scope(|scope| {
            scope.spawn(|| stderr.iter_mut().for_each(|stderr| drop(stderr.read_to_string(&mut said))));
            self.stdout.read_to_end(&mut rest).unwrap();
        });
        (self.child.wait().unwrap().code(), rest, said)
    }

    /// Ends the input, and returns the rest of the output. The run must end without a message.
    pub(crate) fn ended_in_order(self) -> Vec<u8> {
        let (status, rest, said) = self.end();
        assert_eq!((status, said.as_str()), (Some(0), ""));
        rest
    }

    /// Waits for the end, which the signal must have caused. Returns the rest of the output.
    pub(crate) fn ended_by(mut self, signal: Signal, what: &str) -> Vec<u8> {
        let mut rest = Vec::new();
        self.stdout.read_to_end(&mut rest).unwrap();
        let status = self.child.wait().unwrap();
        let mut said = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!(status.signal(), Some(signal.as_raw()), "{what}: {status:?} {said}");
        assert_eq!(said, "", "{what}");
        rest
    }
}

/// Returns the complete lines of a text.
fn complete(text: &[u8]) -> &[u8] {
    &text[..text.iter().rposition(|&byte| byte == b'\n').map_or(0, |newline| newline + 1)]
}

/// Input keeps coming until the program has ended, and the test knows to the byte how much the program has read.
#[test]
fn what_was_read_and_is_complete_is_written() {
    let piece: Vec<u8> = (0..3000).flat_map(|n| format!("{n} ret=-204 x\nret=-1\n").into_bytes()).collect();
    let args: [&[&str]; 5] =
        [&[], &["--line-buffered"], &["--block-buffered"], &["--only", "error"], &["--fail-on", "unknown"]];
    for (args, signal) in args.into_iter().zip(SIGNALS.into_iter().cycle()) {
        let mut run = start(binary().args(args));
        let mut stdin_wtr = run.stdin_wtr.try_clone().unwrap();
        let has_ended = AtomicBool::new(false);
        let (mut annotated, mut input, mut unread) = (vec![0; 1 << 20], Vec::new(), Vec::new());
        thread::scope(|scope| {
            let writer = scope.spawn(|| {
                let mut written = Vec::new();
                while !has_ended.load(Ordering::Relaxed) {
                    stdin_wtr.write_all(&piece).unwrap();
                    written.extend_from_slice(&piece);
                }
                drop(stdin_wtr);
                written
            });
            run.stdout.read_exact(&mut annotated).unwrap();
            send(&run.child, signal);
            if signal != Signal::INT {
                // Sends the signal twice, as `timeout` does: to the program, and then to its group.
                send(&run.child, signal);
            }
            let Run { child, stdin_wtr, mut stdin_rdr, stdout } = run;
            drop(stdin_wtr);
            let (wtr, rdr) = (std::io::pipe().unwrap().1, stdin_rdr.try_clone().unwrap());
            let run = Run { child, stdin_wtr: wtr, stdin_rdr: rdr, stdout };
            annotated.extend(run.ended_by(signal, &format!("{args:?}")));
            has_ended.store(true, Ordering::Relaxed);
            stdin_rdr.read_to_end(&mut unread).unwrap();
            input = writer.join().unwrap();
        });
        input.truncate(input.len() - unread.len());
        let expected = Annotator::new().annotate(complete(&input));
        assert!(annotated == expected, "{args:?}: {} of {} bytes", annotated.len(), expected.len());
    }
}

#[test]
fn what_waits_for_input_ends_at_once_without_the_incomplete_line() {
    for signal in SIGNALS {
        for args in [&[][..], &["--line-buffered"], &["--only", "any"], &["-n"]] {
            let mut run = start(binary().args(args));
            run.feed(LINE);
            let first = read_until(&mut run.stdout, b"\n");
            assert!(first.ends_with(ANNOTATED));
            run.feed(b"ret=-20");
            send(&run.child, signal);
            let rest = run.ended_by(signal, &format!("{args:?}"));
            // On a busy machine, the line may have rested.
            assert!(matches!(&rest[..], b"" | b"ret=-" | b"2:ret=-"), "{args:?} {}", rest.escape_ascii());
            assert!(args != ["--only", "any"] || rest.is_empty());
        }
    }
}

#[test]
fn what_is_held_back_is_written() {
    for args in [&["--block-buffered"][..], &["--compress", "gzip"], &["--compress", "zstd"]] {
        let mut run = start(binary().args(args));
        run.feed(&LINE.repeat(3));
        run.feed(b"ret=-20");
        send(&run.child, Signal::TERM);
        let mut written = run.ended_by(Signal::TERM, &format!("{args:?}"));
        if let ["--compress", format] = args {
            written = unpack_with_library(format, &written);
        }
        assert_eq!(written, ANNOTATED.repeat(3), "{args:?}");
    }
}

/// The beginning of a line that is longer than the buffer has been written already. The output is the beginning of the
/// full output.
/// Packing a piece of xz takes longer than a signal waits for a write.
#[test]
fn what_takes_long_to_pack_is_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("out.xz");
    let text: Vec<u8> = (0..350_000_u64)
        .flat_map(|line| format!("{:x}\n", line.wrapping_mul(0x9E37_79B9_7F4A_7C15)).into_bytes())
        .collect();
    for threads in ["-j1", "-j2"] {
        let mut run = start(binary().args([threads, "--level", "6", "-o"]).arg(&path));
        run.feed(&text);
        send(&run.child, Signal::TERM);
        run.ended_by(Signal::TERM, threads);
        assert!(unpack_with_library("xz", &fs::read(&path).unwrap()) == text, "{threads}");
        fs::remove_file(&path).unwrap();
    }
}

#[test]
fn a_long_line_that_was_begun_ends_somewhere() {
    let text = [LINE, &b"x ret=-204 ".repeat(100_000)].concat();
    let expected = Annotator::new().annotate(&text);
    let mut run = start(&mut binary());
    let mut stdin_wtr = run.stdin_wtr.try_clone().unwrap();
    // Less than a buffer of a line is held back, because the line could become complete.
    let mut annotated = vec![0; expected.len() / 2];
    // The write ends when the reading ends are closed.
    thread::spawn(move || drop(stdin_wtr.write_all(&text)));
    run.stdout.read_exact(&mut annotated).unwrap();
    send(&run.child, Signal::TERM);
    annotated.extend(run.ended_by(Signal::TERM, "a long line"));
    assert!(expected.starts_with(&annotated));
}

/// Files are read side by side. The output is the beginning of the full output, and ends with a line.
#[test]
fn files_end_within_no_line_and_without_gaps() {
    let folder = tempfile::tempdir().unwrap();
    let text: Vec<u8> = (0..120_000_u64)
        .flat_map(|n| format!("{:x} ret=-204\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15)).into_bytes())
        .collect();
    fs::write(folder.path().join("a.log"), &text).unwrap();
    for (index, format) in ["gzip", "zstd", "xz", "lz4"].into_iter().enumerate() {
        fs::write(folder.path().join(index.to_string()), pack(format, &text)).unwrap();
    }
    let expected = Annotator::new().annotate(&text);
    for args in [
        &["-j1", "a.log", "a.log"][..],
        &["-j4", "a.log", "a.log", "a.log"],
        &["-j1", "0", "1", "2", "3"],
        &["-j2", "0"],
        &["-j2", "3", "2", "1", "0"],
        &["-j4", "0", "1", "2", "3", "0", "1", "2", "3"],
    ] {
        let expected = expected.repeat(args.len() - 1);
        let mut run = start(binary().current_dir(&folder).args(args));
        let mut annotated = vec![0];
        run.stdout.read_exact(&mut annotated).unwrap();
        send(&run.child, Signal::TERM);
        annotated.extend(run.ended_by(Signal::TERM, &format!("{args:?}")));
        assert!(annotated.ends_with(b"\n") && expected.starts_with(&annotated), "{args:?}");
        assert!(args[0] != "-j1" || annotated.len() < expected.len(), "{args:?}: has gone on");
    }
}

/// Starts a program with endless input and an output that nobody takes, and waits until the program cannot go on.
pub(crate) fn start_blocked(command: &mut Command) -> Run {
    let run = start(command);
    let mut stdin_wtr = run.stdin_wtr.try_clone().unwrap();
    // The writes end when the reading ends are closed.
    thread::spawn(move || while stdin_wtr.write_all(&LINE.repeat(1000)).is_ok() {});
    let stdout = run.stdout.as_fd();
    let surely_taken = source::SURELY_TAKEN_BYTES.value() as u64;
    let (mut before, mut times_same) = (0, 0);
    // Waits until the bytes in both pipes, of the output and of the input, have not changed for a fifth of a second: a
    // program that only waits for a processor is not blocked.
    wait_until(|| {
        let now = ioctl_fionread(stdout).unwrap() + ioctl_fionread(&run.stdin_rdr).unwrap();
        thread::sleep(Duration::from_millis(20));
        let is_same = now == before && ioctl_fionread(stdout).unwrap() > surely_taken;
        times_same = if is_same { times_same + 1 } else { 0 };
        before = now;
        times_same == 10
    });
    run
}

#[test]
fn an_output_that_nobody_takes_does_not_hold_the_end_up() {
    for args in [&[][..], &["--report", "json=/dev/null"]] {
        let mut run = start_blocked(binary().args(args));
        send(&run.child, Signal::TERM);
        assert_eq!(run.child.wait().unwrap().signal(), Some(Signal::TERM.as_raw()), "{args:?}");
    }
}

/// With the first signal alone, the program would end a second later.
#[test]
fn a_second_signal_ends_the_program_at_once() {
    for args in [&[][..], &["--report", "json=/dev/null"]] {
        let mut run = start_blocked(binary().args(args));
        send(&run.child, Signal::INT);
        // Two signals that come at the same time have no order.
        thread::sleep(Duration::from_millis(100));
        send(&run.child, Signal::TERM);
        assert_eq!(run.child.wait().unwrap().signal(), Some(Signal::TERM.as_raw()), "{args:?}");
    }
}

#[test]
fn signals_that_are_ignored_at_the_start_stay_so() {
    let folder = tempfile::tempdir().unwrap();
    for args in ["", "--report json=r", "-o /dev/stdout"] {
        let mut command = isolated("sh");
        let script = format!("trap '' INT HUP; exec \"$0\" {args}");
        command.args(["-c", &script]).arg(binary().get_program()).current_dir(&folder);
        let mut run = start(&mut command);
        run.feed(LINE);
        send(&run.child, Signal::INT);
        send(&run.child, Signal::HUP);
        run.feed(LINE);
        assert_eq!(read_until(&mut run.stdout, &ANNOTATED.repeat(2)), ANNOTATED.repeat(2), "{args}");
        send(&run.child, Signal::TERM);
        assert_eq!(run.ended_by(Signal::TERM, args), b"");
    }
}

/// A caught signal that no thread waits for would never end the program.
#[test]
fn a_signal_ends_the_program_also_where_no_thread_can_be_had() {
    let folder = tempfile::tempdir().unwrap();
    for args in ["", "-o mine/all", "-q --report json=mine/r"] {
        let script = format!("ulimit -u 0 2>&- || ulimit -p 0 2>&- || exit 77; exec \"$0\" {args}");
        let mut run = start(&mut command_as_nobody(folder.path(), &script));
        run.stdin_wtr.write_all(LINE).unwrap();
        let rdr = run.stdin_rdr.try_clone().unwrap();
        let mut status = None;
        wait_until(|| {
            status = run.child.try_wait().unwrap();
            status.is_some() || ioctl_fionread(&rdr).unwrap() == 0
        });
        if status.is_some_and(|status| status.code() == Some(77)) {
            println!("skipped: threads cannot be limited");
            return;
        }
        send(&run.child, Signal::TERM);
        run.ended_by(Signal::TERM, args);
    }
}

/// A stream needs no more than with `cat`: no thread beside the one that reads and writes.
#[test]
fn watching_signals_takes_no_thread_for_a_stream_that_waits() {
    let mut run = start(&mut binary());
    run.feed(LINE);
    assert_eq!(read_until(&mut run.stdout, b"\n"), ANNOTATED);
    if peak_kib(run.child.id()).is_some() {
        let tasks = fs::read_dir(format!("/proc/{}/task", run.child.id())).unwrap();
        assert_eq!(tasks.count(), 1);
    }
    send(&run.child, Signal::INT);
    assert_eq!(run.ended_by(Signal::INT, "a stream"), b"");
}
