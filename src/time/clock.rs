//! The time of day, in the ways in which the forms of time write it, with its fraction of a second.

use super::digits::{count_digits, one_or_two_digits, two_digits};

const NANOSECONDS_PER_SECOND: u32 = 1_000_000_000;
const NANOSECONDS_PER_MILLISECOND: u32 = 1_000_000;
/// The number of digits of a fraction in nanoseconds.
const NANOSECOND_DIGITS: usize = 9;
/// The nanoseconds of one in the last digit of a fraction, by the number of its digits.
const SCALES: [u32; NANOSECOND_DIGITS + 1] =
    [0, 100_000_000, 10_000_000, 1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];

/// A time of day.
#[derive(Clone, Copy)]
pub(super) struct Clock {
    /// Seconds from the beginning of the day.
    pub(super) second: i64,
    pub(super) nanosecond: u32,
}

/// A time of day that a text begins with, and the text behind it.
pub(super) type ClockAndRest<'a> = (Clock, &'a [u8]);

/// Reads `10:16:13`, perhaps with a fraction behind `.`, `,` or `:`.
#[inline(always)]
pub(super) fn with_colons(text: &[u8]) -> Option<ClockAndRest<'_>> {
    let (&written, rest) = text.split_first_chunk()?;
    let [hour, minute, second] = numbers_between_colons(written)?;
    checked(hour, minute, second, rest, true)
}

/// Returns the numbers of `10:16:13`, all bytes at once.
#[inline(always)]
fn numbers_between_colons(written: [u8; 8]) -> Option<[i64; 3]> {
    let values = u64::from_le_bytes(written) ^ u64::from_le_bytes(*b"00:00:00");
    // A byte of more than 9, and of more than 0 in place of a colon, sets its highest bit in the sum, unless that is set
    // already.
    if (values | values.wrapping_add(0x7676_7F76_767F_7676)) & 0x8080_8080_8080_8080 != 0 {
        return None;
    }
    let pairs = values * 10 + (values >> 8);
    let number = |shift: u32| (pairs >> shift & 0xFF).cast_signed();
    Some([number(0), number(24), number(48)])
}

/// Reads `12.14.45`, perhaps with a fraction behind `.`, `,` or `:`.
pub(super) fn with_points(text: &[u8]) -> Option<ClockAndRest<'_>> {
    let (&[h1, h2, b'.', m1, m2, b'.', s1, s2], rest) = text.split_first_chunk()? else {
        return None;
    };
    with_fraction([h1, h2, m1, m2, s1, s2], rest, true)
}

/// Reads `203615`, perhaps with a fraction behind `.` or `,`.
pub(super) fn of_digits(text: &[u8]) -> Option<ClockAndRest<'_>> {
    let (&digits, rest) = text.split_first_chunk()?;
    with_fraction(digits, rest, false)
}

/// Reads `22:15:29:606` and `0:7:5:44`: numbers without zeros before them, the last of which counts milliseconds. A
/// fraction of more than three digits, or behind `.` or `,`, is read as elsewhere.
pub(super) fn of_numbers(text: &[u8]) -> Option<ClockAndRest<'_>> {
    let (hour, text) = one_or_two_digits(text)?;
    let (minute, text) = one_or_two_digits(text.strip_prefix(b":")?)?;
    let (second, rest) = one_or_two_digits(text.strip_prefix(b":")?)?;
    let (mut clock, behind) = checked(hour, minute, second, rest, true)?;
    let digits = if rest.first() == Some(&b':') { &rest[1..] } else { &[] };
    let count = count_digits(digits, 4);
    if second < 60 && (1..=2).contains(&count) {
        let milliseconds =
            digits[..count].iter().fold(0, |number, digit| number * 10 + u32::from(digit - b'0'));
        clock.nanosecond = milliseconds * NANOSECONDS_PER_MILLISECOND;
    }
    Some((clock, behind))
}

/// Reads the fraction behind a time in six digits, `hhmmss`.
#[inline]
fn with_fraction(digits: [u8; 6], rest: &[u8], has_colons: bool) -> Option<ClockAndRest<'_>> {
    let (hour, minute, second) = (two_digits(&digits, 0)?, two_digits(&digits, 2)?, two_digits(&digits, 4)?);
    checked(hour, minute, second, rest, has_colons)
}

/// Returns the time of day with the fraction that stands behind it; `None` where there is no such time, or a digit goes
/// on behind it. Second 60 is the end of second 59.
#[inline(always)]
fn checked(hour: i64, minute: i64, second: i64, rest: &[u8], has_colons: bool) -> Option<ClockAndRest<'_>> {
    if hour >= 24 || minute >= 60 || second > 60 || rest.first().is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let (nanosecond, rest) = fraction(rest, has_colons);
    let beginning = (hour * 60 + minute) * 60;
    let clock = match second {
        60 => Clock { second: beginning + 59, nanosecond: NANOSECONDS_PER_SECOND - 1 },
        _ => Clock { second: beginning + second, nanosecond },
    };
    Some((clock, rest))
}

/// Returns the fraction behind a second that is not the 60th, in nanoseconds, and the text behind it; `None` where a digit
/// goes on behind the second.
#[inline(always)]
pub(super) fn fraction_or_end(text: &[u8]) -> Option<(u32, &[u8])> {
    if text.first().is_some_and(u8::is_ascii_digit) { None } else { Some(fraction(text, true)) }
}

/// Returns the digits behind a point, a comma or perhaps a colon as nanoseconds, without finer digits, and the text
/// behind them.
#[inline(always)]
pub(super) fn fraction(text: &[u8], has_colons: bool) -> (u32, &[u8]) {
    match text {
        [b'.' | b',', digits @ ..] => fraction_of_digits(digits).unwrap_or((0, text)),
        [b':', digits @ ..] if has_colons => fraction_of_digits(digits).unwrap_or((0, text)),
        _ => (0, text),
    }
}

/// Returns the digits that a text begins with as nanoseconds, without finer digits, and the text behind them; `None` if it
/// begins with none.
#[inline(always)]
fn fraction_of_digits(text: &[u8]) -> Option<(u32, &[u8])> {
    // Milliseconds, as most logs have them: three digits, and a byte that is none.
    if let Some(&four) = text.first_chunk() {
        let values = u32::from_le_bytes(four) ^ u32::from_le_bytes(*b"0000");
        if (values | values.wrapping_add(0x7676_7676)) & 0x8080_8080 == 0x8000_0000 {
            let milliseconds = (values & 0xF) * 100 + (values >> 8 & 0xF) * 10 + (values >> 16 & 0xF);
            return Some((milliseconds * NANOSECONDS_PER_MILLISECOND, &text[3..]));
        }
    }
    fraction_of_any_digits(text)
}

/// Does what [`fraction_of_digits`] does, a digit at a time.
#[inline(never)]
fn fraction_of_any_digits(text: &[u8]) -> Option<(u32, &[u8])> {
    let (mut number, mut count) = (0, 0);
    for digit in text.iter().map(|byte| byte.wrapping_sub(b'0')).take_while(|&digit| digit < 10) {
        if count < NANOSECOND_DIGITS {
            number = number * 10 + u32::from(digit);
        }
        count += 1;
    }
    (count > 0).then(|| (number * SCALES[count.min(NANOSECOND_DIGITS)], &text[count..]))
}
