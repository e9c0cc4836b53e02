//! The year of times that are written without one.

use super::calendar::{SECONDS_PER_DAY, SECONDS_PER_MINUTE, day_of_month, year_of};
use std::time::UNIX_EPOCH;

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
    /// As [`Until`](Self::Until) with the present moment, as it is where the time is read: for the lines of a stream that
    /// is still written, perhaps for months. The reader looks at the clock when it is made; streams of an
    /// [`Annotator`](crate::Annotator) look at it each time that lines have come.
    Now,
}

/// The years that a time without a year may be in.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct YearBound {
    /// The last year that is tried.
    last: i64,
    /// The last second that a time may have, from the beginning of 1970.
    limit: i64,
    /// True if the limit moves with the present moment.
    moves: bool,
}

impl YearBound {
    pub(super) fn new(reference: YearReference) -> Self {
        match reference {
            YearReference::Unknown => Self::default(),
            YearReference::Year(year) => Self { last: i64::from(year), limit: i64::MAX, moves: false },
            YearReference::Until { second } => {
                let limit = second.saturating_add(TOLERANCE_SECONDS);
                // A time with a zone can be in a year that has not begun in UTC.
                Self { last: year_of(limit) + 1, limit, moves: false }
            }
            YearReference::Now => {
                let now = UNIX_EPOCH.elapsed().map_or(0, |since| since.as_secs());
                let second = i64::try_from(now).unwrap_or(i64::MAX);
                Self { moves: true, ..Self::new(YearReference::Until { second }) }
            }
        }
    }

    /// Returns the bound as it is at the present moment.
    #[inline]
    pub(super) fn moved(self) -> Self {
        if self.moves { Self::new(YearReference::Now) } else { self }
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

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream may be read for longer than the tolerance.
    #[test]
    fn a_bound_of_the_present_moment_moves_and_no_other_does() {
        let now = YearBound::new(YearReference::Now);
        let stale = YearBound { limit: now.limit - 400 * SECONDS_PER_DAY, last: now.last - 2, ..now };
        let moved = stale.moved();
        assert!(moved.limit >= now.limit && moved.last >= now.last);
        let past = YearBound::new(YearReference::Until { second: 0 });
        for fixed in [past, YearBound::new(YearReference::Year(2024)), YearBound::default()] {
            assert_eq!((fixed.moved().last, fixed.moved().limit), (fixed.last, fixed.limit));
        }
    }
}
