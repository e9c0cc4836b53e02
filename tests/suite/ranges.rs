//! Ranges of the bytes of a file or a stream: each line is in exactly one of them, and their reports add up to that of the
//! whole.

use crate::command::{binary, output_of};
use crate::hostile::lines_with_fields;
use crate::time_bounds::Numbers;
use proptest::prelude::*;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Output, Stdio};

fn run(folder: &Path, args: &[&str], input: &[u8]) -> Output {
    output_of(binary().current_dir(folder).args(args), input)
}

/// Returns the standard output of a run that must succeed in silence.
fn done(folder: &Path, args: &[&str], input: &[u8]) -> Vec<u8> {
    let output = run(folder, args, input);
    assert!(output.status.success() && output.stderr.is_empty(), "{args:?}: {output:?}");
    output.stdout
}

/// Returns the lines of a text that begin in a half open range of its bytes.
fn lines_of(text: &[u8], start: usize, end: usize) -> Vec<u8> {
    let (mut at, mut lines) = (0, Vec::new());
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        if (start..end).contains(&at) {
            lines.extend_from_slice(line);
        }
        at += line.len();
    }
    lines
}

#[test]
fn the_lines_of_a_range_are_those_that_begin_in_it() {
    let folder = tempfile::tempdir().unwrap();
    for text in [&b"ab\n\nret\nc"[..], b"a\n", b"", b"\n\n", b"abc"] {
        fs::write(folder.path().join("a.log"), text).unwrap();
        for start in 0..=text.len() {
            for end in start..=text.len() + 1 {
                let (range, expected) = (format!("{start}-{end}"), lines_of(text, start, end));
                let found = done(folder.path(), &["--range", &range, "a.log"], b"");
                assert_eq!(found, expected, "{text:?} {range}");
                for offset in [0, start.saturating_sub(1)] {
                    let args = ["--range", &range, "--offset", &offset.to_string()];
                    let found = done(folder.path(), &args, &text[offset..]);
                    assert_eq!(found, expected, "{text:?} {range} from {offset}");
                }
            }
        }
    }
}

#[test]
fn a_range_may_have_no_end_and_an_offset_no_range() {
    let folder = tempfile::tempdir().unwrap();
    let text = b"one\ntwo\nthree\n";
    fs::write(folder.path().join("a.log"), text).unwrap();
    assert_eq!(done(folder.path(), &["--range=4-", "a.log"], b""), b"two\nthree\n");
    assert_eq!(done(folder.path(), &["--range=5-"], text), b"three\n");
    assert_eq!(done(folder.path(), &["--offset=3"], &text[3..]), b"two\nthree\n");
    assert_eq!(done(folder.path(), &["--offset=4"], &text[4..]), b"three\n");
    assert_eq!(done(folder.path(), &["--offset=0"], text), text);
}

/// Writes the reports of the parts of a file of this name, cut at the offsets, and returns their names. Every other part is
/// read as a stream.
fn reports_of(folder: &Path, name: &str, cuts: &[u64], options: &[&str]) -> Vec<String> {
    let text = fs::read(folder.join(name)).unwrap();
    let mut reports = Vec::new();
    for (number, two) in cuts.windows(2).enumerate() {
        let report = format!("{name}.{number}.json");
        let (range, to) = (format!("{}-{}", two[0], two[1]), format!("json={report}"));
        let mut args = vec!["-q", "--range", &range, "--report", &to];
        args.extend(options);
        let offset = two[0].saturating_sub(1);
        if number % 2 == 0 {
            args.push(name);
            done(folder, &args, b"");
        } else {
            let offset_typed = offset.to_string();
            args.extend(["--offset", &offset_typed, "--name", name]);
            done(folder, &args, &text[offset as usize..]);
        }
        reports.push(report);
    }
    reports
}

/// Adds up reports that follow each other, some of them beforehand.
fn sum_in_tree(folder: &Path, mut reports: Vec<String>, numbers: &mut Numbers) -> Vec<u8> {
    let mut sums = 0;
    while reports.len() > 2 {
        let first = numbers.below(reports.len() as u64 - 1) as usize;
        let behind = first + 2 + numbers.below((reports.len() - first - 1) as u64) as usize;
        let (sum, some) = (format!("sum{sums}.json"), reports[first..behind].to_vec());
        let to = format!("--report=json={sum}");
        let mut args = vec!["--merge-reports", &to];
        args.extend(some.iter().map(String::as_str));
        let output = run(folder, &args, b"");
        assert!(output.status.success(), "{args:?}: {output:?}");
        reports.splice(first..behind, [sum]);
        sums += 1;
    }
    let mut args = vec!["--merge-reports", "--report=json=-"];
    args.extend(reports.iter().map(String::as_str));
    done(folder, &args, b"")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 12, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn reports_of_any_ranges_add_up_to_that_of_the_whole(
        logs in prop::collection::vec(lines_with_fields("[ -~]{0,30}"), 1..4), seed: u64,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let (mut numbers, mut reports, mut names) = (Numbers(seed), Vec::new(), Vec::new());
        // Bytes with zeros may be UTF-16, which has no ranges.
        let logs = logs.iter().map(|log| [b"ret=-204 ", &log[..], &b"\nret=-705 again"[..]].concat());
        for (number, log) in logs.enumerate().filter(|(_, log)| !log.contains(&0)) {
            let name = format!("{number}.log");
            fs::write(folder.path().join(&name), &log).unwrap();
            let mut cuts: Vec<u64> = (0..numbers.below(5)).map(|_| 1 + numbers.below(log.len() as u64 - 1)).collect();
            cuts.extend([0, log.len() as u64]);
            cuts.sort_unstable();
            reports.extend(reports_of(folder.path(), &name, &cuts, &["--encoding=utf-8"]));
            names.push(name);
        }
        prop_assume!(!names.is_empty());
        let mut args = vec!["-q", "--report=json=-", "--encoding=utf-8"];
        args.extend(names.iter().map(String::as_str));
        let whole = done(folder.path(), &args, b"");
        let sum = sum_in_tree(folder.path(), reports, &mut numbers);
        prop_assert_eq!(String::from_utf8(sum).unwrap(), String::from_utf8(whole).unwrap());
    }
}

/// Returns a log that is worth several threads.
fn large_log() -> Vec<u8> {
    (0..150_000)
        .flat_map(|line| format!("2026-05-01 10:00:00 ret=-{} n={line}\n", 200 + line % 7).into_bytes())
        .collect()
}

#[test]
fn large_ranges_are_read_in_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let log = large_log();
    fs::write(folder.path().join("a.log"), &log).unwrap();
    let size = log.len() as u64;
    let whole = |threads: &str, range: &str| {
        done(folder.path(), &[threads, "--range", range, "--report=json=r.json", "a.log"], b"")
    };
    let all = done(folder.path(), &["-j1", "--report=json=whole.json", "a.log"], b"");
    for threads in ["-j1", "-j3"] {
        let (mut lines, mut reports) = (Vec::new(), Vec::new());
        for (number, range) in
            [(0, 2_500_001), (2_500_001, 2_500_002), (2_500_002, size)].into_iter().enumerate()
        {
            lines.extend(whole(threads, &format!("{}-{}", range.0, range.1)));
            let report = format!("{number}.json");
            fs::rename(folder.path().join("r.json"), folder.path().join(&report)).unwrap();
            reports.push(report);
        }
        assert!(lines == all, "{threads}");
        let sum = sum_in_tree(folder.path(), reports, &mut Numbers(1));
        assert!(sum == fs::read(folder.path().join("whole.json")).unwrap(), "{threads}");
    }
}

#[test]
fn reading_ends_with_the_last_line_of_the_range() {
    // The stream has no end, and is closed once the range has been read.
    let mut child = binary()
        .args(["--range", "10-20", "--offset", "0"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    while stdin.write_all(b"ret=-1\n").is_ok() {}
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.stdout, b"ret=-1 (general: failure)\n");
    assert!(output.status.success());
}

#[test]
fn the_last_line_comes_before_trouble_behind_it() {
    let folder = tempfile::tempdir().unwrap();
    let args = ["--range=0-9", "--input-size=20", "--name=a.log", "--report=json=r.json"];
    let output = run(folder.path(), &args, b"ret=-204\n");
    assert_eq!(output.stdout, b"ret=-204 (auth: user session is failure!)\n");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    // The part of a feeder that has failed is a range that goes on.
    let report: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("r.json")).unwrap()).unwrap();
    assert_eq!((&report["complete"], &report["fields"]), (&false.into(), &1.into()));
    assert_eq!(report["input"]["parts"][0]["more"], true);
}

#[test]
fn what_is_written_behind_a_range_is_not_read() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let line = b"ret=-204\n";
    file.write_all(&line.repeat(20_000)).unwrap();
    let mut child = binary()
        .arg(format!("--range=0-{}", 9 * 20_000))
        .arg(file.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    // The pipe is full long before the end, so that the file grows while it is read.
    let mut stdout = child.stdout.take().unwrap();
    crate::command::read_until(&mut stdout, b"\n");
    file.write_all(b"ret=-1\n").unwrap();
    let mut rest = Vec::new();
    std::io::Read::read_to_end(&mut stdout, &mut rest).unwrap();
    assert!(child.wait().unwrap().success() && !rest.ends_with(b"(general: failure)\n"));
}

#[test]
fn an_output_stays_where_a_range_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-1\n").unwrap();
    fs::write(folder.path().join("out"), "before").unwrap();
    let output = run(folder.path(), &["--range=8-9", "-o", "out", "a.log"], b"");
    assert_eq!(output.status.code(), Some(3), "{output:?}");
    assert_eq!(fs::read(folder.path().join("out")).unwrap(), b"before");
}

#[test]
fn inputs_without_ranges_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::write(path("a.log"), "ret=-1\n").unwrap();
    fs::write(path("utf16.log"), b"\xff\xfea\0\n\0").unwrap();
    fs::create_dir(path("logs")).unwrap();
    fs::write(path("logs/a.log"), "ret=-1\n").unwrap();
    let gzip = output_of(binary().args(["--compress", "gzip"]), b"ret=-1\n").stdout;
    fs::write(path("a.log.gz"), gzip).unwrap();
    fs::write(path("a.tar"), crate::bundled::tar_of(&[("a.log", b"ret=-1\n")])).unwrap();
    for (args, expected) in [
        (&["--range=0-5", "a.log.gz"][..], "a.log.gz: is compressed (gzip)"),
        (&["--range=0-5", "utf16.log"], "utf16.log: is in UTF-16"),
        (&["--range=0-5", "a.tar"], "a.tar: is an archive"),
        (&["--range=0-5", "logs"], "logs/a.log: is in a folder"),
        (&["--range=8-9", "a.log"], "a.log: has 7 bytes, and the range begins at byte 8"),
        (&["--range=8-9", "--offset=0"], "has 7 bytes, and the range begins at byte 8"),
        (&["--range=0-5", "a.log", "utf16.log"], "a range is one of the bytes of one input"),
        (&["--range=3-5", "--offset=3"], "2 is the last offset that will do"),
        (&["--range=3-5", "--offset=1", "a.log"], "--offset is for standard input"),
        (&["--range=5-3", "a.log"], "ends before it begins"),
        (&["--range=5", "a.log"], "is no range of bytes"),
        (&["--range=-5", "a.log"], "is no range of bytes"),
        (&["--range=+1-5", "a.log"], "is no range of bytes"),
        (&["--range=0-5", "-n", "a.log"], "cannot be used with"),
        (&["--range=0-5", "-F", "a.log"], "cannot be used with"),
        (&["--range=0-5", "--trace=seq", "--report=text"], "cannot be used with"),
        (&["--range=0-5", "-q", "--report=json"], "name standard input with --name"),
        (&["--range=0-5", "--since=10m", "a.log"], "cannot be used with"),
        (&["--range=0-5", "--output-dir=out", "a.log"], "cannot be used with"),
        (&["--offset=5", "--only=error", "-C1"], "cannot be used with"),
    ] {
        let output = run(folder.path(), args, b"ret=-1\n");
        let message = String::from_utf8(output.stderr).unwrap();
        // An input that has no ranges is one that cannot be read.
        let status = if expected.contains(": ") || expected.starts_with("has ") { 3 } else { 2 };
        assert_eq!(
            (output.status.code(), &output.stdout[..]),
            (Some(status), &b""[..]),
            "{args:?}: {message}"
        );
        assert!(message.contains(expected), "{args:?}: {message}");
    }
}

/// A folder with reports of the ranges 0-9, 9-18 and 18-27 of `a.log`.
fn three_ranges() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.log"), "ret=-204\nret=-705\nret=-204\n").unwrap();
    reports_of(folder.path(), "a.log", &[0, 9, 18, 27], &[]);
    folder
}

/// The reports of [`three_ranges`].
const FIRST: &str = "a.log.0.json";
const SECOND: &str = "a.log.1.json";
const THIRD: &str = "a.log.2.json";

#[test]
fn the_same_part_is_not_counted_twice() {
    let folder = three_ranges();
    done(folder.path(), &["-q", "--report=json=whole.json", "a.log"], b"");
    done(folder.path(), &["-q", "--range=0-18", "--report=json=0-18.json", "a.log"], b"");
    for (reports, said) in [
        (&[FIRST, FIRST][..], "a.log.0.json: counts bytes 0 to 9 of \"a.log\""),
        (&[FIRST, SECOND, "0-18.json", THIRD], "0-18.json: counts bytes 0 to 18 of \"a.log\""),
        (&["whole.json", "whole.json"], "whole.json: counts bytes 0 to 27 of an input"),
        (&["whole.json", THIRD], "a.log.2.json: counts bytes 18 to 27 of \"a.log\""),
        (&[FIRST, SECOND, THIRD, "whole.json"], "whole.json: counts bytes 0 to 27 of an input"),
    ] {
        let args: Vec<&str> = ["--merge-reports", "--report=json=-"].iter().chain(reports).copied().collect();
        let output = run(folder.path(), &args, b"");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(said) && output.status.code() == Some(2), "{reports:?}: {message}");
        let sum: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(sum["complete"], false, "{reports:?}");
        assert!(sum["fields"].as_u64().unwrap() <= 3, "{reports:?}");
    }
}

#[test]
fn inputs_of_one_name_are_told_apart_by_size_and_settings() {
    let folder = tempfile::tempdir().unwrap();
    for (name, text, options) in [
        ("1.json", "ret=-1\n", &[][..]),
        ("2.json", "ret=-1\n\n", &[]),
        ("3.json", "ret=-1\n", &["--label=second"]),
        ("4.json", "ret=-1\n", &["--strict"]),
        // Without a name, each stream is another one; without bytes, no input is the same as another.
        ("5.json", "", &[]),
        ("6.json", "", &[]),
    ] {
        let to = format!("--report=json={name}");
        let args: Vec<&str> = ["-q", "--name=a.log", &to].iter().chain(options).copied().collect();
        done(folder.path(), &args, text.as_bytes());
    }
    let args =
        ["--merge-reports", "--report=json=-", "1.json", "2.json", "3.json", "4.json", "5.json", "6.json"];
    let sum: serde_json::Value = serde_json::from_slice(&done(folder.path(), &args, b"")).unwrap();
    assert_eq!((&sum["fields"], &sum["input"]["files"]), (&4.into(), &6.into()));
    for name in ["7.json", "8.json"] {
        done(folder.path(), &["-q", &format!("--report=json={name}")], b"ret=-1\n");
    }
    done(folder.path(), &["--merge-reports", "--report=json=/dev/null", "7.json", "8.json"], b"");
}

#[test]
fn missing_ranges_are_said() {
    let folder = three_ranges();
    done(folder.path(), &["-q", "--name=b.log", "--report=json=b.json"], b"ret=-1\n");
    done(folder.path(), &["-q", "--name=a.log", "--report=json=shorter.json"], b"ret=-204\n");
    let behind = |at: u32| format!("the bytes from {at} on of a.log is missing");
    let before = |at: u32| format!("the bytes before {at} of a.log is missing");
    for (reports, said) in [
        (&[FIRST, THIRD][..], behind(9)),
        (&[SECOND, FIRST, THIRD], behind(18)),
        (&["b.json", SECOND, THIRD], before(9)),
        (&[FIRST, SECOND, "b.json"], behind(18)),
        (&[THIRD, FIRST, SECOND], "the range from byte 0 on of a.log stands behind a later one".to_owned()),
        // A log that has grown is another input than the log that ended there.
        (&["shorter.json", SECOND, THIRD], before(9)),
    ] {
        let args: Vec<&str> = ["--merge-reports", "--report=json=-"].iter().chain(reports).copied().collect();
        let output = run(folder.path(), &args, b"");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(message.contains(&said) && output.status.code() == Some(3), "{reports:?}: {message}");
        let sum: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(sum["complete"], false, "{reports:?}");
    }
    // A sum of some ranges is a part itself, by which nothing is decided.
    for (reports, said) in [(&[FIRST, SECOND][..], behind(18)), (&[SECOND, THIRD], before(9))] {
        let args: Vec<&str> = ["--merge-reports", "--report=json=-"].iter().chain(reports).copied().collect();
        let output = run(folder.path(), &args, b"");
        let message = String::from_utf8(output.stderr).unwrap();
        assert!(output.status.success() && message.contains(&said), "{reports:?}: {message}");
        for decides in ["--report=text=-", "--fail-on=-1"] {
            let output = run(folder.path(), &[&args[..], &[decides]].concat(), b"");
            let message = String::from_utf8(output.stderr).unwrap();
            assert!(output.status.code() == Some(3) && message.contains(&said), "{reports:?}: {message}");
        }
    }
}
