//! The zone behind a time: `Z`, `+08:00`, `UTC`.

use super::digits::{goes_on, two_digits};

/// Returns the zone that stands behind a time, in minutes ahead of UTC, and the text behind it. A blank may stand before
/// the zone: `Z`, `z`, `+08:00`, `+0800`, `+08`, `UTC`, `GMT`, `GMT+0800`. Returns `None` and the text as it is where no
/// zone stands there, or behind a blank rather a number of the message. Other names are not understood, because `CST`
/// alone is three zones.
#[inline(always)]
pub(super) fn read(text: &[u8]) -> (Option<i16>, &[u8]) {
    let (here, is_behind_blank) = if let [b' ', rest @ ..] = text { (rest, true) } else { (text, false) };
    let may_begin = |byte: &u8| matches!(byte, b'Z' | b'z' | b'+' | b'-' | b'U' | b'G');
    let zone = if here.first().is_some_and(may_begin) { read_at(here) } else { None };
    match zone {
        Some((zone, rest)) if !is_behind_blank || may_be_apart(zone, &here[..here.len() - rest.len()]) => {
            (Some(zone), rest)
        }
        _ => (None, text),
    }
}

/// Returns false if what stands behind a blank is rather a number of the message, such as the code in `10:00:00 -1001 token`:
/// `-08` and minutes that no zone has.
#[inline]
fn may_be_apart(zone: i16, written: &[u8]) -> bool {
    match written {
        [b'-', _, _] => false,
        [b'-', ..] => zone % 60 == 0 || matches!(zone, -570 | -210 | -150),
        [b'+', ..] => matches!(zone % 60, 0 | 30 | 45),
        _ => true,
    }
}

#[inline(never)]
fn read_at(text: &[u8]) -> Option<(i16, &[u8])> {
    match text {
        [b'+' | b'-', ..] => offset(text),
        [b'Z' | b'z', rest @ ..] => (!goes_on(rest)).then_some((0, rest)),
        _ => utc(text),
    }
}

/// Reads `UTC`, `GMT` and `GMT+0800`. There is no zone where a number without the form of an offset is added: `UTC+8`.
#[inline(never)]
fn utc(text: &[u8]) -> Option<(i16, &[u8])> {
    let rest = text.strip_prefix(b"UTC").or_else(|| text.strip_prefix(b"GMT"))?;
    match rest {
        [b'+' | b'-', digit, ..] if digit.is_ascii_digit() => offset(rest),
        _ => (!goes_on(rest)).then_some((0, rest)),
    }
}

/// Reads `+08:00`, `+0800` and `+08`.
#[inline(always)]
pub(super) fn offset(text: &[u8]) -> Option<(i16, &[u8])> {
    match offset_of_digits(text) {
        None => offset_of_parts(text),
        offset => offset,
    }
}

/// Reads `+0800`, all digits at once.
#[inline(always)]
fn offset_of_digits(text: &[u8]) -> Option<(i16, &[u8])> {
    let (&[sign, a, b, c, d], rest) = text.split_first_chunk()?;
    let values = u32::from_le_bytes([a, b, c, d]) ^ u32::from_le_bytes(*b"0000");
    if (values | values.wrapping_add(0x7676_7676)) & 0x8080_8080 != 0 {
        return None;
    }
    let [hours, _, minutes, _] = (values * 10 + (values >> 8)).to_le_bytes();
    let minutes_ahead = i16::from(hours) * 60 + i16::from(minutes);
    let is_zone = hours < 24 && minutes < 60 && !goes_on(rest);
    is_zone.then_some((if sign == b'-' { -minutes_ahead } else { minutes_ahead }, rest))
}

#[inline(never)]
fn offset_of_parts(text: &[u8]) -> Option<(i16, &[u8])> {
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
