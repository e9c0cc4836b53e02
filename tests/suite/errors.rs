//! Errors: the message, the work that is still done, and the exit status.

use crate::command::{binary, isolated, output_of};
use std::fs::{self, OpenOptions};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Output, Stdio};

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

fn assert_trouble(output: &Output, message: &str) {
    assert_status(output, 2, message);
}

fn assert_status(output: &Output, status: i32, message: &str) {
    let stderr = text(&output.stderr);
    assert_eq!(output.status.code(), Some(status), "{stderr}");
    assert_eq!(stderr, format!("imsdk-annotate: {message}\n"));
}

/// Runs a shell script in which `$0` is the binary.
fn shell(script: &str) -> Output {
    let program = binary().get_program().to_owned();
    output_of(isolated("sh").arg("-c").arg(script).arg(program), b"ret=-1\n")
}

#[test]
fn the_other_inputs_are_still_done() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-1\n").unwrap();
    let output = output_of(
        binary().current_dir(folder.path()).args(["nosuch.log", "a.log", "a\nb", "-"]),
        b"code: -204",
    );
    assert_eq!(output.status.code(), Some(3));
    let expected = "ret=-1 (general: failure)\ncode: -204 (auth: user session is failure!)";
    assert_eq!(text(&output.stdout), expected);
    assert_eq!(
        text(&output.stderr),
        "imsdk-annotate: nosuch.log: no such file; check the name\n\
         imsdk-annotate: \"a\\nb\": no such file; check the name\n"
    );
}

#[test]
fn a_file_that_may_not_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let program = folder.path().join("imsdk-annotate");
    fs::copy(binary().get_program(), &program).unwrap();
    let set_mode = |path: &Path, mode| {
        fs::set_permissions(path, std::os::unix::fs::PermissionsExt::from_mode(mode)).unwrap();
    };
    set_mode(folder.path(), 0o755);
    let log = folder.path().join("a.log");
    fs::write(&log, "").unwrap();
    set_mode(&log, 0o000);
    let mut command = isolated(&program);
    command.current_dir(folder.path()).arg("a.log");
    // The superuser may read every file.
    if rustix::process::geteuid().is_root() {
        command.uid(65534).gid(65534);
    }
    assert_status(&output_of(&mut command, b""), 3, "a.log: permission denied; read access is needed");
}

#[test]
fn output_that_cannot_be_written() {
    if Path::new("/dev/full").exists() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let output = binary().arg("Cargo.toml").stdout(full).stderr(Stdio::piped()).output().unwrap();
        assert_trouble(&output, "standard output: no space left; free some, or write elsewhere");
        let output = shell("\"$0\" --help > /dev/full");
        assert_trouble(&output, "standard output: no space left; free some, or write elsewhere");
    }
    let output = shell("\"$0\" >&-");
    assert_trouble(&output, "standard output: is closed; leave out the >&- or <&-");
}

#[test]
fn input_that_is_closed() {
    let output = shell("\"$0\" <&-");
    assert_status(&output, 3, "standard input: is closed; leave out the >&- or <&-");
    // `/dev/null` that a user names is no trouble.
    assert_eq!(shell("\"$0\" < /dev/null > /dev/null").status.code(), Some(0));
    let null = || OpenOptions::new().read(true).write(true).open("/dev/null").unwrap();
    assert!(binary().stdin(null()).stdout(null()).status().unwrap().success());
}

#[test]
fn a_standard_error_that_takes_nothing_changes_no_status() {
    assert_eq!(shell("\"$0\" nosuch 2>&-").status.code(), Some(3));
    assert_eq!(shell("\"$0\" --nosuch 2>/dev/full").status.code(), Some(2));
}

#[test]
fn a_reader_that_goes_away_is_no_trouble() {
    let output = shell("{ yes ret=-1 | \"$0\"; echo $? >&2; } | head -n 1");
    assert_eq!(text(&output.stdout), "ret=-1 (general: failure)\n");
    assert_eq!(text(&output.stderr), "0\n");
}

#[test]
fn a_file_that_is_the_output_too_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    fs::write(&log, "ret=-1\n").unwrap();
    let append = OpenOptions::new().append(true).open(&log).unwrap();
    let mut command = binary();
    let output = command.arg(&log).stdout(append).stderr(Stdio::piped()).output().unwrap();
    assert_trouble(&output, &format!("{}: is the output too; write to another file", log.display()));
    assert_eq!(fs::read(&log).unwrap(), b"ret=-1\n");
}

/// Another program has set a pipe to be non-blocking, which is true for both users of the pipe.
#[test]
fn non_blocking_streams_are_waited_for() {
    let set_non_blocking = |fd: std::os::fd::BorrowedFd<'_>| {
        rustix::fs::fcntl_setfl(fd, rustix::fs::OFlags::NONBLOCK).unwrap();
    };
    let (stdin_rdr, mut stdin_wtr) = std::io::pipe().unwrap();
    let (mut stdout_rdr, stdout_wtr) = std::io::pipe().unwrap();
    set_non_blocking(std::os::fd::AsFd::as_fd(&stdin_rdr));
    set_non_blocking(std::os::fd::AsFd::as_fd(&stdout_wtr));
    let mut command = binary();
    let mut child = command.stdin(stdin_rdr).stdout(stdout_wtr).spawn().unwrap();
    drop(command);
    let text = b"ret=-1\n".repeat(100_000);
    let writer = std::thread::spawn(move || {
        for part in text.chunks(300_000) {
            std::thread::sleep(std::time::Duration::from_millis(50));
            std::io::Write::write_all(&mut stdin_wtr, part).unwrap();
        }
    });
    std::thread::sleep(std::time::Duration::from_millis(200));
    let mut annotated = Vec::new();
    std::io::Read::read_to_end(&mut stdout_rdr, &mut annotated).unwrap();
    writer.join().unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(annotated, b"ret=-1 (general: failure)\n".repeat(100_000));
}

/// In every mode, damaged and unreadable inputs have a status of their own, and trouble with anything else comes first.
#[test]
fn inputs_have_a_status_of_their_own_in_every_mode() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-1\n").unwrap();
    fs::write(folder.path().join("cut.gz"), &crate::packed::pack("gzip", b"ret=-1\n")[..20]).unwrap();
    fs::write(folder.path().join("no.json"), "{").unwrap();
    for (args, status) in [
        (&["a.log", "cut.gz"][..], 3),
        (&["a.log", "nosuch"], 3),
        (&["-o", "o", "cut.gz"], 3),
        (&["--output-dir", "out", "cut.gz", "a.log"], 3),
        (&["-q", "--report=text=-", "--fail-on=any", "a.log", "nosuch"], 3),
        (&["-q", "--report=text=/dev/full", "nosuch"], if Path::new("/dev/full").exists() { 2 } else { 0 }),
        (&["--merge-reports", "--report=json=-", "no.json"], 3),
        (&["--merge-reports", "--report=json=-", "nosuch"], 3),
        (&["--merge-reports", "no.json"], 2),
        (&["--catalog", "nosuch", "a.log"], 2),
        (&["--baseline", "no.json", "a.log"], 2),
        (&["-q", "--fail-on=any", "a.log"], 1),
    ] {
        if status != 0 {
            let output = output_of(binary().current_dir(&folder).args(args), b"");
            assert_eq!(output.status.code(), Some(status), "{args:?}: {output:?}");
        }
    }
    let cut = fs::read(folder.path().join("cut.gz")).unwrap();
    assert_eq!(output_of(binary().args(["--explain", "-"]), &cut).status.code(), Some(3));
}

#[test]
fn bad_usage_is_trouble() {
    let output = output_of(binary().arg("--nosuch"), b"");
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output.stderr).contains("--nosuch"));
}

#[test]
fn help_says_examples_first_and_exit_statuses() {
    let long = text(&output_of(binary().arg("--help"), b"").stdout);
    let place = |part: &str| long.find(part).unwrap_or_else(|| panic!("{part} is not in:\n{long}"));
    assert!(place("Examples:") < place("Usage:"));
    assert!(place("--strict") < place("Exit status:"));
    let short = text(&output_of(binary().arg("-h"), b"").stdout);
    assert!(short.lines().count() < long.lines().count());
}
