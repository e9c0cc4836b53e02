//! The forms of date and time, each an expression, and the numbers that are times.

use super::{Found, Time, expression};
use jiff::civil::{Date, DateTime, date};
use jiff::tz::TimeZoneDatabase;
use regex::bytes::{Captures, Regex};
use std::sync::LazyLock;

/// The forms. `Y` is a year, `y` one of two digits, `N` a month's name, `m` its number, `d` a day, `e` one of one or two
/// digits, `j` the day of a year, `c` a time of day with colons and `p` with points, `b` one of six digits and `n` one of
/// three numbers, `w` a weekday, `l` a letter for a level, `_` a blank or none; other characters stand for themselves.
const FORMS: [&str; 24] = [
    "Y-m-d c", "Y-m-dTc", "Y-jTc", "Ymd c", "YmdTc", "YmdTb", "Ymd-n", "Y/m/d c", "y/m/d c", "ymd b",
    "Y.m.d-p", "Y-m-d-p", "d/N/Y:c", "d-N-Y c", "e N Y c", "e N c", "N _e Y c", "N _e c", "w N _e c",
    "m-d c", "lmd c", "lYmd c", "[m.d c", "D",
];

static EXPRESSIONS: LazyLock<Vec<(Regex, bool)>> = LazyLock::new(|| {
    let clock = |mark: &str, fraction: &str| {
        format!("(?<h>[0-9]{{2}}){mark}(?<i>[0-9]{{2}}){mark}(?<s>[0-9]{{2}})(?:[{fraction}](?<f>[0-9]+))?")
    };
    let part = |letter: char| match letter {
        'Y' => "(?<Y>[0-9]{4})".to_owned(),
        'y' | 'm' | 'd' => format!("(?<{letter}>[0-9]{{2}})"),
        'e' => "(?<d>[0-9]{1,2})".to_owned(),
        'j' => "(?<j>[0-9]{3})".to_owned(),
        'N' => "(?<N>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)".to_owned(),
        'c' => clock(":", ".,:"),
        'p' => clock(r"\.", ".,:"),
        'b' => clock("", ".,"),
        'n' => "(?<h>[0-9]{1,2}):(?<i>[0-9]{1,2}):(?<s>[0-9]{1,2})(?:(?<mark>[.,:])(?<f>[0-9]+))?".to_owned(),
        'w' => "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)".to_owned(),
        'l' => "[DIWEF]".to_owned(),
        '_' => " ?".to_owned(),
        'D' => r"(?<number>[0-9]{10}) [0-9]{4}\.[0-9]{2}\.[0-9]{2} ".to_owned(),
        '.' => r"\.".to_owned(),
        letter => letter.to_string(),
    };
    let form = |form: &str| {
        let parts: String = form.trim_start_matches('[').chars().map(part).collect();
        (expression(&format!(r"\A{parts}")), form.starts_with('['))
    };
    FORMS.iter().copied().map(form).collect()
});
static BEHIND_WEEKDAY: LazyLock<Regex> = LazyLock::new(|| expression(r"\A(?: [A-Z]{1,5})? (?<Y>[0-9]{4})"));
static NUMBER: LazyLock<Regex> = LazyLock::new(|| {
    expression(r#"\A([0-9]{10}|[0-9]{13}|[0-9]{16}|[0-9]{19})(?:\.([0-9]+))?(?:\z|[ \t\r\n\x1B\])}",:;|])"#)
});
static ZONE: LazyLock<Regex> =
    LazyLock::new(|| expression(r"\A ?(?:[Zz]|(?:UTC|GMT)?[+-][0-9]{2}(?::?[0-9]{2})?|UTC|GMT)"));
static NAME: LazyLock<Regex> = LazyLock::new(|| expression(r"\A ([A-Za-z][^\]]*)\]"));

/// Returns the time that a text begins with in one of the forms.
///
/// Choice, where the rules leave room: a zone has a name only in forms with a year that begin with the date.
pub(super) fn form(text: &[u8], in_bracket: bool, year: i16) -> Option<Found> {
    let forms = EXPRESSIONS.iter().zip(FORMS).filter(|((_, needs_bracket), _)| in_bracket || !needs_bracket);
    forms
        .filter_map(|((expression, _), form)| {
            let captures = expression.captures(text)?;
            if captures.name("number").is_some() {
                return number(text);
            }
            let has_names = in_bracket && form.contains(['Y', 'y']) && !form.starts_with(['w', 'l']);
            read(text, &captures, form, has_names, year)
        })
        .next()
}

/// Returns the time that a value begins with: in a form or as a number.
pub(super) fn value(text: &[u8], year: i16) -> Option<Found> {
    form(text, false, year).or_else(|| number(text))
}

/// Returns the time that a text begins with as a number: of seconds, milliseconds, microseconds or nanoseconds, from 2000
/// to 2100.
pub(super) fn number(text: &[u8]) -> Option<Found> {
    let captures = NUMBER.captures(text)?;
    let digits = String::from_utf8_lossy(&captures[1]).into_owned();
    let fraction =
        captures.get(2).map_or(String::new(), |text| String::from_utf8_lossy(text.as_bytes()).into_owned());
    let all = format!("{}{fraction}{}", &digits[10..], "0".repeat(9));
    let time: Time = (digits[..10].parse().unwrap(), all[..9].parse().unwrap(), Some(0));
    let is_in_time = (946_684_800, 0) <= (time.0, time.1) && (time.0, time.1) <= (4_102_444_800, 0);
    let end = captures.get(2).map_or(digits.len(), |fraction| fraction.end());
    is_in_time.then_some((time, text.len() - end))
}

fn read(text: &[u8], captures: &Captures<'_>, form: &str, has_names: bool, year: i16) -> Option<Found> {
    let part = |name: &str| captures.name(name).map(|part| std::str::from_utf8(part.as_bytes()).unwrap());
    let count = |name: &str| part(name).map(|text| text.parse::<i16>().unwrap());
    let mut rest = &text[captures[0].len()..];
    if rest.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let (hour, minute, second) = (count("h")?, count("i")?, count("s")?);
    let mut nanosecond: u32 = format!("{:0<9}", part("f").unwrap_or(""))[..9].parse().unwrap();
    if part("mark") == Some(":") && part("f").is_some_and(|digits| digits.len() < 3) {
        nanosecond = part("f")?.parse::<u32>().unwrap() * 1_000_000;
    }
    let is_leap_second = second == 60;
    if is_leap_second {
        nanosecond = 999_999_999;
    }
    let mut zone = zone(rest);
    rest = zone.map_or(rest, |(_, length)| &rest[length..]);
    let mut written_year =
        count("Y").or_else(|| count("y").map(|year| if year < 69 { 2000 } else { 1900 } + year));
    if form.starts_with('w') {
        let behind = BEHIND_WEEKDAY.captures(rest)?;
        written_year = Some(std::str::from_utf8(&behind["Y"]).unwrap().parse().unwrap());
        rest = &rest[behind[0].len()..];
        if rest.first().is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_') {
            return None;
        }
    }
    let month = part("N").map(|name| "JanFebMarAprMayJunJulAugSepOctNovDec".find(name).unwrap() / 3 + 1);
    let month = count("m").or(month.map(|month| i16::try_from(month).unwrap()));
    let day = match (written_year, count("j")) {
        (Some(year), Some(day)) => date(year, 1, 1).with().day_of_year(day).build().ok()?,
        (Some(year), None) => on(year, month?, count("d")?)?,
        (None, _) => (year - 9..=year).rev().find_map(|year| on(year, month?, count("d")?))?,
    };
    let second = if is_leap_second { 59 } else { second };
    let [hour, minute, second] = [hour, minute, second].map(|number| i8::try_from(number).unwrap());
    let time = DateTime::from_parts(day, jiff::civil::Time::new(hour, minute, second, 0).ok()?);
    (day.year() > 0).then_some(())?;
    let written = time.duration_since(DateTime::from(date(1970, 1, 1))).as_secs();
    if let (None, true, Some(name)) = (zone, has_names, NAME.captures(rest)) {
        zone = named(&name[1], time).map(|minutes| (minutes, 0));
    }
    Some(((written, nanosecond, zone.map(|(minutes, _)| minutes)), rest.len()))
}

fn on(year: i16, month: i16, day: i16) -> Option<Date> {
    let [month, day] = [month, day].map(|number| i8::try_from(number).unwrap());
    Date::new(year, month, day).ok()
}

/// Returns the minutes of the zone that a text begins with, perhaps behind a blank, and its length.
///
/// Choice, where the rules leave room: digits that go on as no zone has them are none (`-204`), but `+08:5` is `+08`. Behind a
/// blank, `-08` and minutes that no zone has are a number of the message.
fn zone(text: &[u8]) -> Option<(i16, usize)> {
    let ends =
        |length: usize| !text.get(length).is_some_and(|&byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let found = ZONE.find(text)?;
    let whole = String::from_utf8_lossy(found.as_bytes()).into_owned();
    let Some(sign) = whole.find(['+', '-']) else {
        let goes_on = matches!(&text[whole.len()..], [b'+' | b'-', b'0'..=b'9', ..]) && whole.len() > 2;
        return (ends(whole.len()) && !goes_on).then_some((0, whole.len()));
    };
    let hours: i16 = whole[sign + 1..sign + 3].parse().unwrap();
    let behind = whole[sign + 3..].trim_start_matches(':');
    let has_minutes = !behind.is_empty() && ends(whole.len());
    let minutes: i16 = if has_minutes { behind.parse().unwrap() } else { 0 };
    let length = if has_minutes { whole.len() } else { sign + 3 };
    let is_zone = hours < 24 && minutes < 60 && ends(length);
    let all = hours * 60 + minutes;
    let is_number = text[0] == b' '
        && sign == 1
        && match &whole[1..2] {
            "-" => length == 4 || minutes != 0 && ![570, 210, 150].contains(&all),
            _ => ![0, 30, 45].contains(&minutes),
        };
    let is_zone = is_zone && !is_number;
    is_zone.then_some((if &whole[sign..=sign] == "-" { -all } else { all }, length))
}

/// Returns the minutes that a named zone is ahead of UTC at a time.
fn named(name: &[u8], time: DateTime) -> Option<i16> {
    let name = std::str::from_utf8(name).ok()?;
    let zone = TimeZoneDatabase::bundled().get(name).ok()?;
    (zone.iana_name() == Some(name)).then_some(())?;
    let instant = zone.to_ambiguous_timestamp(time).compatible().ok()?;
    let ahead = time.duration_since(DateTime::from(date(1970, 1, 1))).as_secs() - instant.as_second();
    (ahead % 60 == 0).then(|| i16::try_from(ahead / 60).unwrap())
}
