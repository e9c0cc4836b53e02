//! The one reading of a code, for fields in logs, catalogs, selectors and look-ups.

/// The most digits that a code has: `-999999999` to `999999999`, so that every code fits in an `i32`.
pub(crate) const CODE_DIGITS_MAX: usize = 9;

/// Returns the code that begins at `start` with the byte offset of its end: `-` or nothing, then 1 to 9 digits with no
/// further digit behind them. Zeros before other digits count for nothing (`-007` is -7); `+5` and blanks are no part of a
/// code. Returns `None` where no code begins at `start`.
#[inline]
pub(crate) fn code_at(haystack: &[u8], start: usize) -> Option<(i32, usize)> {
    let negative = haystack.get(start) == Some(&b'-');
    let first = start + usize::from(negative);
    let digits =
        haystack.get(first..)?.iter().take(CODE_DIGITS_MAX + 1).take_while(|byte| byte.is_ascii_digit());
    let (mut magnitude, mut count) = (0_i32, 0);
    for &digit in digits {
        if count == CODE_DIGITS_MAX {
            return None;
        }
        magnitude = magnitude * 10 + i32::from(digit - b'0');
        count += 1;
    }
    (count > 0).then_some((if negative { -magnitude } else { magnitude }, first + count))
}

/// Returns the code that the whole text is, as [`code_at`] reads it.
pub(crate) fn parse_code(text: &[u8]) -> Option<i32> {
    code_at(text, 0).filter(|&(_, end)| end == text.len()).map(|(code, _)| code)
}

/// Returns whether a text is written as a code is but has too many digits: `-1234567890`.
pub(crate) fn has_too_many_digits(text: &[u8]) -> bool {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    digits.len() > CODE_DIGITS_MAX && digits.iter().all(u8::is_ascii_digit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_one_to_nine_digits() {
        for (text, expected) in [
            ("-204", Some(-204)),
            ("5", Some(5)),
            ("0", Some(0)),
            ("-0", Some(0)),
            ("007", Some(7)),
            ("-000000001", Some(-1)),
            ("999999999", Some(999_999_999)),
            ("-999999999", Some(-999_999_999)),
            ("0000000001", None),
            ("1000000000", None),
            ("-1000000000", None),
            ("", None),
            ("-", None),
            ("--5", None),
            ("+5", None),
            (" 5", None),
            ("5 ", None),
            ("5.0", None),
            ("0x5", None),
            ("１", None),
            ("٣", None),
        ] {
            assert_eq!(parse_code(text.as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn a_code_ends_behind_its_last_digit() {
        assert_eq!(code_at(b"ret=-204;", 4), Some((-204, 8)));
        assert_eq!(code_at(b"ret=-204", 4), Some((-204, 8)));
        assert_eq!(code_at(b"ret=1234567890", 4), None);
        assert_eq!(code_at(b"ret=", 4), None);
        assert_eq!(code_at(b"ret=", 5), None);
    }

    #[test]
    fn only_digits_can_be_too_many() {
        for (text, expected) in [
            ("1234567890", true),
            ("-0000000001", true),
            ("123456789", false),
            ("-123456789", false),
            ("+1234567890", false),
            ("12345678901x", false),
            ("", false),
        ] {
            assert_eq!(has_too_many_digits(text.as_bytes()), expected, "{text}");
        }
    }
}
