//! Times of lines that are written without a year.

use imsdk_annotate::{TimeReader, YearReference};

/// 2026-01-02T00:00:00Z.
const SECOND: i64 = 1_767_312_000;
const DAY: i64 = 24 * 60 * 60;

/// Returns the time of a line in ISO 8601, with its zone.
fn read(line: &str, reference: YearReference) -> Option<String> {
    TimeReader::new().year_reference(reference).read(line.as_bytes()).map(|time| time.to_string())
}

const FORMS: [(&str, &str); 8] = [
    ("Dec 31 10:00:00 host", "12-31T10:00:00"),
    ("<13>Dec 31 10:00:00 host", "12-31T10:00:00"),
    ("Jan  3 10:00:00 host", "01-03T10:00:00"),
    ("12-31 10:00:00.5  1702  2395 D x", "12-31T10:00:00.5"),
    ("E1231 10:00:00.5 1952452992 x.cc:253]", "12-31T10:00:00.5"),
    ("[12.31 10:00:00] x", "12-31T10:00:00"),
    ("1:M 31 Dec 10:00:00.5 * x", "12-31T10:00:00.5"),
    ("{\"time\":\"Dec 31 10:00:00\"}", "12-31T10:00:00"),
];

#[test]
fn the_year_is_the_latest_that_is_not_two_days_too_late() {
    let until = |second| YearReference::Until { second };
    for (line, expected) in [
        ("Dec 31 00:00:00 x", "2025-12-31T00:00:00"),
        ("Jan  3 00:00:00 x", "2026-01-03T00:00:00"),
        ("Jan  5 00:00:00 x", "2025-01-05T00:00:00"),
        ("Jan  3 23:59:59 x", "2026-01-03T23:59:59"),
        ("Jan  4 00:00:00 x", "2026-01-04T00:00:00"),
        ("Jan  4 00:00:01 x", "2025-01-04T00:00:01"),
        // With a zone, the instant counts.
        ("Jan  4 08:00:00 +0800 x", "2026-01-04T08:00:00+08:00"),
        ("Jan  4 08:00:01 +0800 x", "2025-01-04T08:00:01+08:00"),
        ("Jan  3 16:00:01 -0800 x", "2025-01-03T16:00:01-08:00"),
        ("Jan  3 16:00:00 -0800 x", "2026-01-03T16:00:00-08:00"),
        ("Feb 29 10:00:00 x", "2024-02-29T10:00:00"),
    ] {
        assert_eq!(read(line, until(SECOND)).as_deref(), Some(expected), "{line}");
    }
    for (line, second, expected) in [
        // The limit lies in the new year, and further east the year after has begun.
        ("Dec 31 10:00:00 x", SECOND - 3 * DAY, "2025-12-31T10:00:00"),
        ("Dec 31 10:00:00 x", SECOND - 5 * DAY, "2024-12-31T10:00:00"),
        ("Jan  1 05:00:00 +0800 x", SECOND - 3 * DAY - 3 * 60 * 60, "2026-01-01T05:00:00+08:00"),
        ("Jan  1 05:00:01 +0800 x", SECOND - 3 * DAY - 3 * 60 * 60, "2025-01-01T05:00:01+08:00"),
        // 1900 had no leap day.
        ("Feb 29 10:00:00 x", -2_082_844_800, "1896-02-29T10:00:00"),
        ("Jan  1 10:00:00 x", i64::MAX, "9999-01-01T10:00:00"),
    ] {
        assert_eq!(read(line, until(second)).as_deref(), Some(expected), "{line} {second}");
    }
    for second in [i64::MIN, -62_135_596_801 - 3 * DAY] {
        assert_eq!(read("Jan  1 10:00:00 x", until(second)), None);
    }
}

#[test]
fn each_form_without_a_year_takes_the_given_one() {
    for (line, expected) in FORMS {
        for year in [1, 1999, 2025, 9999] {
            let expected = format!("{year:04}-{expected}");
            assert_eq!(read(line, YearReference::Year(year)), Some(expected), "{line}");
        }
        for reference in [
            YearReference::Unknown,
            YearReference::Year(0),
            YearReference::Year(-5),
            YearReference::Year(i16::MIN),
        ] {
            assert_eq!(read(line, reference), None, "{line}");
        }
        assert_eq!(read(line, YearReference::default()), None, "{line}");
    }
}

#[test]
fn a_leap_day_takes_the_last_leap_year() {
    for (year, expected) in
        [(2024, 2024), (2025, 2024), (2027, 2024), (2028, 2028), (1903, 1896), (1904, 1904)]
    {
        for line in ["Feb 29 10:00:00 x", "02-29 10:00:00.0 x", "I0229 10:00:00 x", "[02.29 10:00:00] x"] {
            let expected = format!("{expected:04}-02-29T10:00:00");
            assert_eq!(read(line, YearReference::Year(year)), Some(expected), "{line}");
        }
    }
    for line in [
        "Feb 30 10:00:00 x",
        "Apr 31 10:00:00 x",
        "Jan  0 10:00:00 x",
        "13-01 10:00:00",
        "00-01 10:00:00",
        "I0431 10:00:00",
    ] {
        assert_eq!(read(line, YearReference::Year(2024)), None, "{line}");
    }
}

#[test]
fn a_year_that_is_written_counts() {
    for (line, expected) in [
        ("Jun 14 2023 15:16:01 x", "2023-06-14T15:16:01"),
        ("Sat Apr 27 03:33:07 2013 x", "2013-04-27T03:33:07"),
        ("Sat Apr 27 03:33:07 UTC 2013 x", "2013-04-27T03:33:07Z"),
        ("Sat Apr 27 03:33:07 +0800 2013 x", "2013-04-27T03:33:07+08:00"),
        ("Sat Apr 27 03:33:07.25 CEST 2013]", "2013-04-27T03:33:07.25"),
        ("Sat Apr  7 03:33:07 2013", "2013-04-07T03:33:07"),
        ("29 Aug 2023 13:47:38.984 x", "2023-08-29T13:47:38.984"),
        ("I20240517 15:04:22.6 x", "2024-05-17T15:04:22.6"),
    ] {
        for reference in
            [YearReference::Unknown, YearReference::Year(1999), YearReference::Until { second: SECOND }]
        {
            assert_eq!(read(line, reference).as_deref(), Some(expected), "{line}");
        }
    }
}

/// A time without a year is none where no year is known, so that a time within the line counts.
#[test]
fn without_a_known_year_the_next_time_counts() {
    let line = "Jun 14 15:16:01 host app[1]: ts=2024-06-14T07:16:01Z ret=-204";
    assert_eq!(read(line, YearReference::Unknown).as_deref(), Some("2024-06-14T07:16:01Z"));
    assert_eq!(read(line, YearReference::Year(2024)).as_deref(), Some("2024-06-14T15:16:01"));
}
