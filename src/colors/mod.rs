//! The colours of severities on terminals: of notes, in reports and in look-ups.

mod appearance;
mod error;
mod words;

pub use error::ColorsError;

use crate::catalog::Severity;
use appearance::Appearance;
use std::str::FromStr;
#[cfg(feature = "cli")]
use words::{COLORS, STYLES};

/// Returns the words that can stand behind `error=` alone, but for numbers.
#[cfg(feature = "cli")]
pub(crate) fn appearance_names() -> impl Iterator<Item = String> {
    let names = COLORS.map(|(name, ..)| name.to_owned()).into_iter();
    let bright = COLORS.map(|(name, ..)| format!("bright-{name}"));
    names.chain(bright).chain(STYLES.map(|(name, _)| name.to_owned())).chain(["none".to_owned()])
}

/// Ends all colours and styles.
pub(crate) const RESET: &[u8] = b"\x1b[0m";

/// The colours of severities: a colour and styles for each. The default is the terminal's own green for success, yellow
/// for action and red for error, which its theme makes readable on its background.
///
/// It is read from severities with their colours, `error=bold red,action=#ffaf00`; a severity that is not named keeps its
/// default. Behind `=` stand at most one colour and any styles, with blanks between, or `none`. Colours are `black`, `red`,
/// `green`, `yellow`, `blue`, `magenta`, `cyan`, `white`, the same with `bright-` before them, the numbers 0 to 255 of the
/// terminal's table, and `#rrggbb`. Styles are `bold`, `dim`, `italic` and `underline`.
///
/// ```
/// use imsdk_annotate::{Annotator, SeverityColors};
///
/// let colors: SeverityColors = "error=bold red".parse()?;
/// let annotator = Annotator::builder().color(true).colors(colors).build();
/// assert_eq!(annotator.annotate(b"ret=-1"), b"ret=-1 \x1b[1;31m(general: failure)\x1b[0m");
/// # Ok::<(), imsdk_annotate::ColorsError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SeverityColors {
    /// The appearance of each severity, in the order of [`Severity::ALL`].
    of: [Appearance; Severity::ALL.len()],
}

impl SeverityColors {
    /// Returns the colours with the changes made, in their order.
    #[cfg(feature = "cli")]
    pub(crate) fn with_all<'a>(changes: impl IntoIterator<Item = &'a ColorChanges>) -> Self {
        changes.into_iter().fold(Self::default(), Self::with)
    }

    fn with(mut self, changes: &ColorChanges) -> Self {
        for &(severity, appearance) in &changes.0 {
            self.of[severity as usize] = appearance;
        }
        self
    }

    /// Returns the sequence that begins the colour of a severity; empty where it has none. [`RESET`] ends it.
    pub(crate) fn sequence(&self, severity: Severity) -> String {
        self.of[severity as usize].sequence()
    }

    /// Returns a text in the colour of a severity.
    #[cfg(feature = "cli")]
    pub(crate) fn painted(&self, severity: Severity, text: &str) -> String {
        let sequence = self.sequence(severity);
        if sequence.is_empty() { text.to_owned() } else { format!("{sequence}{text}\x1b[0m") }
    }
}

impl Default for SeverityColors {
    fn default() -> Self {
        Self { of: [Appearance::GREEN, Appearance::YELLOW, Appearance::RED] }
    }
}

impl FromStr for SeverityColors {
    type Err = ColorsError;

    fn from_str(text: &str) -> Result<Self, ColorsError> {
        Ok(Self::default().with(&ColorChanges::parse(text)?))
    }
}

/// The colours that a text gives to some severities.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ColorChanges(Vec<(Severity, Appearance)>);

impl ColorChanges {
    /// Reads severities with their colours: `error=bold red,action=#ffaf00`. Blanks around each part do not count.
    ///
    /// # Errors
    ///
    /// Returns the first part that is faulty, with what may stand there.
    pub(crate) fn parse(text: &str) -> Result<Self, ColorsError> {
        let mut changes: Vec<(Severity, Appearance)> = Vec::new();
        for part in text.split(',').map(str::trim) {
            let Some((name, words)) = part.split_once('=') else {
                return Err(ColorsError::NoColor { part: part.to_owned() });
            };
            let severity = name.trim().parse().map_err(ColorsError::Severity)?;
            if changes.iter().any(|&(earlier, _)| earlier == severity) {
                return Err(ColorsError::Twice { severity });
            }
            changes.push((severity, Appearance::parse(words)?));
        }
        Ok(Self(changes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_severity_that_is_not_named_keeps_its_default() {
        let colors: SeverityColors = " error = bold red , ACTION=none".parse().unwrap();
        let sequences = Severity::ALL.map(|severity| colors.sequence(severity));
        assert_eq!(sequences, ["\x1b[32m", "", "\x1b[1;31m"]);
    }

    #[test]
    fn faults_name_the_part_and_what_may_stand_there() {
        let said = |text: &str| text.parse::<SeverityColors>().unwrap_err().to_string();
        for (text, expected) in [
            ("", r#""" has no colour; write a severity, = and a colour: error=bold red"#),
            ("error=red,", r#""" has no colour; write a severity, = and a colour: error=bold red"#),
            ("error red", r#""error red" has no colour; write a severity, = and a colour: error=bold red"#),
            ("warning=red", r#"the severity "warning" is none of success, action, error"#),
            ("error=red,error=bold", "error has two colours; leave one out"),
            ("error=", "nothing stands behind =; write a colour, a style or none"),
            ("error=red blue", r#""red blue" has two colours; leave one out"#),
            ("error=none bold", r#""none bold" has none and more; leave one out"#),
            (
                "error=256",
                r##""256" is no colour; numbers are 0 to 255, and others are written #rrggbb: #ffaf00"##,
            ),
            ("error=#ffaf0", r##""#ffaf0" is no colour; # has six hexadecimal digits behind it: #ffaf00"##),
            (
                "error=rde",
                r##""rde" is neither a colour (black, red, green, yellow, blue, magenta, cyan, white, bright-black to bright-white, 0 to 255, #rrggbb, none) nor a style (bold, dim, italic, underline)"##,
            ),
        ] {
            assert_eq!(said(text), expected, "{text}");
        }
    }
}
