//! The values of `--explain`: codes, ranges of codes, fields, or log lines.

use crate::Annotator;
use crate::catalog::{Codes, CodesError};
use crate::program::terminal::visible::visible;
use std::ops::RangeInclusive;

/// The remedy for a value that is refused.
const USAGE: &str = "write a code of up to 9 digits (-204), a range (-299..-201), a field (ret=-204), or - for log \
                     lines from standard input; --search finds words";

/// A value of `--explain`: the codes to explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Code(i32),
    /// The codes of the catalog from the lower to the higher one.
    Range(RangeInclusive<i32>),
    /// The codes of the fields in a text: `ret=-204`. The text has neither been searched nor found to have a field.
    Fields(String),
    /// The codes in log lines from standard input.
    LogLines,
}

impl Wanted {
    /// Parses a value of `--explain`: codes (`-204`), ranges (`-299..-201`) and `-` for log lines, with commas between
    /// them, or a text with fields (`ret=-204`), which may have commas of its own.
    ///
    /// # Errors
    ///
    /// Returns the message if a number has too many digits, if the higher code of a range comes first, or if some of
    /// the parts between commas are codes and others are not.
    pub(crate) fn parse_list(text: &str) -> Result<Vec<Self>, String> {
        let parts: Vec<_> = text.split(',').map(Self::parse_codes).collect::<Result<_, _>>()?;
        match parts.iter().flatten().count() {
            0 => Ok(vec![Self::Fields(text.to_owned())]),
            count if count == parts.len() => Ok(parts.into_iter().flatten().collect()),
            _ => Err(format!("not all parts between commas are codes; {USAGE}")),
        }
    }

    /// Parses a code, a range or `-`. Returns `None` if the text has another form.
    fn parse_codes(text: &str) -> Result<Option<Self>, String> {
        match Codes::parse(text) {
            _ if text == "-" => Ok(Some(Self::LogLines)),
            Ok(Codes::One(code)) => Ok(Some(Self::Code(code))),
            Ok(Codes::Range(range)) => Ok(Some(Self::Range(range))),
            Err(CodesError::OtherForm) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }

    /// Returns the codes of the fields in the text of [`Wanted::Fields`], known or not, as the annotator finds them.
    ///
    /// # Errors
    ///
    /// Returns the message if the text has no field.
    pub(super) fn codes_of_fields(text: &str, annotator: &Annotator) -> Result<Vec<i32>, String> {
        let codes: Vec<i32> = annotator.fields(text.as_bytes()).map(|field| field.code()).collect();
        if codes.is_empty() {
            return Err(format!("--explain {}: is no code, and has no field in it; {USAGE}", visible(text)));
        }
        Ok(codes)
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
            ("ret=-204", Wanted::Fields("ret=-204".to_owned())),
            ("ret=-204,x", Wanted::Fields("ret=-204,x".to_owned())),
        ] {
            assert_eq!(Wanted::parse_list(text), Ok(vec![expected]), "{text}");
        }
        let listed = vec![Wanted::Code(-204), Wanted::Range(-3..=-1), Wanted::LogLines];
        assert_eq!(Wanted::parse_list("-204, -3..-1,-"), Ok(listed));
    }

    #[test]
    fn what_is_no_code_is_refused() {
        let annotator = Annotator::builder().unknown(true).build();
        for text in
            ["", "foo", "--5", "+5", "0x5", "-1..", "..5", "1..2..3", "٣", "-1 -5", "ret=7", "http_code=-1"]
        {
            assert_eq!(Wanted::parse_list(text), Ok(vec![Wanted::Fields(text.to_owned())]));
            let error = Wanted::codes_of_fields(text, &annotator).expect_err(text);
            assert!(
                error.contains(": is no code, and has no field in it; ") && error.contains("--search"),
                "{error}"
            );
        }
        for (text, expected) in [
            ("0000000005", "0000000005 is no code: a code has up to 9"),
            ("-201..-299", "write the lower one first"),
            ("-204,foo", "not all parts between commas are codes"),
            ("ret=-204,5", "not all parts between commas are codes"),
        ] {
            let error = Wanted::parse_list(text).expect_err(text);
            assert!(error.contains(expected), "{text}: {error}");
        }
    }
}
