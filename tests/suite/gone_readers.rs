//! Readers of standard output that go away while the program waits for input.

use crate::command::{binary, isolated, output_of, read_until};
use crate::in_folder::make_pipe;
use crate::signals::{ANNOTATED, LINE};
use serde_json::Value;
use std::fs::{self, File};
use std::io::{PipeWriter, Read, Write};
use std::os::fd::OwnedFd;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// A time after which a program that waits for more input still waits.
const A_WHILE: Duration = Duration::from_millis(300);
/// A time within which a program that has nothing more to do ends.
const SOON: Duration = Duration::from_secs(20);

/// Starts a program with a pipe as its input, and with an output.
fn start(command: &mut Command, stdout: impl Into<Stdio>) -> (Child, PipeWriter) {
    let (stdin_rdr, stdin_wtr) = std::io::pipe().unwrap();
    let child = command.stdin(stdin_rdr).stdout(stdout).stderr(Stdio::piped()).spawn().unwrap();
    // Drops the command's copies of the ends.
    command.stdin(Stdio::null()).stdout(Stdio::null());
    (child, stdin_wtr)
}

/// Waits for the end of a program, which must come soon. Returns its exit status and what it said.
fn ended(mut child: Child, what: &str) -> (Option<i32>, String) {
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if start.elapsed() > SOON {
            child.kill().unwrap();
            panic!("{what}: still waits");
        }
        thread::sleep(Duration::from_millis(5));
    }
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

/// Returns a pipe or a socket: the reader's end, and the program's.
fn output(is_socket: bool) -> (Box<dyn Read>, OwnedFd) {
    if is_socket {
        let (rdr, wtr) = UnixStream::pair().unwrap();
        (Box::new(rdr), wtr.into())
    } else {
        let (rdr, wtr) = std::io::pipe().unwrap();
        (Box::new(rdr), wtr.into())
    }
}

#[test]
fn a_reader_that_goes_ends_the_wait_for_the_next_line() {
    for is_socket in [false, true] {
        for args in [&[][..], &["--only", "error", "-n"], &["--line-buffered"], &["-j2", "--strict"]] {
            let (mut rdr, wtr) = output(is_socket);
            let (child, mut stdin) = start(binary().args(args), wtr);
            stdin.write_all(LINE).unwrap();
            read_until(&mut rdr, b"\n");
            drop(rdr);
            assert_eq!(ended(child, &format!("{args:?} {is_socket}")), (Some(0), String::new()), "{args:?}");
            drop(stdin);
        }
    }
}

#[test]
fn a_reader_that_goes_before_any_line_ends_the_wait_too() {
    for args in [
        &[][..],
        &["--block-buffered"],
        &["--compress", "gzip"],
        &["--only", "error", "-c"],
        &["--encoding", "gbk"],
        &["--no-decompress"],
        &["-o", "-"],
    ] {
        for text in [&b""[..], b"r", LINE, b"\xff\xfer\0"] {
            let (rdr, wtr) = output(false);
            let (child, mut stdin) = start(binary().args(args), wtr);
            stdin.write_all(text).unwrap();
            thread::sleep(Duration::from_millis(50));
            drop(rdr);
            let what = format!("{args:?} {}", text.escape_ascii());
            assert_eq!(ended(child, &what), (Some(0), String::new()), "{what}");
            drop(stdin);
        }
    }
}

#[test]
fn a_reader_that_goes_ends_the_wait_for_files_that_are_followed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("quiet.log");
    fs::write(&path, LINE).unwrap();
    for args in [&["-F"][..], &["-F", "--only", "error", "-n"], &["-F", "--poll", "60000"]] {
        let (mut rdr, wtr) = output(false);
        let (child, _stdin) = start(binary().args(args).arg(&path), wtr);
        read_until(&mut rdr, b"\n");
        drop(rdr);
        assert_eq!(ended(child, &format!("{args:?}")), (Some(0), String::new()), "{args:?}");
    }
}

#[test]
fn trouble_before_the_reader_went_is_told_by_the_status() {
    let (rdr, wtr) = output(false);
    let (child, stdin) = start(binary().args(["no such file", "-"]), wtr);
    drop(rdr);
    let (status, said) = ended(child, "trouble");
    assert_eq!(status, Some(3), "{said}");
    assert!(said.starts_with("imsdk-annotate: no such file: ") && said.lines().count() == 1, "{said}");
    drop(stdin);
}

#[test]
fn reports_are_made_of_the_whole_input_also_without_a_reader() {
    let folder = tempfile::tempdir().unwrap();
    let (mut rdr, wtr) = output(false);
    let mut command = binary();
    let (mut child, mut stdin) =
        start(command.current_dir(&folder).args(["--report=json=r.json", "--fail-on=error>1"]), wtr);
    stdin.write_all(LINE).unwrap();
    read_until(&mut rdr, b"\n");
    drop(rdr);
    thread::sleep(A_WHILE);
    assert_eq!(child.try_wait().unwrap(), None);
    stdin.write_all(LINE).unwrap();
    drop(stdin);
    let (status, said) = ended(child, "report");
    assert_eq!((status, said.as_str()), (Some(1), "imsdk-annotate: --fail-on error>1: 2 fields (-204: 2)\n"));
    let report: Value = serde_json::from_slice(&fs::read(folder.path().join("r.json")).unwrap()).unwrap();
    assert_eq!((&report["fields"], &report["complete"]), (&2.into(), &true.into()));
}

#[test]
fn files_devices_and_outputs_elsewhere_are_waited_for() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("out.log");
    for (args, stdout) in [
        (&[][..], Stdio::from(File::create(&file).unwrap())),
        (&[], Stdio::from(File::create("/dev/null").unwrap())),
        // A pipe whose reader has gone, to which nothing is written.
        (&["-q", "--only=-1"], Stdio::from(output(false).1)),
        (&["-o", "other.log"], Stdio::from(output(false).1)),
    ] {
        let (mut child, mut stdin) = start(binary().current_dir(&folder).args(args), stdout);
        stdin.write_all(LINE).unwrap();
        thread::sleep(A_WHILE);
        assert_eq!(child.try_wait().unwrap(), None, "{args:?}");
        stdin.write_all(LINE).unwrap();
        drop(stdin);
        let status = if args.contains(&"-q") { 1 } else { 0 };
        assert_eq!(ended(child, &format!("{args:?}")), (Some(status), String::new()), "{args:?}");
    }
    for name in ["out.log", "other.log"] {
        assert_eq!(fs::read(folder.path().join(name)).unwrap(), ANNOTATED.repeat(2), "{name}");
    }
}

#[test]
fn an_input_beside_standard_input_is_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let pipe = folder.path().join("pipe");
    make_pipe(&pipe);
    let (mut rdr, wtr) = output(false);
    let (child, stdin) = start(binary().current_dir(&folder).args(["pipe", "-"]), wtr);
    let mut input = File::options().write(true).open(&pipe).unwrap();
    input.write_all(LINE).unwrap();
    read_until(&mut rdr, b"\n");
    drop(rdr);
    assert_eq!(ended(child, "pipe"), (Some(0), String::new()));
    drop((input, stdin));
}

/// As `tail -f quiet.log | imsdk-annotate | head -1`: the filter ends, and so its own reader and the shell do.
#[test]
fn head_ends_the_filter_of_a_quiet_log() {
    let folder = tempfile::tempdir().unwrap();
    // The writer alone is killed: head still has to print when its input is closed.
    let script = "sh -c 'printf \"ret=-1\\n\"; echo $$ > pid; exec sleep 1000' |
        { \"$0\"; echo \"$?\" >&2; kill -PIPE $(cat pid); } | head -n 1";
    let mut command = isolated("sh");
    command.args(["-c", script]).arg(binary().get_program()).current_dir(&folder);
    let output = output_of(&mut command, b"");
    assert_eq!(output.stdout, b"ret=-1 (general: failure)\n", "{output:?}");
    assert_eq!(output.stderr, b"0\n", "{output:?}");
}
