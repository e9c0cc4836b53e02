//! The calendar: the beginning of each day.

pub(super) const SECONDS_PER_MINUTE: i64 = 60;
pub(super) const SECONDS_PER_DAY: i64 = 24 * 60 * 60;
/// The number of days before each month of a year that is no leap year.
const DAYS_BEFORE: [i64; 12] = [0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
/// The number of days from the beginning of the year 1 to the beginning of 1970.
const DAYS_BEFORE_1970: i64 = 719_162;

/// A month as a form of time writes it, with zero bytes behind it: `2026-05-`, `202605`. No two forms write a month
/// alike.
pub(super) type WrittenMonth = [u8; 8];

/// A calendar that remembers the month it was last asked for, which most lines of a log share.
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
    #[inline(always)]
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
        self.second = day_of_month(year, month, 1)?;
        self.days = days_in_month(year, month);
        self.written = written;
        Some(())
    }
}

/// Returns the beginning of a day of a month, in seconds from the beginning of 1970; `None` where there is no such day
/// in the years 1 to 9999.
pub(super) fn day_of_month(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_there = (1..=12).contains(&month) && (1..=days_in_month(year, month)).contains(&day);
    let leap_day = i64::from(month > 2 && is_leap_year(year));
    is_there.then_some(())?;
    beginning_of_year(year).map(|second| second + (days_before(month) + leap_day + day - 1) * SECONDS_PER_DAY)
}

/// Returns the beginning of a day of a year, counted from 1, in seconds from the beginning of 1970; `None` where there is
/// no such day in the years 1 to 9999.
pub(super) fn day_of_year(year: i64, day: i64) -> Option<i64> {
    let days = 365 + i64::from(is_leap_year(year));
    (1..=days).contains(&day).then_some(())?;
    beginning_of_year(year).map(|second| second + (day - 1) * SECONDS_PER_DAY)
}

/// Returns the number of the month with this English name of three letters, from 1; `None` for any other name.
pub(super) fn month_number(name: [u8; 3]) -> Option<i64> {
    Some(match &name {
        b"Jan" => 1,
        b"Feb" => 2,
        b"Mar" => 3,
        b"Apr" => 4,
        b"May" => 5,
        b"Jun" => 6,
        b"Jul" => 7,
        b"Aug" => 8,
        b"Sep" => 9,
        b"Oct" => 10,
        b"Nov" => 11,
        b"Dec" => 12,
        _ => return None,
    })
}

/// Returns the year of a time in seconds from the beginning of 1970; the first or the last year of the calendar for times
/// outside the years 1 to 9999.
pub(super) fn year_of(second: i64) -> i64 {
    // A year has at least 365 days, so that the guess is not before the year.
    let days = (second / SECONDS_PER_DAY + DAYS_BEFORE_1970).clamp(0, 9999 * 366);
    let guess = (days / 365 + 1).clamp(1, 9999);
    let is_not_after = |year: &i64| beginning_of_year(*year).is_some_and(|beginning| beginning <= second);
    (guess - 10..=guess).rev().find(is_not_after).unwrap_or(1)
}

fn beginning_of_year(year: i64) -> Option<i64> {
    let before = year - 1;
    let days = before * 365 + before / 4 - before / 100 + before / 400 - DAYS_BEFORE_1970;
    (1..=9999).contains(&year).then_some(days * SECONDS_PER_DAY)
}

/// Returns the number of days before a month, from 1 to 12, of a year that is no leap year.
fn days_before(month: i64) -> i64 {
    usize::try_from(month - 1).ok().and_then(|month| DAYS_BEFORE.get(month)).copied().unwrap_or(365)
}

/// Returns the number of days in a month, from 1 to 12.
fn days_in_month(year: i64, month: i64) -> i64 {
    days_before(month + 1) - days_before(month) + i64::from(month == 2 && is_leap_year(year))
}

fn is_leap_year(year: i64) -> bool {
    year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::{Date, date};

    #[test]
    fn each_day_begins_where_jiff_says() {
        let mut day = date(1, 1, 1);
        let mut second = -DAYS_BEFORE_1970 * SECONDS_PER_DAY;
        while day < Date::MAX {
            let [year, month, number] = [day.year(), day.month().into(), day.day().into()].map(i64::from);
            assert_eq!(day_of_month(year, month, number), Some(second), "{day}");
            assert_eq!(day_of_year(year, day.day_of_year().into()), Some(second), "{day}");
            day = day.tomorrow().unwrap();
            second += SECONDS_PER_DAY;
        }
    }

    #[test]
    fn days_that_are_not_there_are_none() {
        for (year, month, day) in [
            (0, 1, 1),
            (10_000, 1, 1),
            (-4, 2, 29),
            (2023, 2, 29),
            (1900, 2, 29),
            (2024, 2, 30),
            (2024, 4, 31),
            (2024, 0, 1),
            (2024, 13, 1),
            (2024, 1, 0),
            (2024, 1, 32),
        ] {
            assert_eq!(day_of_month(year, month, day), None, "{year} {month} {day}");
        }
        assert!(day_of_month(2000, 2, 29).is_some());
        for (year, day) in [(0, 1), (10_000, 1), (2024, 0), (2024, 367), (2023, 366)] {
            assert_eq!(day_of_year(year, day), None, "{year} {day}");
        }
    }
}
