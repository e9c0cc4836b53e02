//! Fields of keys and of patterns together, in lines as they are without notes.
//!
//! A pattern may match anything, a note too, or what a note stands in the middle of. So that annotating twice changes
//! nothing, and that notes can be taken out again, a line that has notes is looked at without them.

use super::NoteWriter;
use super::memory::{LineMemory, Memory};
use crate::collector::Sink;
use crate::field::Field;
use crate::line_color::LineColor;
use crate::line_quotes::LineQuotes;
use crate::note;
use crate::pattern;
use crate::scanner::{self, Candidates};
use memchr::{memchr, memrchr};
use std::io;
use std::ops::Range;

/// Room to work in, to be used again.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) fields: Vec<Field>,
    candidates: Candidates,
}

impl NoteWriter {
    pub(super) fn write_with_patterns<'t>(
        &'t self,
        window: &'t [u8],
        part: Range<usize>,
        memory: &mut Memory,
        list: bool,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<usize> {
        let mut written = part.start;
        self.list_fields(window, part, memory);
        let Memory { listed, color, .. } = memory;
        for &field in listed.iter() {
            self.write_field(window, &mut written, field, color, wtr)?;
        }
        if !list {
            listed.clear();
        }
        Ok(written)
    }

    /// Finds the fields of a part, those of keys and those of patterns, in their order. What a key and a pattern both
    /// have is the key's. In lines that are too long for patterns there are keys alone.
    pub(super) fn find_with_patterns(
        &self,
        window: &[u8],
        part: Range<usize>,
        line: &mut LineMemory,
        found: &mut Found,
    ) {
        found.fields.clear();
        let (part_start, part_end) = (part.start, part.end);
        for (piece, is_whole) in pattern::pieces(window, part) {
            let end = piece.end;
            if is_whole {
                self.find_in_lines(window, piece, found);
            } else {
                if piece.start > part_start {
                    *line = LineMemory::beginning_at(piece.start);
                }
                self.find_with_keys(window, piece, line, &mut found.candidates, &mut found.fields);
            }
            if is_whole && end == part_end {
                *line = LineMemory::beginning_at(end);
            }
        }
    }

    fn find_in_lines(&self, window: &[u8], lines: Range<usize>, found: &mut Found) {
        let mut start = lines.start;
        let notes = self.old_notes(window, lines.clone());
        let mut rest = &notes[..];
        while let Some(note) = rest.first() {
            let line = line_around(window, &lines, note.start);
            let count = rest.iter().take_while(|note| note.start < line.end).count();
            self.find_as_it_stands(window, start..line.start, found);
            start = line.end;
            self.find_without(window, line, &rest[..count], found);
            rest = &rest[count..];
        }
        self.find_as_it_stands(window, start..lines.end, found);
    }

    /// Finds the fields of whole lines.
    fn find_as_it_stands(&self, text: &[u8], lines: Range<usize>, found: &mut Found) {
        let first = found.fields.len();
        let mut line = LineMemory::beginning_at(lines.start);
        self.find_with_keys(text, lines.clone(), &mut line, &mut found.candidates, &mut found.fields);
        let keyed = found.fields.len();
        self.patterns.find(text, lines.clone(), &mut found.fields);
        if self.notes.have_forms() {
            found.fields[keyed..].sort_by_key(|field| field.start);
            let mut quotes = LineQuotes::beginning_at(lines.start);
            for field in &mut found.fields[keyed..] {
                let in_string = quotes.advance(text, field.start);
                note::fit_form(text, field, in_string);
            }
        }
        // The sort is stable: with the same beginning, the field of a key stays before that of a pattern.
        found.fields[first..].sort_by_key(|field| field.start);
        let mut kept = first;
        for at in first..found.fields.len() {
            let field = found.fields[at];
            if kept == first || field.start >= found.fields[kept - 1].end {
                found.fields[kept] = field;
                kept += 1;
            }
        }
        found.fields.truncate(kept);
    }

    /// Finds the fields of a line without its notes.
    fn find_without(&self, window: &[u8], line: Range<usize>, notes: &[Range<usize>], found: &mut Found) {
        let mut text = Vec::with_capacity(line.len());
        let mut at = line.start;
        // Where in the text a note is left out, and where the text goes on in the window.
        let mut places = vec![(0, at)];
        for note in notes {
            text.extend_from_slice(&window[at..note.start]);
            at = note.end;
            places.push((text.len(), at));
        }
        text.extend_from_slice(&window[at..line.end]);
        let first = found.fields.len();
        self.find_as_it_stands(&text, 0..text.len(), found);
        for field in &mut found.fields[first..] {
            let start = places[places.partition_point(|&(place, _)| place <= field.start) - 1];
            // A note that is left out at its end stands behind it.
            let end = places[places.partition_point(|&(place, _)| place < field.end) - 1];
            (field.start, field.end) = (field.start - start.0 + start.1, field.end - end.0 + end.1);
            field.old_note_bytes = self.old_note_bytes(field, window, notes);
        }
    }

    /// How long the note of a field is that stands behind it, if it is one of these.
    fn old_note_bytes(&self, field: &Field, window: &[u8], notes: &[Range<usize>]) -> usize {
        let is_its_own = |entry| self.notes.length_behind(field, entry, window).is_some();
        match notes.binary_search_by_key(&field.end, |note| note.start) {
            Ok(note) if field.entry.is_some_and(is_its_own) => notes[note].len(),
            _ => 0,
        }
    }

    /// The notes that stand behind their code, in their order.
    fn old_notes(&self, window: &[u8], lines: Range<usize>) -> Vec<Range<usize>> {
        let text = &window[..lines.end];
        let mut places = Vec::new();
        self.notes.for_each_beginning(&text[lines.start..], |place| places.push(lines.start + place));
        places.sort_unstable();
        let mut color = LineColor::beginning_at(lines.start);
        let mut notes = Vec::new();
        let mut end = lines.start;
        for place in places {
            let mut codes = scanner::codes_before(text, place).filter(|&(start, _)| start >= end);
            let length = codes.find_map(|(_, code)| {
                let entry = self.patterns.codes().position(code)?;
                self.notes.length_in_any_form(entry, &text[place..]).filter(|&length| length > 0)
            });
            if let Some(length) = length {
                end = place + length + super::restored_length(&mut color, text, place, length);
                notes.push(place..end);
            }
        }
        notes
    }
}

/// The line of a text of whole lines that a place is in.
fn line_around(window: &[u8], lines: &Range<usize>, place: usize) -> Range<usize> {
    let newline = memrchr(b'\n', &window[lines.start..place]);
    let start = newline.map_or(lines.start, |newline| lines.start + newline + 1);
    let end = memchr(b'\n', &window[place..lines.end]).map_or(lines.end, |newline| place + newline + 1);
    start..end
}
