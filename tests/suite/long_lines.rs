//! Long lines: time is linear in the length, and memory is bounded by the line's length, with any option.

use crate::command::{binary, peak_kib};
use rustix::process::{WaitIdOptions, WaitIdStatus};
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// Options with which lines are looked at whole, together covering every way of doing so.
const OPTIONS: [&[&str]; 14] = [
    &["--pattern", r"x(?<code>-?\d+)"],
    &["--pattern", r"x(?<code>-?\d+)", "--strip"],
    &["--pattern", r"(?<code>\d)", "--pattern", r"(?<code>-\d)"],
    &["--fields"],
    &["--fields", "--strip"],
    &["--fields", "--pattern", r"x(?<code>-?\d+)"],
    &["--fields", "--pattern", r"(?<code>-?\d)"],
    &["--fields", "--pattern", r"(?<code>-?\d+)", "--strip"],
    &["--only", "any"],
    &["--only", "auth", "-C1", "-n"],
    &["--only", "error", "--fields", "--color=always"],
    &["--only", "error", "--pattern", r"(?<code>-?\d)"],
    &["--fail-on", "unknown>9", "--report", "json=/dev/null", "--fields"],
    &["--color=always", "--strip", "--note= {code}"],
];

/// Texts, each of which makes a line when it is repeated.
const PIECES: [&str; 16] = [
    "_category",
    "_message",
    ",\"ret_category",
    "ret=-1 ",
    "ret=-1 (general: failure) ",
    "\"ret\":-1,",
    "x-1",
    "x-1 (general: failure)",
    "\x1b",
    "\x1b[31m",
    " (",
    "1",
    "     ",
    "\\\"",
    "<a ret=\"-1\" ",
    "\"ret=-1 ",
];

/// Returns a line that repeats one text.
fn line_of(piece: &str, bytes: usize) -> Vec<u8> {
    let mut line = piece.repeat(bytes / piece.len() + 1).into_bytes();
    line.truncate(bytes - 1);
    line.push(b'\n');
    line
}

fn start(args: &[&str], path: &Path) -> Child {
    let mut command: Command = binary();
    command.args(["-j1"]).args(args).arg(path);
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// Returns the processor time that the program takes for a file, its start included.
fn processor_time(args: &[&str], path: &Path) -> Duration {
    let mut child = start(args, path);
    let id = rustix::process::Pid::from_child(&child);
    let ended = rustix::process::waitid(
        rustix::process::WaitId::Pid(id),
        WaitIdOptions::EXITED | WaitIdOptions::NOWAIT,
    );
    assert!(ended.unwrap().is_some_and(|status: WaitIdStatus| status.exited()), "{args:?}");
    // The process still exists until it has been waited for: utime and stime, in ticks of 10 ms.
    let stat = fs::read_to_string(format!("/proc/{}/stat", child.id())).unwrap();
    let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    let ticks: u64 = fields[11..13].iter().map(|ticks| ticks.parse::<u64>().unwrap()).sum();
    child.wait().unwrap();
    Duration::from_millis(10 * ticks)
}

/// Checks that eight times the length takes less than 20 times the time. Quadratic work would take 64 times as long.
#[test]
fn time_grows_with_the_length_of_a_line_alone() {
    if !Path::new("/proc/self/stat").exists() {
        println!("skipped: there is no /proc to read times from");
        return;
    }
    const SHORT: usize = 200_000;
    let folder = tempfile::tempdir().unwrap();
    let [short, long] = ["short", "long"].map(|name| folder.path().join(name));
    for piece in PIECES {
        fs::write(&short, line_of(piece, SHORT)).unwrap();
        fs::write(&long, line_of(piece, 8 * SHORT)).unwrap();
        for args in OPTIONS {
            // A time that is too short to be measured counts as 60 ms.
            let least = processor_time(args, &short).max(Duration::from_millis(60));
            let time = processor_time(args, &long);
            assert!(time < least * 20, "{args:?} {piece:?}: {time:?} against {least:?}");
        }
    }
}

/// A line of 15 MB takes its own length, a copy of it where it has notes, and 16 MiB.
#[test]
fn memory_grows_by_no_more_than_the_line() {
    const LINE: usize = 15_000_000;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("long");
    if peak_kib(std::process::id()).is_none() {
        println!("skipped: there is no /proc to read memory from");
        return;
    }
    for (number, piece) in PIECES.into_iter().enumerate() {
        let mut file = fs::File::create(&path).unwrap();
        file.write_all(&line_of(piece, LINE)).unwrap();
        // Each text is tried with a quarter of the options, and each option with a quarter of the texts.
        for args in OPTIONS.into_iter().skip(number % 4).step_by(4) {
            let mut child = start(args, &path);
            let mut peak = 0;
            while child.try_wait().unwrap().is_none() {
                peak = peak.max(peak_kib(child.id()).unwrap_or(0));
                std::thread::sleep(Duration::from_millis(2));
            }
            let most = (2 * LINE as u64 + (16 << 20)) / 1024;
            assert!(peak < most, "{args:?} {piece:?}: {peak} KiB, more than {most}");
        }
    }
}
