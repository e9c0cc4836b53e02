//! Many texts in one piece of memory: a large catalog has one beside the other, and no allocation for each.

use std::ops::Range;

/// Texts, each of which is found by its number.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    /// Where each begins and ends.
    places: Vec<Range<u32>>,
}

impl Texts {
    /// # Panics
    ///
    /// Where all are longer than 4 GiB.
    pub(super) fn push(&mut self, text: &str) {
        let end = |bytes: &Vec<u8>| u32::try_from(bytes.len()).expect("notes are less than 4 GiB");
        let start = end(&self.bytes);
        self.bytes.extend_from_slice(text.as_bytes());
        self.places.push(start..end(&self.bytes));
    }

    /// Puts bytes behind the last text, for who looks at what stands behind one.
    pub(super) fn pad(&mut self, count: usize) {
        self.bytes.resize(self.bytes.len() + count, 0);
    }

    pub(super) fn get(&self, number: usize) -> &[u8] {
        let (texts, place) = self.place(number);
        &texts[place]
    }

    /// Where a text stands among the others.
    #[inline]
    pub(super) fn place(&self, number: usize) -> (&[u8], Range<usize>) {
        let Range { start, end } = self.places[number];
        (&self.bytes, start as usize..end as usize)
    }

    /// How long the longest is, in bytes.
    pub(super) fn longest(&self) -> usize {
        self.places.iter().map(Range::len).max().unwrap_or(0)
    }
}
