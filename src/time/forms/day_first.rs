//! `02/Mar/2017:10:52:08`, the common log format; `03-May-2017 10:16:13`, as PHP writes times; `29 Aug 2023 13:47:38` and
//! `29 Aug 13:47:38`, as Redis does.

use crate::time::calendar::{Calendar, WrittenMonth, day_of_month, month_number};
use crate::time::clock;
use crate::time::digits::{four_digits, one_or_two_digits, two_digits};
use crate::time::written::WrittenTime;
use crate::time::year::YearBound;
use crate::time::zone_names::ZoneNames;

/// Reads a time in one of these forms.
pub(super) fn read<'a>(
    text: &'a [u8],
    calendar: &mut Calendar,
    names: Option<&mut ZoneNames>,
    years: &mut YearBound,
) -> Option<WrittenTime<'a>> {
    if text.get(6) == Some(&b'/') && text.get(11) == Some(&b':') {
        return read_access_log(text, calendar, names);
    }
    let (day, rest) = one_or_two_digits(text)?;
    let (&[before, m1, m2, m3, behind], rest) = rest.split_first_chunk()?;
    let month = month_number([m1, m2, m3])?;
    let before_clock = match before {
        b'/' => b':',
        b'-' | b' ' => b' ',
        _ => return None,
    };
    if before != behind || (before != b' ' && text[1] == before) {
        return None;
    }
    match four_digits(rest, 0) {
        Some(year) if rest.get(4) == Some(&before_clock) => {
            let day = day_of_month(year, month, day)?;
            Some(WrittenTime::new(day, clock::with_colons(&rest[5..])?, names))
        }
        None if before == b' ' => WrittenTime::without_year(month, day, clock::with_colons(rest)?, years),
        _ => None,
    }
}

/// Reads `02/Mar/2017:10:52:08`, which access logs have in each line.
pub(super) fn read_access_log<'a>(
    text: &'a [u8],
    calendar: &mut Calendar,
    names: Option<&mut ZoneNames>,
) -> Option<WrittenTime<'a>> {
    let (&[d1, d2, b'/'], rest) = text.split_first_chunk()? else {
        return None;
    };
    let (&written, rest) = rest.split_first_chunk::<8>()?;
    let (b'/', [b':', rest @ ..]) = (written[3], rest) else {
        return None;
    };
    let day = calendar.day(written, month, two_digits(&[d1, d2], 0)?)?;
    Some(WrittenTime::new(day, clock::with_colons(rest)?, names))
}

/// Reads `Mar/2017`.
fn month(written: WrittenMonth) -> Option<(i64, i64)> {
    let [a, b, c, _, year @ ..] = written;
    Some((four_digits(&year, 0)?, month_number([a, b, c])?))
}
