//! Finds the fields of lines that are looked at whole, because of patterns or of forms of notes. Looks at the lines
//! without their notes.
//!
//! A pattern may match anything: a note, or text that a note divides. And `--fields` needs the members that a line has
//! itself, without the members of notes. So that annotating twice changes nothing, and that notes can be removed again,
//! a line that has notes is searched in a copy without them, and the places are mapped back.

use super::line_fields::LineFields;
use super::note_finder::NoteFinder;
use super::units::UNIT_BYTES;
use super::{PartAnnotator, StreamState, end_of_listed};
use crate::field::{FoundField, NoteForm};
use crate::scanner::{self, Candidates};
use memchr::{memchr, memrchr};
use std::io;
use std::iter::Peekable;
use std::ops::Range;

/// Moves the places of fields of a text to those in a window that has the text at `start`.
fn shift(fields: &mut [FoundField], start: usize) {
    for field in fields {
        field.start += start;
        field.end += start;
    }
}

impl PartAnnotator {
    /// Lists the fields of whole lines in the state.
    pub(super) fn list_lines(&self, window: &[u8], lines: Range<usize>, state: &mut StreamState) {
        let StreamState { listed, candidates, .. } = state;
        listed.clear();
        let notes: Vec<_> = if self.patterns.is_empty() {
            let mut fields = Vec::new();
            let text = &window[..lines.end];
            self.find_all_keys(text, lines.clone(), candidates, &mut fields);
            let could_begin = |field: &FoundField| self.notes.could_begin_in_any_form(&text[field.end..]);
            let notes: Vec<_> = if fields.iter().any(could_begin) {
                NoteFinder::behind(self, window, lines.clone(), &fields).collect()
            } else {
                Vec::new()
            };
            if notes.is_empty() {
                // There are nearly never notes; then the fields need not be looked for again.
                self.list_found(window, lines, fields, listed);
                return;
            }
            notes
        } else {
            NoteFinder::new(self, window, lines.clone()).collect()
        };
        let (mut start, mut rest) = (lines.start, &notes[..]);
        while let Some(note) = rest.first() {
            let line = line_around(window, &lines, note.start);
            let count = rest.iter().take_while(|note| note.start < line.end).count();
            self.list_without_notes(window, start..line.start, listed, candidates);
            start = line.end;
            let notes = rest[..count].iter().cloned();
            let text = without_notes(window, line.clone(), notes.clone());
            let mut fields = LineFields::new(self, &text);
            let mut places = PlaceMap::new(line.start, notes);
            let first = listed.len();
            fields.find_up_to(text.len(), candidates, listed);
            listed[first..].iter_mut().for_each(|field| self.map_back(field, &text, window, &mut places));
            rest = &rest[count..];
        }
        self.list_without_notes(window, start..lines.end, listed, candidates);
    }

    /// Lists the supposed fields of lines without notes, except for other kinds of codes.
    fn list_found(
        &self,
        window: &[u8],
        lines: Range<usize>,
        mut fields: Vec<FoundField>,
        listed: &mut Vec<FoundField>,
    ) {
        let text = &window[lines.clone()];
        fields.retain_mut(|field| {
            field.start -= lines.start;
            field.end -= lines.start;
            !scanner::is_ruled_out(text, field)
        });
        LineFields::of_keys(self, text, fields).give_all(listed);
        shift(listed, lines.start);
    }

    /// Appends the fields of lines without notes.
    fn list_without_notes(
        &self,
        window: &[u8],
        lines: Range<usize>,
        listed: &mut Vec<FoundField>,
        candidates: &mut Candidates,
    ) {
        if lines.is_empty() {
            return;
        }
        let (first, text) = (listed.len(), &window[lines.clone()]);
        LineFields::new(self, text).find_up_to(text.len(), candidates, listed);
        shift(&mut listed[first..], lines.start);
    }

    /// Finds the fields of a long line, chunk by chunk.
    pub(super) fn for_each_chunk_of_line(
        &self,
        window: &[u8],
        line: Range<usize>,
        state: &mut StreamState,
        mut on_chunk: impl FnMut(Range<usize>, &mut StreamState) -> io::Result<()>,
    ) -> io::Result<()> {
        let notes = || NoteFinder::new(self, window, line.clone());
        let copy = notes().next().map(|_| without_notes(window, line.clone(), notes()));
        let text = copy.as_deref().unwrap_or(&window[line.clone()]);
        let mut places = PlaceMap::new(line.start, copy.is_some().then(notes).into_iter().flatten());
        let mut fields = LineFields::new(self, text);
        let mut start = line.start;
        let mut searched = 0;
        while start < line.end {
            searched = text.len().min(searched + UNIT_BYTES);
            let StreamState { listed, candidates, .. } = &mut *state;
            listed.clear();
            let found_up_to = fields.find_up_to(searched, candidates, listed);
            listed.iter_mut().for_each(|field| self.map_back(field, text, window, &mut places));
            let end = if searched == text.len() { line.end } else { places.start(found_up_to) };
            let end = end.max(end_of_listed(listed));
            on_chunk(start..end, state)?;
            start = end;
        }
        Ok(())
    }

    /// Maps the places of a field from a text without notes to the window, and sets the length of its note.
    fn map_back(
        &self,
        field: &mut FoundField,
        text: &[u8],
        window: &[u8],
        places: &mut PlaceMap<impl Iterator<Item = Range<usize>>>,
    ) {
        let found = *field;
        field.start = places.start(found.start);
        field.end = places.end(found.end);
        if let NoteForm::Members(_) = field.form {
            // A note that stands in the middle of the name or of the field rules members out.
            let name = &text[found.name_start()..found.end];
            let is_whole =
                window[..field.end].ends_with(name) && field.end - field.start == found.end - found.start;
            field.form = if is_whole { field.form } else { NoteForm::Nothing };
        }
        let note = places.note_behind(found.end);
        let is_its_own = |entry| self.notes.length_behind_field(window, field, entry).is_some();
        let is_its_own = note.is_some() && field.entry.is_some_and(is_its_own);
        field.old_note_bytes = note.filter(|_| is_its_own).map_or(0, |note| note.len());
    }
}

/// Returns a copy of a line without its notes.
fn without_notes(window: &[u8], line: Range<usize>, notes: impl Iterator<Item = Range<usize>>) -> Vec<u8> {
    let mut text = Vec::with_capacity(line.len());
    let mut at = line.start;
    for note in notes {
        text.extend_from_slice(&window[at..note.start]);
        at = note.end;
    }
    text.extend_from_slice(&window[at..line.end]);
    text
}

/// Maps places of a text without notes to the window. Takes them in ascending order.
struct PlaceMap<N: Iterator<Item = Range<usize>>> {
    /// A place of the text. `window_at` is the same place in the window, behind any notes there.
    text_at: usize,
    window_at: usize,
    /// The notes behind `window_at`.
    notes: Peekable<N>,
}

impl<N: Iterator<Item = Range<usize>>> PlaceMap<N> {
    fn new(line_start: usize, notes: N) -> Self {
        Self { text_at: 0, window_at: line_start, notes: notes.peekable() }
    }

    /// Maps the beginning of a range of the text to the window: behind any notes that stand there.
    fn start(&mut self, at: usize) -> usize {
        while self.pass_note(|place| place <= at) {}
        self.window_at + (at - self.text_at)
    }

    /// Maps the end of a range of the text to the window: before any notes that stand there.
    fn end(&mut self, at: usize) -> usize {
        while self.pass_note(|place| place < at) {}
        self.window_at + (at - self.text_at)
    }

    /// Returns the note that stands at a place of the text. The last place that was mapped must be this one.
    fn note_behind(&mut self, at: usize) -> Option<Range<usize>> {
        let end = self.window_at + (at - self.text_at);
        self.notes.peek().filter(|note| note.start == end).cloned()
    }

    /// Passes the next note if `is_wanted` returns true for its place in the text. Returns true if it did.
    fn pass_note(&mut self, is_wanted: impl Fn(usize) -> bool) -> bool {
        let (text_at, window_at) = (self.text_at, self.window_at);
        let place = |note: &Range<usize>| text_at + (note.start - window_at);
        match self.notes.next_if(|note| is_wanted(place(note))) {
            Some(note) => {
                (self.text_at, self.window_at) = (place(&note), note.end);
                true
            }
            None => false,
        }
    }
}

/// Returns the line, in a text of whole lines, that has the byte at `place`.
fn line_around(window: &[u8], lines: &Range<usize>, place: usize) -> Range<usize> {
    let newline = memrchr(b'\n', &window[lines.start..place]);
    let start = newline.map_or(lines.start, |newline| lines.start + newline + 1);
    let end = memchr(b'\n', &window[place..lines.end]).map_or(lines.end, |newline| place + newline + 1);
    start..end
}
