//! The forms of date and time, one family a file. The byte behind the first digits tells the family.

mod compact;
mod day_first;
mod extended;
mod month_name;
mod month_number;
mod points;
mod short_year;
mod slashes;
mod year_day;

use super::calendar::Calendar;
use super::digits::count_digits;
use super::number;
use super::seen_second::SeenSecond;
use super::written::WrittenTime;
use super::year::YearBound;
use super::zone_names::ZoneNames;

/// The tables by which times are read. They remember what was looked up last; no time depends on that.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub(super) calendar: Calendar,
    pub(super) names: ZoneNames,
    pub(super) years: YearBound,
    /// The last second in the extended format of ISO 8601.
    extended: SeenSecond<19>,
    /// The last second in the common log format.
    access_log: SeenSecond<20>,
}

/// Reads the time that a text begins with in the extended format of ISO 8601, which most logs have. [`read`] reads it,
/// too.
#[inline(always)]
pub(super) fn read_extended<'a>(
    text: &'a [u8],
    in_bracket: bool,
    tables: &mut Tables,
) -> Option<WrittenTime<'a>> {
    match tables.extended.read(text, in_bracket.then_some(&mut tables.names)) {
        Some(time) => Some(time),
        None if text.get(4) == Some(&b'-') => read_other_extended(text, in_bracket, tables),
        None => None,
    }
}

#[inline(never)]
fn read_other_extended<'a>(text: &'a [u8], in_bracket: bool, tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let time = extended::read(text, &mut tables.calendar, in_bracket.then_some(&mut tables.names))?;
    tables.extended.remember(text, &time);
    Some(time)
}

/// Reads the time that a text behind `[` begins with in the common log format. [`read`] reads it, too.
#[inline(always)]
pub(super) fn read_access_log<'a>(text: &'a [u8], tables: &mut Tables) -> Option<WrittenTime<'a>> {
    match tables.access_log.read(text, Some(&mut tables.names)) {
        Some(time) => Some(time),
        None => read_other_access_log(text, tables),
    }
}

#[inline(never)]
fn read_other_access_log<'a>(text: &'a [u8], tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let time = day_first::read_access_log(text, &mut tables.calendar, Some(&mut tables.names))?;
    tables.access_log.remember(text, &time);
    Some(time)
}

/// Reads the time that a text begins with if its day was written in the same way by an earlier one, as syslog writes days.
/// [`read`] reads it, too.
#[inline(always)]
pub(super) fn read_remembered_day<'a>(text: &'a [u8], tables: &Tables) -> Option<WrittenTime<'a>> {
    month_name::read_remembered_day(text, &tables.years)
}

/// Returns true if a time may begin with a byte: all that begin with no digit do with the letter of a month, a weekday or a
/// level.
#[inline]
pub(super) fn may_begin_with(byte: u8) -> bool {
    byte.is_ascii_digit() || byte.is_ascii_uppercase()
}

/// Reads the time that a text begins with, in the form that it has. `in_bracket` is true if `[` stands directly before
/// the text.
#[inline]
pub(super) fn read<'a>(text: &'a [u8], in_bracket: bool, tables: &mut Tables) -> Option<WrittenTime<'a>> {
    match text.first()? {
        b'0'..=b'9' => read_behind_digit(text, in_bracket, tables),
        b'A'..=b'Z' => read_behind_letter(text, in_bracket, tables),
        _ => None,
    }
}

fn read_behind_letter<'a>(text: &'a [u8], in_bracket: bool, tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let Tables { calendar, names, years, .. } = tables;
    match month_name::read(text, in_bracket.then_some(names), years) {
        Some(time) => Some(time),
        None => month_number::read_behind_letter(text, calendar, years),
    }
}

fn read_behind_digit<'a>(text: &'a [u8], in_bracket: bool, tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let Tables { calendar, names, years, .. } = tables;
    let names = in_bracket.then_some(names);
    let digits = count_digits(text, 11);
    match (digits, text.get(digits)?) {
        (4, b'-') => match text.get(10) {
            Some(b'-') => points::read_behind_dashes(text, names),
            _ if text.get(8) == Some(&b'T') => year_day::read(text, names),
            _ => extended::read(text, calendar, names),
        },
        (4, b'/') => slashes::read(text, names),
        (4, b'.') => points::read(text, names),
        (8, _) => compact::read(text, calendar, names),
        (6, b' ') => short_year::read_digits(text, names),
        (2, b'/') if text.get(5) == Some(&b'/') => short_year::read(text, names),
        (2, b'/') => day_first::read(text, calendar, names, years),
        (2, b'-') => match month_number::read(text, years) {
            Some(time) => Some(time),
            None => day_first::read(text, calendar, names, years),
        },
        (1 | 2, b' ') => day_first::read(text, calendar, names, years),
        (2, b'.') if in_bracket => month_number::read_with_point(text, years),
        (10, b' ') => number::read_with_date(text),
        _ => None,
    }
}
