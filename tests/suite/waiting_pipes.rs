//! Pipes that are waited for: named pipes without a writer, of which a signal ends the wait as it ends a read, and
//! non-blocking outputs that are full.

use crate::command::{binary, isolated, output_of};
use crate::in_folder::make_pipe;
use crate::signals::{ANNOTATED, LINE, SIGNALS, send, start};
use rustix::fs::{OFlags, fcntl_setfl};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::Stdio;
use std::thread;
use std::time::Duration;
use tempfile::TempDir;

/// Returns a folder with a named pipe and a file.
fn folder_with_pipe() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    make_pipe(folder.path().join("pipe"));
    fs::write(folder.path().join("a.log"), LINE).unwrap();
    folder
}

fn report(folder: &Path) -> Value {
    serde_json::from_slice(&fs::read(folder.join("r.json")).unwrap()).unwrap()
}

#[test]
fn a_signal_ends_the_wait_for_a_writer_and_loses_nothing() {
    let inputs: [&[&str]; 4] = [&["-", "pipe"], &["pipe", "-"], &["-", "pipe", "a.log"], &["a.log", "pipe"]];
    for (inputs, signal) in inputs.into_iter().zip(SIGNALS.into_iter().cycle()) {
        let folder = folder_with_pipe();
        let folder = folder.path();
        let args = [&["-o", "out.log", "--report=json=r.json"], inputs].concat();
        let mut run = start(binary().current_dir(folder).args(&args));
        if inputs[0] == "-" {
            run.feed(&LINE.repeat(2));
            // Standard input ends, and the program opens the pipe.
            drop(std::mem::replace(&mut run.stdin_wtr, std::io::pipe().unwrap().1));
        }
        thread::sleep(Duration::from_millis(300));
        send(&run.child, signal);
        assert_eq!(run.ended_by(signal, &format!("{args:?}")), b"");
        let lines = match inputs[0] {
            "-" => 2,
            "a.log" => 1,
            _ => 0,
        };
        assert_eq!(fs::read(folder.join("out.log")).unwrap(), ANNOTATED.repeat(lines), "{args:?}");
        let report = report(folder);
        assert_eq!((&report["stopped"], &report["fields"]), (&true.into(), &lines.into()), "{args:?}");
        assert_eq!(report["complete"], !inputs.ends_with(&["a.log"]), "{args:?}");
    }
}

#[test]
fn a_signal_ends_the_wait_also_with_a_folder_of_outputs_or_held_back_lines() {
    for args in [
        &["--output-dir", "out", "a.log", "pipe"][..],
        &["--output-dir", "out", "-j2", "a.log", "pipe"],
        &["--block-buffered", "a.log", "pipe"],
        &["--compress", "gzip", "a.log", "pipe"],
        &["a.log", "pipe"],
        &["-q", "--fail-on", "unknown", "a.log", "pipe"],
    ] {
        let folder = folder_with_pipe();
        let run = start(binary().current_dir(&folder).args(args));
        thread::sleep(Duration::from_millis(300));
        send(&run.child, SIGNALS[0]);
        let written = run.ended_by(SIGNALS[0], &format!("{args:?}"));
        match args[0] {
            "--output-dir" => assert_eq!(fs::read(folder.path().join("out/a.log")).unwrap(), ANNOTATED),
            "--compress" => assert_eq!(crate::packed::unpack_with_library("gzip", &written), ANNOTATED),
            "-q" => assert_eq!(written, b""),
            _ => assert_eq!(written, ANNOTATED, "{args:?}"),
        }
    }
}

#[test]
fn a_writer_that_comes_late_is_waited_for_and_read_whole() {
    let long = LINE.repeat(20_000);
    for text in [&long[..], LINE, b""] {
        for args in [&["-o", "out.log", "--report=json=r.json"][..], &["--report=json=r.json"]] {
            let folder = folder_with_pipe();
            let pipe = folder.path().join("pipe");
            let output = thread::scope(|scope| {
                scope.spawn(|| {
                    thread::sleep(Duration::from_secs(1));
                    File::options().write(true).open(&pipe).unwrap().write_all(text).unwrap();
                });
                output_of(binary().current_dir(&folder).args(args).arg("pipe"), b"")
            });
            assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
            let written = fs::read(folder.path().join("out.log")).unwrap_or(output.stdout);
            assert_eq!(written.len(), text.len() / LINE.len() * ANNOTATED.len());
            let report = report(folder.path());
            assert_eq!(report["input"]["bytes"], text.len());
            assert_eq!((&report["complete"], &report["stopped"]), (&true.into(), &Value::Null));
        }
    }
}

/// Opening fails as it would if the program did not watch signals.
#[test]
fn a_pipe_that_cannot_be_opened_is_trouble() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("socket");
    let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
    let mut command = binary();
    command.current_dir(&folder).args(["-q", "--report=json=r.json", "socket"]).stdin(Stdio::null());
    let output = output_of(&mut command, b"");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.starts_with("imsdk-annotate: socket: ") && said.lines().count() == 1, "{said}");
}

/// Another program has set the descriptor to be non-blocking. A path of a pipe opens the pipe anew; a socket cannot be
/// opened, so that the program shares the descriptor and its flag.
#[test]
fn a_non_blocking_output_is_waited_for_by_a_path_of_its_descriptor() {
    let lines = 100_000;
    for is_socket in [false, true] {
        let (mut rdr, wtr): (Box<dyn Read>, OwnedFd) = if is_socket {
            let (rdr, wtr) = UnixStream::pair().unwrap();
            (Box::new(rdr), wtr.into())
        } else {
            let (rdr, wtr) = std::io::pipe().unwrap();
            (Box::new(rdr), wtr.into())
        };
        fcntl_setfl(&wtr, OFlags::NONBLOCK).unwrap();
        let mut command = isolated("sh");
        command.args(["-c", "exec \"$0\" -o /dev/fd/3 3>&1 >/dev/null"]).arg(binary().get_program());
        let mut child = command.stdin(Stdio::piped()).stdout(wtr).stderr(Stdio::piped()).spawn().unwrap();
        // The command holds the writing end, too.
        drop(command);
        let mut stdin = child.stdin.take().unwrap();
        let mut written = Vec::new();
        let output = thread::scope(|scope| {
            scope.spawn(move || drop(stdin.write_all(&LINE.repeat(lines))));
            // More than the output holds has been annotated before the first byte is taken.
            thread::sleep(Duration::from_millis(300));
            rdr.read_to_end(&mut written).unwrap();
            child.wait_with_output().unwrap()
        });
        assert!(output.status.success() && output.stderr.is_empty(), "{is_socket} {output:?}");
        assert!(written == ANNOTATED.repeat(lines), "{is_socket} {} bytes", written.len());
    }
}
