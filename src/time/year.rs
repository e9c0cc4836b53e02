//! The year of times that are written without one.

use super::calendar::{SECONDS_PER_DAY, SECONDS_PER_MINUTE, day_of_month, year_of};
use std::time::UNIX_EPOCH;

/// The time that a time without a year may lie behind the reference: clocks differ, and so do zones.
const TOLERANCE_SECONDS: i64 = 2 * SECONDS_PER_DAY;
/// The seconds after which a limit that moves is moved on.
const MOVE_SECONDS: i64 = 3600;
/// The number of years that are tried: two leap days can lie eight years apart.
const YEARS_TRIED: i64 = 10;

/// A day with the blank behind it, as syslog writes it: `Jun 14 `, `Jun  9 `.
pub(super) type WrittenDay = [u8; 7];

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

/// Returns the seconds from the beginning of 1970 to the present moment.
fn present_second() -> i64 {
    UNIX_EPOCH.elapsed().map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

/// The years that a time without a year may be in.
#[derive(Clone, Debug, Default)]
pub(super) struct YearBound {
    /// The last year that is tried.
    last: i64,
    /// The last second that a time may have, from the beginning of 1970.
    limit: i64,
    /// True if the limit moves with the present moment.
    moves: bool,
    /// The month and the day that were asked for last, and the beginning of that day, if it is the same for all hours and
    /// zones.
    remembered: Option<((i64, i64), i64)>,
    /// The day that is remembered, as it was written. Zero bytes if that is not known.
    written: WrittenDay,
}

impl YearBound {
    pub(super) fn new(reference: YearReference) -> Self {
        match reference {
            YearReference::Unknown => Self::default(),
            YearReference::Year(year) => Self::up_to(i64::from(year), i64::MAX),
            YearReference::Until { second } => {
                let limit = second.saturating_add(TOLERANCE_SECONDS);
                // A time with a zone can be in a year that has not begun in UTC.
                Self::up_to(year_of(limit) + 1, limit)
            }
            YearReference::Now => {
                Self { moves: true, ..Self::new(YearReference::Until { second: present_second() }) }
            }
        }
    }

    /// Moves the limit to the present moment, if it moves and was set more than an hour ago.
    #[inline]
    pub(super) fn look_at_clock(&mut self) {
        if self.moves && present_second() + TOLERANCE_SECONDS > self.limit + MOVE_SECONDS {
            *self = Self::new(YearReference::Now);
        }
    }

    fn up_to(last: i64, limit: i64) -> Self {
        Self { last, limit, ..Self::default() }
    }

    /// Returns the beginning of a day of a month, in seconds from the beginning of 1970, of the last year in which the
    /// time that is `second` seconds later, in a zone, is not too late. Returns `None` if no year is known, or none has
    /// that day.
    #[inline]
    pub(super) fn day(&mut self, month: i64, day: i64, second: i64, zone: Option<i16>) -> Option<i64> {
        match self.remembered {
            Some((remembered, beginning)) if remembered == (month, day) => Some(beginning),
            _ => self.look_up(month, day, second - i64::from(zone.unwrap_or(0)) * SECONDS_PER_MINUTE),
        }
    }

    /// Remembers how the day that was asked for last is written.
    #[inline]
    pub(super) fn remember_written(&mut self, written: WrittenDay) {
        self.written = if self.remembered.is_some() { written } else { WrittenDay::default() };
    }

    /// Returns the beginning of the remembered day if it is written in this way, which begins with no zero byte.
    #[inline]
    pub(super) fn day_as_written(&self, written: WrittenDay) -> Option<i64> {
        match self.remembered {
            Some((_, beginning)) if written == self.written => Some(beginning),
            _ => None,
        }
    }

    /// Looks up a day, and remembers it if it is the same for all times from a day before its beginning to a day behind its
    /// end: no zone is further from UTC.
    #[cold]
    fn look_up(&mut self, month: i64, day: i64, second: i64) -> Option<i64> {
        let last_for = |second: i64| {
            let years = (self.last - YEARS_TRIED + 1..=self.last).rev();
            let mut days = years.filter_map(|year| day_of_month(year, month, day));
            days.find(|day| day + second <= self.limit)
        };
        let beginning = last_for(second)?;
        let is_same = last_for(-SECONDS_PER_DAY) == last_for(2 * SECONDS_PER_DAY);
        self.written = WrittenDay::default();
        self.remembered = is_same.then_some(((month, day), beginning));
        Some(beginning)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::TimeReader;

    /// The reader remembers a day; what it tells does not depend on what it was asked before.
    #[test]
    fn a_reader_that_remembers_tells_what_a_new_one_tells() {
        // 2026-01-02T00:00:00Z, so that a day can be in two years by its hour and its zone.
        let reference = YearReference::Until { second: 1_767_312_000 };
        let mut old = TimeReader::new().year_reference(reference);
        for step in 0..40_000 {
            let day = ["Jan 01", "Jan  3", "Jan 3", "Jan 04", "Jan  4", "Jan  5", "Feb 29", "Dec 31"]
                [step * 7 / 3 % 8];
            let zone = ["", "Z", "+23:59", "-23:59", "+08"][step * 11 / 7 % 5];
            let line = format!("{day} {:02}:00:00{zone} x", step * 13 / 5 % 24);
            let new = TimeReader::new().year_reference(reference).read(line.as_bytes());
            assert!(new.is_some(), "{line}");
            assert_eq!(old.read(line.as_bytes()), new, "{line}");
            assert_eq!(old.read(line.as_bytes()), new, "{line}");
        }
    }

    /// A stream may be read for longer than the tolerance.
    #[test]
    fn a_bound_of_the_present_moment_moves_and_no_other_does() {
        let now = YearBound::new(YearReference::Now);
        let stale = now.limit - 400 * SECONDS_PER_DAY;
        let mut moved = YearBound { moves: true, ..YearBound::up_to(now.last - 2, stale) };
        moved.day(1, 1, 0, None);
        moved.look_at_clock();
        assert!(moved.limit >= now.limit && moved.last >= now.last && moved.remembered.is_none());
        let past = YearBound::new(YearReference::Until { second: 0 });
        for mut fixed in [past, YearBound::new(YearReference::Year(2024)), YearBound::default()] {
            let before = (fixed.last, fixed.limit);
            fixed.look_at_clock();
            assert_eq!((fixed.last, fixed.limit), before);
        }
    }
}
