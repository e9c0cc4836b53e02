//! Fields as users of the library see them: each with its range, its code, and the entry of the code.

use crate::catalog::Entry;
use crate::engine::{StreamState, Unit};
use crate::field::FoundField;
use crate::stream::Writing;
use std::iter::FusedIterator;
use std::ops::Range;
use std::vec;

/// A field of a text: a key, a separator and a return code, such as `ret=-204`.
///
/// [`Annotator::fields`](crate::Annotator::fields) returns the fields of a text, [`Part::fields`](crate::Part::fields)
/// the fields of a part of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    start: usize,
    end: usize,
    code: i32,
    entry: Option<&'a Entry>,
}

impl<'a> Field<'a> {
    /// Returns a field that has been found. `entries` are the entries of the catalog that its code was looked up in.
    pub(crate) fn new(found: &FoundField, entries: &'a [Entry]) -> Self {
        let entry = found.entry.map(|place| &entries[place]);
        Self { start: found.start, end: found.end, code: found.code, entry }
    }

    /// Returns the range of the field in its text, in bytes: from its key to the end of its code, or of the quote or
    /// bracket that closes the code. The note goes to the end of the range. For a field that a
    /// [`Pattern`](crate::Pattern) found, the range is that of the code.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Returns the code.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// Returns the entry of the code; `None` for a code that the catalog lacks, which is found only with
    /// [`AnnotatorBuilder::unknown`](crate::AnnotatorBuilder::unknown).
    pub fn entry(&self) -> Option<&'a Entry> {
        self.entry
    }
}

/// An iterator over the fields of a text, in their order. [`Annotator::fields`](crate::Annotator::fields) returns it.
#[derive(Debug)]
pub struct Fields<'a> {
    writing: &'a Writing,
    text: &'a [u8],
    /// The byte offset up to which the text has been searched.
    searched: usize,
    state: StreamState,
    /// The fields before `searched` that have not been returned yet.
    found: vec::IntoIter<FoundField>,
}

impl<'a> Fields<'a> {
    /// Returns an iterator from the beginning of `text`.
    pub(crate) fn new(writing: &'a Writing, text: &'a [u8]) -> Self {
        Self { writing, text, searched: 0, state: StreamState::default(), found: Vec::new().into_iter() }
    }

    /// Searches the next unit of the text for fields. Returns `None` at the end of the text.
    fn search(&mut self) -> Option<()> {
        let unit = Unit::first_of(self.text, self.searched, self.text.len())?;
        let mut found = Vec::new();
        let end = self.writing.notes.for_each_chunk(self.text, &unit, false, &mut self.state, |_, state| {
            found.extend_from_slice(&state.listed);
            Ok(())
        });
        self.searched = end.expect("collecting does not fail");
        self.found = found.into_iter();
        Some(())
    }
}

impl<'a> Iterator for Fields<'a> {
    type Item = Field<'a>;

    fn next(&mut self) -> Option<Field<'a>> {
        loop {
            if let Some(found) = self.found.next() {
                return Some(Field::new(&found, self.writing.catalog.entries()));
            }
            self.search()?;
        }
    }
}

impl FusedIterator for Fields<'_> {}
