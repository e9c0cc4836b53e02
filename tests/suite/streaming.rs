//! Each line is written at once, and lines of any length take little memory.

use crate::command::{binary, own_peak_kib, read_until};
use std::fs::{self, OpenOptions};
use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

const LINE: &[u8] = b"ret=-204 openid=7\n";
const ANNOTATED: &[u8] = b"ret=-204 (auth: user session is failure!) openid=7\n";

fn start(args: &[&str]) -> Child {
    binary().args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap()
}

#[test]
fn a_line_comes_while_the_pipe_stays_open() {
    for args in [&[][..], &["--line-buffered"][..], &["-"][..]] {
        let mut child = start(args);
        let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        for _ in 0..100 {
            stdin.write_all(LINE).unwrap();
            assert_eq!(read_until(&mut stdout, b"\n"), ANNOTATED);
        }
        // An incomplete line is written at the end of the input.
        stdin.write_all(b"ret=-2").unwrap();
        stdin.write_all(b"04").unwrap();
        drop(stdin);
        assert_eq!(read_until(&mut stdout, b")"), b"ret=-204 (auth: user session is failure!)");
        assert!(child.wait().unwrap().success());
    }
}

#[test]
fn a_regular_file_does_not_wait_for_standard_input() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a.log");
    fs::write(&file, LINE).unwrap();
    let mut child = start(&[file.to_str().unwrap(), "-"]);
    let stdin = child.stdin.take();
    assert_eq!(read_until(child.stdout.as_mut().unwrap(), b"\n"), ANNOTATED);
    drop(stdin);
    assert!(child.wait().unwrap().success());
}

#[test]
fn tail_follows_a_log_that_is_rotated() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("server.log");
    fs::write(&log, LINE).unwrap();
    let Ok(mut tail) = Command::new("tail")
        .args(["-n+1", "-s0.1", "-F"])
        .arg(&log)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
    else {
        println!("skipped: there is no `tail`");
        return;
    };
    let mut child = binary().stdin(tail.stdout.take().unwrap()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdout = child.stdout.take().unwrap();
    assert_eq!(read_until(&mut stdout, b"\n"), ANNOTATED);
    let append = |line: &[u8]| {
        OpenOptions::new().append(true).create(true).open(&log).unwrap().write_all(line).unwrap();
    };
    append(LINE);
    assert_eq!(read_until(&mut stdout, b"\n"), ANNOTATED);
    fs::rename(&log, folder.path().join("server.log.1")).unwrap();
    append(b"ret=-1\n");
    assert_eq!(read_until(&mut stdout, b"\n"), b"ret=-1 (general: failure)\n");
    tail.kill().unwrap();
    tail.wait().unwrap();
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_line_of_a_gibibyte_needs_little_memory() {
    const PIECES: usize = 1024;
    let piece = {
        let mut piece = vec![b'.'; 1024 * 1024];
        piece[500_000..500_010].copy_from_slice(b"|ret=-204|");
        piece
    };
    let mut child = start(&[]);
    let (mut stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
    let reader = std::thread::spawn(move || {
        let (mut length, mut buffer) = (0, vec![0; 1 << 20]);
        loop {
            match stdout.read(&mut buffer).unwrap() {
                0 => return length,
                count => length += count,
            }
        }
    });
    for _ in 0..PIECES {
        stdin.write_all(&piece).unwrap();
    }
    let peak = own_peak_kib(child.id());
    drop(stdin);
    let note = " (auth: user session is failure!)";
    assert_eq!(reader.join().unwrap(), PIECES * (piece.len() + note.len()));
    assert!(child.wait().unwrap().success());
    assert!(peak.is_none_or(|kib| kib <= 2 * 1024), "{peak:?} KiB");
}
