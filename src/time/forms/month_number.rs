//! `03-17 16:13:38.811`, as Android's logcat writes times; `E0517 15:04:22.619632`, as glog and klog do, in newer versions
//! with a year; and `[10.30 16:49:06]`, as Proxifier does.

use super::compact;
use crate::time::calendar::Calendar;
use crate::time::clock;
use crate::time::digits::{count_digits, two_digits};
use crate::time::written::WrittenTime;
use crate::time::year::YearBound;

/// Reads `03-17 16:13:38`.
pub(super) fn read<'a>(text: &'a [u8], years: &mut YearBound) -> Option<WrittenTime<'a>> {
    read_with(b'-', text, years)
}

/// Reads `10.30 16:49:06`.
pub(super) fn read_with_point<'a>(text: &'a [u8], years: &mut YearBound) -> Option<WrittenTime<'a>> {
    read_with(b'.', text, years)
}

/// Reads `E0517 15:04:22` and `E20240517 15:04:22`: a letter for the level, then the time.
pub(super) fn read_behind_letter<'a>(
    text: &'a [u8],
    calendar: &mut Calendar,
    years: &mut YearBound,
) -> Option<WrittenTime<'a>> {
    let ([b'D' | b'I' | b'W' | b'E' | b'F'], text) = text.split_first_chunk()? else {
        return None;
    };
    match (count_digits(text, 9), text.get(4), text.get(8)) {
        (4, Some(b' '), _) => read_at([0, 2, 5], text, years),
        (8, _, Some(b' ')) => compact::read(text, calendar, None),
        _ => None,
    }
}

fn read_with<'a>(separator: u8, text: &'a [u8], years: &mut YearBound) -> Option<WrittenTime<'a>> {
    let is_form = text.get(2) == Some(&separator) && text.get(5) == Some(&b' ');
    is_form.then_some(())?;
    read_at([0, 3, 6], text, years)
}

/// Reads month, day and time at byte offsets.
fn read_at<'a>(
    [month, day, clock]: [usize; 3],
    text: &'a [u8],
    years: &mut YearBound,
) -> Option<WrittenTime<'a>> {
    let (month, day) = (two_digits(text, month)?, two_digits(text, day)?);
    WrittenTime::without_year(month, day, clock::with_colons(text.get(clock..)?)?, years)
}
