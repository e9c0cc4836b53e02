//! Progress on standard error, which does not tear output on the same terminal.

use crate::command::{binary, output_of};
use crate::in_folder::settle;
use crate::packed::pack;
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{self, File};
use std::io::Read;
use std::process::Stdio;

/// The lines that a terminal shows in the end. The terminal has as many rows and columns as are written to.
#[derive(Default)]
struct Screen {
    lines: Vec<Vec<u8>>,
    row: usize,
    column: usize,
}

impl Screen {
    fn show(bytes: &[u8]) -> Vec<String> {
        let mut screen = Self::default();
        let mut rest = bytes;
        while let Some((&byte, behind)) = rest.split_first() {
            rest = behind;
            while screen.lines.len() <= screen.row {
                screen.lines.push(Vec::new());
            }
            match byte {
                b'\r' => screen.column = 0,
                b'\n' => screen.row += 1,
                b'\x1b' => {
                    let end = rest.iter().position(u8::is_ascii_alphabetic).unwrap();
                    screen.control(&rest[..=end]);
                    rest = &rest[end + 1..];
                }
                _ => screen.put(byte),
            }
        }
        screen.lines.into_iter().map(|line| String::from_utf8_lossy(&line).into_owned()).collect()
    }

    fn control(&mut self, sequence: &[u8]) {
        let number = |digits: &[u8]| String::from_utf8_lossy(digits).parse().unwrap_or(1);
        match sequence {
            b"[2K" => self.lines[self.row].clear(),
            [b'[', digits @ .., b'A'] => self.row -= number(digits),
            [b'[', digits @ .., b'B'] => self.row += number(digits),
            [b'[', .., b'm'] => {}
            other => panic!("unknown: {}", other.escape_ascii()),
        }
    }

    fn put(&mut self, byte: u8) {
        let line = &mut self.lines[self.row];
        line.resize(line.len().max(self.column + 1), b' ');
        line[self.column] = byte;
        self.column += 1;
    }
}

/// Runs the program with a terminal as standard error, and as standard output too if `output_too` is true. Returns the
/// bytes that came to the terminal.
fn on_terminal(args: &[&str], output_too: bool) -> Vec<u8> {
    let controller = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&controller).and_then(|()| unlockpt(&controller)).unwrap();
    let name = ptsname(&controller, Vec::new()).unwrap().into_string().unwrap();
    let terminal = File::options().read(true).write(true).open(name).unwrap();
    let mut command = binary();
    command.args(args).stdin(Stdio::null()).stderr(terminal.try_clone().unwrap());
    if output_too {
        command.stdout(terminal);
    } else {
        // Leaves the terminal open in the program alone, so that the read ends with the program.
        drop(terminal);
        command.stdout(Stdio::null());
    }
    let mut child = command.spawn().unwrap();
    drop(command);
    let (mut shown, mut rdr) = (Vec::new(), File::from(controller));
    // The read ends with an error when all that had the terminal open are gone.
    let _ = rdr.read_to_end(&mut shown);
    assert!(child.wait().unwrap().success());
    shown
}

#[test]
fn it_tells_bytes_files_and_fields() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-1\n".repeat(300_000)).unwrap();
    fs::write(folder.path().join("b.gz"), pack("gzip", b"ret=-1\n")).unwrap();
    let logs = folder.path().to_str().unwrap();
    for threads in ["-j1", "-j2"] {
        for output in [&["--output-dir", &format!("{logs}{threads}")][..], &[]] {
            let args = [&["--progress", "always", threads, logs][..], output].concat();
            let shown = String::from_utf8(on_terminal(&args, false)).unwrap();
            let last = shown.rsplit('\r').find(|part| part.contains("files")).unwrap();
            assert!(
                last.contains("2.00 MiB of 2.00 MiB") && last.contains("2 of 2 files, 300,001 fields"),
                "{last}"
            );
        }
        fs::remove_dir_all(format!("{logs}{threads}")).unwrap();
    }
    // The same where standard error is no terminal.
    let output = output_of(binary().args(["--progress", "always", logs]), b"");
    assert!(String::from_utf8(output.stderr).unwrap().contains("2 of 2 files, 300,001 fields"));
}

#[test]
fn of_a_stream_it_tells_what_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    fs::write(&log, "ret=-1\n").unwrap();
    let log = log.to_str().unwrap();
    for (args, files) in [(&["-"][..], ""), (&["-", log], "2 of 2 files, ")] {
        let args = [&["--progress", "always"], args].concat();
        let output = output_of(binary().args(&args), &b"ret=-1\n".repeat(1000));
        let shown = String::from_utf8(output.stderr).unwrap();
        let last = shown.trim_end().rsplit('\r').next().unwrap();
        let fields = 999 + args.len() - 2;
        assert!(last.contains("6.8") && last.contains("KiB, ") && last.contains("B/s, "), "{last}");
        assert!(last.replace(',', "").ends_with(&format!("{} fields", fields).replace(',', "")), "{last}");
        assert!(last.contains(files) && !last.contains("0 of 1"), "{last}");
    }
}

#[test]
fn it_is_not_there_where_it_is_not_wanted() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    fs::write(&log, "ret=-1\n").unwrap();
    let log = log.to_str().unwrap();
    for args in [&["--progress", "never", log][..], &[log]] {
        assert_eq!(on_terminal(args, false), b"", "{args:?}");
        assert!(output_of(binary().args(args), b"").stderr.is_empty());
    }
    let both = on_terminal(&["--color=never", log], true);
    assert_eq!(Screen::show(&both), ["ret=-1 (general: failure)"]);
}

#[test]
fn on_the_terminal_of_the_output_neither_tears_the_other() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("a.log");
    let mut text: String =
        (0..30_000).map(|line| format!("{line} ret=-1 {}\n", "x".repeat(line % 90))).collect();
    text.insert_str(100_000, &"y".repeat(200_000));
    text.push_str("ret=-204 without an end");
    fs::write(&log, &text).unwrap();
    let expected = imsdk_annotate::Annotator::new().annotate(text.as_bytes());
    let expected: Vec<&str> = std::str::from_utf8(&expected).unwrap().lines().collect();
    for threads in ["-j1", "-j2"] {
        let args = ["--progress", "always", "--color=never", threads, log.to_str().unwrap()];
        let shown = on_terminal(&args, true);
        assert!(String::from_utf8_lossy(&shown).contains("fields"));
        assert!(Screen::show(&shown) == expected, "{threads}");
    }
}

/// Standard error is no terminal, as in CI: lines without control sequences come while the input pauses.
#[test]
fn a_log_gets_a_plain_line_now_and_then_and_one_at_the_end() {
    use std::io::{BufRead, BufReader, Write};
    let mut command = binary();
    command.args(["--progress", "always"]).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(b"ret=-1\n").unwrap();
    let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
    let mut line = || lines.next().unwrap().unwrap();
    let is_plain = |line: &str| {
        line.starts_with("imsdk-annotate: ")
            && line.ends_with("/s, 1 fields")
            && !line.contains(['\r', '\x1b'])
    };
    let first = line();
    assert!(is_plain(&first) && first.contains(": 7 B, "), "{first}");
    drop(stdin);
    let last = line();
    assert!(is_plain(&last), "{last}");
    assert!(lines.next().is_none());
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_summary_of_the_files_stands_at_the_end_where_progress_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let logs = folder.path().join("logs");
    fs::create_dir(&logs).unwrap();
    fs::write(logs.join("a.log"), "ret=-1\n".repeat(150_000)).unwrap();
    fs::write(logs.join("b.log"), "ret=-1\n").unwrap();
    fs::write(logs.join("c.db"), "\0").unwrap();
    fs::write(logs.join("d.gz"), &pack("gzip", b"ret=-1\n")[..20]).unwrap();
    settle(&logs);
    let run = |args: &[&str]| {
        let output =
            output_of(binary().current_dir(&folder).args(args).args(["--output-dir", "out", "logs"]), b"");
        assert_eq!(output.status.code(), Some(3), "{output:?}");
        String::from_utf8(output.stderr).unwrap()
    };
    let said = run(&["--progress", "always"]);
    let summary =
        "imsdk-annotate: 2 files annotated, 1 copied, 0 left out, 1 failed (logs/d.gz); 1.00 MiB done";
    assert_eq!(said.lines().last(), Some(summary), "{said}");
    // A run that goes on with another one has the line in any case.
    let said = run(&["--resume"]);
    let summary = "imsdk-annotate: 0 files annotated, 0 copied, 3 left out, 1 failed (logs/d.gz); 0 B done";
    assert_eq!(said.lines().last(), Some(summary), "{said}");
    assert_eq!(run(&["--progress", "never"]).lines().count(), 2);
}
