//! The limits of checks: `>3`, and growth since an earlier run, `>+20%` and `>+100`.

use std::fmt;

/// The number of fields up to which a check does not take notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Fields(u64),
    /// This number of fields more than in the earlier run.
    More(u64),
    /// This part of a hundred more than in the earlier run.
    MorePercent(u64),
}

/// The error of a text that is no limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct NoLimit(String);

impl Limit {
    /// Reads a number, or a number or a percentage behind `+`. White space around it is ignored.
    ///
    /// # Errors
    ///
    /// Fails where the text is anything else.
    pub(super) fn parse(text: &str) -> Result<Self, NoLimit> {
        let text = text.trim();
        let number = |digits: &str| {
            let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
            digits.parse().ok().filter(|_| is_number).ok_or_else(|| NoLimit(text.to_owned()))
        };
        match text.strip_prefix('+') {
            None => number(text).map(Self::Fields),
            Some(growth) => match growth.strip_suffix('%') {
                None => number(growth).map(Self::More),
                Some(percent) => number(percent).map(Self::MorePercent),
            },
        }
    }

    /// Returns true if the limit depends on an earlier run.
    pub(super) fn is_growth(self) -> bool {
        !matches!(self, Self::Fields(_))
    }

    /// Returns the largest number of fields that the limit allows. `earlier` is the number of the earlier run.
    pub(super) fn fields(self, earlier: u64) -> u64 {
        match self {
            Self::Fields(fields) => fields,
            Self::More(more) => earlier.saturating_add(more),
            Self::MorePercent(percent) => {
                let more = u128::from(earlier) * u128::from(percent) / 100;
                earlier.saturating_add(u64::try_from(more).unwrap_or(u64::MAX))
            }
        }
    }
}

impl fmt::Display for NoLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} is no number; write SELECT>N: 'error>10', 'error>+20%'", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_numbers_and_growth() {
        for (text, earlier, fields) in [
            ("0", 7, 0),
            (" 12 ", 7, 12),
            ("+0", 7, 7),
            ("+100", 7, 107),
            ("+20%", 4, 4),
            ("+20%", 5, 6),
            ("+20%", 0, 0),
            ("+150%", 10, 25),
            ("+18446744073709551615", 7, u64::MAX),
            ("+18446744073709551615%", u64::MAX, u64::MAX),
        ] {
            assert_eq!(Limit::parse(text).map(|limit| limit.fields(earlier)), Ok(fields), "{text}");
        }
        for text in
            ["", "+", "%", "+%", "-1", "20%", "+-1", "++1", "1.5", "+1 %", "x", "18446744073709551616"]
        {
            assert_eq!(Limit::parse(text), Err(NoLimit(text.to_owned())), "{text}");
        }
    }
}
