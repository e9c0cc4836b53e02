//! Many texts in one piece of memory: a large catalog has one beside the other, and no allocation for each.

/// Texts, each of which is found by its number.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    bytes: Vec<u8>,
    /// Where each ends. It begins where the one before ends.
    ends: Vec<u32>,
}

impl Texts {
    /// # Panics
    ///
    /// Where all are longer than 4 GiB.
    pub(super) fn push(&mut self, text: &str) {
        self.bytes.extend_from_slice(text.as_bytes());
        self.ends.push(u32::try_from(self.bytes.len()).expect("notes are less than 4 GiB"));
    }

    #[inline]
    pub(super) fn get(&self, number: usize) -> &[u8] {
        let start = if number == 0 { 0 } else { self.ends[number - 1] as usize };
        &self.bytes[start..self.ends[number] as usize]
    }

    /// How long the longest is, in bytes.
    pub(super) fn longest(&self) -> usize {
        (0..self.ends.len()).map(|number| self.get(number).len()).max().unwrap_or(0)
    }
}
