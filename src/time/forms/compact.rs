//! `20260501 10:00:00`, `20260501T10:00:00` and `20260501T100000`: the basic format of ISO 8601, also with a space and
//! with colons. And `20171223-22:15:29:606`, whose milliseconds stand behind a colon.

use crate::time::calendar::{Calendar, WrittenMonth};
use crate::time::clock;
use crate::time::digits::{four_digits, two_digits};
use crate::time::written::WrittenTime;
use crate::time::zone_names::ZoneNames;

/// Reads a time in this form.
pub(super) fn read<'a>(
    text: &'a [u8],
    calendar: &mut Calendar,
    names: Option<&mut ZoneNames>,
) -> Option<WrittenTime<'a>> {
    let (&[a, b, c, d, e, f, d1, d2, separator], rest) = text.split_first_chunk()?;
    let clock = match separator {
        b' ' => clock::with_colons(rest),
        b'T' => clock::with_colons(rest).or_else(|| clock::of_digits(rest)),
        b'-' => clock::of_numbers(rest),
        _ => None,
    }?;
    let day = calendar.day([a, b, c, d, e, f, 0, 0], month, two_digits(&[d1, d2], 0)?)?;
    Some(WrittenTime::new(day, clock, names))
}

/// Reads `202605`.
fn month(written: WrittenMonth) -> Option<(i64, i64)> {
    Some((four_digits(&written, 0)?, two_digits(&written, 4)?))
}
