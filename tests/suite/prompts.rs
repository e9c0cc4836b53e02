//! Incomplete lines of a stream that rests: their beginning is written, and the line goes on when it goes on.

use crate::command::{annotate, binary, read_until};
use crate::packed::pack;
use crate::signals::{ANNOTATED, LINE, send, start};
use rustix::io::ioctl_fionread;
use rustix::process::Signal;
use std::fs::{self, File};
use std::io::{Read, Write};
use std::os::fd::AsFd;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, Instant};

/// A time behind which an incomplete line would have been written, also on a busy machine.
const A_WHILE: Duration = Duration::from_millis(700);
/// The time for which a line rests before its beginning is written.
const REST: Duration = Duration::from_millis(200);

#[test]
fn a_prompt_is_written_while_its_line_rests() {
    for (args, before) in [
        (&[][..], ["", ""]),
        (&["--line-buffered"], ["", ""]),
        (&["-n"], ["1:", "2:"]),
        (&["-n", "--name", "app", "-", "/dev/null"], ["app:1:", "app:2:"]),
        (&["-H", "--name", "app"], ["app:", "app:"]),
        (&["-o", "/dev/stdout"], ["", ""]),
        (&["--report", "json=/dev/null"], ["", ""]),
        (&["-j4", "--key", "word"], ["", ""]),
    ] {
        let mut run = start(binary().args(args));
        let since = Instant::now();
        run.feed(b"Password: ");
        let prompt = format!("{}Password: ", before[0]);
        assert_eq!(read_until(&mut run.stdout, b": "), prompt.as_bytes(), "{args:?}");
        assert!(since.elapsed() >= REST, "{args:?}");
        run.feed(b"\nret=-20");
        let code = format!("\n{}ret=-", before[1]);
        assert_eq!(read_until(&mut run.stdout, b"-"), code.as_bytes(), "{args:?}");
        run.feed(b"4 openid=7\n");
        assert_eq!(read_until(&mut run.stdout, b"\n"), &ANNOTATED[b"ret=-".len()..], "{args:?}");
        assert_eq!(run.ended_in_order(), b"", "{args:?}");
    }
}

/// A progress bar goes on before it has rested.
#[test]
fn what_is_drawn_again_and_again_is_shown() {
    let mut run = start(&mut binary());
    let mut stdin_wtr = run.stdin_wtr.try_clone().unwrap();
    let writer = thread::spawn(move || {
        for percent in 0..100 {
            stdin_wtr.write_all(format!("\r{percent} %").as_bytes()).unwrap();
            thread::sleep(Duration::from_millis(10));
        }
    });
    let (mut shown, mut buffer) = (Vec::new(), [0; 100]);
    while !shown.ends_with(b"\r99 %") {
        let count = run.stdout.read(&mut buffer).unwrap();
        shown.extend_from_slice(&buffer[..count]);
    }
    writer.join().unwrap();
    let expected: String = (0..100).map(|percent| format!("\r{percent} %")).collect();
    assert_eq!(shown, expected.as_bytes());
    assert_eq!(run.ended_in_order(), b"");
}

#[test]
fn a_line_is_the_same_wherever_it_rests() {
    let lines: [&[u8]; 4] = [
        b"\rlogin 5 \x1b[31mret\x1b[0m: \"-204\" ok\n",
        "用户 {\\\"Ret_Code\\\":-204} ret=5\n".as_bytes(),
        b"exit code: 5 <ret>-1</ret> ret%3D-402 \xE6\x88",
        b"ret=-204 (auth: user session is failure!) retcode[-302]\0\n",
    ];
    for (number, line) in lines.into_iter().enumerate() {
        let args: &[&str] = if number % 2 == 0 { &[] } else { &["-n"] };
        let expected = annotate(args, line);
        thread::scope(|scope| {
            for cut in 1..line.len() {
                let expected = &expected;
                scope.spawn(move || {
                    let mut run = start(binary().args(args));
                    run.feed(&line[..cut]);
                    thread::sleep(REST + Duration::from_millis(100));
                    run.feed(&line[cut..]);
                    let output = run.ended_in_order();
                    assert_eq!(
                        output.escape_ascii().to_string(),
                        expected.escape_ascii().to_string(),
                        "{cut}"
                    );
                });
            }
        });
    }
}

/// Lines that are chosen, or of which more than a note behind a code may change, are written when they are whole; so are
/// those of inputs in other encodings, and where the user has asked for whole blocks.
#[test]
fn nothing_of_a_line_is_written_where_it_is_not_certain() {
    let args: [&[&str]; 12] = [
        &["--only", "any"],
        &["-c", "--only", "any"],
        &["-C1", "--only", "any"],
        &["--since", "2020-01-01"],
        &["--pattern", "rc (?<code>-?[0-9]+)"],
        &["--fields"],
        &["--strip"],
        &["-q", "--fail-on", "unknown"],
        &["--block-buffered"],
        &["--compress", "gzip"],
        &["--encoding", "gbk"],
        &["--encoding", "utf-16le"],
    ];
    thread::scope(|scope| {
        for args in args {
            scope.spawn(move || {
                let mut run = start(binary().args(args));
                run.feed(b"Password: ");
                thread::sleep(A_WHILE);
                assert_eq!(ioctl_fionread(run.stdout.as_fd()).unwrap(), 0, "{args:?}");
                drop(run.end());
            });
        }
    });
    let (folder, packed) = (tempfile::tempdir().unwrap(), pack("gzip", b"Password: "));
    let file = folder.path().join("out.log");
    let mut run = start(&mut binary());
    run.feed(&packed);
    thread::sleep(A_WHILE);
    assert_eq!(ioctl_fionread(run.stdout.as_fd()).unwrap(), 0);
    assert_eq!(run.ended_in_order(), b"Password: ");
    let (stdin_rdr, mut stdin_wtr) = std::io::pipe().unwrap();
    let mut child = binary().stdin(stdin_rdr).stdout(File::create(&file).unwrap()).spawn().unwrap();
    stdin_wtr.write_all(&[LINE, b"Password: "].concat()).unwrap();
    thread::sleep(A_WHILE);
    assert_eq!(fs::read(&file).unwrap(), ANNOTATED);
    drop(stdin_wtr);
    assert!(child.wait().unwrap().success());
    assert_eq!(fs::read(&file).unwrap(), [ANNOTATED, b"Password: "].concat());
}

/// No prompt is written twice, and none is missing, where a report counts and where several inputs follow each other.
#[test]
fn counts_and_numbers_are_those_of_lines_that_come_whole() {
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("r.json");
    let mut counts = Vec::new();
    for pause in [Duration::ZERO, REST * 2] {
        let mut run = start(binary().arg("--report").arg(&report).args(["-n", "-"]));
        for piece in [&b"a ret"[..], b"=-2", b"04\nret=5 b", b" ret=5\n"] {
            run.feed(piece);
            thread::sleep(pause);
        }
        counts.push((run.ended_in_order(), fs::read_to_string(&report).unwrap()));
    }
    assert!(!counts[0].0.is_empty() && counts[0] == counts[1], "{counts:?}");
}

#[test]
fn what_has_rested_is_there_after_a_signal_and_no_more() {
    for signal in crate::signals::SIGNALS {
        for (args, prompt) in
            [(&[][..], "name: "), (&["-n"], "1:name: "), (&["--report", "json=/dev/null"], "name: ")]
        {
            let mut run = start(binary().args(args));
            run.feed(b"name: ");
            assert_eq!(read_until(&mut run.stdout, b": "), prompt.as_bytes());
            run.feed(b"x");
            send(&run.child, signal);
            let rest = run.ended_by(signal, &format!("{args:?}"));
            assert!(rest.is_empty() || rest == b"x", "{args:?} {}", rest.escape_ascii());
        }
    }
}

/// A signal that ends nothing comes within the rest.
#[test]
fn another_signal_does_not_lose_the_prompt() {
    let mut run = start(&mut binary());
    run.feed(LINE);
    assert_eq!(read_until(&mut run.stdout, b"\n"), ANNOTATED);
    run.feed(b"name: ");
    thread::sleep(Duration::from_millis(50));
    send(&run.child, Signal::USR2);
    assert_eq!(read_until(&mut run.stdout, b": "), b"name: ");
    assert_eq!(run.ended_in_order(), b"");
}

/// A reader that has gone is noticed also while a line rests.
#[test]
fn a_reader_that_goes_during_a_rest_ends_the_program() {
    let (rdr, wtr) = std::io::pipe().unwrap();
    let (stdin_rdr, mut stdin_wtr) = std::io::pipe().unwrap();
    let mut command = binary();
    let mut child = command.stdin(stdin_rdr).stdout(wtr).spawn().unwrap();
    command.stdin(Stdio::null()).stdout(Stdio::null());
    stdin_wtr.write_all(b"name: ").unwrap();
    drop(rdr);
    assert!(child.wait().unwrap().success());
}
