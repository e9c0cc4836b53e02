//! Numbers that count the time from the beginning of 1970: `1714557600.123`, `1714557600123`.

use super::clock::fraction;
use super::digits::count_digits;
use super::written::WrittenTime;

const SECONDS_IN_2000: u64 = 946_684_800;
const SECONDS_IN_2100: u64 = 4_102_444_800;
const NANOSECONDS_PER_SECOND: u64 = 1_000_000_000;

/// Reads the number that a text begins with: of seconds in 10 digits, of milliseconds in 13, of microseconds in 16, of
/// nanoseconds in 19, each perhaps with a fraction. Returns `None` if a word goes on behind the number, or the time is
/// not in the years 2000 to 2099 or at the very beginning of 2100.
pub(super) fn read(text: &[u8]) -> Option<WrittenTime<'_>> {
    let digits = count_digits(text, 20);
    let per_second: u64 = match digits {
        10 => 1,
        13 => 1_000,
        16 => 1_000_000,
        19 => 1_000_000_000,
        _ => return None,
    };
    let number = text[..digits].iter().fold(0_u64, |number, digit| number * 10 + u64::from(digit - b'0'));
    let (fraction, rest) = match &text[digits..] {
        rest @ [b'.', ..] => fraction(rest, false),
        rest => (0, rest),
    };
    let is_end = matches!(rest, [] | [b' ' | b'\t' | b'\r' | b'\n' | 0x1B, ..])
        || matches!(rest, [b']' | b')' | b'}' | b'"' | b',' | b':' | b';' | b'|', ..]);
    let second = number / per_second;
    let nanosecond = (number % per_second * NANOSECONDS_PER_SECOND + u64::from(fraction)) / per_second;
    let is_early_enough = (second, nanosecond) <= (SECONDS_IN_2100, 0);
    if !is_end || second < SECONDS_IN_2000 || !is_early_enough {
        return None;
    }
    let nanosecond = u32::try_from(nanosecond).ok()?;
    Some(WrittenTime { second: second.cast_signed(), nanosecond, zone: Some(0), rest })
}

/// Reads a number of seconds with its date behind it, as in logs of supercomputers: `1117838570 2005.06.03 `. The date
/// tells that the number is a time.
pub(super) fn read_with_date(text: &[u8]) -> Option<WrittenTime<'_>> {
    let date: &[u8; 12] = text.get(10..)?.first_chunk()?;
    let is_date = date.iter().zip(b" 0000.00.00 ").all(|(byte, form)| match form {
        b'0' => byte.is_ascii_digit(),
        _ => byte == form,
    });
    if is_date { read(text) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> Option<(i64, u32)> {
        read(text.as_bytes()).map(|time| (time.second, time.nanosecond))
    }

    #[test]
    fn the_number_of_digits_tells_the_unit() {
        for (text, expected) in [
            ("1714557600", (1_714_557_600, 0)),
            ("1714557600.5", (1_714_557_600, 500_000_000)),
            ("1714557600.1234567891", (1_714_557_600, 123_456_789)),
            ("1714557600123", (1_714_557_600, 123_000_000)),
            ("1714557600123.456", (1_714_557_600, 123_456_000)),
            ("1714557600123456", (1_714_557_600, 123_456_000)),
            ("1714557600123456.7899", (1_714_557_600, 123_456_789)),
            ("1714557600123456789", (1_714_557_600, 123_456_789)),
            ("1714557600123456789.9", (1_714_557_600, 123_456_789)),
        ] {
            assert_eq!(time(text), Some(expected), "{text}");
        }
        for digits in (1..=25).filter(|digits| ![10, 13, 16, 19].contains(digits)) {
            assert_eq!(time(&"1714557600123456789123456"[..digits]), None, "{digits}");
        }
    }

    #[test]
    fn times_from_2000_to_2100_are_read() {
        for zeros in ["", "000", "000000", "000000000"] {
            let nines = "9".repeat(zeros.len());
            assert_eq!(time(&format!("0946684799{nines}")), None);
            assert_eq!(time(&format!("0946684800{zeros}")), Some((946_684_800, 0)));
            assert_eq!(time(&format!("4102444800{zeros}")), Some((4_102_444_800, 0)));
            assert!(time(&format!("4102444799{nines}")).is_some());
            assert_eq!(time(&format!("4102444801{zeros}")), None);
        }
        assert_eq!(time("4102444800.000000001"), None);
        assert_eq!(time("4102444800001"), None);
        assert_eq!(time("9999999999999999999"), None);
    }

    #[test]
    fn a_number_ends_as_a_word_does() {
        for end in ["", " x", "\t", "]", ")", "}", "\"", ",", ":", ";", "|", "\u{1b}[0m"] {
            assert!(time(&format!("1714557600{end}")).is_some(), "{end:?}");
            assert!(time(&format!("1714557600.5{end}")).is_some(), "{end:?}");
        }
        for end in ["a", "_", "-1", ".", ".x", "/", "+08", "%", "=", "。", ".5.5", "e9"] {
            assert_eq!(time(&format!("1714557600{end}")), None, "{end:?}");
        }
    }

    #[test]
    fn a_date_tells_that_a_number_is_a_time() {
        let is_time = |text: &str| read_with_date(text.as_bytes()).is_some();
        assert!(is_time("1117838570 2005.06.03 R02"));
        for text in [
            "1117838570 2005.06.03",
            "1117838570 2005.06.033",
            "1117838570  2005.06.03 ",
            "1117838570 2005-06-03 ",
            "111783857 2005.06.03 x",
            "1117838570",
            "",
        ] {
            assert!(!is_time(text), "{text}");
        }
    }
}
