//! `2026-05-01 10:00:00` and `2026-05-01T10:00:00`: the extended format of ISO 8601, also with a space.

use super::{time_of_day, two_digits};
use crate::time::calendar::{Calendar, WrittenMonth};

/// Reads a time in this form, as [`Form`](super::Form) says.
#[inline]
pub(super) fn read<'a>(text: &'a [u8], calendar: &mut Calendar) -> Option<(i64, &'a [u8])> {
    let (written, rest) = text.split_first_chunk::<19>()?;
    let &[a, b, c, d, b'-', f, g, h, _, _, separator, h1, h2, c1, m1, m2, c2, s1, s2] = written else {
        return None;
    };
    if !matches!(separator, b' ' | b'T') || (c1, c2) != (b':', b':') {
        return None;
    }
    let day = calendar.day([a, b, c, d, b'-', f, g, h], month, two_digits(written, 8)?)?;
    Some((day + time_of_day([h1, h2, m1, m2, s1, s2])?, rest))
}

/// Reads `2026-05-`.
fn month(written: WrittenMonth) -> Option<(i64, i64)> {
    let year = two_digits(&written, 0)? * 100 + two_digits(&written, 2)?;
    (written[7] == b'-').then_some((year, two_digits(&written, 5)?))
}
