//! The fields of keys and of patterns together, in a text of whole lines without notes.

use super::PartAnnotator;
use crate::field::{FoundField, NoteForm};
use crate::note::FormFinder;
use crate::pattern::PatternSearch;
use crate::scanner::{Candidates, LOOK_BEHIND_BYTES};
use std::collections::VecDeque;

/// The fields of a text, in the order in which they begin. Of two that overlap, the one that begins first counts. Of
/// several that begin at the same place, a key's field counts; without one, that of the pattern that was given first.
pub(super) struct LineFields<'w, 't> {
    writer: &'w PartAnnotator,
    text: &'t [u8],
    /// The byte offset up to which keys have been looked for.
    searched: usize,
    /// The fields of keys that were found and not yet returned.
    keyed: VecDeque<FoundField>,
    /// Each pattern, with its next field.
    patterns: Vec<(PatternSearch<'w>, Option<FoundField>)>,
    /// The end of the last field that was returned.
    end: usize,
    /// Finds the form of each field's note, where the form depends on the line.
    forms: Option<FormFinder<'t>>,
}

/// The origin of a field.
enum FieldOrigin {
    Key,
    /// The number of the pattern.
    Pattern(usize),
}

impl<'w, 't> LineFields<'w, 't> {
    pub(super) fn new(writer: &'w PartAnnotator, text: &'t [u8]) -> Self {
        let patterns = writer.patterns.searches().map(|mut search| {
            let next = search.next(text);
            (search, next)
        });
        Self {
            writer,
            text,
            searched: 0,
            keyed: VecDeque::new(),
            patterns: patterns.collect(),
            end: 0,
            forms: writer.notes.have_forms().then(|| FormFinder::new(text)),
        }
    }

    /// Returns the fields of a text whose keys were looked for already, for an annotator without patterns.
    pub(super) fn of_keys(writer: &'w PartAnnotator, text: &'t [u8], fields: Vec<FoundField>) -> Self {
        debug_assert!(writer.patterns.is_empty());
        Self { searched: text.len(), keyed: fields.into(), ..Self::new(writer, text) }
    }

    /// Appends all fields that were found.
    pub(super) fn give_all(&mut self, found: &mut Vec<FoundField>) {
        while let Some((_, origin)) = self.next_start()
            && let Some(field) = self.take(&origin)
        {
            self.push(field, &origin, found);
        }
    }

    /// Looks for keys up to byte offset `to` of the text, and appends the fields of keys and patterns that no later key
    /// can precede. Returns a byte offset before which no field of a later call begins.
    pub(super) fn find_up_to(
        &mut self,
        to: usize,
        candidates: &mut Candidates,
        found: &mut Vec<FoundField>,
    ) -> usize {
        let mut keyed = Vec::from(std::mem::take(&mut self.keyed));
        self.writer.find_keys(self.text, self.searched..to, candidates, &mut keyed);
        (self.keyed, self.searched) = (keyed.into(), to);
        // A key before `to` may have its separator behind `to`.
        let limit = if to == self.text.len() { to } else { to.saturating_sub(LOOK_BEHIND_BYTES) };
        let is_last = to == self.text.len();
        while let Some((start, origin)) = self.next_start()
            && (start < limit || is_last)
            && let Some(field) = self.take(&origin)
        {
            self.push(field, &origin, found);
        }
        limit.max(self.end)
    }

    /// Appends a field with its form, unless it overlaps with the last field.
    fn push(&mut self, mut field: FoundField, origin: &FieldOrigin, found: &mut Vec<FoundField>) {
        if field.start < self.end {
            return;
        }
        let end_before = std::mem::replace(&mut self.end, field.end);
        match (&mut self.forms, origin) {
            (Some(forms), FieldOrigin::Key) => forms.fit_keyed(&mut field),
            (Some(forms), FieldOrigin::Pattern(_)) => forms.fit_pattern(&mut field),
            (None, _) => {}
        }
        field.form = self.writer.form_beside(field, self.text);
        if field.name_start() < end_before {
            // The note of the field before stands, or would stand, in the middle of the name.
            field.form = NoteForm::Nothing;
        }
        found.push(field);
    }

    /// Returns the byte offset where the next field begins, and its origin.
    #[inline]
    fn next_start(&self) -> Option<(usize, FieldOrigin)> {
        let key = self.keyed.front().map(|field| (field.start, FieldOrigin::Key));
        if self.patterns.is_empty() {
            return key;
        }
        let patterns = self.patterns.iter().enumerate().filter_map(|(number, (_, next))| {
            next.as_ref().map(|field| (field.start, FieldOrigin::Pattern(number)))
        });
        // Takes the first of several that begin at the same place.
        key.into_iter().chain(patterns).min_by_key(|&(start, _)| start)
    }

    /// Takes the next field of an origin, and looks for the one behind it.
    fn take(&mut self, origin: &FieldOrigin) -> Option<FoundField> {
        match *origin {
            FieldOrigin::Key => self.keyed.pop_front(),
            FieldOrigin::Pattern(number) => {
                let (search, next) = &mut self.patterns[number];
                std::mem::replace(next, search.next(self.text))
            }
        }
    }
}
