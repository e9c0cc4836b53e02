//! Times of lines: the type of a time, its written form, and the forms that logs have.

mod calendar;
mod forms;
mod reader;

pub(crate) use reader::StampReader;

use calendar::EPOCH;
use jiff::SignedDuration;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use std::fmt;

const SECONDS_PER_MINUTE: i64 = 60;

/// A point in time. An earlier time is less than a later one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct TimeStamp {
    /// Seconds from the beginning of 1970, in UTC where the zone is known.
    pub(crate) second: i64,
    nanosecond: u32,
    /// The number of minutes that the zone is ahead of UTC; `None` where the zone is not known.
    zone: Option<i16>,
}

/// Writes the time in ISO 8601, with the digits of its fraction of a second but without zeros at their end.
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
