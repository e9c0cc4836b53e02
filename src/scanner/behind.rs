//! The text behind a code: it decides if the number goes on.

use super::byte_class::{carries_on, is_digit, is_identifier, opens};
use super::invisible::{self, ROW_MAX, SEQUENCE_MAX_BYTES, joining_length, only_sequence_at};
use super::written::{self, WRITTEN_MAX_BYTES, char_at};

/// The most bytes of a written escape or an invisible sequence that is not whole.
const BEGUN_MAX_BYTES: usize = SEQUENCE_MAX_BYTES + WRITTEN_MAX_BYTES;

/// The verdict of the text behind a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CodeEnd {
    /// True if the number ends: the line ends, or the next character does not carry the number on. Behind a
    /// closing quote or bracket, only a letter, a digit or `_` does.
    pub(super) ends: bool,
    /// True if the text ends within what decides, so that more bytes could change it.
    pub(super) is_undecided: bool,
}

impl CodeEnd {
    /// Looks at the text behind a code, which a quote or a bracket closes if `is_closed` is true.
    #[inline]
    pub(super) fn new(text: &[u8], is_closed: bool, code: i32) -> Self {
        let mut reader = Reader { text, is_undecided: false };
        let ends = match reader.next() {
            None => true,
            Some(0x80..) => code < 0,
            Some(next) if is_closed => !is_identifier(next),
            Some(b',') => !reader.is_group_of_three(),
            Some(b'.' | b':') => !reader.next().is_some_and(is_digit),
            Some(next) => !carries_on(next),
        };
        Self { ends, is_undecided: reader.is_undecided }
    }
}

/// Reads a text character by character, as it is or written. Looks through invisible sequences behind which text goes
/// on.
struct Reader<'t> {
    text: &'t [u8],
    /// True if more bytes could change a character that was read.
    is_undecided: bool,
}

impl Reader<'_> {
    /// Returns the next character; 0xFF for one that is not ASCII, `None` at the end of the text.
    #[inline]
    fn next(&mut self) -> Option<u8> {
        match *self.text {
            [byte, ref rest @ ..] if !opens(byte) => {
                self.text = rest;
                Some(if byte.is_ascii() { byte } else { 0xFF })
            }
            _ => self.next_written(),
        }
    }

    fn next_written(&mut self) -> Option<u8> {
        if let Some(invisible) = only_sequence_at(self.text).filter(|invisible| invisible.joins) {
            self.text = &self.text[invisible.length..];
            return self.next();
        }
        let (length, count) = joining_length(self.text);
        let text = &self.text[length..];
        // A sequence behind the last one that counts is text.
        let is_begun = if count < ROW_MAX { invisible::is_begun } else { written::is_begun };
        self.is_undecided |= text.is_empty() || text.len() <= BEGUN_MAX_BYTES && is_begun(text);
        let next = char_at(text)?;
        self.text = &text[next.length..];
        Some(next.ascii())
    }

    /// Returns true if exactly three digits come next, as in `1,000`.
    fn is_group_of_three(&mut self) -> bool {
        for _ in 0..3 {
            if !self.next().is_some_and(is_digit) {
                return false;
            }
        }
        !self.next().is_some_and(is_digit)
    }
}

/// Returns true if bytes behind a text that follows a code could still make the code part of something longer: the text
/// ends within what decides.
pub(crate) fn is_undecided(text: &[u8]) -> bool {
    CodeEnd::new(text, false, 1).is_undecided
}

/// Returns true if a text right behind a code could make the code part of something longer.
pub(crate) fn may_carry_on(text: &[u8]) -> bool {
    // A positive code is the one that more bytes carry on. A comma carries it on with three digits; the text may have
    // only the first of them.
    !CodeEnd::new(text, false, 1).ends || matches!(text, [b',', next, ..] if is_digit(*next))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ends_field(text: &[u8], is_closed: bool, code: i32) -> bool {
        CodeEnd::new(text, is_closed, code).ends
    }

    #[test]
    fn what_carries_a_number_on_may_be_written_or_colored() {
        for text in [
            "",
            " ",
            "\n",
            ")",
            ".",
            ". ",
            ".x",
            ":x",
            ",20",
            ",2000",
            ",x",
            "\\n",
            "\\",
            "%26",
            "%2c",
            "&x",
            "&#59;",
            "#",
            "\x1b[0m",
            "\x1b[0m,",
            "\x1b[1Gx",
            "^[[0m ",
            "#033[0m",
            "&nbsp;",
            "%0A",
            "\x1b[0m\x1b[0m\x1b[0m\x1b[0m\x1b[0mx",
        ] {
            assert!(ends_field(text.as_bytes(), false, 5), "{text}");
        }
        for text in [
            "x",
            "_",
            "5",
            "%",
            "%2",
            "%%",
            "%g0",
            "%2F",
            "\\/",
            "\\u0041",
            "&#x2F;",
            ".5",
            ":5",
            ",200",
            "%2C205",
            "%2E5",
            "%250",
            "\x1b[31mx",
            "\x1b[31m%",
            ".\x1b[31m5",
            "^2",
            "\x1b[0m\x1b[0m\x1b[0m\x1b[0mx",
        ] {
            assert!(!ends_field(text.as_bytes(), false, -5), "{text}");
        }
        for text in ["失", "%E3%80%82", "\\u3002", "\x1b[31m，"] {
            assert!(
                ends_field(text.as_bytes(), false, -5) && !ends_field(text.as_bytes(), false, 5),
                "{text}"
            );
            assert!(!ends_field(text.as_bytes(), true, 5), "{text}");
        }
        for text in ["%", "/", "-", ".5", "=", "%2F"] {
            assert!(ends_field(text.as_bytes(), true, 5), "{text}");
        }
        for text in ["x", "_", "5", "%41", "\x1b[Kx"] {
            assert!(!ends_field(text.as_bytes(), true, -5), "{text}");
        }
    }

    #[test]
    fn a_text_that_ends_within_what_decides_is_undecided() {
        for text in [
            "", ".", ":", ",", ",1", ",12", ",123", "\\", "\\u00", "%2", "&", "&#6", "&am", "#", "#0",
            "\x1b", "\x1b[3", "^", "^[", "^[[0", "\x1b[0m", "\x1b[0m.", ".%3", ",1\\",
        ] {
            assert!(is_undecided(text.as_bytes()), "{text}");
        }
        for text in [
            " ", "\n", ". ", ".5", ",x", ",1x", ",1234", "\\n", "\\q", "%26", "&x", "&#65;", "\x1b[1G", "x",
            ")",
        ] {
            assert!(!is_undecided(text.as_bytes()), "{text}");
        }
    }
}
