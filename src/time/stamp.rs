//! A point in time, and how it is written.

use super::calendar::SECONDS_PER_MINUTE;
use jiff::SignedDuration;
use jiff::civil::DateTime;
use std::fmt;

pub(super) const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);

/// The time of a line, as a [`TimeReader`](crate::TimeReader) reads it.
///
/// Times are ordered by when they are. A time that is written without a zone is taken as if it were in UTC.
///
/// ```
/// use imsdk_annotate::TimeReader;
///
/// let mut reader = TimeReader::new();
/// let shanghai = reader.read(b"2026-05-01 10:00:00.120 +0800 ret=-204").unwrap();
/// assert_eq!((shanghai.second(), shanghai.nanosecond()), (1_777_600_800, 120_000_000));
/// assert_eq!(shanghai.offset_minutes(), Some(480));
/// assert_eq!(shanghai.written_second(), shanghai.second() + 480 * 60);
/// assert_eq!(shanghai.to_string(), "2026-05-01T10:00:00.12+08:00");
///
/// let utc = reader.read(b"2026-05-01T03:00:00Z ret=-204").unwrap();
/// assert!(shanghai < utc);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct TimeStamp {
    /// Seconds from the beginning of 1970, in UTC where the zone is known.
    second: i64,
    nanosecond: u32,
    /// The number of minutes that the zone is ahead of UTC; `None` where the zone is not known.
    zone: Option<i16>,
}

impl TimeStamp {
    /// Returns the time that is written as `written_second` and `nanosecond`, in a zone.
    #[inline(always)]
    pub(super) fn new(written_second: i64, nanosecond: u32, zone: Option<i16>) -> Self {
        let second = written_second - i64::from(zone.unwrap_or(0)) * SECONDS_PER_MINUTE;
        Self { second, nanosecond, zone }
    }

    /// Returns the seconds from the beginning of 1970 in UTC. A time without a zone is taken as if it were in UTC.
    pub fn second(self) -> i64 {
        self.second
    }

    /// Returns true if the times have one second and one zone.
    #[inline]
    pub(crate) fn has_second_of(self, other: Self) -> bool {
        (self.second, self.zone) == (other.second, other.zone)
    }

    /// Returns the nanoseconds since the beginning of the second, less than 1,000,000,000.
    pub fn nanosecond(self) -> u32 {
        self.nanosecond
    }

    /// Returns the number of minutes that the time's zone is ahead of UTC: 480 for `+08:00`. Returns `None` for a time
    /// that is written without a zone.
    pub fn offset_minutes(self) -> Option<i16> {
        self.zone
    }

    /// Returns the seconds from the beginning of 1970 by the clock that is written in the line, whatever its zone is.
    pub fn written_second(self) -> i64 {
        self.second + i64::from(self.zone.unwrap_or(0)) * SECONDS_PER_MINUTE
    }
}

/// Writes the time in ISO 8601 as it stands in the line, with the digits of its fraction of a second but without zeros
/// at their end, and with its zone if there is one.
impl fmt::Display for TimeStamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanosecond = i32::try_from(self.nanosecond).map_err(|_| fmt::Error)?;
        let since = SignedDuration::new(self.written_second(), nanosecond);
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
