//! The forms of date and time, each in a file of its own.

mod compact;
mod extended;

use super::calendar::Calendar;

/// Reads the date and the time that a text begins with, in the form that its fifth byte determines. Returns the time in
/// seconds from the beginning of 1970, with the text behind it; `None` where the text does not begin with a time.
#[inline(always)]
pub(super) fn read<'a>(text: &'a [u8], calendar: &mut Calendar) -> Option<(i64, &'a [u8])> {
    match text.split_first_chunk() {
        Some((begin, rest)) if extended::begins(begin) => Some((extended::read(begin, calendar)?, rest)),
        _ => compact::read(text, calendar),
    }
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
