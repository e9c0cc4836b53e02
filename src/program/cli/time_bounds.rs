//! The bounds of time that `--since`, `--until` and `--tz` name.

use super::args::TimeArgs;
use crate::time::zone_of;
use crate::{TimeBound, TimeBounds, UnknownZone};
use jiff::civil::{Date, DateTime, Time};
use jiff::fmt::friendly::SpanParser;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ZonedDateTime};

/// The forms of TIME, for the message about one that is not understood.
const FORMS: &str = "write 2026-05-01, 2026-05-01T10:00:00 (with Z, +08:00 or no zone), 10:00, now, today, yesterday, \
                     @1714557600, or how long ago: 10m, 1h30m, '2 days ago'";

/// Returns the bounds that arguments name; `None` if they name none. `now` is the time of the run.
///
/// # Errors
///
/// Returns the message about a time or a zone that is not understood, and about a window without any time.
pub(super) fn bounds(args: &TimeArgs, now: Timestamp) -> Result<Option<TimeBounds>, String> {
    let zone = match &args.tz {
        Some(zone) => Some(zone_of(zone).ok_or_else(|| format!("--tz {zone}: {UnknownZone}"))?),
        None => None,
    };
    if args.since.is_none() && args.until.is_none() {
        return Ok(None);
    }
    let zone = match zone {
        Some(zone) => zone,
        None => system_zone()?,
    };
    let now = now.to_zoned_datetime(zone.clone());
    let bound = |name: &str, text: &Option<String>| match text {
        Some(text) => {
            let bound = bound_of(text, &now);
            bound.map(Some).ok_or_else(|| format!("{name} {text}: is no time; {FORMS}"))
        }
        None => Ok(None),
    };
    let bounds = TimeBounds::new()
        .since(bound("--since", &args.since)?)
        .until(bound("--until", &args.until)?)
        .in_zone(zone)
        .sorted(args.sorted);
    match (&args.since, &args.until) {
        (Some(since), Some(until)) if bounds.are_empty() => {
            Err(format!("--since {since} is after --until {until}; write the earlier time with --since"))
        }
        _ => Ok(Some(bounds)),
    }
}

/// Returns the zone of the machine: UTC where it has none.
///
/// # Errors
///
/// Returns the message about a zone of the environment that is none.
fn system_zone() -> Result<TimeZone, String> {
    let named = std::env::var_os("TZ").filter(|zone| !zone.is_empty());
    match (TimeZone::try_system(), named) {
        (Ok(zone), _) => Ok(zone),
        (Err(_), None) => Ok(TimeZone::UTC),
        (Err(_), Some(zone)) => Err(format!("TZ {}: {UnknownZone}, or give --tz", zone.display())),
    }
}

/// Returns the bound that a text names; `None` if it names none.
fn bound_of(text: &str, now: &ZonedDateTime) -> Option<TimeBound> {
    let text = text.trim();
    match text {
        "now" => return Some(instant(now.timestamp())),
        "today" => return Some(written(now.date().to_datetime(Time::midnight()))),
        "yesterday" => return Some(written(now.date().yesterday().ok()?.to_datetime(Time::midnight()))),
        _ => {}
    }
    if let Some(epoch) = text.strip_prefix('@') {
        return epoch_of(epoch);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    match text.as_bytes().get(digits) {
        Some(b'-') if digits == 4 => date_and_time(text),
        Some(b':') if digits == 2 => Some(written(now.date().to_datetime(time_of_day(text)?))),
        _ => time_ago(text, now),
    }
}

/// Returns the bound of a date, with or without a time of day and a zone.
fn date_and_time(text: &str) -> Option<TimeBound> {
    let date: Date = text.get(..10)?.parse().ok()?;
    let rest = &text[10..];
    if rest.is_empty() {
        return Some(written(date.to_datetime(Time::midnight())));
    }
    let rest = rest.strip_prefix(['T', ' '])?;
    let time_bytes =
        rest.find(|char: char| !matches!(char, '0'..='9' | ':' | '.' | ',')).unwrap_or(rest.len());
    let (time, zone) = rest.split_at(time_bytes);
    let shown = date.to_datetime(time_of_day(time)?);
    match zone.trim_start() {
        "" if zone.is_empty() => Some(written(shown)),
        "Z" | "z" | "UTC" | "GMT" => Some(instant(TimeZone::UTC.to_timestamp(shown).ok()?)),
        offset if offset.starts_with(['+', '-']) => Some(instant(zone_of(offset)?.to_timestamp(shown).ok()?)),
        _ => None,
    }
}

/// Returns the time of day of `10:00`, `10:00:00`, `10:00:00.5` or `10:00:00,5`, as logs have it.
fn time_of_day(text: &str) -> Option<Time> {
    let is_written_so = text.get(2..3) == Some(":") && text.len() >= 5 && !text.ends_with([':', '.', ',']);
    if is_written_so { text.parse().ok() } else { None }
}

/// Returns the bound of seconds from the beginning of 1970, with or without a fraction.
fn epoch_of(text: &str) -> Option<TimeBound> {
    let (second, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !are_digits(second) || !are_digits(fraction) {
        return None;
    }
    let nanosecond = format!("{fraction:0<9}").get(..9)?.parse().ok()?;
    let timestamp = Timestamp::new(second.parse().ok()?, nanosecond).ok()?;
    Some(instant(timestamp))
}

/// Returns the bound that is a duration before now: `10m`, `-10m`, `10m ago`.
fn time_ago(text: &str, now: &ZonedDateTime) -> Option<TimeBound> {
    let (before, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let rest = match rest.strip_suffix("ago") {
        Some(_) if before => return None,
        Some(duration) => duration.trim_end(),
        None => rest,
    };
    if !rest.starts_with(|char: char| char.is_ascii_digit()) {
        return None;
    }
    let span = SpanParser::new().parse_span(rest).ok().filter(|span| !span.is_negative())?;
    Some(instant(now.checked_sub(span).ok()?.timestamp()))
}

fn instant(timestamp: Timestamp) -> TimeBound {
    let nanosecond = i64::from(timestamp.subsec_nanosecond());
    // Before 1970, both have a sign.
    let borrowed = i64::from(nanosecond < 0);
    let nanosecond = u32::try_from(nanosecond + borrowed * 1_000_000_000).unwrap_or(0);
    TimeBound::instant(timestamp.as_second() - borrowed, nanosecond)
}

fn written(shown: DateTime) -> TimeBound {
    let as_if_utc = TimeZone::UTC.to_timestamp(shown).map_or(0, Timestamp::as_second);
    TimeBound::written(as_if_utc, u32::try_from(shown.subsec_nanosecond()).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The time of the tests: 2026-05-02T12:30:00+02:00.
    fn now() -> ZonedDateTime {
        "2026-05-02T12:30:00+02:00[Europe/Berlin]".parse().unwrap()
    }

    fn second(text: &str) -> i64 {
        text.parse::<Timestamp>().unwrap().as_second()
    }

    #[test]
    fn times_without_a_zone_are_those_of_the_lines() {
        for (text, shown, nanosecond) in [
            ("2026-05-01", "2026-05-01T00:00:00Z", 0),
            ("2026-05-01 10:00", "2026-05-01T10:00:00Z", 0),
            ("2026-05-01T10:00", "2026-05-01T10:00:00Z", 0),
            ("2026-05-01T10:00:07", "2026-05-01T10:00:07Z", 0),
            ("2026-05-01 10:00:07.5", "2026-05-01T10:00:07Z", 500_000_000),
            ("2026-05-01 10:00:07,5", "2026-05-01T10:00:07Z", 500_000_000),
            ("10:00:07,123", "2026-05-02T10:00:07Z", 123_000_000),
            ("10:00", "2026-05-02T10:00:00Z", 0),
            ("23:59:59.000000001", "2026-05-02T23:59:59Z", 1),
            ("today", "2026-05-02T00:00:00Z", 0),
            ("yesterday", "2026-05-01T00:00:00Z", 0),
        ] {
            let expected = TimeBound::written(second(shown), nanosecond);
            assert_eq!(bound_of(text, &now()), Some(expected), "{text}");
        }
    }

    #[test]
    fn times_with_a_zone_and_times_ago_are_points_in_time() {
        for (text, at, nanosecond) in [
            ("2026-05-01T10:00:00Z", "2026-05-01T10:00:00Z", 0),
            ("2026-05-01T10:00Z", "2026-05-01T10:00:00Z", 0),
            ("2026-05-01 10:00:00 UTC", "2026-05-01T10:00:00Z", 0),
            ("2026-05-01T10:00:00.25+08:00", "2026-05-01T02:00:00Z", 250_000_000),
            ("2026-05-01 10:00:00 -0330", "2026-05-01T13:30:00Z", 0),
            ("now", "2026-05-02T10:30:00Z", 0),
            ("@1714557600", "2024-05-01T10:00:00Z", 0),
            ("@1714557600.5", "2024-05-01T10:00:00Z", 500_000_000),
            ("10m", "2026-05-02T10:20:00Z", 0),
            ("-10m", "2026-05-02T10:20:00Z", 0),
            ("10m ago", "2026-05-02T10:20:00Z", 0),
            ("1h30m", "2026-05-02T09:00:00Z", 0),
            ("2 days ago", "2026-04-30T10:30:00Z", 0),
            // A day is a day of the calendar, also where the clock changes in between.
            ("40 days ago", "2026-03-23T11:30:00Z", 0),
        ] {
            let expected = TimeBound::instant(second(at), nanosecond);
            assert_eq!(bound_of(text, &now()), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for text in [
            "",
            "10",
            "+1h",
            "-10m ago",
            "ago",
            "h",
            "10:0",
            "10:00:",
            "24:00",
            "10:60",
            "1:00",
            "2026-02-30",
            "2026-5-1",
            "2026-05-01T",
            "2026-05-01x",
            "2026-05-01T10:00:00PDT",
            "2026-05-01T10:00:00+25:00",
            "2026-05-01T10",
            "@",
            "@x",
            "@1.",
            "@99999999999999999999",
            "tomorrow",
            "Jun 14",
            "9999999 years ago",
        ] {
            assert_eq!(bound_of(text, &now()), None, "{text}");
        }
    }
}
