//! The inputs, and the ranges of inputs, that a tally is of. By them, reports of ranges that follow each other add up to
//! that of the whole, and nothing is counted twice.

use crate::program::encoding::CharEncoding;
use serde::{Deserialize, Serialize};

/// The inputs and ranges of a tally, in their order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CountedParts(Vec<CountedPart>);

/// An input, or a range of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CountedPart {
    /// The number of the input.
    pub(crate) input: usize,
    /// The hash of the input's name and of the settings that change counts. `None` until [`CountedParts::identify`] sets it,
    /// and for standard input without a name.
    pub(crate) key: Option<u64>,
    /// The byte offsets of the range, half open, in decompressed content. The part has the lines that begin in it.
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// True if the input goes on behind the range.
    pub(crate) has_more: bool,
    /// The number of lines.
    pub(crate) lines: u64,
    pub(crate) encoding: CharEncoding,
}

impl CountedParts {
    /// Returns the parts of one input that is read from its beginning.
    pub(crate) fn of_input(input: usize, encoding: CharEncoding, lines: u64, bytes: u64) -> Self {
        let whole = CountedPart { input, key: None, start: 0, end: bytes, has_more: false, lines, encoding };
        Self(vec![whole])
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &CountedPart> {
        self.0.iter()
    }

    pub(crate) fn first(&self) -> Option<&CountedPart> {
        self.0.first()
    }

    pub(crate) fn last(&self) -> Option<&CountedPart> {
        self.0.last()
    }

    /// Appends the parts of what follows; `goes_on` is true if its first one goes on with the last one here.
    pub(crate) fn append(&mut self, mut next: Self, goes_on: bool) {
        if goes_on && let (Some(last), Some(first)) = (self.0.last_mut(), next.0.first()) {
            // A piece of an input that one run reads is counted from the piece's own beginning.
            last.end = if first.start == 0 { last.end.saturating_add(first.end) } else { first.end };
            last.lines = last.lines.saturating_add(first.lines);
            last.has_more = first.has_more;
            next.0.remove(0);
        }
        if self.0.is_empty() { *self = next } else { self.0.append(&mut next.0) }
    }

    /// Changes the numbers of inputs.
    pub(crate) fn renumber(&mut self, mut change: impl FnMut(&mut usize)) {
        self.0.iter_mut().for_each(|part| change(&mut part.input));
    }

    /// Sets the bytes of the range that was read, where that was all of the run.
    pub(crate) fn set_range(&mut self, start: u64, end: u64, has_more: bool) {
        if let [part] = &mut self.0[..] {
            (part.start, part.end, part.has_more) = (start, end, has_more);
        }
    }

    /// Joins the members of each archive, and gives the parts their keys. `input_of` returns the number of the input that has
    /// the member with a number, and `key_of` the key of an input. Parts without a key are left out.
    pub(crate) fn identify(
        &mut self,
        input_of: impl Fn(usize) -> usize,
        key_of: impl Fn(usize) -> Option<u64>,
    ) {
        self.0.dedup_by(|next, part| {
            let is_same = input_of(next.input) == input_of(part.input);
            part.end = part.end.saturating_add(if is_same { next.end } else { 0 });
            is_same
        });
        self.0.retain_mut(|part| {
            part.key = key_of(input_of(part.input));
            part.key.is_some()
        });
    }
}

impl FromIterator<CountedPart> for CountedParts {
    fn from_iter<I: IntoIterator<Item = CountedPart>>(parts: I) -> Self {
        Self(parts.into_iter().collect())
    }
}

impl CountedPart {
    /// Returns true if the part is not all of its input.
    pub(crate) fn is_range(&self) -> bool {
        self.start > 0 || self.has_more
    }

    /// Returns true if the part is a range of the same input as `before`, and begins where that ends. Where the input ended with
    /// `before`, only a range of nothing follows: an input that has grown since is another one.
    pub(crate) fn follows(&self, before: &Self) -> bool {
        let meet = before.end == self.start && (before.has_more || self.start == self.end);
        meet && self.is_range() && self.key.is_some() && self.key == before.key
    }

    /// Returns true if bytes of the part are counted in `other`, too. Inputs of one name that are read whole are told apart
    /// by their sizes; parts without bytes are never the same.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        let meet = self.start.max(other.start) < self.end.min(other.end);
        let are_same = (self.start, self.end) == (other.start, other.end);
        self.key == other.key && meet && (are_same || self.is_range() || other.is_range())
    }
}
