//! The zone behind a time: `Z`, `+08:00`, `UTC`.

use super::digits::{goes_on, two_digits};

/// Returns the zone that stands behind a time, in minutes ahead of UTC, and the text behind it. A blank may stand before
/// the zone: `Z`, `z`, `+08:00`, `+0800`, `+08`, `UTC`, `GMT`, `GMT+0800`. Returns `None` and the text as it is where no
/// zone stands there. Other names are not understood, because `CST` alone is three zones.
#[inline]
pub(super) fn read(text: &[u8]) -> (Option<i16>, &[u8]) {
    let behind_blank = if let [b' ', rest @ ..] = text { rest } else { text };
    let zone = match behind_blank.first() {
        Some(b'Z' | b'z') if !goes_on(&behind_blank[1..]) => Some((0, &behind_blank[1..])),
        Some(b'+' | b'-') => offset(behind_blank),
        Some(b'U' | b'G') => utc(behind_blank),
        _ => None,
    };
    zone.map_or((None, text), |(zone, rest)| (Some(zone), rest))
}

/// Reads `UTC`, `GMT` and `GMT+0800`. There is no zone where a number without the form of an offset is added: `UTC+8`.
fn utc(text: &[u8]) -> Option<(i16, &[u8])> {
    let rest = text.strip_prefix(b"UTC").or_else(|| text.strip_prefix(b"GMT"))?;
    match rest {
        [b'+' | b'-', digit, ..] if digit.is_ascii_digit() => offset(rest),
        _ => (!goes_on(rest)).then_some((0, rest)),
    }
}

/// Reads `+08:00`, `+0800` and `+08`.
#[inline]
pub(super) fn offset(text: &[u8]) -> Option<(i16, &[u8])> {
    let sign = if text.first()? == &b'-' { -1 } else { 1 };
    let hours = two_digits(text, 1).filter(|&hours| hours < 24)?;
    let minutes_at = if text.get(3) == Some(&b':') { 4 } else { 3 };
    let (minutes, end) = match two_digits(text, minutes_at) {
        Some(minutes) if !goes_on(&text[minutes_at + 2..]) => (minutes, minutes_at + 2),
        _ => (0, 3),
    };
    let is_zone = minutes < 60 && !goes_on(&text[end..]);
    is_zone.then_some((i16::try_from(sign * (hours * 60 + minutes)).ok()?, &text[end..]))
}
