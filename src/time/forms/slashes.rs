//! `2017/08/30 20:17:37`, as Go's log package, nginx and fluent-bit write times.

use crate::time::calendar::day_of_month;
use crate::time::clock;
use crate::time::digits::{four_digits, two_digits};
use crate::time::written::WrittenTime;
use crate::time::zone_names::ZoneNames;

/// Reads a time in this form.
pub(super) fn read<'a>(text: &'a [u8], names: Option<&mut ZoneNames>) -> Option<WrittenTime<'a>> {
    let rest = text.get(11..)?;
    if [text[4], text[7], text[10]] != *b"// " {
        return None;
    }
    let day = day_of_month(four_digits(text, 0)?, two_digits(text, 5)?, two_digits(text, 8)?)?;
    Some(WrittenTime::new(day, clock::with_colons(rest)?, names))
}
