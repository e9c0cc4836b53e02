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
use super::written::WrittenTime;
use super::year::YearBound;
use super::zone_names::ZoneNames;

/// The tables by which times are read. Calendar and names remember what was looked up last; no time depends on that.
#[derive(Clone, Debug, Default)]
pub(super) struct Tables {
    pub(super) calendar: Calendar,
    pub(super) names: ZoneNames,
    pub(super) years: YearBound,
}

/// Reads the time that a text begins with in the extended format of ISO 8601, which most logs have. [`read`] reads it,
/// too.
#[inline(always)]
pub(super) fn read_extended<'a>(
    text: &'a [u8],
    in_bracket: bool,
    tables: &mut Tables,
) -> Option<WrittenTime<'a>> {
    let Tables { calendar, names, .. } = tables;
    extended::read(text, calendar, in_bracket.then_some(names))
}

/// Reads the time that a text begins with, in the form that it has. `in_bracket` is true if `[` stands directly before
/// the text.
pub(super) fn read<'a>(text: &'a [u8], in_bracket: bool, tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let Tables { calendar, names, years } = tables;
    let names = in_bracket.then_some(names);
    let first = text.first()?;
    if !first.is_ascii_digit() {
        // All other times begin with the letter of a month, a weekday or a level.
        if !first.is_ascii_uppercase() {
            return None;
        }
        return month_name::read(text, names, *years)
            .or_else(|| month_number::read_behind_letter(text, calendar, *years));
    }
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
        (2, b'/') => day_first::read(text, calendar, names, *years),
        (2, b'-') => {
            month_number::read(text, *years).or_else(|| day_first::read(text, calendar, names, *years))
        }
        (1 | 2, b' ') => day_first::read(text, calendar, names, *years),
        (2, b'.') if in_bracket => month_number::read_with_point(text, *years),
        (10, b' ') => number::read_with_date(text),
        _ => None,
    }
}
