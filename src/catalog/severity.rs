//! Severities: success, success with something left to do, and failure.

use super::shown;
use std::fmt;
use std::str::FromStr;

/// The severity of an answer. It is read from its name and written as its name.
///
/// ```
/// use imsdk_annotate::Severity;
///
/// assert_eq!("Error".parse(), Ok(Severity::Error));
/// assert_eq!(Severity::Error.to_string(), "error");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Severity {
    /// The request succeeded.
    Success,
    /// The request succeeded, and the caller has something left to do.
    Action,
    /// The request failed.
    Error,
}

impl Severity {
    /// Every severity, from the best to the worst.
    pub(crate) const ALL: [Self; 3] = [Self::Success, Self::Action, Self::Error];

    /// Returns the name in lower case: `success`, `action` or `error`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Action => "action",
            Self::Error => "error",
        }
    }
}

impl FromStr for Severity {
    type Err = SeverityError;

    /// Reads the name of a severity, in any case. Fails where the text is no such name.
    fn from_str(name: &str) -> Result<Self, SeverityError> {
        Self::ALL
            .into_iter()
            .find(|severity| name.eq_ignore_ascii_case(severity.name()))
            .ok_or_else(|| SeverityError { name: name.to_owned() })
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// The error of a text that names no severity.
///
/// ```
/// use imsdk_annotate::Severity;
///
/// let error = "warning".parse::<Severity>().unwrap_err();
/// assert_eq!(error.to_string(), "the severity \"warning\" is none of success, action, error");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct SeverityError {
    /// The text as it was written.
    pub name: String,
}

impl fmt::Display for SeverityError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = Severity::ALL.map(Severity::name).join(", ");
        write!(f, "the severity {} is none of {names}", shown(&self.name))
    }
}

impl std::error::Error for SeverityError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_severity_is_read_from_its_name_alone() {
        for severity in Severity::ALL {
            assert_eq!(severity.name().parse(), Ok(severity));
            assert_eq!(severity.to_string().to_uppercase().parse(), Ok(severity));
        }
        for text in ["", " error", "errors", "warning"] {
            assert_eq!(text.parse::<Severity>(), Err(SeverityError { name: text.to_owned() }), "{text:?}");
        }
    }
}
