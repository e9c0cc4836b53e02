//! `17/06/09 20:10:40` and `081109 203615`: years of two digits, from 1969 to 2068.

use crate::time::calendar::day_of_month;
use crate::time::clock::{self, ClockAndRest};
use crate::time::digits::two_digits;
use crate::time::written::WrittenTime;
use crate::time::zone_names::ZoneNames;

/// Reads a time whose date has slashes: year, month, day.
pub(super) fn read<'a>(text: &'a [u8], names: Option<&mut ZoneNames>) -> Option<WrittenTime<'a>> {
    let rest = text.get(9..)?;
    if [text[2], text[5], text[8]] != *b"// " {
        return None;
    }
    read_at([0, 3, 6], text, clock::with_colons(rest)?, names)
}

/// Reads a time that has digits alone: year, month and day, hour, minute and second.
pub(super) fn read_digits<'a>(text: &'a [u8], names: Option<&mut ZoneNames>) -> Option<WrittenTime<'a>> {
    let rest = text.get(6..)?.strip_prefix(b" ")?;
    read_at([0, 2, 4], text, clock::of_digits(rest)?, names)
}

/// Reads year, month and day at byte offsets.
fn read_at<'a>(
    [year, month, day]: [usize; 3],
    text: &[u8],
    clock: ClockAndRest<'a>,
    names: Option<&mut ZoneNames>,
) -> Option<WrittenTime<'a>> {
    let year = two_digits(text, year)?;
    let century = if year < 69 { 2000 } else { 1900 };
    let day = day_of_month(century + year, two_digits(text, month)?, two_digits(text, day)?)?;
    Some(WrittenTime::new(day, clock, names))
}
