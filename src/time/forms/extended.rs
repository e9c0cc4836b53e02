//! `2026-05-01 10:00:00` and `2026-05-01T10:00:00`: the extended format of ISO 8601, also with a space.

use super::{time_of_day, two_digits};
use crate::time::calendar::{Calendar, WrittenMonth};

/// A date and a time in this form.
pub(super) type Written = [u8; 19];

/// Returns true if a text can only be in this form: the byte behind the year is `-`.
#[inline]
pub(super) fn begins(text: &Written) -> bool {
    text[4] == b'-'
}

/// Returns the time in seconds from the beginning of 1970; `None` where the text is no time in this form.
#[inline]
pub(super) fn read(text: &Written, calendar: &mut Calendar) -> Option<i64> {
    let &[a, b, c, d, e, f, g, h, _, _, separator, h1, h2, c1, m1, m2, c2, s1, s2] = text;
    if !matches!(separator, b' ' | b'T') || (c1, c2) != (b':', b':') {
        return None;
    }
    let day = calendar.day([a, b, c, d, e, f, g, h], month, two_digits(text, 8)?)?;
    Some(day + time_of_day([h1, h2, m1, m2, s1, s2])?)
}

/// Reads `2026-05-`.
fn month(written: WrittenMonth) -> Option<(i64, i64)> {
    let year = two_digits(&written, 0)? * 100 + two_digits(&written, 2)?;
    (written[7] == b'-').then_some((year, two_digits(&written, 5)?))
}
