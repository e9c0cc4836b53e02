//! Times of lines: each line of `tests/data/timestamps.jsonl`, with the time that must be read.

use imsdk_annotate::{TimeReader, TimeStamp, YearReference};
use jiff::Timestamp;
use jiff::civil::{DateTime, date};
use serde_json::Value;

/// The year of times that have none.
const YEAR: i16 = 2025;

/// A line with the time that must be read: in UTC if it has a zone, as it is written if it has none.
pub(crate) struct Case {
    /// The name of the form.
    pub(crate) form: String,
    pub(crate) line: String,
    /// The time that must be read; `--06-14T15:16:01` if its year is not written.
    pub(crate) expected: Option<String>,
    /// The program that writes such lines.
    source: String,
}

/// Returns the lines of `tests/data/timestamps.jsonl`.
pub(crate) fn cases() -> Vec<Case> {
    let case = |row: &str| {
        let row: Value = serde_json::from_str(row).unwrap();
        let text = |name: &str| row[name].as_str().map(str::to_owned);
        let [form, line, source] = ["form", "line", "source"].map(|name| text(name).unwrap());
        Case { form, line, source, expected: text("expect") }
    };
    include_str!("../data/timestamps.jsonl").lines().map(case).collect()
}

/// Returns a time in UTC if it has a zone, and as it is written if it has none.
fn shown(time: TimeStamp) -> String {
    let nanosecond = i32::try_from(time.nanosecond()).unwrap();
    if time.offset_minutes().is_some() {
        return Timestamp::new(time.second(), nanosecond).unwrap().to_string();
    }
    let written = jiff::SignedDuration::new(time.written_second(), nanosecond);
    DateTime::from(date(1970, 1, 1)).checked_add(written).unwrap().to_string()
}

fn reader() -> TimeReader {
    TimeReader::new().year_reference(YearReference::Year(YEAR))
}

fn read(line: &str) -> Option<String> {
    reader().read(line.as_bytes()).map(shown)
}

/// A reader remembers what it looked up last. No time depends on that, so that it is the same in any order of lines.
#[test]
fn the_order_of_lines_makes_no_difference() {
    let mut cases = cases();
    let expected: Vec<_> = cases.iter().map(|case| reader().read(case.line.as_bytes())).collect();
    let mut order: Vec<usize> = (0..cases.len()).collect();
    let mut reader = reader();
    let mut random = 1_u64;
    for _ in 0..200 {
        for at in (1..order.len()).rev() {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            order.swap(at, usize::try_from(random >> 33).unwrap() % (at + 1));
        }
        for &at in &order {
            assert_eq!(reader.read(cases[at].line.as_bytes()), expected[at], "{}", cases[at].line);
        }
    }
    // Text behind the line makes no difference, either.
    for (case, expected) in cases.iter_mut().zip(expected) {
        case.line.push_str("\n2001-01-01 00:00:00 ]\"}");
        assert_eq!(reader.read(case.line.as_bytes()), expected, "{}", case.line);
    }
}

/// Each beginning of each line, and each line with a byte left out, is read without a panic, and gives a time of the
/// calendar or none.
#[test]
fn damaged_lines_are_read_without_a_panic() {
    let mut reader = reader();
    for case in cases() {
        let line = case.line.as_bytes();
        for at in 0..line.len() {
            for text in [&line[..at], &line[at..], &[&line[..at], &line[at + 1..]].concat()] {
                if let Some(time) = reader.read(text) {
                    assert!(time.nanosecond() < 1_000_000_000);
                    assert_eq!(
                        reader.read(time.to_string().as_bytes()),
                        Some(time),
                        "{}",
                        text.escape_ascii()
                    );
                }
            }
        }
    }
}

#[test]
fn each_form_is_read() {
    let cases = cases();
    assert!(cases.len() >= 65);
    let expected = |case: &Case| case.expected.as_ref().map(|time| time.replace("--", &format!("{YEAR}-")));
    let wrong = cases.iter().filter(|case| read(&case.line) != expected(case));
    let wrong: Vec<_> = wrong
        .map(|case| format!("{} is {:?}, not {:?}", case.line, read(&case.line), case.expected))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The kinds of logs that loghub collects. The time of the only one that is not read is a number in the middle of the
/// line, where any number of ten digits would pass for a time.
#[test]
fn the_logs_of_loghub_have_times() {
    let cases = cases();
    let logs = "HDFS Hadoop Spark Zookeeper OpenStack BGL HPC Thunderbird Windows Linux Mac Android HealthApp Apache \
                OpenSSH Proxifier";
    for log in logs.split(' ') {
        let mut lines = cases.iter().filter(|case| case.source == format!("loghub {log}")).peekable();
        assert!(lines.peek().is_some(), "{log}: has no line");
        assert!(lines.all(|case| read(&case.line).is_some() == (log != "HPC")), "{log}");
    }
}
