//! The appearance of a text on a terminal: a colour and styles, as an escape sequence (SGR, "select graphic rendition").

use super::error::ColorsError;
use super::words::{COLORS, STYLES};
use colored::Color;

/// The colour of a text. Terminals give the names their own colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Foreground {
    /// A colour with a name, or with a number of the terminal's table of 256 colours.
    OfTerminal(Color),
    /// Red, green and blue. The crate `colored` would take another colour where COLORTERM is not set.
    Exact([u8; 3]),
}

/// The colour and the styles of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Appearance {
    foreground: Option<Foreground>,
    /// True for each of [`STYLES`] that the text has.
    styles: [bool; STYLES.len()],
}

impl Appearance {
    pub(super) const RED: Self = Self::named(Color::Red);
    pub(super) const GREEN: Self = Self::named(Color::Green);
    pub(super) const YELLOW: Self = Self::named(Color::Yellow);

    const fn named(color: Color) -> Self {
        Self { foreground: Some(Foreground::OfTerminal(color)), styles: [false; STYLES.len()] }
    }

    /// Reads a colour and styles with blanks between, in any case and order, or `none`.
    ///
    /// # Errors
    ///
    /// Returns the first word that is neither, or the words that cannot stand together.
    pub(super) fn parse(words: &str) -> Result<Self, ColorsError> {
        let lower = words.to_lowercase();
        let all: Vec<&str> = lower.split_whitespace().collect();
        let mut appearance = Self { foreground: None, styles: [false; STYLES.len()] };
        if all.is_empty() {
            return Err(ColorsError::Empty);
        }
        if all == ["none"] {
            return Ok(appearance);
        }
        for word in &all {
            if let Some(style) = STYLES.iter().position(|(name, _)| name == word) {
                appearance.styles[style] = true;
            } else if *word == "none" {
                return Err(ColorsError::NoneAndMore { words: words.trim().to_owned() });
            } else if appearance.foreground.replace(Foreground::parse(word)?).is_some() {
                return Err(ColorsError::TwoColors { words: words.trim().to_owned() });
            }
        }
        Ok(appearance)
    }

    /// Returns the sequence that sets the colour and the styles; empty where there are none.
    pub(super) fn sequence(&self) -> String {
        let styles = STYLES.iter().zip(self.styles).filter(|(_, is_set)| *is_set);
        let mut parameters: Vec<String> = styles.map(|((_, parameter), _)| parameter.to_string()).collect();
        parameters.extend(self.foreground.map(Foreground::parameters));
        if parameters.is_empty() { String::new() } else { format!("\x1b[{}m", parameters.join(";")) }
    }
}

impl Foreground {
    /// Reads a colour: a name, a number, or `#rrggbb`, in lower case.
    ///
    /// # Errors
    ///
    /// Returns the word, with what is wrong about it.
    fn parse(word: &str) -> Result<Self, ColorsError> {
        if let Some(digits) = word.strip_prefix('#') {
            let is_exact = digits.len() == 6 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
            return match u32::from_str_radix(digits, 16) {
                Ok(number) if is_exact => {
                    let [_, red, green, blue] = number.to_be_bytes();
                    Ok(Self::Exact([red, green, blue]))
                }
                _ => Err(ColorsError::Hexadecimal { word: word.to_owned() }),
            };
        }
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            let number = word.parse().map(|number| Self::OfTerminal(Color::AnsiColor(number)));
            return number.map_err(|_| ColorsError::Number { word: word.to_owned() });
        }
        let (name, is_bright) = word.strip_prefix("bright-").map_or((word, false), |name| (name, true));
        let color = COLORS.iter().find(|(color, ..)| *color == name);
        let color = color.map(|&(_, color, bright)| Self::OfTerminal(if is_bright { bright } else { color }));
        color.ok_or_else(|| ColorsError::Unknown { word: word.to_owned() })
    }

    /// Returns the parameters of the sequence that sets the colour.
    fn parameters(self) -> String {
        match self {
            Self::OfTerminal(color) => color.to_fg_str().into_owned(),
            Self::Exact([red, green, blue]) => format!("38;2;{red};{green};{blue}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_give_a_sequence() {
        for (words, expected) in [
            ("none", ""),
            ("red", "\x1b[31m"),
            (" Bright-White ", "\x1b[97m"),
            ("bright-black", "\x1b[90m"),
            ("bold", "\x1b[1m"),
            ("blue underline bold", "\x1b[1;4;34m"),
            ("dim italic dim", "\x1b[2;3m"),
            ("0", "\x1b[38;5;0m"),
            ("255 bold", "\x1b[1;38;5;255m"),
            ("#FFaf00", "\x1b[38;2;255;175;0m"),
        ] {
            assert_eq!(Appearance::parse(words).unwrap().sequence(), expected, "{words}");
        }
    }

    #[test]
    fn other_words_are_refused() {
        for words in [
            "-1",
            "+1",
            "256",
            "999999999999",
            "#",
            "#12345",
            "#1234567",
            "#+12345",
            "#ééé",
            "bright",
            "grey",
            "red;",
        ] {
            assert!(Appearance::parse(words).is_err(), "{words}");
        }
    }
}
