//! The values of `--explain`: codes, ranges of codes, or log lines.

use crate::catalog::{Codes, CodesError};
use std::ops::RangeInclusive;

/// A value of `--explain`: the codes to explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Code(i32),
    /// The codes of the catalog from the lower to the higher one.
    Range(RangeInclusive<i32>),
    /// The codes in log lines from standard input.
    LogLines,
}

impl Wanted {
    /// Parses a value of `--explain`: a code (`-204`), a range (`-299..-201`), or `-` for log lines.
    ///
    /// # Errors
    ///
    /// Returns the message if the text is none of these, or the higher code of a range comes first.
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        match Codes::parse(text) {
            _ if text == "-" => Ok(Self::LogLines),
            Ok(Codes::One(code)) => Ok(Self::Code(code)),
            Ok(Codes::Range(range)) => Ok(Self::Range(range)),
            Err(CodesError::OtherForm) => {
                Err("write a code of up to 9 digits (-204), a range (-299..-201), or - for log lines from \
                 standard input; --search finds words"
                    .to_owned())
            }
            Err(error) => Err(error.to_string()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_ranges_and_log_lines() {
        for (text, expected) in [
            ("-204", Wanted::Code(-204)),
            ("5", Wanted::Code(5)),
            ("007", Wanted::Code(7)),
            ("-999999999", Wanted::Code(-999_999_999)),
            ("-299..-201", Wanted::Range(-299..=-201)),
            ("-1..-1", Wanted::Range(-1..=-1)),
            ("-1..5", Wanted::Range(-1..=5)),
            (" 5 ", Wanted::Code(5)),
            ("-5 .. -1", Wanted::Range(-5..=-1)),
            ("-", Wanted::LogLines),
        ] {
            assert_eq!(Wanted::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in ["", "foo", "--5", "+5", "0x5", "-1..", "..5", "1..2..3", "-204,-205", "٣"] {
            let error = Wanted::parse(text).expect_err(text);
            assert!(error.contains("--search"), "{text}: {error}");
        }
        assert!(
            Wanted::parse("0000000005").unwrap_err().contains("0000000005 is no code: a code has up to 9")
        );
        assert!(Wanted::parse("-201..-299").unwrap_err().contains("write the lower one first"));
    }
}
