//! `2026-05-01 10:00:00` and `2026-05-01T10:00:00`: the extended format of ISO 8601, also with a space.

use crate::time::calendar::{Calendar, WrittenMonth};
use crate::time::clock;
use crate::time::digits::{four_digits, two_digits};
use crate::time::written::WrittenTime;
use crate::time::zone_names::ZoneNames;

/// The dashes of `2026-05-`, and a mask for their places.
const DASHES: u64 = u64::from_ne_bytes(*b"\0\0\0\0-\0\0-");
const DASHES_MASK: u64 = u64::from_ne_bytes([0, 0, 0, 0, 0xFF, 0, 0, 0xFF]);

/// Reads a time in this form.
pub(super) fn read<'a>(
    text: &'a [u8],
    calendar: &mut Calendar,
    names: Option<&mut ZoneNames>,
) -> Option<WrittenTime<'a>> {
    let (&written, rest) = text.split_first_chunk::<8>()?;
    let (&[d1, d2, b' ' | b'T'], rest) = rest.split_first_chunk()? else {
        return None;
    };
    if (u64::from_ne_bytes(written) & DASHES_MASK) != DASHES {
        return None;
    }
    let day = calendar.day(written, month, two_digits(&[d1, d2], 0)?)?;
    Some(WrittenTime::new(day, clock::with_colons(rest)?, names))
}

/// Reads `2026-05-`.
fn month(written: WrittenMonth) -> Option<(i64, i64)> {
    Some((four_digits(&written, 0)?, two_digits(&written, 5)?))
}
