//! Whether a place of a line stands within a string in double quotes.

use memchr::memchr;

/// The double quotes of a line so far. One with an odd number of backslashes before it is no quote.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineQuotes {
    in_string: bool,
    /// The place where the string begins that was opened last, behind its quote.
    string_start: usize,
    /// All before this place of the text has been looked at.
    looked_up_to: usize,
    /// Whether the backslashes that end there are odd in number.
    odd_backslashes: bool,
}

impl LineQuotes {
    /// Looks at the line up to `to`, not before the last one, and returns whether that is within a string.
    pub(crate) fn advance(&mut self, text: &[u8], to: usize) -> bool {
        let to = to.max(self.looked_up_to);
        while let Some(quote) = memchr(b'"', &text[self.looked_up_to..to]) {
            self.look_at_backslashes(&text[self.looked_up_to..][..quote]);
            self.looked_up_to += quote + 1;
            if !self.odd_backslashes {
                self.in_string = !self.in_string;
                self.string_start = self.looked_up_to;
            }
            self.odd_backslashes = false;
        }
        self.look_at_backslashes(&text[self.looked_up_to..to]);
        self.looked_up_to = to;
        self.in_string
    }

    /// A line that begins at that place of the text. A newline ends all strings.
    pub(crate) fn beginning_at(start: usize) -> Self {
        Self { looked_up_to: start, ..Self::default() }
    }

    /// The place where the string begins that was opened last, behind its quote.
    pub(crate) fn string_start(&self) -> usize {
        self.string_start
    }

    fn look_at_backslashes(&mut self, text: &[u8]) {
        let count = text.iter().rev().take_while(|&&byte| byte == b'\\').count();
        self.odd_backslashes = (count % 2 == 1) ^ (count == text.len() && self.odd_backslashes);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
