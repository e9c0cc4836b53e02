//! System calls that do less than was asked for, or nothing at the moment: one byte, EINTR, EAGAIN.

use crate::command::{binary, isolated, output_of};
use crate::packed::{FORMATS, pack};
use imsdk_annotate::Annotator;
use rustix::fs::{OFlags, fcntl_setfl};
use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::io::{Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixDatagram;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

fn log(lines: usize) -> Vec<u8> {
    (0..lines).flat_map(|n| format!("{n} ret=-204 {}\nret=-1\r\n\n", n * 7919).into_bytes()).collect()
}

/// Runs a command whose reads return one byte each, from datagrams. An empty datagram is the end of the input.
fn output_of_bytes(command: &mut Command, input: &[u8]) -> Vec<u8> {
    let (rdr, wtr) = UnixDatagram::pair().unwrap();
    let mut child = command.stdin(OwnedFd::from(rdr)).stdout(Stdio::piped()).spawn().unwrap();
    command.stdin(Stdio::null());
    let mut stdout = child.stdout.take().unwrap();
    let mut output = Vec::new();
    thread::scope(|scope| {
        scope.spawn(|| {
            for byte in input {
                wtr.send(&[*byte]).unwrap();
            }
            wtr.send(&[]).unwrap();
        });
        stdout.read_to_end(&mut output).unwrap();
    });
    assert!(child.wait().unwrap().success(), "{command:?}");
    output
}

#[test]
fn reads_of_one_byte() {
    let text = log(300);
    let expected = Annotator::new().annotate(&text);
    for args in [&[][..], &["--block-buffered"], &["--only", "any"], &["--report", "json=/dev/null"]] {
        let annotated = output_of_bytes(binary().args(args), &text);
        // Some lines have no field and are left out.
        let is_as_expected =
            if args.contains(&"--only") { annotated.len() > 600 * 20 } else { annotated == expected };
        assert!(is_as_expected, "{args:?}");
    }
    for (format, _) in FORMATS {
        let annotated = output_of_bytes(&mut binary(), &pack(format, &text));
        assert!(annotated == expected, "{format}");
    }
}

/// The output is non-blocking and is read a few bytes at a time, so that it never has room for a whole write.
#[test]
fn writes_that_are_cut_short() {
    let text = log(10_000);
    let expected = Annotator::new().annotate(&text);
    for args in [&[][..], &["--line-buffered"], &["--report", "json=/dev/null"], &["-o", "/dev/stdout"]] {
        let (mut rdr, wtr) = std::io::pipe().unwrap();
        fcntl_setfl(&wtr, OFlags::NONBLOCK).unwrap();
        let mut command = binary();
        let mut child = command.args(args).stdin(Stdio::piped()).stdout(wtr).spawn().unwrap();
        drop(command);
        let mut stdin = child.stdin.take().unwrap();
        let text = text.clone();
        let writer = thread::spawn(move || stdin.write_all(&text).unwrap());
        let (mut annotated, mut few, mut size) = (Vec::new(), [0; 8192], 0);
        loop {
            size = (size * 5 + 1) % few.len();
            match rdr.read(&mut few[..=size]).unwrap() {
                0 => break,
                count => annotated.extend_from_slice(&few[..count]),
            }
        }
        writer.join().unwrap();
        assert!(child.wait().unwrap().success() && annotated == expected, "{args:?}");
    }
}

fn caught_signals(id: u32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let mask = status.lines().find_map(|line| line.strip_prefix("SigCgt:"))?;
    u64::from_str_radix(mask.trim(), 16).ok()
}

fn catches(id: u32, signal: Signal) -> bool {
    caught_signals(id).is_some_and(|mask| mask >> (signal.as_raw() - 1) & 1 == 1)
}

/// A caught signal that has no meaning comes again and again, to any thread, in any wait.
#[test]
fn signals_that_mean_nothing_change_nothing() {
    if caught_signals(std::process::id()).is_none() {
        println!("skipped: the system does not tell which signals are caught");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let text = log(20_000);
    fs::write(folder.path().join("a.log"), &text).unwrap();
    fs::write(folder.path().join("b.gz"), pack("gzip", &text)).unwrap();
    let expected = Annotator::new().annotate(&text);
    for (args, inputs) in
        [(&["-"][..], 1), (&["-", "a.log", "b.gz", "-j4"], 3), (&["-", "--report", "json=/dev/null"], 1)]
    {
        let mut command = binary();
        command.current_dir(&folder).args(args).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let (stdin, mut stdout) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        while !catches(child.id(), Signal::XFSZ) {
            thread::sleep(Duration::from_millis(1));
        }
        let (mut annotated, has_ended) = (Vec::new(), AtomicBool::new(false));
        thread::scope(|scope| {
            scope.spawn(|| {
                while !has_ended.load(Ordering::Relaxed) {
                    kill_process(Pid::from_child(&child), Signal::XFSZ).unwrap();
                    thread::sleep(Duration::from_micros(50));
                }
            });
            scope.spawn(|| {
                let mut stdin = stdin;
                for piece in text.chunks(30_000) {
                    thread::sleep(Duration::from_millis(2));
                    stdin.write_all(piece).unwrap();
                }
                drop(stdin);
            });
            let mut buffer = vec![0; 50_000];
            while let count @ 1.. = stdout.read(&mut buffer).unwrap() {
                annotated.extend_from_slice(&buffer[..count]);
                thread::sleep(Duration::from_micros(300));
            }
            has_ended.store(true, Ordering::Relaxed);
        });
        assert!(child.wait().unwrap().success(), "{args:?}");
        assert!(annotated == expected.repeat(inputs), "{args:?}");
    }
}

/// `strace` makes every second call fail, from the 40th on: the calls before it are those of any program's start.
#[test]
fn calls_that_are_interrupted_or_would_block_are_made_again() {
    let mut trial = Command::new("strace");
    trial.args(["-f", "-o", "/dev/null", "-e", "inject=write:error=EINTR:when=99+2", "true"]);
    if !trial.stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        println!("skipped: there is no `strace` that could let calls fail");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let (small, large, packed) = (log(30), log(40_000), log(3000));
    fs::write(folder.path().join("a.log"), &large).unwrap();
    fs::write(folder.path().join("b.gz"), pack("gzip", &packed)).unwrap();
    let [small_annotated, large_annotated, unpacked_annotated] =
        [&small, &large, &packed].map(|text| Annotator::new().annotate(text));
    let strace = |inject: &str, args: &[&str]| {
        let mut command = isolated("strace");
        command.args(["-f", "-qq", "-o", "/dev/null", "-e", &format!("inject={inject}:when=40+2")]);
        command.arg(binary().get_program()).args(args).current_dir(&folder);
        command
    };
    for inject in ["read:error=EINTR", "read:error=EAGAIN", "ppoll:error=EINTR", "write:error=EINTR"] {
        for args in [&["--line-buffered"][..], &["--report", "json=/dev/null"]] {
            let annotated = output_of_bytes(&mut strace(inject, args), &small);
            assert!(annotated == small_annotated, "{inject} {args:?}");
        }
    }
    let expected = [large_annotated, unpacked_annotated].concat();
    for inject in ["pread64:error=EINTR", "read:error=EINTR", "write:error=EINTR", "write:error=EAGAIN"] {
        for args in
            [&["-j1", "a.log", "b.gz"][..], &["-j2", "a.log", "b.gz"], &["-j2", "-oout", "a.log", "b.gz"]]
        {
            // A file accepts all bytes, and no write to it would block.
            let is_file = args.contains(&"-oout");
            if inject == "write:error=EAGAIN" && is_file {
                continue;
            }
            let output = output_of(&mut strace(inject, args), b"");
            assert!(output.status.success(), "{inject} {args:?}: {output:?}");
            let found = if is_file { fs::read(folder.path().join("out")).unwrap() } else { output.stdout };
            assert!(found == expected, "{inject} {args:?}");
        }
    }
}
