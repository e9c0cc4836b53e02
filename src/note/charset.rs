//! The encoding of notes.

use std::fmt;

/// An encoding of notes that keeps ASCII. The library has UTF-8 alone; others are functions of the caller, because their
/// tables are large.
#[derive(Clone, Copy)]
pub(crate) struct Charset {
    /// Appends a text in the encoding, with something in ASCII for each character that the encoding lacks. Returns true
    /// if it has all.
    encode: fn(&str, &mut Vec<u8>) -> bool,
}

impl Charset {
    /// Takes a function that appends a text in the encoding, with something in ASCII for each character that the
    /// encoding lacks, such as `U+1F600`, and returns true if the encoding has all. It must encode each character by
    /// itself, so that the encoded beginning of a text is the beginning of the encoded text, and must make at most three
    /// bytes of each byte.
    #[cfg(feature = "cli")]
    pub(crate) fn new(encode: fn(&str, &mut Vec<u8>) -> bool) -> Self {
        Self { encode }
    }

    /// Appends a text, and returns true if the encoding has all its characters.
    pub(super) fn encode(self, text: &str, bytes: &mut Vec<u8>) -> bool {
        (self.encode)(text, bytes)
    }

    /// Returns a text in the encoding.
    pub(super) fn encoded(self, text: &str) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(text.len());
        self.encode(text, &mut bytes);
        bytes
    }

    /// Returns true if the encoding has all characters of a text.
    pub(super) fn has(self, text: &str) -> bool {
        text.is_ascii() || self.encode(text, &mut Vec::new())
    }
}

impl Default for Charset {
    /// Returns UTF-8.
    fn default() -> Self {
        let encode = |text: &str, bytes: &mut Vec<u8>| {
            bytes.extend_from_slice(text.as_bytes());
            true
        };
        Self { encode }
    }
}

impl fmt::Debug for Charset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Charset")
    }
}
