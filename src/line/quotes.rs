//! Tells if a place of a line is within a string in double quotes.

use crate::scanner;
use memchr::memchr;

/// The double quotes of a line so far. A quote with an odd number of backslashes before it is escaped, and does not
/// count.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineQuotes {
    in_string: bool,
    /// The byte offset behind the last quote that counts.
    string_start: usize,
    /// The byte offset up to which the text has been looked at.
    looked_up_to: usize,
}

impl LineQuotes {
    /// Looks at the line up to `to`, or up to the last call's place where that is later. Returns true if this is within
    /// a string.
    pub(crate) fn advance(&mut self, text: &[u8], to: usize) -> bool {
        let to = to.max(self.looked_up_to);
        while let Some(quote) = memchr(b'"', &text[self.looked_up_to..to]) {
            self.looked_up_to += quote + 1;
            if scanner::backslashes_before(&text[..self.looked_up_to - 1]).is_multiple_of(2) {
                self.in_string = !self.in_string;
                self.string_start = self.looked_up_to;
            }
        }
        self.looked_up_to = to;
        self.in_string
    }

    /// Returns the state at the beginning of a line, at byte offset `start` of the text. A newline ends all strings.
    pub(crate) fn beginning_at(start: usize) -> Self {
        Self { looked_up_to: start, ..Self::default() }
    }

    /// Returns the byte offset behind the last quote that counts: within a string, the string begins there.
    pub(crate) fn string_start(&self) -> usize {
        self.string_start
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_second_half_of_a_character_is_no_backslash() {
        assert!(!LineQuotes::default().advance(b"\"\xE9\\\"", 4));
        assert!(LineQuotes::default().advance(b"\"\xD6\xEC\\\"", 5));
    }

    #[test]
    fn strings_begin_and_end_at_quotes_that_are_not_escaped() {
        for (text, expected) in [
            ("", false),
            ("a", false),
            ("{\"", true),
            ("{\"a", true),
            ("{\"a\"", false),
            ("\"a\\\"", true),
            ("\"a\\\\\"", false),
            ("\"a\\\\\\\"", true),
            ("\\\"", false),
        ] {
            for cut in 0..=text.len() {
                let mut quotes = LineQuotes::default();
                quotes.advance(text.as_bytes(), cut);
                assert_eq!(quotes.advance(text.as_bytes(), text.len()), expected, "{text} {cut}");
            }
        }
    }
}
