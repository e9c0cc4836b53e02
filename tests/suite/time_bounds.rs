//! Bounds of time: lines from one time to another, the same for each cut, packing and number of threads.

use crate::command::{annotate, binary, output_of};
use crate::in_folder::run;
use crate::packed::pack;
use imsdk_annotate::{Annotator, TimeBound, TimeBounds};
use std::fs;
use std::path::Path;

/// 2026-05-01 00:00:00, in seconds from the beginning of 1970.
pub(crate) const MAY_1: i64 = 1_777_593_600;

/// Random numbers, the same in each run.
pub(crate) struct Numbers(pub(crate) u64);

impl Numbers {
    pub(crate) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// A line of a log, without its newline, and its second on 2026-05-01 if it has a time.
pub(crate) struct TimedLine {
    pub(crate) text: Vec<u8>,
    second: Option<i64>,
}

pub(crate) fn shown(second: i64) -> String {
    format!("2026-05-01 {:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60)
}

/// Returns the lines of a log of about `bytes` bytes, with stack traces, empty lines and long lines between.
pub(crate) fn log(bytes: usize, seed: u64, is_sorted: bool) -> Vec<TimedLine> {
    let (mut numbers, mut lines, mut length) = (Numbers(seed), Vec::new(), 0);
    while length < bytes {
        let last = (length as i64 * 80_000) / bytes as i64;
        let second = if is_sorted { last } else { numbers.below(80_000) as i64 };
        let dated = |rest: &str| (format!("{} {rest}", shown(second)).into_bytes(), Some(second));
        let (text, second) = match numbers.below(12) {
            0 => (b"\tat com.tencent.imsdk.Login(Login.java:7) ret=-204".to_vec(), None),
            1 => (Vec::new(), None),
            2 => (vec![b'.'; numbers.below(3000) as usize], None),
            3 => (b"Caused by: code=-705\r".to_vec(), None),
            4 => dated(&"x".repeat(numbers.below(400) as usize)),
            5 => dated("ret=-1 (general: failure)"),
            _ => dated("ret=-204 openid=7"),
        };
        length += text.len() + 1;
        lines.push(TimedLine { text, second });
    }
    lines
}

pub(crate) fn text_of(lines: &[TimedLine]) -> Vec<u8> {
    lines.iter().flat_map(|line| [&line.text[..], b"\n"].concat()).collect()
}

/// Decides line by line: the naive twin. Returns the numbers of the chosen lines, from 0.
fn chosen(lines: &[TimedLine], since: Option<i64>, until: Option<i64>) -> Vec<usize> {
    let mut is_within = since.is_none();
    let mut chosen = Vec::new();
    for (number, line) in lines.iter().enumerate() {
        if let Some(second) = line.second {
            is_within =
                since.is_none_or(|since| since <= second) && until.is_none_or(|until| second <= until);
        }
        if is_within {
            chosen.push(number);
        }
    }
    chosen
}

pub(crate) const WINDOWS: [(Option<i64>, Option<i64>); 5] = [
    (Some(20_000), Some(40_000)),
    (None, Some(30_000)),
    (Some(79_000), None),
    (Some(0), None),
    (Some(40_000), Some(40_000)),
];

pub(crate) fn options(since: Option<i64>, until: Option<i64>) -> Vec<String> {
    let option = |name: &str, second: Option<i64>| {
        second.map(|second| [name.to_owned(), shown(second)]).into_iter().flatten().collect::<Vec<_>>()
    };
    [option("--since", since), option("--until", until)].concat()
}

#[test]
fn lines_are_chosen_as_one_by_one() {
    let folder = tempfile::tempdir().unwrap();
    for (seed, bytes) in [(1, 3000), (2, 40_000), (3, 3 << 20)] {
        let lines = log(bytes, seed, false);
        let text = text_of(&lines);
        let (plain, packed) = (folder.path().join("a.log"), folder.path().join("a.log.gz"));
        fs::write(&plain, &text).unwrap();
        fs::write(&packed, pack("gzip", &text)).unwrap();
        for (since, until) in WINDOWS {
            let numbers = chosen(&lines, since, until);
            let kept = numbers.iter().flat_map(|&number| [&lines[number].text[..], b"\n"].concat());
            let expected = annotate(&[], &kept.collect::<Vec<u8>>());
            let with = |more: &[&str], file: &Path| {
                let args = options(since, until);
                output_of(binary().args(args).args(more).arg(file), b"").stdout
            };
            let is_same = |found: Vec<u8>| assert!(found == expected, "{since:?} {until:?} {bytes}");
            is_same(with(&["-j1"], &plain));
            is_same(with(&["-j3"], &plain));
            is_same(with(&["-j3"], &packed));
            is_same(output_of(binary().args(options(since, until)), &text).stdout);
            // Each line has the number that it has in the file.
            let starts = numbered(&annotate(&[], &text));
            let expected: Vec<u8> = numbers.iter().flat_map(|&number| starts[number].clone()).collect();
            for threads in ["-j1", "-j3"] {
                assert!(with(&["-n", threads], &plain) == expected, "{since:?} {until:?} {bytes}");
            }
        }
    }
}

/// Returns the lines of a text, each with its number before it.
fn numbered(text: &[u8]) -> Vec<Vec<u8>> {
    let lines = text.split_inclusive(|&byte| byte == b'\n').enumerate();
    lines.map(|(number, line)| [format!("{}:", number + 1).as_bytes(), line].concat()).collect()
}

/// Context, `--only` and reports take the lines of the window for all that there are, but for the numbers of lines.
#[test]
fn other_choices_and_reports_are_those_of_the_window() {
    let folder = tempfile::tempdir().unwrap();
    let lines = log(2 << 20, 7, false);
    fs::write(folder.path().join("a.log"), text_of(&lines)).unwrap();
    let (since, until) = (Some(10_000), Some(60_000));
    let numbers = chosen(&lines, since, until);
    let kept: Vec<u8> = numbers.iter().flat_map(|&at| [&lines[at].text[..], b"\n"].concat()).collect();
    fs::write(folder.path().join("kept.log"), &kept).unwrap();
    let window = options(since, until);
    let stdout = |args: &[&str]| {
        let output = run(folder.path(), args);
        assert!(output.stderr.is_empty() && !output.stdout.is_empty(), "{args:?} {output:?}");
        output.stdout
    };
    for threads in ["-j1", "-j4"] {
        let with = |args: &[&str]| {
            let window: Vec<&str> = window.iter().map(String::as_str).collect();
            stdout(&[args, &window, &[threads, "a.log"]].concat())
        };
        assert!(with(&["--only=auth"]) == stdout(&["--only=auth", "kept.log"]));
        let report = |text: Vec<u8>| {
            let report: serde_json::Value = serde_json::from_slice(&text).unwrap();
            let code = |code: &serde_json::Value| {
                ["code", "count", "lines", "first_time", "last_time", "seconds"].map(|key| code[key].clone())
            };
            let codes: Vec<_> = report["codes"].as_array().unwrap().iter().map(code).collect();
            let first = report["codes"][0]["first"]["line"].as_u64().unwrap();
            (codes, report["input"]["lines"].clone(), report["input"]["bytes"].clone(), first)
        };
        let (codes, chosen_lines, bytes, first) = report(with(&["-q", "--report=json=-"]));
        let kept = report(stdout(&["-q", "--report=json=-", "kept.log"]));
        assert_eq!((codes, chosen_lines, bytes), (kept.0, kept.1, kept.2));
        // The first line has the number that it has in the file.
        assert_eq!(first - 1, numbers[kept.3 as usize - 1] as u64);
    }
    let lines_behind =
        |text: Vec<u8>| text.split(|&byte| byte == b'\n').filter(|line| *line == b"--").count();
    let window: Vec<&str> = window.iter().map(String::as_str).collect();
    let groups = stdout(&[&["--only=migrate", "-C1"], &window[..], &["a.log"]].concat());
    assert!(lines_behind(groups) > 1);
}

/// Buffers of any size make no difference.
#[test]
fn lines_are_chosen_whatever_the_buffer() {
    let lines = log(20_000, 5, false);
    let text = text_of(&lines);
    let bounds = TimeBounds::new()
        .since(TimeBound::written(MAY_1 + 20_000, 0))
        .until(TimeBound::written(MAY_1 + 60_000, 0));
    let chosen = chosen(&lines, Some(20_000), Some(60_000));
    let kept: Vec<u8> = chosen.iter().flat_map(|&at| [&lines[at].text[..], b"\n"].concat()).collect();
    let expected = Annotator::new().annotate(&kept);
    for window_bytes in (1..3000).step_by(97).chain([1 << 20]) {
        let annotator = Annotator::builder().times(bounds.clone()).window_bytes(window_bytes).build();
        assert!(annotator.annotate(&text) == expected, "{window_bytes}");
    }
}

/// A stack trace of more than a block goes on with the time of the line before it, whatever thread reads it.
#[test]
fn long_stack_traces_belong_to_the_line_before_them() {
    let folder = tempfile::tempdir().unwrap();
    let trace = "\tat ret=-204\n".repeat(120_000);
    let text = format!("{0} a\n{trace}{1} b\n{trace}{0} ret=-1\n", shown(10), shown(20));
    let head = format!("{trace}{text}");
    for text in [&text, &head] {
        let path = folder.path().join("a.log");
        fs::write(&path, text).unwrap();
        for (since, until) in [(Some(15), None), (None, Some(15)), (Some(5), Some(15))] {
            let result = |threads: &str| {
                let output =
                    output_of(binary().args(options(since, until)).args([threads, "-n"]).arg(&path), b"");
                assert_eq!(output.status.code(), Some(0), "{output:?}");
                output.stdout
            };
            let expected = result("-j1");
            let begins_within = since.is_none() && text.starts_with('\t');
            assert_eq!(
                expected.starts_with(b"1:"),
                begins_within || since != Some(15) && !text.starts_with('\t')
            );
            for threads in ["-j2", "-j8"] {
                assert!(result(threads) == expected, "{since:?} {until:?} {threads}");
            }
        }
    }
}

#[test]
fn a_zone_of_the_environment_that_is_none_is_told() {
    let run = |args: &[&str]| {
        output_of(binary().env("TZ", "Mars/Olympus").args(args), b"2026-05-01 10:00:00 ret=-1\n")
    };
    let output = run(&["--since=10m"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.starts_with("imsdk-annotate: TZ Mars/Olympus: is no time zone; write UTC"), "{said}");
    assert!(run(&["--since=10m", "--tz=UTC"]).status.success() && run(&[]).status.success());
}

/// A line with an offset may be within a window of one written bound and one point in time.
#[test]
fn bounds_of_two_kinds_are_refused_only_where_no_zone_has_a_time_between() {
    let log = b"2026-05-01T10:30:00+08:00 ret=-1\n2026-05-01T10:30:00Z ret=-1\n";
    for (since, until, lines) in
        [("2026-05-01T10:00", "2026-05-01T03:00Z", 1), ("2026-05-01T02:00Z", "2026-05-01 11:00", 2)]
    {
        let output = output_of(binary().args(["--since", since, "--until", until, "--tz=UTC"]), log);
        assert!(output.status.success(), "{output:?}");
        assert_eq!(output.stdout.split(|&byte| byte == b'\n').count() - 1, lines, "{since} {until}");
    }
    let output =
        output_of(binary().args(["--since=2026-05-02T10:00:01", "--until=2026-05-01T10:00:00Z"]), log);
    assert!(output.status.code() == Some(2) && output.stdout.is_empty(), "{output:?}");
}

#[test]
fn inputs_without_times_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &[u8]| fs::write(folder.path().join(name), text).unwrap();
    write("none.log", b"15:32:55.801 ret=-204\nret=-1\n");
    write("some.log", b"2026-05-01 10:00:00 ret=-204\n");
    write("empty.log", b"");
    write("long.log", &b"ret=-204 no time\n".repeat(100_000));
    let said = |args: &[&str]| {
        let output = run(folder.path(), args);
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    };
    let told = |name: &str, first: &str| {
        format!(
            "imsdk-annotate: {name}: no line has a time in its first 512 bytes that is understood; the first line is \
             \"{first}\"; leave out --since and --until, or the file, with --exclude\n"
        )
    };
    let none = told("none.log", "15:32:55.801 ret=-204");
    assert_eq!(said(&["--since=2026-05-01", "none.log", "some.log", "empty.log"]), (Some(2), none.clone()));
    assert_eq!(said(&["--until=2026-05-01", "-q", "none.log"]), (Some(2), none));
    for threads in ["-j1", "-j4"] {
        let long = told("long.log", "ret=-204 no time");
        assert_eq!(said(&["--since=2026-05-01", threads, "some.log", "long.log"]), (Some(2), long));
    }
    assert_eq!(said(&["--since=2026-05-01", "empty.log", "some.log"]), (Some(0), String::new()));
}

/// Options that would have no effect there are refused.
#[test]
fn bounds_are_for_logs_alone() {
    for args in [
        &["--since=now", "--merge-reports", "r.json"][..],
        &["--sorted", "--merge-reports", "r.json"],
        &["--until=now", "--list"],
        &["--tz=UTC", "--explain", "1"],
    ] {
        let output = output_of(binary().args(args), b"");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            output.status.code() == Some(2) && stderr.contains("cannot be used with"),
            "{args:?} {stderr}"
        );
    }
}

#[test]
fn bounds_that_are_not_understood_are_refused() {
    for (args, told) in [
        (
            &["--since=10"][..],
            "--since 10: is no time; write 2026-05-01, 2026-05-01T10:00:00 (with Z, +08:00 or no zone)",
        ),
        (&["--until=+1h"], "--until +1h: is no time; write"),
        (
            &["--since=10:00", "--until=09:59"],
            "--since 10:00 is after --until 09:59; write the earlier time with --since",
        ),
        (&["--since=now", "--until=-10m"], "--since now is after --until -10m; write"),
        (
            &["--tz=Mars/Olympus", "--since=now"],
            "--tz Mars/Olympus: is no time zone; write UTC, an offset such as",
        ),
    ] {
        let output = output_of(binary().args(args), b"2026-05-01 10:00:00 ret=-1\n");
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert_eq!((output.status.code(), output.stdout.len()), (Some(2), 0), "{args:?} {stderr}");
        assert!(stderr.starts_with(&format!("imsdk-annotate: {told}")), "{stderr}");
    }
}

/// Times without a zone are compared as they stand; points in time need the zone of lines that have none.
#[test]
fn zones_count_where_points_in_time_are_compared() {
    let log = b"2026-05-01 10:00:00 a\n2026-05-01T10:00:00+08:00 b\n2026-05-01T10:00:00Z c\n";
    for (args, expected) in [
        (&["--since=2026-05-01 10:00"][..], "abc"),
        (&["--since=2026-05-01T10:00:00Z", "--tz=UTC"], "ac"),
        (&["--since=2026-05-01T10:00:00Z", "--tz=Asia/Shanghai"], "c"),
        (&["--until=2026-05-01T02:00:00Z", "--tz=+08:00"], "ab"),
        (&["--until=@1777600800", "--tz=Asia/Shanghai"], "ab"),
        (&["--until=1m ago", "--tz=UTC"], "abc"),
    ] {
        let output = output_of(binary().args(args), log).stdout;
        let kept: String = output
            .split(|&byte| byte == b'\n')
            .filter_map(|line| line.last().map(|&last| char::from(last)))
            .collect();
        assert_eq!(kept, expected, "{args:?}");
    }
}
