//! The forms of date and time, each in a file of its own and a row of one table.

mod compact;
mod extended;

use super::calendar::Calendar;

/// The reader of a form. Returns the date and the time that a text begins with, in seconds from the beginning of 1970,
/// with the text behind them; `None` where the text does not begin with a time in this form.
type Form = for<'a> fn(&'a [u8], &mut Calendar) -> Option<(i64, &'a [u8])>;

/// The forms in the order in which they are tried, the most frequent first. No text begins with times in two forms.
const FORMS: [Form; 2] = [extended::read, compact::read];

/// Reads the date and the time that a text begins with, in the first of [`FORMS`] that the text has.
#[inline(always)]
pub(super) fn read<'a>(text: &'a [u8], calendar: &mut Calendar) -> Option<(i64, &'a [u8])> {
    FORMS.into_iter().find_map(|form| form(text, calendar))
}

/// Returns the seconds from the beginning of the day to a time in six digits, `hhmmss`; `None` where there is no such
/// time.
#[inline]
fn time_of_day(digits: [u8; 6]) -> Option<i64> {
    let (hour, minute, second) = (two_digits(&digits, 0)?, two_digits(&digits, 2)?, two_digits(&digits, 4)?);
    (hour < 24 && minute < 60 && second < 60).then_some((hour * 60 + minute) * 60 + second)
}

/// Returns the number in the two digits at a byte offset; `None` where two digits do not stand there.
#[inline]
pub(super) fn two_digits(text: &[u8], at: usize) -> Option<i64> {
    let &[tens, ones] = text.get(at..at + 2)? else {
        return None;
    };
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}
