//! Finds the notes that whole lines have already, so that the lines can be looked at without them.

use super::{PartAnnotator, restored_length};
use crate::field::FoundField;
use crate::line::color::LineColor;
use crate::line::old_notes::OldNotes;
use crate::scanner::Candidates;
use std::cmp::Reverse;
use std::ops::Range;

/// The bytes that are searched at a time. Bounds the list of places where a note could begin.
const SEARCH_BYTES: usize = 32 * 1024;

/// An iterator over the notes behind codes, in ascending order, each with the sequence behind it that restores the
/// line's colour. Of several notes that could begin at a place, the longest counts.
///
/// Notes stand behind fields of keys. A pattern may take any digits for a code; then notes are looked for wherever one
/// could begin, too.
pub(super) struct NoteFinder<'a> {
    annotator: &'a PartAnnotator,
    /// The window up to the end of the lines.
    text: &'a [u8],
    /// The byte offset up to which the text has been searched.
    searched: usize,
    /// The places in the bytes that were searched last at which a note could begin, in descending order.
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
    Field(FoundField),
    /// At this byte offset; the code before it is not yet known.
    Beginning(usize),
}

impl NotePlace {
    fn at(&self) -> usize {
        match *self {
            Self::Field(FoundField { end, .. }) => end,
            Self::Beginning(at) => at,
        }
    }
}

impl<'a> NoteFinder<'a> {
    /// Returns an iterator over the notes behind `fields`, which are all supposed fields of keys in whole lines.
    pub(super) fn behind(
        annotator: &'a PartAnnotator,
        window: &'a [u8],
        lines: Range<usize>,
        fields: &[FoundField],
    ) -> Self {
        let places = fields.iter().rev().copied().map(NotePlace::Field).collect();
        Self { places, searched: lines.end, ..Self::new(annotator, window, lines) }
    }

    /// Returns an iterator over the notes in whole lines of a window.
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

    /// Searches the next [`SEARCH_BYTES`], and lists the places where a note could begin.
    fn search_more(&mut self) {
        let end = self.text.len().min(self.searched + SEARCH_BYTES);
        let range = self.searched..end;
        let mut fields = Vec::new();
        self.annotator.find_all_keys(self.text, range.clone(), &mut self.candidates, &mut fields);
        self.places.extend(fields.into_iter().map(NotePlace::Field));
        if !self.annotator.patterns.is_empty() {
            let places = &mut self.places;
            self.annotator
                .notes
                .for_each_beginning(self.text, range, |at| places.push(NotePlace::Beginning(at)));
        }
        // Fields come last, and so are taken first, of several places that are the same.
        self.places.sort_by_key(|place| (Reverse(place.at()), matches!(place, NotePlace::Field(_))));
        self.searched = end;
    }

    /// Returns the note at a place, without the sequence that restores the colour.
    fn note_at(&self, place: &NotePlace) -> Option<Range<usize>> {
        let (notes, codes) = (&self.annotator.notes, self.annotator.patterns.codes());
        let (at, length) = match *place {
            NotePlace::Field(field) if !notes.could_begin_in_any_form(&self.text[field.end..]) => {
                return None;
            }
            NotePlace::Field(field) if self.annotator.hides(self.text, &field, &self.old_notes) => {
                return None;
            }
            NotePlace::Field(field) => {
                let length = notes.length_behind_field(self.text, &field, field.entry?);
                // A pattern may have taken some of the digits.
                let is_alone = self.annotator.patterns.is_empty();
                let longest = || notes.longest_behind_code(codes, self.text, self.end..field.end);
                (field.end, if is_alone { length } else { length.max(longest()) })
            }
            NotePlace::Beginning(at) => (at, notes.longest_behind_code(codes, self.text, self.end..at)),
        };
        Some(at..at + length?)
    }
}

impl Iterator for NoteFinder<'_> {
    type Item = Range<usize>;

    fn next(&mut self) -> Option<Range<usize>> {
        loop {
            // A field that ends behind the bytes that were searched waits for the places before its end.
            let (searched, is_last) = (self.searched, self.searched == self.text.len());
            while let Some(place) = self.places.pop_if(|place| is_last || place.at() < searched) {
                if let Some(note) = self.note_at(&place) {
                    let restored = restored_length(&mut self.color, self.text, note.start, note.len());
                    self.end = note.end + restored;
                    self.old_notes.add(note.start..self.end);
                    return Some(note.start..self.end);
                }
            }
            if is_last {
                return None;
            }
            self.search_more();
        }
    }
}
