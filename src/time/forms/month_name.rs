//! `Jun 14 15:16:01`, as syslog writes times; `Jun 14 2023 15:16:01`, as routers do; and `Sat Apr 27 03:33:07 2013`, as
//! Apache and C's `ctime` do, with a zone before the year as `date` has it.

use crate::time::calendar::{day_of_month, month_number};
use crate::time::clock;
use crate::time::digits::{four_digits, goes_on, one_or_two_digits};
use crate::time::written::WrittenTime;
use crate::time::year::YearBound;
use crate::time::zone;
use crate::time::zone_names::ZoneNames;

const WEEKDAYS: [[u8; 3]; 7] = [*b"Mon", *b"Tue", *b"Wed", *b"Thu", *b"Fri", *b"Sat", *b"Sun"];

/// Reads a time in one of these forms.
pub(super) fn read<'a>(
    text: &'a [u8],
    names: Option<&mut ZoneNames>,
    years: &mut YearBound,
) -> Option<WrittenTime<'a>> {
    let (&[a, b, c, b' '], rest) = text.split_first_chunk()? else {
        return None;
    };
    let Some(month) = month_number([a, b, c]) else {
        return if WEEKDAYS.contains(&[a, b, c]) { behind_weekday(rest) } else { None };
    };
    let (day, rest) = day(rest)?;
    match four_digits(rest, 0) {
        Some(year) if rest.get(4) == Some(&b' ') => {
            let day = day_of_month(year, month, day)?;
            Some(WrittenTime::new(day, clock::with_colons(&rest[5..])?, names))
        }
        _ => {
            let time = WrittenTime::without_year(month, day, clock::with_colons(rest)?, years)?;
            if let Some((&written, behind)) = text.split_first_chunk()
                && behind.len() == rest.len()
            {
                years.remember_written(written);
            }
            Some(time)
        }
    }
}

/// Reads `Jun 14 15:16:01` if the day was written in the same way in an earlier time.
#[inline(always)]
pub(super) fn read_remembered_day<'a>(text: &'a [u8], years: &YearBound) -> Option<WrittenTime<'a>> {
    let (&written, rest) = text.split_first_chunk()?;
    let day = years.day_as_written(written)?;
    Some(WrittenTime::new(day, clock::with_colons(rest)?, None))
}

/// Reads `Apr 27 03:33:07 2013` and `Apr 27 03:33:07 CST 2013`.
fn behind_weekday(text: &[u8]) -> Option<WrittenTime<'_>> {
    let (&[a, b, c, b' '], rest) = text.split_first_chunk()? else {
        return None;
    };
    let (day, rest) = day(rest)?;
    let (clock, rest) = clock::with_colons(rest)?;
    let (zone, rest) = zone::read(rest);
    let rest = without_name(rest).strip_prefix(b" ")?;
    let second = day_of_month(four_digits(rest, 0)?, month_number([a, b, c])?, day)? + clock.second;
    let rest = &rest[4..];
    (!goes_on(rest)).then_some(WrittenTime { second, nanosecond: clock.nanosecond, zone, rest })
}

/// Returns the text without the abbreviation of a zone and the blank before it.
fn without_name(text: &[u8]) -> &[u8] {
    let letters = text.iter().skip(1).take_while(|byte| byte.is_ascii_uppercase()).count();
    if text.starts_with(b" ") && (1..=5).contains(&letters) { &text[letters + 1..] } else { text }
}

/// Reads the day of a month with the blank behind it, `14 `, ` 9 ` or `9 `.
fn day(text: &[u8]) -> Option<(i64, &[u8])> {
    let (day, rest) = one_or_two_digits(text.strip_prefix(b" ").unwrap_or(text))?;
    Some((day, rest.strip_prefix(b" ")?))
}
