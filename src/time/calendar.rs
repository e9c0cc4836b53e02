//! The calendar: the beginning of each day.

use jiff::civil::{Date, DateTime};

pub(super) const EPOCH: DateTime = DateTime::constant(1970, 1, 1, 0, 0, 0, 0);
const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// A month as a form of time writes it, with zero bytes behind it: `2026-05-`, `202605`. No two forms write a month
/// alike.
pub(super) type WrittenMonth = [u8; 8];

/// A calendar that remembers the month it was last asked for, which most lines of a log share. Looking up a month takes
/// more time than all else that is done for a time stamp.
#[derive(Clone, Debug, Default)]
pub(super) struct Calendar {
    /// The month that is remembered.
    written: WrittenMonth,
    /// The beginning of the month, in seconds from the beginning of 1970.
    second: i64,
    /// The number of days in the month.
    days: i64,
}

impl Calendar {
    /// Returns the beginning of a day of a month, in seconds from the beginning of 1970; `None` where there is no such
    /// day. For a month other than the remembered one, `read` must return the year and the number of the month.
    #[inline]
    pub(super) fn day(
        &mut self,
        month: WrittenMonth,
        read: fn(WrittenMonth) -> Option<(i64, i64)>,
        day: i64,
    ) -> Option<i64> {
        if u64::from_ne_bytes(month) != u64::from_ne_bytes(self.written) {
            self.look_up(month, read)?;
        }
        (1..=self.days).contains(&day).then(|| self.second + (day - 1) * SECONDS_PER_DAY)
    }

    /// Looks up a month and remembers it. Returns `None` where there is no such month.
    #[cold]
    fn look_up(&mut self, written: WrittenMonth, read: fn(WrittenMonth) -> Option<(i64, i64)>) -> Option<()> {
        let (year, month) = read(written)?;
        let first = Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, 1).ok()?;
        self.second = first.to_datetime(EPOCH.time()).duration_since(EPOCH).as_secs();
        self.days = i64::from(first.days_in_month());
        self.written = written;
        Some(())
    }
}
