//! Outputs and reports that a run gives up after a signal: messages on standard error name them.

use crate::command::{binary, isolated};
use crate::in_folder::make_pipe;
use crate::signals::{Run, send, start, start_blocked, wait_until};
use rustix::process::Signal;
use std::fs;
use std::io::Read;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::thread;
use std::time::Duration;

/// Starts the program in a folder, with an output that accepts nothing.
fn start_in(folder: &Path, args: &[&str]) -> Run {
    start_blocked(binary().current_dir(folder).args(args))
}

/// Waits until the signal has ended the program, and returns its messages. Nobody takes its output meanwhile.
fn said(mut run: Run, signal: Signal) -> String {
    let mut said = String::new();
    run.child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
    assert_eq!(run.child.wait().unwrap().signal(), Some(signal.as_raw()), "{said}");
    said
}

#[test]
fn reports_that_cannot_be_waited_for_are_named() {
    const CAUSE: &str = "not written to the end, because nobody took the output for a second after the signal; \
                         let its reader go on\n";
    for (args, names) in [
        (&["--report", "json=r.json"][..], "r.json, standard output"),
        (&["--report", "json=r.json", "--report", "text=r.txt"], "r.json, r.txt, standard output"),
        (&["--report", "text"], "standard error, standard output"),
        (&["--block-buffered"], "standard output"),
        (&["--fail-on", "error"], "standard output"),
        (&["-o", "/dev/stdout", "--report", "json=r.json"], "r.json, /dev/stdout"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let run = start_in(folder.path(), args);
        send(&run.child, Signal::INT);
        assert_eq!(said(run, Signal::INT), format!("imsdk-annotate: {names}: {CAUSE}"), "{args:?}");
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 0, "{args:?}");
    }
}

/// The program waits for the pipe to open, before it writes any line.
#[test]
#[cfg(target_os = "linux")]
fn a_named_pipe_that_nobody_reads_is_named() {
    for args in [&["-o", "q"][..], &["-q", "--report", "json=q"]] {
        let folder = tempfile::tempdir().unwrap();
        make_pipe(folder.path().join("q"));
        let run = start(binary().current_dir(&folder).args(args));
        let stat = format!("/proc/{}/stat", run.child.id());
        let mut seen = 0;
        wait_until(|| {
            let stat = fs::read_to_string(&stat).unwrap();
            let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
            // Asleep, with two threads: one of them waits for signals.
            seen = if fields[0] == "S" && fields[17] == "2" { seen + 1 } else { 0 };
            thread::sleep(Duration::from_millis(10));
            seen == 20
        });
        send(&run.child, Signal::TERM);
        let said = said(run, Signal::TERM);
        assert!(said.starts_with("imsdk-annotate: q: not written to the end, because"), "{said}");
    }
}

#[test]
fn a_second_signal_is_said_to_have_ended_the_run() {
    let folder = tempfile::tempdir().unwrap();
    let run = start_in(folder.path(), &["--report", "json=r.json"]);
    send(&run.child, Signal::INT);
    thread::sleep(Duration::from_millis(200));
    send(&run.child, Signal::TERM);
    let said = said(run, Signal::TERM);
    assert!(
        said.starts_with("imsdk-annotate: r.json, standard output: not written to the end, because a second"),
        "{said}"
    );
    assert_eq!(said.lines().count(), 1, "{said}");
}

/// A reader who takes no lines knows of it, as with `cat`; and a signal that ends the program at once leaves no time
/// for a message.
#[test]
fn nothing_is_said_where_no_file_or_report_is_given_up() {
    for (args, signal) in [(&[][..], Signal::INT), (&["--report", "json=r.json"], Signal::ALARM)] {
        let folder = tempfile::tempdir().unwrap();
        let run = start_in(folder.path(), args);
        send(&run.child, signal);
        assert_eq!(said(run, signal), "", "{args:?}");
    }
}

/// Standard error is the same pipe, which accepts nothing.
#[test]
fn a_standard_error_that_takes_nothing_does_not_hold_the_end_up() {
    let folder = tempfile::tempdir().unwrap();
    let mut command = isolated("sh");
    command.args(["-c", "exec \"$0\" --report json=r.json 2>&1"]).arg(binary().get_program());
    let run = start_blocked(command.current_dir(&folder));
    send(&run.child, Signal::TERM);
    assert_eq!(said(run, Signal::TERM), "");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 0);
}
