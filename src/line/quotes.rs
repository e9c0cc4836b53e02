//! Tells if a place of a line is within a string in double quotes.

use crate::scanner;
use fearless_simd::{Level, dispatch, prelude::*, u8x64};

/// The bytes that are looked at together.
const BLOCK_BYTES: usize = 64;

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
        if to > self.looked_up_to {
            dispatch!(Level::new(), simd => simd.vectorize(
                #[inline(always)]
                || self.advance_with(simd, text, to),
            ));
        }
        self.in_string
    }

    /// Looks at the line up to `to`, a block at a time.
    #[inline(always)]
    fn advance_with<S: Simd>(&mut self, simd: S, text: &[u8], to: usize) {
        while self.looked_up_to < to {
            let start = self.looked_up_to;
            let count = BLOCK_BYTES.min(to - start);
            let mut padded;
            let block = match text[start..].first_chunk::<BLOCK_BYTES>() {
                Some(block) => block,
                None => {
                    padded = [0; BLOCK_BYTES];
                    padded[..count].copy_from_slice(&text[start..to]);
                    &padded
                }
            };
            let bytes = u8x64::from_slice(simd, block);
            let quotes = bytes.simd_eq(b'"').to_bitmask() & (u64::MAX >> (BLOCK_BYTES - count));
            let is_behind_backslash = text[..start].last() == Some(&b'\\');
            let behind_backslash = bytes.simd_eq(b'\\').to_bitmask() << 1 | u64::from(is_behind_backslash);
            self.looked_up_to += count;
            if quotes & behind_backslash != 0 {
                self.count_one_by_one(text, start, quotes);
            } else if quotes != 0 {
                self.in_string ^= quotes.count_ones() % 2 == 1;
                self.string_start = start + BLOCK_BYTES - quotes.leading_zeros() as usize;
            }
        }
    }

    /// Counts the quotes of a block, some of which may be escaped.
    #[inline(never)]
    fn count_one_by_one(&mut self, text: &[u8], start: usize, mut quotes: u64) {
        while quotes != 0 {
            let quote = start + quotes.trailing_zeros() as usize;
            quotes &= quotes - 1;
            if scanner::backslashes_before(&text[..quote]).is_multiple_of(2) {
                self.in_string = !self.in_string;
                self.string_start = quote + 1;
            }
        }
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
            for before in ["", "x", &"x".repeat(61), &"x".repeat(62), &"x".repeat(63), &"x".repeat(64)] {
                let text = format!("{before}{text}");
                // Bytes behind the place make no difference.
                for behind in ["", "\"", "\\\"", &"\"".repeat(BLOCK_BYTES)] {
                    let longer = format!("{text}{behind}");
                    for cut in 0..=text.len() {
                        let mut quotes = LineQuotes::default();
                        quotes.advance(longer.as_bytes(), cut);
                        let is_in_string = quotes.advance(longer.as_bytes(), text.len());
                        assert_eq!(is_in_string, expected, "{longer} {cut}");
                        if is_in_string {
                            let start = quotes.string_start();
                            assert!(text[..start].ends_with('"') && start <= text.len(), "{longer} {cut}");
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn many_quotes_are_counted_as_one_by_one() {
        let text = br#"{"a":"b\\","c"":"\"d"}"#.repeat(9);
        let mut is_in_string = false;
        for to in 0..text.len() {
            let mut quotes = LineQuotes::default();
            assert_eq!(quotes.advance(&text, to), is_in_string, "{to}");
            let is_escaped = !scanner::backslashes_before(&text[..to]).is_multiple_of(2);
            is_in_string ^= text[to] == b'"' && !is_escaped;
        }
    }
}
