//! Many texts in one allocation: a large catalog needs none for each entry.

use super::charset::Charset;
use crate::buffer::CHUNK_BYTES;
use std::ops::Range;

/// Texts in one buffer. The number of a text is its position in the order of [`Texts::push`].
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    /// The range in `bytes` of each text.
    places: Vec<Range<u32>>,
}

impl Texts {
    /// Appends a text in an encoding, which gets the next number.
    ///
    /// # Panics
    ///
    /// Panics if all texts together are longer than 4 GiB.
    pub(super) fn push(&mut self, text: &str, charset: Charset) {
        self.push_with(|bytes| {
            charset.encode(text, bytes);
        });
    }

    /// Appends the text that `write` appends to the buffer, as [`Texts::push`] does.
    pub(super) fn push_with(&mut self, write: impl FnOnce(&mut Vec<u8>)) {
        let end = |bytes: &Vec<u8>| u32::try_from(bytes.len()).expect("notes are less than 4 GiB");
        let start = end(&self.bytes);
        write(&mut self.bytes);
        self.places.push(start..end(&self.bytes));
    }

    /// Appends zero bytes behind the last text, for a caller that reads a fixed number of bytes from where a text
    /// begins.
    pub(super) fn pad(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, 0);
    }

    /// Returns a text.
    pub(super) fn get(&self, number: usize) -> &[u8] {
        let (texts, place) = self.place(number);
        &texts[place]
    }

    /// Returns the texts, which must be UTF-8, in the order of their numbers.
    pub(super) fn iter(&self) -> impl Iterator<Item = &str> {
        let text = |number| std::str::from_utf8(self.get(number)).expect("texts are UTF-8");
        (0..self.places.len()).map(text)
    }

    /// Returns texts made of these, which must be UTF-8, by `change`, in an encoding, with zero bytes behind them for a
    /// caller that copies whole chunks.
    pub(super) fn map(&self, change: impl Fn(&str) -> String, charset: Charset) -> Self {
        let mut changed = Self::default();
        self.iter().for_each(|text| changed.push(&change(text), charset));
        changed.pad(CHUNK_BYTES);
        changed
    }

    /// Returns the buffer with all texts, and the range of one of them.
    #[inline(always)]
    pub(super) fn place(&self, number: usize) -> (&[u8], Range<usize>) {
        let Range { start, end } = self.places[number];
        (&self.bytes, start as usize..end as usize)
    }

    /// Returns true if all texts are ASCII.
    #[cfg(feature = "cli")]
    pub(super) fn are_ascii(&self) -> bool {
        self.bytes.is_ascii()
    }

    /// Returns the length of the longest text in bytes; 0 where there is none.
    pub(super) fn longest(&self) -> usize {
        self.places.iter().map(Range::len).max().unwrap_or(0)
    }
}
