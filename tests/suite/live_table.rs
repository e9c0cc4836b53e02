//! The table of --live: what it has, in windows of any size, and where there can be none.

use crate::command::{binary, output_of};
use crate::in_folder::{folder_with, refusal};
use crate::signals::{send, wait_until};
use crate::window::{OnTerminal, Window};
use rustix::process::Signal;
use std::fs::{self, File};
use std::io::{PipeWriter, Write};
use std::os::unix::process::ExitStatusExt;

/// A run with `-q --live` that reads from a pipe.
pub(crate) struct LiveRun {
    pub(crate) terminal: OnTerminal,
    pub(crate) stdin_wtr: PipeWriter,
}

/// Starts a run on a terminal of this size.
pub(crate) fn start(args: &[&str], columns: u16, rows: u16) -> LiveRun {
    let (stdin_rdr, stdin_wtr) = std::io::pipe().unwrap();
    let mut command = binary();
    command.args(["-q", "--live"]).args(args).stdin(stdin_rdr);
    let terminal = OnTerminal::start(&mut command, columns, rows);
    command.stdin(std::process::Stdio::null());
    LiveRun { terminal, stdin_wtr }
}

impl LiveRun {
    pub(crate) fn feed(&mut self, text: &str) {
        self.stdin_wtr.write_all(text.as_bytes()).unwrap();
    }

    /// Waits until a row begins with a text, without spaces at its beginning.
    #[track_caller]
    pub(crate) fn wait_for_row(&mut self, row: &str) {
        wait_until(|| has_row(self.terminal.window(), row));
    }

    /// Waits until the table is drawn, so that nothing comes for most of a second but what is caused.
    #[track_caller]
    pub(crate) fn wait_for_drawing(&mut self) {
        let before = drawings(&self.terminal);
        wait_until(|| drawings(&self.terminal) > before);
        self.terminal.window();
    }

    /// Ends the input, and returns the rows that stay, all that the terminal has.
    pub(crate) fn end(self) -> Vec<String> {
        drop(self.stdin_wtr);
        let (status, window) = self.terminal.end();
        assert_eq!(status.code(), Some(0), "{:#?}", window.all_rows());
        rows_above_cursor(&window)
    }
}

/// Returns the number of times that the table was drawn, to its end.
pub(crate) fn drawings(terminal: &OnTerminal) -> usize {
    terminal.bytes().windows(5).filter(|bytes| bytes == b"\x1b[?7h").count()
}

fn has_row(window: &Window, beginning: &str) -> bool {
    window.all_rows().iter().any(|row| row.trim_start().starts_with(beginning))
}

/// Returns all rows above the cursor, which must be at the beginning of an empty row at the end.
pub(crate) fn rows_above_cursor(window: &Window) -> Vec<String> {
    let mut rows = window.all_rows();
    assert_eq!(window.cursor(), (rows.len() - 1, 0), "{rows:#?}");
    assert_eq!(rows.pop().as_deref(), Some(""));
    rows
}

/// Returns the rows without the time at the beginning of the first one, which has the amounts.
fn without_time(rows: &[String]) -> Vec<&str> {
    let (time, amounts) = rows[0].split_once(", ").unwrap();
    assert!(time.starts_with("0:00:") && time.len() == 7, "{rows:#?}");
    [amounts].into_iter().chain(rows[1..].iter().map(String::as_str)).collect()
}

/// Returns a log with as many different codes, the first ones most often.
pub(crate) fn log_of(codes: usize) -> String {
    (0..codes).rev().map(|n| format!("ret=-{} x\n", 1000 + n).repeat(codes - n)).collect()
}

#[test]
fn the_table_is_drawn_in_its_place_and_its_last_state_stays() {
    let mut run = start(&[], 88, 24);
    run.wait_for_row("no codes so far");
    run.feed("10:00:01 ret=-204 a\n10:00:02 ret=-1 b\n");
    run.wait_for_row("-1       1");
    run.feed("10:00:03 ret=-204 c\n10:00:04 ret=0 d\n10:00:05 ret=-31337 用户 e\nno");
    run.wait_for_row("-204       2");
    let rows = run.end();
    let rows = without_time(&rows);
    assert_eq!(rows[0], "6 lines (106 B), fields: 3 known, 1 unknown");
    assert_eq!(rows[1], "    code  fields   rate  message                   category  last line");
    let expected = [
        ("    -204       2  ", "/s  user session is failure!  auth      10:00:03 ret=-204 c"),
        ("      -1       1  ", "/s  failure                   general   10:00:02 ret=-1 b"),
        ("  -31337       1  ", "/s  in no catalog             unknown   10:00:05 ret=-31337 用户 e"),
    ];
    assert_eq!(rows.len(), 2 + expected.len(), "{rows:#?}");
    for (row, (beginning, end)) in rows[2..].iter().zip(expected) {
        assert!(row.starts_with(beginning) && row.ends_with(end), "{row}");
    }
}

#[test]
fn it_fits_each_window() {
    let log = log_of(60) + &format!("{} ret=-204 用户用户用户\n", "长".repeat(300)).repeat(99);
    let sizes = [
        (200, 50),
        (80, 24),
        (80, 10),
        (60, 24),
        (40, 5),
        (30, 24),
        (25, 6),
        (12, 4),
        (5, 3),
        (2, 2),
        (1, 1),
    ];
    for (columns, rows) in sizes {
        let mut run = start(&["--lang", "both"], columns, rows);
        run.feed(&log);
        let shown = run.end();
        let size = format!("{columns}x{rows}: {shown:#?}");
        let widest = shown.iter().map(|row| unicode_width::UnicodeWidthStr::width(row.as_str())).max();
        assert!(shown.len() < usize::from(rows).max(2), "{size}");
        assert!(widest.unwrap() < usize::from(columns).max(2), "{size}");
        let codes = shown.iter().filter(|row| row.trim_start().starts_with("-10")).count();
        // The amounts, the titles, the code that leads, and the sentence about the rest.
        let expected = match (columns, rows) {
            (..12, _) | (_, ..4) => 0,
            (_, 4) => 1,
            (_, 5) => 1,
            _ => usize::from(rows) - 5,
        };
        assert!(codes >= expected.min(56) || columns < 12, "{size}");
        if rows > 6 && columns >= 25 {
            assert!(shown.last().unwrap().contains("more codes with"), "{size}");
        }
        if columns >= 80 {
            let message = if columns == 80 {
                "user session is fa…  auth/登录鉴权   长"
            } else {
                "failure! / 用户登录态过期"
            };
            assert!(shown[2].contains(message), "{size}");
        }
    }
}

#[test]
fn a_number_bounds_the_codes() {
    let folder = folder_with(&[]);
    fs::write(folder.path().join("a.log"), log_of(9)).unwrap();
    for (number, codes, rest) in [("--live=3", 3, "6 more codes with 21 fields"), ("--live=9", 9, "")] {
        let mut command = binary();
        command.current_dir(&folder).args(["-q", number, "a.log"]);
        let (status, window) = OnTerminal::start(&mut command, 80, 24).end();
        let rows = rows_above_cursor(&window);
        assert_eq!(status.code(), Some(0));
        assert_eq!(rows.iter().filter(|row| row.starts_with("  -10")).count(), codes, "{rows:#?}");
        assert_eq!(rows.len(), 2 + codes + usize::from(!rest.is_empty()), "{rows:#?}");
        assert!(rest.is_empty() || rows.last().unwrap() == rest, "{rows:#?}");
    }
    // A thousand unknown codes are told apart, those nearest to zero.
    let log: String = (0..1200).map(|n| format!("ret=-{}\n", 100_000 + n)).collect();
    fs::write(folder.path().join("a.log"), log).unwrap();
    let mut command = binary();
    command.current_dir(&folder).args(["-q", "--live=3", "a.log"]);
    let rows = rows_above_cursor(&OnTerminal::start(&mut command, 80, 24).end().1);
    assert_eq!(rows[5], "at least 997 more codes with 1,197 fields", "{rows:#?}");
}

/// The last line is the one that came last, and not that of the last file.
#[test]
fn of_files_that_are_followed_it_has_the_line_that_came_last() {
    let folder = folder_with(&["a.log", "b.log"]);
    let path = |name: &str| folder.path().join(name);
    let glob = path("*.log");
    let mut run = start(&["-F", "--tail", "all", glob.to_str().unwrap()], 140, 24);
    run.wait_for_row("-1       2");
    let mut append = |name: &str, text: &str| {
        File::options().append(true).open(path(name)).unwrap().write_all(text.as_bytes()).unwrap();
        let count = run.terminal.window().all_rows()[2].split_whitespace().nth(1).unwrap().to_owned();
        let next = format!("-1       {}", count.parse::<u64>().unwrap() + 1);
        run.wait_for_row(&next);
        run.terminal.window().all_rows()[2].clone()
    };
    assert!(append("b.log", "ret=-1 one\n").contains("b.log:2: ret=-1 one"));
    let row = append("a.log", "x\nret=-1 two\n");
    assert!(row.contains("a.log:3: ret=-1 two"), "{row}");
    let row = append("b.log", "ret=-1 three\n");
    assert!(row.contains("b.log:3: ret=-1 three"), "{row}");
    send(&run.terminal.child, Signal::TERM);
    let (status, window) = run.terminal.end();
    assert_eq!(status.signal(), Some(Signal::TERM.as_raw()));
    assert_eq!(rows_above_cursor(&window).len(), 3);
}

/// The window panics at what would act.
#[test]
fn a_hostile_log_does_not_act() {
    let folder = folder_with(&[]);
    let log = folder.path().join("\x1b[2Ja\u{202e}.log");
    let acts = "\t\x1b[2J\x1b]0;title\x07\u{9b}5A\r\x08\u{202e}\u{200b}\u{7f} e\u{301} ##[error] \u{1f468}\u{200d}\u{1f469}";
    fs::write(&log, format!("ret=-1 {acts}\n").into_bytes().repeat(2)).unwrap();
    fs::write(folder.path().join("b.log"), b"ret=-2 \xff\xfe\x80 end\n").unwrap();
    let mut command = binary();
    command.args(["-q", "--live"]).arg(&log).arg(folder.path().join("b.log"));
    let (status, window) = OnTerminal::start(&mut command, 250, 24).end();
    let rows = rows_above_cursor(&window);
    assert_eq!((status.code(), rows.len()), (Some(0), 4), "{rows:#?}");
    assert!(
        rows[2].contains("\\u{1b}[2Ja\\u{202e}.log\":2: ret=-1  \\u{1b}[2J\\u{1b}]0;title\\u{7}"),
        "{rows:#?}"
    );
    assert!(rows[3].ends_with(" end"), "{rows:#?}");
}

#[test]
fn codes_have_the_colours_of_reports() {
    for (args, colors) in [
        (&[][..], &["[31m", "[0m"][..]),
        (&["--colors", "error=bold blue"], &["[1;34m"]),
        (&["--color", "never"], &[]),
    ] {
        let mut run = start(args, 80, 24);
        run.feed("ret=-204\nret=-31337\n");
        drop(run.stdin_wtr);
        let (_, window) = run.terminal.end();
        let shown = window.colors.concat();
        assert!(window.colors.is_empty() == colors.is_empty(), "{args:?}: {shown}");
        assert!(colors.iter().all(|color| shown.contains(color)), "{args:?}: {shown}");
    }
    let mut command = binary();
    command.env("NO_COLOR", "1").args(["-q", "--live"]).stdin(File::open("/dev/null").unwrap());
    assert!(OnTerminal::start(&mut command, 80, 24).end().1.colors.is_empty());
}

#[test]
fn it_needs_a_terminal_and_the_whole_of_it() {
    let folder = folder_with(&["a.log"]);
    fs::write(folder.path().join("config"), "--live\n").unwrap();
    for (args, expected) in [
        (&["-q", "--live", "a.log"][..], "standard output is no terminal; use --report, with --report-every"),
        (&["-q", "--live"], "standard output is no terminal"),
        (&["--live", "a.log"], "--live needs the screen, where the lines go; add --quiet"),
        (&["--live", "-o", "out", "a.log"], "add --quiet"),
        (&["-q", "--only", "error", "--live", "a.log"], "--live needs all lines; leave out --only"),
        (&["-q", "--live=0", "a.log"], "write a number from 1: --live=10"),
        (&["-q", "--live=x", "a.log"], "write a number from 1: --live=10"),
        (&["-c", "--live", "a.log"], "cannot be used with"),
        (&["-l", "--live", "a.log"], "cannot be used with"),
        (&["--merge-reports", "-q", "--live", "a.log"], "cannot be used with"),
        (&["--explain", "-204", "--live"], "cannot be used with"),
    ] {
        let said = refusal(folder.path(), args);
        assert!(said.contains(expected), "{args:?}: {said}");
    }
    let mut command = binary();
    command.env("IMSDK_ANNOTATE_CONFIG", folder.path().join("config"));
    let output = output_of(command.arg("-q"), b"");
    assert!(String::from_utf8_lossy(&output.stderr).contains("--live"), "{output:?}");
    assert_eq!(output.status.code(), Some(2));
    let mut command = binary();
    command.env("TERM", "dumb").current_dir(&folder).args(["-q", "--live", "a.log"]);
    let (status, window) = OnTerminal::start(&mut command, 200, 24).end();
    assert_eq!(status.code(), Some(2));
    assert!(window.all_rows()[0].contains("cannot move its cursor (TERM=dumb)"), "{:?}", window.all_rows());
}
