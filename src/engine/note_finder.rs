//! Finds the notes that whole lines have already, so that the lines can be looked at without them.

use super::{PartAnnotator, restored_length};
use crate::field::FoundField;
use crate::line::color::LineColor;
use crate::line::old_notes::OldNotes;
use crate::scanner::Candidates;
use std::ops::Range;

/// Bytes that are searched at a time: the places where a note could begin are listed.
const SEARCH_BYTES: usize = 32 * 1024;

/// An iterator over the notes that stand behind a code, in their order, each with the sequence that restores the line's
/// colour behind it. Of several notes that could stand at a place, the longest does.
///
/// Without patterns, notes stand behind fields of keys, and are looked for there alone. A pattern may take any digits
/// for a code; then notes are looked for wherever one could begin.
pub(super) struct NoteFinder<'a> {
    annotator: &'a PartAnnotator,
    /// The window up to the end of the lines.
    text: &'a [u8],
    /// All before has been searched.
    searched: usize,
    /// The places in the bytes that were searched last at which a note could begin, the last one first.
    places: Vec<NotePlace>,
    /// The end of the last note.
    end: usize,
    old_notes: OldNotes,
    color: LineColor,
    candidates: Candidates,
}

/// A place at which a note could begin.
enum NotePlace {
    /// Behind a field.
    FoundField(FoundField),
    /// At this byte offset; the code before it is not known.
    Beginning(usize),
}

impl<'a> NoteFinder<'a> {
    /// Finds the notes behind all that looks like a field of a key in whole lines of a window.
    pub(super) fn behind(
        annotator: &'a PartAnnotator,
        window: &'a [u8],
        lines: Range<usize>,
        fields: &[FoundField],
    ) -> Self {
        let places = fields.iter().rev().copied().map(NotePlace::FoundField).collect();
        Self { places, searched: lines.end, ..Self::new(annotator, window, lines) }
    }

    /// Finds the notes in whole lines of a window.
    pub(super) fn new(annotator: &'a PartAnnotator, window: &'a [u8], lines: Range<usize>) -> Self {
        Self {
            annotator,
            text: &window[..lines.end],
            searched: lines.start,
            places: Vec::new(),
            end: lines.start,
            old_notes: OldNotes::default(),
            color: LineColor::beginning_at(lines.start),
            candidates: Candidates::default(),
        }
    }

    fn search_more(&mut self) {
        let end = self.text.len().min(self.searched + SEARCH_BYTES);
        let range = self.searched..end;
        if self.annotator.patterns.is_empty() {
            let mut fields = Vec::new();
            self.annotator.find_all_keys(self.text, range, &mut self.candidates, &mut fields);
            self.places.extend(fields.into_iter().rev().map(NotePlace::FoundField));
        } else {
            let mut beginnings = Vec::new();
            self.annotator.notes.for_each_beginning(self.text, range, |place| beginnings.push(place));
            beginnings.sort_unstable_by(|a, b| b.cmp(a));
            beginnings.dedup();
            self.places.extend(beginnings.into_iter().map(NotePlace::Beginning));
        }
        self.searched = end;
    }

    /// Returns the note at a place, without what restores the colour.
    fn note_at(&self, place: &NotePlace) -> Option<Range<usize>> {
        let (notes, codes) = (&self.annotator.notes, self.annotator.patterns.codes());
        let (at, length) = match *place {
            NotePlace::FoundField(field) if !notes.could_begin_in_any_form(&self.text[field.end..]) => {
                return None;
            }
            NotePlace::FoundField(field) if self.old_notes.hide(self.text, &field) => return None,
            NotePlace::FoundField(FoundField { start, end, entry, .. }) => {
                (end, notes.length_behind_code(codes, self.text, start..end, entry?)?)
            }
            NotePlace::Beginning(at) => (at, notes.longest_behind_code(codes, self.text, self.end..at)?),
        };
        Some(at..at + length)
    }
}

impl Iterator for NoteFinder<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            while let Some(place) = self.places.pop() {
                if let Some(note) = self.note_at(&place) {
                    let restored = restored_length(&mut self.color, self.text, note.start, note.len());
                    self.end = note.end + restored;
                    self.old_notes.add(self.text, note.start..self.end);
                    return Some(note.start..self.end);
                }
            }
            if self.searched == self.text.len() {
                return None;
            }
            self.search_more();
        }
    }
}
