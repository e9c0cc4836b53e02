//! The errors of texts that give colours to severities.

use super::words::{COLORS, STYLES};
use crate::catalog::{Severity, SeverityError, shown};
use std::fmt;

/// The error of a text that gives colours to severities.
///
/// ```
/// use imsdk_annotate::SeverityColors;
///
/// let error = "error=red blue".parse::<SeverityColors>().unwrap_err();
/// assert_eq!(error.to_string(), "\"red blue\" has two colours; leave one out");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColorsError {
    /// A part has no `=`.
    NoColor {
        /// The part as it was written.
        part: String,
    },
    /// A name before `=` is no severity.
    Severity(SeverityError),
    /// A severity is named twice.
    Twice {
        /// The severity.
        severity: Severity,
    },
    /// Nothing stands behind `=`.
    Empty,
    /// A number of a colour is larger than 255.
    Number {
        /// The number as it was written.
        word: String,
    },
    /// The digits behind `#` are not six hexadecimal ones.
    Hexadecimal {
        /// The colour as it was written.
        word: String,
    },
    /// A word is neither a colour nor a style.
    Unknown {
        /// The word as it was written.
        word: String,
    },
    /// A severity has two colours.
    TwoColors {
        /// The words behind `=`.
        words: String,
    },
    /// `none` does not stand alone.
    NoneAndMore {
        /// The words behind `=`.
        words: String,
    },
}

impl fmt::Display for ColorsError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoColor { part } => {
                let part = shown(part);
                write!(f, "{part} has no colour; write a severity, = and a colour: error=bold red")
            }
            Self::Severity(error) => error.fmt(f),
            Self::Twice { severity } => write!(f, "{severity} has two colours; leave one out"),
            Self::Empty => f.write_str("nothing stands behind =; write a colour, a style or none"),
            Self::Number { word } => {
                let word = shown(word);
                write!(
                    f,
                    "{word} is no colour; numbers are 0 to 255, and others are written #rrggbb: #ffaf00"
                )
            }
            Self::Hexadecimal { word } => {
                let word = shown(word);
                write!(f, "{word} is no colour; # has six hexadecimal digits behind it: #ffaf00")
            }
            Self::Unknown { word } => {
                let (word, colors) = (shown(word), COLORS.map(|(name, ..)| name).join(", "));
                let styles = STYLES.map(|(name, _)| name).join(", ");
                write!(
                    f,
                    "{word} is neither a colour ({colors}, bright-black to bright-white, 0 to 255, #rrggbb, none) nor a \
                     style ({styles})"
                )
            }
            Self::TwoColors { words } => write!(f, "{} has two colours; leave one out", shown(words)),
            Self::NoneAndMore { words } => write!(f, "{} has none and more; leave one out", shown(words)),
        }
    }
}

impl std::error::Error for ColorsError {}
