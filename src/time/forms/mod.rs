//! The forms of date and time, a file each.

mod compact;
mod extended;

use super::calendar::Calendar;

/// Reads the date and the time that a text begins with, in the form that its fifth byte tells. Returns the second, from the
/// beginning of 1970, and the text behind.
#[inline(always)]
pub(super) fn read<'a>(text: &'a [u8], calendar: &mut Calendar) -> Option<(i64, &'a [u8])> {
    match text.split_first_chunk() {
        Some((begin, rest)) if extended::begins(begin) => Some((extended::read(begin, calendar)?, rest)),
        _ => compact::read(text, calendar),
    }
}

/// The seconds from the beginning of the day to a time, of which these are the digits.
#[inline]
fn time_of_day(digits: [u8; 6]) -> Option<i64> {
    let (hour, minute, second) = (two_digits(&digits, 0)?, two_digits(&digits, 2)?, two_digits(&digits, 4)?);
    (hour < 24 && minute < 60 && second < 60).then_some((hour * 60 + minute) * 60 + second)
}

#[inline]
pub(super) fn two_digits(text: &[u8], at: usize) -> Option<i64> {
    let &[tens, ones] = text.get(at..at + 2)? else {
        return None;
    };
    let (tens, ones) = (tens.wrapping_sub(b'0'), ones.wrapping_sub(b'0'));
    (tens < 10 && ones < 10).then(|| i64::from(tens * 10 + ones))
}
