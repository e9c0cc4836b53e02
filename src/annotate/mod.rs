//! The hot loop: finds fields, copies what lies between them, puts a note behind each or takes it out.

mod with_patterns;

use crate::field::Field;
use crate::line_color::{self, LineColor};
use crate::line_quotes::LineQuotes;
use crate::note::{self, Notes};
use crate::old_notes::OldNotes;
use crate::pattern::PatternScanner;
use crate::scanner::{self, Candidates, Scanner};
use std::io::{self, Write};
use std::ops::Range;
use with_patterns::Found;

/// Puts notes behind fields; knows nothing of where bytes come from and go to.
#[derive(Clone, Debug)]
pub(crate) struct NoteWriter {
    scanner: Scanner,
    pub(crate) patterns: PatternScanner,
    notes: Notes,
    /// Whether notes are in colour.
    color: bool,
    /// Whether notes that are there are taken out, and none written.
    strip: bool,
    /// Whether notes are written as they are, whatever the line is like.
    writes_plain: bool,
}

/// What is remembered of a stream from one window to the next.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// How many fields with a known code there were so far, whether they got a note or had it.
    pub(crate) fields: u64,
    /// The fields of the part that was worked on last, if they were to be listed.
    pub(crate) listed: Vec<Field>,
    pub(crate) color: LineColor,
    line: LineMemory,
    /// Room for the scanner to work in.
    candidates: Candidates,
    found: Found,
}

/// What the line so far says of the next field.
#[derive(Debug, Default)]
struct LineMemory {
    old_notes: OldNotes,
    quotes: LineQuotes,
    /// For taking notes out; those that are written have their own.
    color: LineColor,
}

impl LineMemory {
    /// A line that begins at that place of the window.
    fn beginning_at(start: usize) -> Self {
        let (quotes, color) = (LineQuotes::beginning_at(start), LineColor::beginning_at(start));
        Self { old_notes: OldNotes::default(), quotes, color }
    }
}

impl NoteWriter {
    pub(crate) fn new(
        scanner: Scanner,
        patterns: PatternScanner,
        notes: Notes,
        color: bool,
        strip: bool,
    ) -> Self {
        let writes_plain = !color && !strip && !notes.have_forms();
        Self { scanner, patterns, notes, color, strip, writes_plain }
    }

    /// Writes a part of the window with its notes and returns where the next part begins: at the end of
    /// this one, or, where that lies in a field or an old note, behind that. Lists the fields if that is wanted.
    ///
    /// The part begins where the last one ended. It ends where a line does, or a field's and a note's
    /// reach before the end of what is there of the line ([`NoteWriter::look_ahead`]).
    pub(crate) fn write_part(
        &self,
        window: &[u8],
        part: Range<usize>,
        memory: &mut Memory,
        list: bool,
        wtr: &mut impl Write,
    ) -> io::Result<usize> {
        let mut color = std::mem::take(&mut memory.color);
        let mut written = part.start;
        self.for_each_field(window, part.clone(), memory, list, |field| {
            // What lies before the field was just searched, and is still in the nearest cache.
            self.write_field(window, &mut written, field, &mut color, wtr)
        })?;
        let end = part.end.max(written);
        wtr.write_all(&window[written..end])?;
        if self.color {
            color.advance(window, end);
        }
        memory.color = color;
        Ok(end)
    }

    /// Lists the fields of a part, as [`NoteWriter::write_part`] does, and returns where the next begins.
    pub(crate) fn list_part(&self, window: &[u8], part: Range<usize>, memory: &mut Memory) -> usize {
        let end = part.end;
        self.for_each_field(window, part, memory, true, |_| Ok(())).expect("nothing is written");
        memory.listed.last().map_or(end, |field| end.max(field.end + field.old_note_bytes))
    }

    /// Counts the fields of a part, lists them if that is wanted, and calls `on_field` for each.
    #[inline]
    fn for_each_field(
        &self,
        window: &[u8],
        part: Range<usize>,
        memory: &mut Memory,
        list: bool,
        mut on_field: impl FnMut(&Field) -> io::Result<()>,
    ) -> io::Result<()> {
        memory.listed.clear();
        if !self.patterns.is_empty() {
            return self.for_each_with_patterns(window, part, memory, list, &mut on_field);
        }
        let Memory { listed, fields, line, candidates, .. } = memory;
        let end = part.end;
        self.scanner.for_each_field(window, part, candidates, |field| {
            if !self.complete(field, window, line) {
                return Ok(());
            }
            *fields += u64::from(field.entry.is_some());
            if list {
                listed.push(*field);
            }
            on_field(field)
        })?;
        self.leave(window, end, line);
        Ok(())
    }

    // Apart, so that what is done for each field stays small enough to be inlined.
    #[inline(never)]
    fn for_each_with_patterns(
        &self,
        window: &[u8],
        part: Range<usize>,
        memory: &mut Memory,
        list: bool,
        on_field: &mut dyn FnMut(&Field) -> io::Result<()>,
    ) -> io::Result<()> {
        let Memory { listed, fields, line, found, .. } = memory;
        let end = part.end;
        self.find_with_patterns(window, part, line, found);
        for field in &found.fields {
            *fields += u64::from(field.entry.is_some());
            if list {
                listed.push(*field);
            }
            on_field(field)?;
        }
        self.leave(window, end, line);
        Ok(())
    }

    /// Finds out how the note of a field is written, and whether it is there. Returns whether it is a field at all,
    /// given the notes that the line had before it.
    #[inline(always)]
    fn complete(&self, field: &mut Field, window: &[u8], line: &mut LineMemory) -> bool {
        if line.old_notes.hide(window, field) {
            return false;
        }
        let Some(entry) = field.entry else {
            return true;
        };
        if self.notes.could_begin(&window[field.end..]) {
            self.look_for_old_note(field, entry, window, line);
        }
        true
    }

    // Apart, so that what is done for each field stays small enough to be inlined.
    #[inline(never)]
    fn look_for_old_note(&self, field: &mut Field, entry: usize, window: &[u8], line: &mut LineMemory) {
        let LineMemory { old_notes, quotes, color } = line;
        if self.notes.have_forms() {
            field.form = note::form_of(window, field, quotes.advance(window, field.start));
        }
        if let Some(mut length) = self.notes.length_behind(field, entry, window) {
            if self.strip {
                length += restored_length(color, window, field.end, length);
            }
            field.old_note_bytes = length;
            let mut end = field.end + length;
            if !self.strip && window[field.end..].starts_with(note::RESET) {
                // What puts the colour back belongs to the note for who looks through it.
                end += line_color::sequence_length(&window[end..]);
            }
            old_notes.add(window, field.end..end);
        }
    }

    /// Looks at what is left of a part for what the next one needs to know of its line.
    #[inline]
    fn leave(&self, window: &[u8], end: usize, line: &mut LineMemory) {
        if self.notes.have_forms() {
            line.quotes.advance(window, end);
        }
        if self.strip {
            line.color.advance(window, end.max(line.color.looked_up_to()));
        }
    }

    /// Writes a range of the window with the notes of its fields.
    #[inline]
    pub(crate) fn write_range(
        &self,
        window: &[u8],
        range: Range<usize>,
        fields: &[Field],
        color: &mut LineColor,
        wtr: &mut impl Write,
    ) -> io::Result<()> {
        let mut written = range.start;
        for field in fields {
            self.write_field(window, &mut written, field, color, wtr)?;
        }
        wtr.write_all(&window[written..range.end])?;
        if self.color {
            color.advance(window, range.end);
        }
        Ok(())
    }

    /// Writes all from `written` to a field, with its note, if there is something to be done for it.
    #[inline(always)]
    fn write_field(
        &self,
        window: &[u8],
        written: &mut usize,
        field: &Field,
        color: &mut LineColor,
        wtr: &mut impl Write,
    ) -> io::Result<()> {
        let Some(entry) = field.entry.filter(|_| self.strip == (field.old_note_bytes > 0)) else {
            return Ok(());
        };
        wtr.write_all(&window[*written..field.end])?;
        *written = field.end + field.old_note_bytes;
        if self.writes_plain {
            wtr.write_all(self.notes.plain(entry))
        } else {
            self.write_note(window, field, entry, color, wtr)
        }
    }

    #[inline(never)]
    fn write_note(
        &self,
        window: &[u8],
        field: &Field,
        entry: usize,
        color: &mut LineColor,
        wtr: &mut impl Write,
    ) -> io::Result<()> {
        if self.strip {
            return Ok(());
        }
        if self.color {
            color.advance(window, field.end);
        }
        self.notes.write(field, entry, window, self.color.then_some(&*color), wtr)
    }

    /// How far behind a part the window must reach, unless the line ends before that.
    pub(crate) fn look_ahead(&self) -> usize {
        let restored =
            if self.strip { line_color::RESTORING_MAX_BYTES } else { line_color::SEQUENCE_MAX_BYTES };
        scanner::LOOK_AHEAD_BYTES + self.notes.max_length() + restored
    }
}

/// How long the sequence is that puts the line's colour back behind a note of that length there.
fn restored_length(color: &mut LineColor, window: &[u8], note_start: usize, length: usize) -> usize {
    color.advance(window, note_start);
    let has_ended_colors = window[note_start..].starts_with(note::RESET);
    let sequence = color.restoring_sequence().filter(|_| has_ended_colors).unwrap_or_default();
    if window[note_start + length..].starts_with(&sequence) { sequence.len() } else { 0 }
}

impl Memory {
    /// Forgets all, for another input.
    pub(crate) fn clear(&mut self) {
        let Self { listed, candidates, found, .. } = std::mem::take(self);
        *self = Self { listed, candidates, found, ..Self::default() };
    }

    /// Tells that what was at `from` in the window is at `to` now.
    pub(crate) fn moved(&mut self, from: usize, to: usize) {
        self.color.moved(from, to);
        self.line.color.moved(from, to);
        self.line.quotes.moved(from, to);
        self.line.old_notes.moved(from, to);
    }
}
