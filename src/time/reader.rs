//! Reading the time stamp that a line begins with: date and time in one of the forms, then a fraction and a zone.

use super::calendar::Calendar;
use super::forms::{self, two_digits};
use super::{SECONDS_PER_MINUTE, TimeStamp};

/// The byte order mark, which some editors write before the first line.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const NANOSECONDS_PER_SECOND: u32 = 1_000_000_000;

/// A reader of time stamps that remembers the month of the last one.
#[derive(Clone, Debug, Default)]
pub(crate) struct StampReader(Calendar);

impl StampReader {
    /// Returns the time stamp that a line begins with, perhaps behind `[`: `[2026-05-01 10:00:00,123`. Returns `None`
    /// where the line begins with no time stamp. A time without a zone is taken as it is written.
    // Inlined, because copying the returned value took a quarter of the counter's time.
    #[inline(always)]
    pub(crate) fn read(&mut self, line: &[u8]) -> Option<TimeStamp> {
        let line = match line {
            [b'[', rest @ ..] => rest,
            [0xEF, ..] => without_byte_order_mark(line),
            _ => line,
        };
        let (second, rest) = forms::read(line, &mut self.0)?;
        let (nanosecond, rest) = fraction(rest);
        if rest.first().is_some_and(u8::is_ascii_digit) {
            return None;
        }
        let zone = zone(rest);
        let second = second - i64::from(zone.unwrap_or(0)) * SECONDS_PER_MINUTE;
        Some(TimeStamp { second, nanosecond, zone })
    }
}

/// Returns the line without its byte order mark, and without `[` behind it.
#[cold]
fn without_byte_order_mark(line: &[u8]) -> &[u8] {
    let line = line.strip_prefix(BYTE_ORDER_MARK).unwrap_or(line);
    line.strip_prefix(b"[").unwrap_or(line)
}

/// Returns the digits behind a point or comma as nanoseconds, without finer digits, and the text behind them.
#[inline]
fn fraction(text: &[u8]) -> (u32, &[u8]) {
    let [b'.' | b',', digits @ ..] = text else {
        return (0, text);
    };
    let (mut nanosecond, mut scale, mut count) = (0, NANOSECONDS_PER_SECOND, 0);
    while let Some(digit) =
        digits.get(count).map(|digit| digit.wrapping_sub(b'0')).filter(|&digit| digit < 10)
    {
        scale /= 10;
        nanosecond += u32::from(digit) * scale;
        count += 1;
    }
    if count > 0 { (nanosecond, &digits[count..]) } else { (0, text) }
}

/// Returns the zone that a text begins with, in minutes ahead of UTC: `Z`, `+08:00`, `+0800` or `+08`. Returns `None`
/// where the text begins with no zone.
#[inline]
fn zone(text: &[u8]) -> Option<i16> {
    let sign = match text.first()? {
        b'Z' => return Some(0),
        b'+' => 1,
        b'-' => -1,
        _ => return None,
    };
    let hours = two_digits(text, 1).filter(|&hours| hours < 24)?;
    let minutes_at = if text.get(3) == Some(&b':') { 4 } else { 3 };
    let minutes = two_digits(text, minutes_at).filter(|&minutes| minutes < 60).unwrap_or(0);
    i16::try_from(sign * (hours * 60 + minutes)).ok()
}
