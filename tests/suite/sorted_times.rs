//! `--sorted`: the same window, of which less is read, and the same result whatever reads it.

use crate::command::{binary, output_of};
use crate::packed::pack;
use crate::time_bounds::{MAY_1, WINDOWS, log, options, shown, text_of};
use imsdk_annotate::{Annotator, TimeBound, TimeBounds};
use std::fs;

/// With `--sorted`, less is read, and the result is the same.
#[test]
fn sorted_logs_give_the_same_window() {
    let folder = tempfile::tempdir().unwrap();
    for (bytes, seed) in [(50_000, 1), (700_000, 2), (9 << 20, 3)] {
        let lines = log(bytes, seed, true);
        let text = text_of(&lines);
        let (plain, packed) = (folder.path().join("a.log"), folder.path().join("a.log.gz"));
        fs::write(&plain, &text).unwrap();
        fs::write(&packed, pack("gzip", &text)).unwrap();
        for (since, until) in WINDOWS.into_iter().chain([(Some(80_500), None), (Some(30_000), Some(30_001))])
        {
            for options_of_lines in
                [&[][..], &["-n"], &["--only=error", "-n", "-A1"], &["-q", "--report=text=-"]]
            {
                for (path, threads) in [(&plain, "-j1"), (&plain, "-j4"), (&packed, "-j2")] {
                    let result = |more: &[&str]| {
                        let args = options(since, until);
                        let output = output_of(
                            binary().args(args).args(options_of_lines).args(more).args([threads]).arg(path),
                            b"",
                        );
                        (output.status.code(), output.stdout, output.stderr)
                    };
                    let expected = result(&[]);
                    assert_eq!(expected.0, Some(0), "{}", expected.2.escape_ascii());
                    let found = result(&["--sorted"]);
                    assert!(found == expected, "{bytes} {since:?} {until:?} {options_of_lines:?} {threads}");
                }
            }
        }
    }
}

/// A log that goes back to the window is read on unless 1,000 lines have come, the last more than a minute after the window.
#[test]
fn reading_of_sorted_lines_ends_at_the_same_line_whatever_the_reads() {
    let bounds = TimeBounds::new().until(TimeBound::written(MAY_1 + 100, 0)).sorted(true);
    let line = |second: i64| format!("{} ret=-1\n", shown(second));
    for (after, is_read_on) in [
        (line(160).repeat(1000), true),
        (line(161).repeat(999), true),
        (line(161).repeat(1000), false),
        (line(130).repeat(999) + &line(161), false),
        (line(130) + &"\tat x\n".repeat(998) + &line(160), true),
        (line(130) + &"\tat x\n".repeat(998) + &line(161), false),
        // A time in a text of a line.
        (line(60_000), true),
    ] {
        let text = format!("{}{after}{}{}", line(100), line(100), "\tat ret=-204\n".repeat(3000));
        let kept = if is_read_on {
            format!("{}{}", line(100), &text[line(100).len() + after.len()..])
        } else {
            line(100)
        };
        let expected = Annotator::new().annotate(kept.as_bytes());
        for window_bytes in (1..3000).step_by(331).chain([64 << 10, 1 << 20]) {
            let annotator = Annotator::builder().times(bounds.clone()).window_bytes(window_bytes).build();
            assert!(annotator.annotate(text.as_bytes()) == expected, "{} {window_bytes}", after.len());
        }
    }
}

/// The option is wrong for such a log; what is found depends on the file alone.
#[test]
fn lines_that_are_not_sorted_are_the_same_for_each_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    fs::write(&path, text_of(&log(9 << 20, 4, false))).unwrap();
    for (since, until) in WINDOWS {
        let result = |threads: &str| {
            let args = options(since, until);
            output_of(binary().args(args).args(["--sorted", "-n", threads]).arg(&path), b"").stdout
        };
        let expected = result("-j1");
        assert!(result("-j2") == expected && result("-j8") == expected, "{since:?} {until:?}");
    }
}

/// A line with a time in its text, such as that of a lease, leads to no other part of a file in order; and long lines without
/// times are no input without times.
#[test]
fn a_part_is_found_in_spite_of_lines_that_are_not_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.log");
    let leases = |second: usize| {
        let lease = if second.is_multiple_of(7) { "[2026-06-30 09:00:00] lease\n" } else { "" };
        format!("{} {}\n{lease}", shown(second as i64), "x".repeat(90))
    };
    let text: String = (0..80_000).map(leases).collect();
    let head = format!("{}{} ret=-1\n", "no time\n".repeat(200_000), shown(40_000));
    for (text, windows) in [
        (text, vec![(Some(60), Some(90)), (Some(31_200), Some(31_230)), (Some(79_990), Some(79_995))]),
        (head, vec![(Some(10), Some(20)), (None, Some(20))]),
    ] {
        fs::write(&path, &text).unwrap();
        for (since, until) in windows {
            let result = |more: &[&str]| {
                let output = output_of(binary().args(options(since, until)).args(more).arg(&path), b"");
                (output.status.code(), output.stdout, output.stderr)
            };
            let expected = result(&[]);
            assert_eq!(expected.0, Some(0));
            for threads in ["-j1", "-j4"] {
                assert!(result(&["--sorted", threads]) == expected, "{since:?} {until:?} {threads}");
            }
        }
    }
}
