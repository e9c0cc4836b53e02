//! The one reading of a code, for fields in logs, catalogs, selectors and look-ups.

use std::fmt;
use std::ops::RangeInclusive;

/// The most digits of a code. Codes go from `-999999999` to `999999999`, so that every code fits in an `i32`.
pub(crate) const CODE_DIGITS_MAX: usize = 9;

/// Returns the code that begins at `start`, with the byte offset of its end; `None` where no code begins there.
///
/// A code is `-` or nothing, then 1 to 9 digits with no further digit behind them. Leading zeros are allowed: `-007` is
/// -7. Neither `+` nor white space is part of a code.
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

/// Returns the code that a text consists of, as [`code_at`] reads it; `None` where the text is anything else.
pub(crate) fn parse_code(text: &[u8]) -> Option<i32> {
    code_at(text, 0).filter(|&(_, end)| end == text.len()).map(|(code, _)| code)
}

/// A code or a range of codes, as a user types it in a selector or a look-up: `-204`, `-299..-201`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Codes {
    /// One code.
    One(i32),
    /// The codes from the lower to the higher end, both included.
    Range(RangeInclusive<i32>),
}

/// The error of a text that is neither a code nor a range.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum CodesError {
    /// The text has neither the form of a code nor that of a range.
    OtherForm,
    /// A number in the text has more digits than a code can have.
    TooManyDigits {
        /// The number as it was written.
        code: String,
    },
    /// The range has its higher end first.
    Reversed {
        /// The range as it was written.
        range: String,
    },
}

impl Codes {
    /// Reads a code as [`parse_code`] does, or two codes with `..` between them. White space around each code is
    /// ignored.
    ///
    /// # Errors
    ///
    /// Fails where the text is neither a code nor a range, where a number has too many digits, and where the higher end
    /// of a range stands first.
    pub(crate) fn parse(text: &str) -> Result<Self, CodesError> {
        match text.split_once("..") {
            None => read_code(text).map(Self::One),
            Some((first, last)) => {
                let range = read_code(first)?..=read_code(last)?;
                if range.is_empty() {
                    return Err(CodesError::Reversed { range: text.trim().to_owned() });
                }
                Ok(Self::Range(range))
            }
        }
    }
}

impl fmt::Display for CodesError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OtherForm => {
                write!(f, "write a code of up to {CODE_DIGITS_MAX} digits (-204) or a range (-299..-201)")
            }
            Self::TooManyDigits { code } => {
                write!(f, "{code} is no code: a code has up to {CODE_DIGITS_MAX} digits")
            }
            Self::Reversed { range } => {
                write!(f, "no code is in {range}; write the lower one first: -299..-201")
            }
        }
    }
}

impl std::error::Error for CodesError {}

/// Returns the code that a text consists of, without the white space around it. Fails where the text is no code.
fn read_code(text: &str) -> Result<i32, CodesError> {
    let text = text.trim();
    parse_code(text.as_bytes()).ok_or_else(|| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        if digits.len() > CODE_DIGITS_MAX && digits.bytes().all(|byte| byte.is_ascii_digit()) {
            CodesError::TooManyDigits { code: text.to_owned() }
        } else {
            CodesError::OtherForm
        }
    })
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
    fn codes_and_ranges_may_have_blanks_around_them() {
        for (text, expected) in [
            ("-204", Codes::One(-204)),
            (" 5\t", Codes::One(5)),
            ("-0", Codes::One(0)),
            ("-299..-201", Codes::Range(-299..=-201)),
            (" -5 .. 5 ", Codes::Range(-5..=5)),
            ("-1..-1", Codes::Range(-1..=-1)),
        ] {
            assert_eq!(Codes::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn only_digits_can_be_too_many() {
        let too_many = |code: &str| CodesError::TooManyDigits { code: code.to_owned() };
        for (text, expected) in [
            ("1234567890", too_many("1234567890")),
            (" -0000000001 ", too_many("-0000000001")),
            ("1..1000000000", too_many("1000000000")),
            ("+1234567890", CodesError::OtherForm),
            ("12345678901x", CodesError::OtherForm),
            ("1 2", CodesError::OtherForm),
            ("- 5", CodesError::OtherForm),
            ("-1..", CodesError::OtherForm),
            ("..5", CodesError::OtherForm),
            ("1..2..3", CodesError::OtherForm),
            ("", CodesError::OtherForm),
            (" 2 .. 1 ", CodesError::Reversed { range: "2 .. 1".to_owned() }),
        ] {
            assert_eq!(Codes::parse(text), Err(expected), "{text}");
        }
    }
}
