//! The year of times that are written without one.

use super::calendar::{SECONDS_PER_DAY, SECONDS_PER_MINUTE, day_of_month, year_of};

/// The time that a time without a year may lie behind the reference: clocks differ, and so do zones.
const TOLERANCE_SECONDS: i64 = 2 * SECONDS_PER_DAY;
/// The number of years that are tried: two leap days can lie eight years apart.
const YEARS_TRIED: i64 = 10;

/// Decides the year of times that are written without one: `Jun 14 15:16:01`. See
/// [`TimeReader::year_reference`](crate::TimeReader::year_reference).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum YearReference {
    /// No year is known: a time without a year is no time.
    #[default]
    Unknown,
    /// The year is this one, from 1 to 9999; for February 29, the last leap year that is not after it.
    Year(i16),
    /// The year is the latest one in which the time is at most two days after this instant. For the lines of a file,
    /// that is when the file was last written.
    Until {
        /// Seconds from the beginning of 1970 in UTC.
        second: i64,
    },
}

/// The years that a time without a year may be in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct YearBound {
    /// The last year that is tried.
    last: i64,
    /// The last second that a time may have, from the beginning of 1970.
    limit: i64,
}

impl YearBound {
    pub(super) fn new(reference: YearReference) -> Self {
        match reference {
            YearReference::Unknown => Self::default(),
            YearReference::Year(year) => Self { last: i64::from(year), limit: i64::MAX },
            YearReference::Until { second } => {
                let limit = second.saturating_add(TOLERANCE_SECONDS);
                // A time with a zone can be in a year that has not begun in UTC.
                Self { last: year_of(limit) + 1, limit }
            }
        }
    }

    /// Returns the beginning of a day of a month, in seconds from the beginning of 1970, of the last year in which the
    /// time that is `second` seconds later, in a zone, is not too late. Returns `None` if no year is known, or none has
    /// that day.
    pub(super) fn day(self, month: i64, day: i64, second: i64, zone: Option<i16>) -> Option<i64> {
        let ahead = i64::from(zone.unwrap_or(0)) * SECONDS_PER_MINUTE;
        let years = (self.last - YEARS_TRIED + 1..=self.last).rev();
        let mut days = years.filter_map(|year| day_of_month(year, month, day));
        days.find(|day| day + second - ahead <= self.limit)
    }
}
