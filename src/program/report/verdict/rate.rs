//! Rates: `error>100/1m` fails where more than a hundred fields are selected within any minute.

use super::measured::{Lack, Measured, MeasuredRate};
use crate::program::report::tally::{RateWindow, Tally};
use jiff::fmt::friendly::SpanParser;
use jiff::tz::TimeZone;
use jiff::{SpanRound, Timestamp, Unit};
use std::fmt;

/// The error of a text that is no window of a rate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoWindow(String);

/// Divides the limit of a rate into the number of fields and the window: `100/1m`. Returns no window for a limit that is of no
/// rate.
///
/// # Errors
///
/// Fails where something else than a length of time stands behind the `/`.
pub(super) fn split_rate(limit: &str) -> Result<(&str, Option<RateWindow>), NoWindow> {
    match limit.split_once('/') {
        None => Ok((limit, None)),
        Some((number, time)) => {
            let window = window(time.trim()).ok_or_else(|| NoWindow(time.trim().to_owned()))?;
            Ok((number, Some(window)))
        }
    }
}

/// Reads a length of time: `10s`, `1m30s`, `24h`.
fn window(text: &str) -> Option<RateWindow> {
    let start = Timestamp::UNIX_EPOCH.to_zoned_datetime(TimeZone::UTC);
    let span = SpanParser::new().parse_span(text).ok()?;
    if span.get_years() != 0 || span.get_months() != 0 {
        return None;
    }
    let seconds = span.round(SpanRound::new().largest(Unit::Second).relative(&start)).ok()?;
    let is_whole =
        seconds.get_milliseconds() == 0 && seconds.get_microseconds() == 0 && seconds.get_nanoseconds() == 0;
    RateWindow::of_seconds(u32::try_from(seconds.get_seconds()).ok().filter(|_| is_whole)?)
}

/// Returns what the check of a rate, which stands at `place` among all checks, has measured. `codes` are the selected codes with
/// all their fields, and `limit` is the most fields that pass.
pub(super) fn rate_of(
    (place, window): (usize, RateWindow),
    tally: &Tally,
    codes: Vec<(i32, u64)>,
    limit: u64,
) -> Measured {
    let found = tally.rate(place).unwrap_or_default();
    // Fields whose window is not known could all be in that one.
    let could_be = |more: u64| found.fields.saturating_add(more) > limit;
    let timeless = found.timeless.map_or(0, |timeless| timeless.fields);
    let lack = match found.timeless {
        Some(timeless) if could_be(timeless.fields.saturating_add(found.late)) => Some(Lack::Times(timeless)),
        _ if could_be(timeless.saturating_add(found.late)) && found.late > 0 => Some(Lack::Late(found.late)),
        _ => None,
    };
    let rate = Some(MeasuredRate { window, from: found.from });
    Measured { count: found.fields, is_exact: true, codes, lack, rate }
}

impl fmt::Display for NoWindow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} is no time for a rate; write whole seconds from 1s to 31d, and whole minutes beyond 1h: 'error>100/1m'",
            self.0
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_is_whole_seconds_behind_a_slash() {
        for (text, expected) in [
            ("100/1m", ("100", "1m")),
            ("0/10s", ("0", "10s")),
            (" 5 / 1m30s ", (" 5 ", "1m30s")),
            ("5/90s", ("5", "1m30s")),
            ("5/24h", ("5", "1d")),
            ("5/1 day", ("5", "1d")),
            ("5/31d", ("5", "31d")),
            ("5/1h1m", ("5", "1h1m")),
        ] {
            let (number, window) = split_rate(text).unwrap();
            assert_eq!((number, window.unwrap().to_string().as_str()), expected, "{text}");
        }
        assert_eq!(split_rate("100"), Ok(("100", None)));
        for time in
            ["", "m", "1", "0s", "500ms", "1.5s", "-1m", "32d", "1mo", "1y", "61m1s", "1m/1m", "1m ago"]
        {
            let text = format!("5/{time}");
            assert_eq!(split_rate(&text), Err(NoWindow(time.to_owned())), "{text}");
        }
    }
}
