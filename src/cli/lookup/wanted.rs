//! Codes as they are typed behind `--explain`.

use std::ops::RangeInclusive;

/// More digits no code has, in logs or in the catalog.
const DIGITS_MAX: usize = 9;

/// What is to be explained.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    Code(i32),
    /// The codes of the catalog from the lower to the higher one.
    Range(RangeInclusive<i32>),
    /// The codes in log lines from standard input.
    LogLines,
}

impl Wanted {
    pub(crate) fn parse(text: &str) -> Result<Self, String> {
        let wanted = match (text, text.split_once("..")) {
            ("-", _) => Some(Self::LogLines),
            (_, Some((first, last))) => {
                code(first).zip(code(last)).map(|(first, last)| Self::Range(first..=last))
            }
            _ => code(text).map(Self::Code),
        };
        match wanted {
            Some(Self::Range(range)) if range.is_empty() => {
                Err("no code is in there; write the lower one first: -299..-201".to_owned())
            }
            Some(wanted) => Ok(wanted),
            None => Err(format!(
                "write a code of up to {DIGITS_MAX} digits (-204), a range (-299..-201), or - for log lines from \
                 standard input; --search finds words"
            )),
        }
    }
}

fn code(text: &str) -> Option<i32> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let is_number =
        (1..=DIGITS_MAX).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_number)
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
            ("-", Wanted::LogLines),
        ] {
            assert_eq!(Wanted::parse(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_code_is_refused() {
        for text in
            ["", "foo", "--5", "+5", "5 ", "0x5", "1000000000", "-1..", "..5", "1..2..3", "-204,-205", "٣"]
        {
            let error = Wanted::parse(text).expect_err(text);
            assert!(error.contains("--search"), "{text}: {error}");
        }
        assert!(Wanted::parse("-201..-299").unwrap_err().contains("write the lower one first"));
    }
}
