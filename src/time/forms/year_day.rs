//! `2026-136T10:00:00`: the ordinal dates of ISO 8601, which number the days of a year.

use crate::time::calendar::day_of_year;
use crate::time::clock;
use crate::time::digits::{four_digits, two_digits};
use crate::time::written::WrittenTime;
use crate::time::zone_names::ZoneNames;

/// Reads a time in this form.
pub(super) fn read<'a>(text: &'a [u8], names: Option<&mut ZoneNames>) -> Option<WrittenTime<'a>> {
    let rest = text.get(9..)?;
    let (b'-', hundreds @ b'0'..=b'3', b'T') = (text[4], text[5], text[8]) else {
        return None;
    };
    let day = day_of_year(four_digits(text, 0)?, i64::from(hundreds - b'0') * 100 + two_digits(text, 6)?)?;
    Some(WrittenTime::new(day, clock::with_colons(rest)?, names))
}
