//! Time stamps at the beginning of lines.
//!
//! `2026-05-01T10:00:00.123+08:00` (ISO 8601, also with a blank or compact), `[2026-05-01 10:00:00,123` and
//! `[20260501 10:00:00`. One without a zone is taken as it is written.

use jiff::SignedDuration;
use jiff::civil::{Date, DateTime};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
const SECONDS_PER_MINUTE: i64 = 60;
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;
/// What editors put in front of the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const NANOSECONDS_PER_SECOND: u32 = 1_000_000_000;

/// A point in time, ordered by when it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimeStamp {
    /// Seconds from the beginning of 1970, in UTC where the zone is known.
    pub(crate) second: i64,
    nanosecond: u32,
    /// How many minutes its zone is ahead of UTC.
    zone: Option<i16>,
}

/// Reads time stamps. Knows the month of the last one, which most lines of a log share: a calendar takes more
/// time than all the rest.
#[derive(Clone, Debug, Default)]
pub(crate) struct StampReader {
    /// The month as it was written.
    written: [u8; 8],
    /// When it began.
    second: i64,
    days: i64,
}

impl StampReader {
    /// The time stamp that a line begins with.
    // Inlined, because copying what it returns took a quarter of the counter's time.
    #[inline(always)]
    pub(crate) fn read(&mut self, line: &[u8]) -> Option<TimeStamp> {
        let line = match line {
            [b'[', rest @ ..] => rest,
            [0xEF, ..] => without_byte_order_mark(line),
            _ => line,
        };
        let (second, rest) = match line.split_first_chunk::<19>() {
            Some((begin, rest)) if begin[4] == b'-' => (self.extended(begin)?, rest),
            _ => self.compact(line)?,
        };
        let (nanosecond, rest) = fraction(rest);
        if rest.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let zone = zone(rest);
        let second = second - i64::from(zone.unwrap_or(0)) * SECONDS_PER_MINUTE;
        Some(TimeStamp { second, nanosecond, zone })
    }

    /// The second of `2026-05-01 10:00:00`, with a blank or a `T`.
    #[inline]
    fn extended(&mut self, text: &[u8; 19]) -> Option<i64> {
        let &[a, b, c, d, e, f, g, h, _, _, separator, h1, h2, c1, m1, m2, c2, s1, s2] = text;
        if !matches!(separator, b' ' | b'T') || (c1, c2) != (b':', b':') {
            return None;
        }
        let day = self.day([a, b, c, d, e, f, g, h], two_digits(text, 8)?)?;
        Some(day + time_of_day([h1, h2, m1, m2, s1, s2])?)
    }

    /// The second of `20260501 10:00:00`, `20260501T10:00:00` or `20260501T100000`, and what stands behind it.
    fn compact<'a>(&mut self, text: &'a [u8]) -> Option<(i64, &'a [u8])> {
        let (&[a, b, c, d, e, f, _, _], rest) = text.split_first_chunk()?;
        let (time, rest) = match rest {
            [b' ' | b'T', h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] => ([h1, h2, m1, m2, s1, s2], rest),
            [b'T', h1, h2, m1, m2, s1, s2, rest @ ..] => ([h1, h2, m1, m2, s1, s2], rest),
            _ => return None,
        };
        let day = self.day([a, b, c, d, e, f, 0, 0], two_digits(text, 6)?)?;
        Some((day + time_of_day(time.map(|&digit| digit))?, rest))
    }

    /// When a day of a month begins.
    #[inline]
    fn day(&mut self, month: [u8; 8], day: i64) -> Option<i64> {
        if u64::from_ne_bytes(month) != u64::from_ne_bytes(self.written) {
            self.look_up(month)?;
        }
        (1..=self.days).contains(&day).then(|| self.second + (day - 1) * SECONDS_PER_DAY)
    }

    /// Looks up a month, `2026-05-` or `202605`.
    #[cold]
    fn look_up(&mut self, written: [u8; 8]) -> Option<()> {
        let year = two_digits(&written, 0)? * 100 + two_digits(&written, 2)?;
        let month = match written {
            [_, _, _, _, b'-', _, _, b'-'] => two_digits(&written, 5)?,
            _ => two_digits(&written, 4)?,
        };
        let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
        self.second = first.to_datetime(EPOCH.time()).duration_since(EPOCH).as_secs();
        self.days = i64::from(first.days_in_month());
        self.written = written;
        Some(())
    }
}

/// The seconds from the beginning of the day to a time, of which these are the digits.
#[inline]
fn time_of_day(digits: [u8; 6]) -> Option<i64> {
    let (hour, minute, second) = (two_digits(&digits, 0)?, two_digits(&digits, 2)?, two_digits(&digits, 4)?);
    (hour < 24 && minute < 60 && second < 60).then_some((hour * 60 + minute) * 60 + second)
}

#[cold]
fn without_byte_order_mark(line: &[u8]) -> &[u8] {
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
    line.strip_prefix(b"[").unwrap_or(line)
}

#[inline]
fn two_digits(text: &[u8], at: usize) -> Option<i64> {
    let &[tens, ones] = text.get(at..at + 2)? else {
        return None;
    };
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}

/// The digits behind a point or comma, as nanoseconds (what is finer is left out), and what stands behind them.
#[inline]
fn fraction(text: &[u8]) -> (u32, &[u8]) {
    let [b'.' | b',', digits @ ..] = text else {
        return (0, text);
    };
    let (mut nanosecond, mut scale, mut count) = (0, NANOSECONDS_PER_SECOND, 0);
    while let Some(digit) =
        digits.get(count).map(|digit| digit.wrapping_sub(b'0')).filter(|&digit| digit < 10)
    {
        scale /= 10;
        nanosecond += u32::from(digit) * scale;
        count += 1;
    }
    if count > 0 { (nanosecond, &digits[count..]) } else { (0, text) }
}

/// `Z`, `+08:00`, `+0800` or `+08`, in minutes.
#[inline]
fn zone(text: &[u8]) -> Option<i16> {
    let sign = match text.first()? {
        b'Z' => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = two_digits(text, 1).filter(|&hours| hours < 24)?;
    let minutes_at = if text.get(3) == Some(&b':') { 4 } else { 3 };
    let minutes = two_digits(text, minutes_at).filter(|&minutes| minutes < 60).unwrap_or(0);
    i16::try_from(sign * (hours * 60 + minutes)).ok()
}

/// ISO 8601, with as many digits of a second as it has.
impl fmt::Display for TimeStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanosecond = i32::try_from(self.nanosecond).map_err(|_| fmt::Error)?;
        let since = SignedDuration::new(
            self.second + i64::from(self.zone.unwrap_or(0)) * SECONDS_PER_MINUTE,
            nanosecond,
        );
        write!(f, "{}", EPOCH.checked_add(since).map_err(|_| fmt::Error)?)?;
        match self.zone {
            None => Ok(()),
            Some(0) => f.write_str("Z"),
            Some(zone) => {
                let sign = if zone < 0 { '-' } else { '+' };
                write!(f, "{sign}{:02}:{:02}", zone.abs() / 60, zone.abs() % 60)
            }
        }
    }
}

impl Serialize for TimeStamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for TimeStamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        let stamp = StampReader::default().read(text.as_bytes());
        stamp.ok_or_else(|| de::Error::custom(format!("{text:?} is no time stamp")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(line: &str) -> Option<String> {
        StampReader::default().read(line.as_bytes()).map(|stamp| stamp.to_string())
    }

    #[test]
    fn the_usual_forms_are_understood() {
        for (line, expected) in [
            ("2026-05-01T10:00:00", "2026-05-01T10:00:00"),
            ("2026-05-01T10:00:00Z x", "2026-05-01T10:00:00Z"),
            ("2026-05-01T10:00:00.120+08:00", "2026-05-01T10:00:00.12+08:00"),
            ("2026-05-01T10:00:00-0330", "2026-05-01T10:00:00-03:30"),
            ("2026-05-01T10:00:00+08", "2026-05-01T10:00:00+08:00"),
            ("20260501T100000Z", "2026-05-01T10:00:00Z"),
            ("2026-05-01 10:00:00,123 [exec-5]", "2026-05-01T10:00:00.123"),
            ("2026-05-01 10:00:00|1243", "2026-05-01T10:00:00"),
            ("[2026-05-01 10:00:00.123][1.0]", "2026-05-01T10:00:00.123"),
            ("[20260501 23:59:59.123456789123]", "2026-05-01T23:59:59.123456789"),
            ("[20260501 10:00:00", "2026-05-01T10:00:00"),
            ("\u{feff}[2026-05-01 10:00:00]", "2026-05-01T10:00:00"),
            ("2024-02-29 00:00:00.", "2024-02-29T00:00:00"),
        ] {
            assert_eq!(read(line).as_deref(), Some(expected), "{line}");
            assert_eq!(read(expected).as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for line in [
            "",
            "[",
            "x2026-05-01 10:00:00",
            " 2026-05-01 10:00:00",
            "2026-05-01",
            "2026-05-01 10:00",
            "2026-05-01 100000",
            "2026-02-29 10:00:00",
            "2026-13-01 10:00:00",
            "2026-00-01 10:00:00",
            "2026-05-01 24:00:00",
            "2026-05-01 10:60:00",
            "2026-05-01 10:00:60",
            "2026-05-01 10:00:000",
            "2026-5-1 10:00:00",
            "2026-05-01_10:00:00",
            "ÿÿÿÿ-05-01 10:00:00",
            "2026-0501 10:00:00",
            "12345678901234567890",
        ] {
            assert_eq!(read(line), None, "{line}");
        }
    }

    #[test]
    fn stamps_are_ordered_by_when_they_are() {
        let mut reader = StampReader::default();
        let mut at = |line: &str| reader.read(line.as_bytes()).unwrap();
        assert!(at("2026-05-01T10:00:00+08:00") < at("2026-05-01T03:00:00Z"));
        assert!(at("2026-05-01 10:00:00.1") < at("2026-05-01 10:00:00.11"));
        assert!(at("2026-04-30 23:59:59.999") < at("20260501 00:00:00"));
    }
}
