//! The iterator over the fields of a text.

use crate::engine::{StreamState, Unit};
use crate::field::{Field, FoundField};
use crate::stream::Writing;
use std::iter::FusedIterator;
use std::vec;

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
