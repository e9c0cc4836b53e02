//! `20260501 10:00:00`, `20260501T10:00:00` and `20260501T100000`: the basic format of ISO 8601, also with a space and
//! with colons.

use super::{time_of_day, two_digits};
use crate::time::calendar::{Calendar, WrittenMonth};

/// Reads a time in this form, as [`Form`](super::Form) says.
pub(super) fn read<'a>(text: &'a [u8], calendar: &mut Calendar) -> Option<(i64, &'a [u8])> {
    let (&[a, b, c, d, e, f, _, _], rest) = text.split_first_chunk()?;
    let (time, rest) = match rest {
        [b' ' | b'T', h1, h2, b':', m1, m2, b':', s1, s2, rest @ ..] => ([h1, h2, m1, m2, s1, s2], rest),
        [b'T', h1, h2, m1, m2, s1, s2, rest @ ..] => ([h1, h2, m1, m2, s1, s2], rest),
        _ => return None,
    };
    let day = calendar.day([a, b, c, d, e, f, 0, 0], month, two_digits(text, 6)?)?;
    Some((day + time_of_day(time.map(|&digit| digit))?, rest))
}

/// Reads `202605`.
fn month(written: WrittenMonth) -> Option<(i64, i64)> {
    let year = two_digits(&written, 0)? * 100 + two_digits(&written, 2)?;
    Some((year, two_digits(&written, 4)?))
}
