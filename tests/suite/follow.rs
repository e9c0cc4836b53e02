//! -F: files that grow, are renamed, truncated, gone and there again; their lines, whole, and no other code than theirs.

use crate::command::binary;
use crate::signals::{send, wait_until};
use rustix::process::Signal;
use serde_json::Value;
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// The longest wait for anything.
const PATIENCE: Duration = Duration::from_secs(60);
/// The line of [`Following::nudge`].
pub(crate) const NUDGE: &str = "a nudge\n";
/// Looks at sizes alone, often.
pub(crate) const POLLING: [&str; 2] = ["--poll", "20"];

/// The program, following files in a folder of its own.
pub(crate) struct Following {
    pub(crate) folder: TempDir,
    child: Option<Child>,
    stdout: Option<Receiver<Vec<u8>>>,
    stderr: Option<Receiver<Vec<u8>>>,
    said: Vec<u8>,
    written: Vec<u8>,
}

/// Hands the bytes of a reader on, as they come.
fn pump(mut rdr: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (sender, receiver) = channel();
    thread::spawn(move || {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count @ 1..) = rdr.read(&mut buffer) {
            if sender.send(buffer[..count].to_vec()).is_err() {
                return;
            }
        }
    });
    receiver
}

/// Waits until the collected text has `expected` in it.
fn wait_for(receiver: &Receiver<Vec<u8>>, text: &mut Vec<u8>, expected: &str, other: &str) {
    let start = Instant::now();
    while !String::from_utf8_lossy(text).contains(expected) {
        let left = PATIENCE.saturating_sub(start.elapsed());
        match receiver.recv_timeout(left) {
            Ok(more) => text.extend_from_slice(&more),
            Err(error) => panic!("{error}: no {expected:?} in {:?}; {other}", String::from_utf8_lossy(text)),
        }
    }
}

impl Following {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self { folder, child: None, stdout: None, stderr: None, said: Vec::new(), written: Vec::new() }
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(crate) fn append(&self, name: &str, text: &str) {
        let mut file = OpenOptions::new().append(true).create(true).open(self.path(name)).unwrap();
        file.write_all(text.as_bytes()).unwrap();
    }

    pub(crate) fn rename(&self, from: &str, to: &str) {
        fs::rename(self.path(from), self.path(to)).unwrap();
    }

    /// Starts the program in the folder.
    pub(crate) fn start(&mut self, args: &[&str]) {
        let mut command = binary();
        command.args(args).current_dir(self.folder.path());
        self.start_command(&mut command);
    }

    pub(crate) fn start_command(&mut self, command: &mut std::process::Command) {
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        self.stdout = Some(pump(child.stdout.take().unwrap()));
        self.stderr = Some(pump(child.stderr.take().unwrap()));
        self.child = Some(child);
    }

    /// Waits until the output has this text.
    pub(crate) fn expect(&mut self, expected: &str) {
        wait_for(self.stdout.as_ref().unwrap(), &mut self.written, expected, "");
    }

    /// Waits until the messages have this text.
    pub(crate) fn expect_said(&mut self, expected: &str) {
        wait_for(self.stderr.as_ref().unwrap(), &mut self.said, expected, "on standard error");
    }

    /// Waits until the program has seen lines that come into another file now, of which it writes at least one.
    pub(crate) fn nudge(&mut self, name: &str) {
        let start = Instant::now();
        while !String::from_utf8_lossy(&self.written).contains(NUDGE) {
            assert!(start.elapsed() < PATIENCE);
            self.append(name, NUDGE);
            if let Ok(more) = self.stdout.as_ref().unwrap().recv_timeout(Duration::from_millis(500)) {
                self.written.extend_from_slice(&more);
            }
        }
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// Ends the program by SIGTERM. Returns its whole output and all messages.
    pub(crate) fn stop(self) -> (String, String) {
        send(self.child.as_ref().unwrap(), Signal::TERM);
        let (status, written, said) = self.wait();
        assert_eq!(status.signal(), Some(Signal::TERM.as_raw()), "{said}");
        (written, said)
    }

    /// Waits for the end. Returns the status, the whole output and all messages.
    pub(crate) fn wait(mut self) -> (std::process::ExitStatus, String, String) {
        let start = Instant::now();
        let mut child = self.child.take().unwrap();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if start.elapsed() > PATIENCE {
                child.kill().unwrap();
                panic!("does not end; {}", String::from_utf8_lossy(&self.said));
            }
            thread::sleep(Duration::from_millis(2));
        };
        self.written.extend(self.stdout.take().unwrap().iter().flatten());
        self.said.extend(self.stderr.take().unwrap().iter().flatten());
        (
            status,
            String::from_utf8(self.written.clone()).unwrap(),
            String::from_utf8(self.said.clone()).unwrap(),
        )
    }
}

impl Drop for Following {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Runs a test with events of the system, and with looks at sizes alone.
pub(crate) fn both_ways(test: impl Fn(&[&str])) {
    test(&["-F"]);
    test(&["-F", POLLING[0], POLLING[1]]);
}

const NOTE_204: &str = "(auth: user session is failure!)";

#[test]
fn a_file_is_read_from_its_last_lines_and_as_it_grows_by_whole_lines() {
    both_ways(|args| {
        let mut run = Following::new();
        let lines: String = (1..=12).map(|number| format!("{number} ret=-204\n")).collect();
        run.write("a.log", &(lines + "ret=-20"));
        run.start(&[args, &["a.log"]].concat());
        run.expect("12 ret=-204");
        run.append("a.log", "4 whole\nret=-2");
        run.expect("whole\n");
        run.append("a.log", "04 next\n");
        run.expect("next\n");
        let (written, said) = run.stop();
        let old: String = (3..=12).map(|number| format!("{number} ret=-204 {NOTE_204}\n")).collect();
        assert_eq!(written, format!("{old}ret=-204 {NOTE_204} whole\nret=-204 {NOTE_204} next\n"));
        assert_eq!(said, "");
    });
}

#[test]
fn tail_says_where_reading_begins() {
    for (tail, expected) in [("0", ""), ("2", "b\nc\n"), ("all", "a\nb\nc\n"), ("99", "a\nb\nc\n")] {
        let mut run = Following::new();
        run.write("a.log", "a\nb\nc\n");
        run.write("b.log", "");
        run.start(&["-f", "--tail", tail, "a.log", "b.log", "--poll", "10"]);
        run.expect(expected);
        // The file must have been opened before it grows: both are opened by the same look, and the other one tells.
        run.nudge("b.log");
        run.append("a.log", "d\n");
        run.expect("d\n");
        assert_eq!(run.stop().0.replace(NUDGE, ""), format!("{expected}d\n"));
    }
}

#[test]
fn parts_of_lines_of_several_files_never_meet() {
    both_ways(|args| {
        let mut run = Following::new();
        run.write("a.log", "");
        run.write("b.log", "");
        run.start(&[args, &["a.log", "b.log", "--tail=all"]].concat());
        for round in 0..20 {
            run.append("a.log", "ret=-2");
            run.append("b.log", "B ret=5");
            run.append("a.log", &format!("04 a{round}.\n"));
            run.append("b.log", &format!(" b{round}.\n"));
            run.expect(&format!("a{round}.\n"));
            run.expect(&format!("b{round}.\n"));
        }
        let (written, said) = run.stop();
        let of =
            |file: &str| written.lines().filter(|line| line.contains(file)).collect::<Vec<_>>().join("\n");
        let expected = |line: &dyn Fn(usize) -> String| (0..20).map(line).collect::<Vec<_>>().join("\n");
        assert_eq!(of(") a"), expected(&|round| format!("ret=-204 {NOTE_204} a{round}.")));
        assert_eq!(of(") b"), expected(&|round| format!("B ret=5 (action: need google authcode) b{round}.")));
        assert_eq!(said, "");
    });
}

/// Lines that come into the old file after the rename, before and after the new one is there, are written.
#[test]
fn a_file_that_is_renamed_is_read_to_its_end() {
    both_ways(|args| {
        let mut run = Following::new();
        run.write("a.log", "first\n");
        run.start(&[args, &["a.log"]].concat());
        run.expect("first\n");
        run.append("a.log", "at the end\n");
        run.rename("a.log", "a.log.1");
        run.append("a.log.1", "late1 ret=-204\n");
        run.append("a.log", "new\n");
        run.expect("new\n");
        run.append("a.log.1", "late2 ret=-204\n");
        run.expect("late2");
        let (written, said) = run.stop();
        assert_eq!(
            written,
            format!("first\nat the end\nlate1 ret=-204 {NOTE_204}\nnew\nlate2 ret=-204 {NOTE_204}\n")
        );
        assert_eq!(said, "");
    });
}

/// A line of the old file without an end gets one when nothing has come for five seconds.
#[test]
fn the_end_of_an_old_file_and_the_beginning_of_a_new_one_make_no_code() {
    let mut run = Following::new();
    run.write("a.log", "first\n");
    run.start(&["-F", "a.log"]);
    run.expect("first\n");
    run.append("a.log", "ret=-20");
    run.rename("a.log", "old");
    run.append("a.log", "4 new file\n");
    run.expect("4 new file\n");
    run.expect("ret=-20\n");
    let (written, said) = run.stop();
    assert_eq!(written, "first\n4 new file\nret=-20\n");
    assert_eq!(said, "");
}

#[test]
fn a_truncated_file_is_begun_again_also_where_it_is_longer_than_before() {
    both_ways(|args| {
        for new in [
            "third\n",
            "a third ret=-204 that is longer than all that stood there before it was cut, by far\n",
        ] {
            let mut run = Following::new();
            run.write("a.log", "first ret=5\n");
            run.write("b.log", "");
            run.start(&[args, &["a.log", "b.log"]].concat());
            run.expect("first");
            run.append("a.log", "second\nret=-20");
            run.expect("second");
            // The part of a line must have been seen before it is gone: files have their turns in order.
            run.nudge("b.log");
            fs::copy(run.path("a.log"), run.path("a.log.1")).unwrap();
            // The same file, cut and written in one step, as far as a look can see.
            let mut file = OpenOptions::new().write(true).truncate(true).open(run.path("a.log")).unwrap();
            file.write_all(new.as_bytes()).unwrap();
            run.expect("third");
            run.expect_said("a.log: was truncated; reading it from its beginning\n");
            let (written, said) = run.stop();
            let note = format!("ret=-204 {NOTE_204}");
            let new = new.replace("ret=-204", &note);
            let first = "first ret=5 (action: need google authcode)\nsecond\n";
            assert_eq!(written.replace(NUDGE, ""), format!("{first}ret=-20\n{new}"));
            assert_eq!(said.lines().count(), 1, "{said}");
        }
    });
}

#[test]
fn a_file_that_is_not_there_is_waited_for_and_said_once() {
    both_ways(|args| {
        let mut run = Following::new();
        run.start(&[args, &["a.log"]].concat());
        run.expect_said("imsdk-annotate: a.log: is not there yet; waiting for it\n");
        run.append("a.log", "first ret=5\n");
        run.expect("first");
        fs::remove_file(run.path("a.log")).unwrap();
        run.expect_said("a.log: is not there any more; waiting for it\n");
        run.append("a.log", "second\n");
        run.expect("second\n");
        let (written, said) = run.stop();
        assert_eq!(written, "first ret=5 (action: need google authcode)\nsecond\n");
        assert_eq!(said.lines().count(), 2, "{said}");
    });
}

#[test]
fn a_signal_is_the_end_of_a_stream() {
    for signal in [Signal::TERM, Signal::INT, Signal::HUP] {
        let mut run = Following::new();
        run.write("a.log", "ret=-204\n");
        run.start(&["-F", "a.log", "-o", "out", "--report", "json=report", "--report-every", "1s"]);
        let lines = |run: &Following| {
            let report = fs::read(run.path("report")).unwrap_or_default();
            serde_json::from_slice::<Value>(&report)
                .map_or(Value::Null, |report| report["input"]["lines"].clone())
        };
        wait_until(|| lines(&run) == 1);
        run.append("a.log", "ret=5\nret=");
        wait_until(|| lines(&run) == 2);
        send(run.child.as_ref().unwrap(), signal);
        let (out, report) = (run.path("out"), run.path("report"));
        let folder = std::mem::replace(&mut run.folder, tempfile::tempdir().unwrap());
        let (status, written, said) = run.wait();
        assert_eq!((status.signal(), &*said, &*written), (Some(signal.as_raw()), "", ""));
        let out = fs::read_to_string(out).unwrap();
        assert_eq!(out, format!("ret=-204 {NOTE_204}\nret=5 (action: need google authcode)\n"));
        let report = fs::read_to_string(report).unwrap();
        assert!(report.contains("\"complete\": true") || report.contains("\"complete\":true"), "{report}");
        assert!(report.contains("a.log"), "{report}");
        drop(folder);
    }
}

#[test]
fn options_for_inputs_that_end_are_refused() {
    for (args, said) in [
        (&["-F"][..], "--follow: which files? name files, globs in quotes ('logs/*.log'), or folders"),
        (
            &["-F", "-"],
            "--follow -: standard input is a stream, whose lines come as they are written; leave out -F",
        ),
        (&["-F", "[a"], "[a: is no glob: unclosed character class; missing ']'"),
        (&["-F", "a", "--output-dir", "b"], "cannot be used with"),
        (&["-F", "a", "--sorted", "--since", "10:00"], "cannot be used with"),
        (&["-F", "a", "-c"], "cannot be used with"),
        (&["--tail", "3", "a"], "--follow"),
        (&["-F", "--tail", "x", "a"], "is neither a number of lines nor `all`"),
        (&["-F", "--until-idle", "x", "a"], "is no time; write 30s, 5m or 1h30m"),
        (&["-F", "--until-fail", "a"], "--fail-on"),
    ] {
        let output = binary().args(args).stdin(Stdio::null()).output().unwrap();
        let text = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?} {text}");
        assert!(text.contains(said), "{args:?}: {text}");
    }
}
