//! Whether a place of a line stands within a string in double quotes.

use memchr::{memchr, memrchr};

/// The double quotes of a line so far. One with an odd number of backslashes before it is no quote.
#[derive(Clone, Debug, Default)]
pub(crate) struct LineQuotes {
    in_string: bool,
    /// All before this place of the window has been looked at.
    looked_up_to: usize,
    /// Whether the backslashes that end there are odd in number.
    odd_backslashes: bool,
}

impl LineQuotes {
    /// Looks at the window up to `to`, and returns whether that is within a string. A newline ends all strings.
    ///
    /// Where more has been looked at already, because a part ended in a field, it is the end of that which counts:
    /// between a key and its `=` there is no quote.
    pub(crate) fn advance(&mut self, window: &[u8], to: usize) -> bool {
        let to = to.max(self.looked_up_to);
        if let Some(newline) = memrchr(b'\n', &window[self.looked_up_to..to]) {
            *self = Self { looked_up_to: self.looked_up_to + newline + 1, ..Self::default() };
        }
        while let Some(quote) = memchr(b'"', &window[self.looked_up_to..to]) {
            self.look_at_backslashes(&window[self.looked_up_to..][..quote]);
            self.in_string ^= !self.odd_backslashes;
            self.odd_backslashes = false;
            self.looked_up_to += quote + 1;
        }
        self.look_at_backslashes(&window[self.looked_up_to..to]);
        self.looked_up_to = to;
        self.in_string
    }

    /// A line that begins at that place of the window.
    pub(crate) fn beginning_at(start: usize) -> Self {
        Self { looked_up_to: start, ..Self::default() }
    }

    /// Tells that what was at `from` in the window is at `to` now.
    pub(crate) fn moved(&mut self, from: usize, to: usize) {
        self.looked_up_to = (self.looked_up_to + to).saturating_sub(from);
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
            ("\"a\n", false),
            ("a\n\"", true),
        ] {
            for cut in 0..=text.len() {
                let mut quotes = LineQuotes::default();
                quotes.advance(text.as_bytes(), cut);
                quotes.moved(7, 7);
                assert_eq!(quotes.advance(text.as_bytes(), text.len()), expected, "{text} {cut}");
            }
        }
    }
}
