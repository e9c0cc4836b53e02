//! `2026.05.28-12.14.45:123`, as Unreal Engine writes times, and `2005-06-03-15.42.50.363779`, as DB2 and Blue Gene do.

use crate::time::calendar::day_of_month;
use crate::time::clock;
use crate::time::digits::{four_digits, two_digits};
use crate::time::written::WrittenTime;
use crate::time::zone_names::ZoneNames;

/// Reads a time whose date has points.
pub(super) fn read<'a>(text: &'a [u8], names: Option<&mut ZoneNames>) -> Option<WrittenTime<'a>> {
    read_with(b'.', text, names)
}

/// Reads a time whose date has dashes.
pub(super) fn read_behind_dashes<'a>(
    text: &'a [u8],
    names: Option<&mut ZoneNames>,
) -> Option<WrittenTime<'a>> {
    read_with(b'-', text, names)
}

fn read_with<'a>(separator: u8, text: &'a [u8], names: Option<&mut ZoneNames>) -> Option<WrittenTime<'a>> {
    let rest = text.get(11..)?;
    if [text[4], text[7], text[10]] != [separator, separator, b'-'] {
        return None;
    }
    let day = day_of_month(four_digits(text, 0)?, two_digits(text, 5)?, two_digits(text, 8)?)?;
    Some(WrittenTime::new(day, clock::with_points(rest)?, names))
}
