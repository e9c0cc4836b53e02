//! Observers: who is told of the fields of a stream, and changes nothing.

use crate::field::Field;
use std::ops::Range;

/// A part of a stream that has been worked on.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a> {
    /// What is there of the stream: the part, and something before and behind it.
    pub text: &'a [u8],
    /// Where the part begins in the text. It is where the last part ended.
    pub start: usize,
    /// The end of the part: at the end of a line, or in a line that is longer than the buffer or than 128 KiB, or at
    /// the end of the stream.
    pub end: usize,
    /// Where in its input the first byte of the source is: not 0, where the source is a part of a file.
    pub input_offset: u64,
    /// How many fields with a known code the part has.
    pub fields: u64,
    /// Its fields, in their order, if the observer wants them; their places are places in the text.
    pub listed: &'a [Field],
}

impl Part<'_> {
    /// Where in the text the part is.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }
}

/// Is told of a stream, part for part.
pub trait Observer {
    /// Whether the fields are to be listed, which takes some time for each.
    fn wants_fields(&self) -> bool;

    /// A part has been annotated, and is written before more is read.
    fn observe(&mut self, part: Part<'_>);
}

/// Observes nothing.
impl Observer for () {
    fn wants_fields(&self) -> bool {
        false
    }

    fn observe(&mut self, _: Part<'_>) {}
}
