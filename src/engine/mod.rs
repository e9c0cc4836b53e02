//! Finds fields, copies the bytes between them, and writes or removes the note behind each.

mod chunks;
mod keyed;
mod line_fields;
mod note_finder;
mod patterned;
mod state;
mod units;

pub(crate) use state::StreamState;
pub(crate) use units::Unit;

use crate::buffer::Sink;
#[cfg(feature = "cli")]
use crate::catalog::Catalog;
use crate::field::{Checks, FoundField, NoteForm};
use crate::line::color::{self, LineColor};
use crate::line::old_notes::OldNotes;
#[cfg(feature = "cli")]
use crate::note::Charset;
use crate::note::{self, Notes};
use crate::pattern::PatternScanner;
use crate::scanner::{self, Scanner};
use fearless_simd::{Level, Simd, dispatch};
use state::LineState;
use std::io;
use std::ops::Range;

/// Writes notes behind fields. Knows nothing of the source of the bytes or of their destination.
#[derive(Clone, Debug)]
pub(crate) struct PartAnnotator {
    scanner: Scanner,
    pub(crate) patterns: PatternScanner,
    notes: Notes,
    /// True if existing notes are removed and none is written.
    strip: bool,
    /// True if each note is written as it was rendered, whatever the line is like, but for its colours.
    writes_text: bool,
}

impl PartAnnotator {
    pub(crate) fn new(scanner: Scanner, patterns: PatternScanner, notes: Notes, strip: bool) -> Self {
        let writes_text = !strip && !notes.have_forms() && !notes.end_open();
        Self { scanner, patterns, notes, strip, writes_text }
    }

    /// Returns an annotator that differs in the encoding of its notes alone. Their catalog must be that of the notes.
    #[cfg(feature = "cli")]
    pub(crate) fn with_charset(&self, catalog: &Catalog, charset: Charset) -> Self {
        let notes = self.notes.with_charset(catalog, charset);
        Self::new(self.scanner.clone(), self.patterns.clone(), notes, self.strip)
    }

    /// Returns true if all notes are ASCII, and so the same in each encoding.
    #[cfg(feature = "cli")]
    pub(crate) fn has_ascii_notes(&self) -> bool {
        self.notes.are_ascii()
    }

    /// Returns true if only keys are looked for and notes are the same in every line: then lines need not be whole.
    pub(crate) fn is_keyed_alone(&self) -> bool {
        self.patterns.is_empty() && !self.notes.have_forms()
    }

    /// Returns true if the output is the input with notes added to it, which depend on no more than a field and what is near it.
    pub(crate) fn adds_notes_alone(&self) -> bool {
        self.is_keyed_alone() && !self.strip
    }

    /// Returns the end of the first bytes of a range that are written as they are, whatever comes behind the window, as
    /// [`Scanner::untouched_end`] does. The annotator must [add notes alone](PartAnnotator::adds_notes_alone).
    pub(crate) fn untouched_end(&self, window: &[u8], range: Range<usize>) -> usize {
        self.scanner.untouched_end(window, range)
    }

    /// Returns the vector instructions of the machine.
    pub(crate) fn level(&self) -> Level {
        self.scanner.level
    }

    /// Returns a scanner of near misses.
    #[cfg(feature = "cli")]
    pub(crate) fn near_scanner(&self) -> scanner::NearScanner {
        scanner::NearScanner::new(self.scanner.clone())
    }

    /// Writes a part of the window with its notes. Returns the byte offset where the next part begins: the end of this
    /// part, or, where that lies in a field or an old note, the end of the field or note. Lists the fields in the state
    /// if `list` is true.
    ///
    /// The part must begin where the last one ended. It must end with a line, or at least
    /// [`look_ahead`](PartAnnotator::look_ahead) bytes before the end of the bytes that are there of the line. The
    /// annotator must be [keyed alone](PartAnnotator::is_keyed_alone); others find fields by
    /// [`PartAnnotator::for_each_chunk`].
    pub(crate) fn write_part<'t>(
        &'t self,
        window: &'t [u8],
        part: Range<usize>,
        state: &mut StreamState,
        list: bool,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<usize> {
        debug_assert!(self.is_keyed_alone());
        let part_end = part.end;
        let written = dispatch!(self.scanner.level, simd => simd.vectorize(
            #[inline(always)]
            || self.write_with_keys(simd, window, part, state, list, wtr),
        ))?;
        let end = part_end.max(written).max(end_of_listed(&state.listed));
        self.leave(window, end, &mut state.line);
        wtr.copy(window, written..end)?;
        self.advance_color(window, end, &mut state.color);
        Ok(end)
    }

    /// Returns true if a supposed field is none: it begins within a note, or its [`Checks`] rule it out in the line
    /// without its notes.
    #[inline(always)]
    fn hides(&self, window: &[u8], field: &FoundField, old_notes: &OldNotes) -> bool {
        old_notes.cover(field) || field.checks != Checks::NONE && self.rules_out(window, field, old_notes)
    }

    #[inline(never)]
    fn rules_out(&self, window: &[u8], field: &FoundField, old_notes: &OldNotes) -> bool {
        field.checks.has(Checks::CODE) && old_notes.make_other_kind(window, field)
            || field.checks.has(Checks::ELEMENT) && !self.is_element(window, field)
    }

    /// Returns true if `<` stands behind a field, or behind its note.
    fn is_element(&self, window: &[u8], field: &FoundField) -> bool {
        let note = || self.notes.length_behind_field(window, field, field.entry?);
        scanner::closes_element(window, field, 0)
            || note().is_some_and(|length| scanner::closes_element(window, field, length))
    }

    /// Returns the field with the length of the note that already stands behind it.
    #[inline(always)]
    fn complete(&self, field: FoundField, window: &[u8], line: &mut LineState) -> FoundField {
        let old_note_bytes = match field.entry {
            Some(entry) if self.notes.could_begin(&window[field.end..]) => {
                self.look_for_old_note(field, entry, window, line)
            }
            _ => 0,
        };
        FoundField { old_note_bytes, form: self.form_beside(field, window), ..field }
    }

    /// Returns the form of a field's note: [`NoteForm::Nothing`] where the end of the note, together with the bytes
    /// behind it, would change what a later key is. Notes in colour count without it, so that the same fields have notes.
    #[inline]
    fn form_beside(&self, field: FoundField, text: &[u8]) -> NoteForm {
        match field.entry {
            Some(entry)
                if self.notes.end_open()
                    && self
                        .scanner
                        .is_key_changed(text, field.end, || self.notes.end_of_note(&field, entry)) =>
            {
                NoteForm::Nothing
            }
            _ => field.form,
        }
    }

    /// Returns the length in bytes of the note that already stands behind a field; 0 where none does.
    #[inline(never)]
    fn look_for_old_note(
        &self,
        field: FoundField,
        entry: usize,
        window: &[u8],
        line: &mut LineState,
    ) -> usize {
        let LineState { old_notes, color } = line;
        let Some(mut length) = self.notes.length_at(entry, &window[field.end..]) else {
            return 0;
        };
        if self.strip {
            length += restored_length(color, window, field.end, length);
        }
        let mut end = field.end + length;
        if !self.strip && window[field.end..].starts_with(note::RESET) {
            // The sequence that restores the colour belongs to the note where a rule looks through notes.
            end += color::sequence_length(&window[end..]);
        }
        old_notes.add(field.end..end);
        length
    }

    /// Advances the state of the line to `end`, as far as the next part needs it.
    #[inline]
    fn leave(&self, window: &[u8], end: usize, line: &mut LineState) {
        line.old_notes.keep(window);
        if self.strip {
            line.color.advance(window, end.max(line.color.looked_up_to()));
        }
    }

    /// Goes on at `end` of the window, where a line begins or a part of a line ends that is not written.
    pub(crate) fn skip_to(&self, window: &[u8], end: usize, state: &mut StreamState) {
        state.line.old_notes = OldNotes::default();
        self.leave(window, end, &mut state.line);
        self.advance_color(window, end, &mut state.color);
    }

    /// Writes a range of the window with the notes of its fields.
    #[inline]
    pub(crate) fn write_range<'t>(
        &'t self,
        window: &'t [u8],
        range: Range<usize>,
        fields: &[FoundField],
        color: &mut LineColor,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        let end = range.end;
        dispatch!(self.scanner.level, simd => simd.vectorize(
            #[inline(always)]
            || self.write_fields(simd, window, range, fields, color, wtr),
        ))?;
        self.advance_color(window, end, color);
        Ok(())
    }

    /// Writes a range of the window with the notes of its fields, with the instructions of a level.
    #[inline(always)]
    fn write_fields<'t, S: Simd>(
        &'t self,
        simd: S,
        window: &'t [u8],
        range: Range<usize>,
        fields: &[FoundField],
        color: &mut LineColor,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        let mut written = range.start;
        for field in fields {
            match field.entry {
                Some(entry)
                    if field.old_note_bytes == 0 && self.has_ready_note(simd, window, field, color) =>
                {
                    self.write_ready_note(window, &mut written, field, entry, wtr)?;
                }
                _ => self.write_any_field(window, &mut written, *field, color, wtr)?,
            }
        }
        wtr.copy(window, written..range.end)
    }

    /// Looks at the colours of a line up to `end`, behind which the next range begins, where notes are in colour.
    #[inline]
    fn advance_color(&self, window: &[u8], end: usize, color: &mut LineColor) {
        if self.notes.in_color() {
            color.advance(window, end);
        }
    }

    /// Returns true if the note of a field, behind which no note stands, is surely [ready](Notes::ready).
    #[inline(always)]
    fn has_ready_note<S: Simd>(
        &self,
        simd: S,
        window: &[u8],
        field: &FoundField,
        color: &mut LineColor,
    ) -> bool {
        self.writes_text && (!self.notes.in_color() || color.is_none_at(simd, window, field.end))
    }

    /// Writes the bytes from `written` to the end of a field, and its [ready](Notes::ready) note.
    #[inline(always)]
    fn write_ready_note<'t>(
        &'t self,
        window: &'t [u8],
        written: &mut usize,
        field: &FoundField,
        entry: usize,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        let gap = std::mem::replace(written, field.end)..field.end;
        wtr.copy(window, gap)?;
        let (texts, note) = self.notes.ready(entry);
        wtr.copy_note(texts, note)
    }

    /// Writes a field as [`PartAnnotator::write_any_field`] does, out of the way of a loop that seldom needs it.
    #[inline(never)]
    fn write_field<'t>(
        &'t self,
        window: &'t [u8],
        written: &mut usize,
        field: FoundField,
        color: &mut LineColor,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        self.write_any_field(window, written, field, color, wtr)
    }

    /// Writes the bytes from `written` to the end of a field, with its note, if a note is to be written or removed.
    #[inline(always)]
    fn write_any_field<'t>(
        &'t self,
        window: &'t [u8],
        written: &mut usize,
        field: FoundField,
        color: &mut LineColor,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        let Some(entry) = field.entry.filter(|_| self.strip == (field.old_note_bytes > 0)) else {
            return Ok(());
        };
        let gap = *written..field.end;
        *written = field.end + field.old_note_bytes;
        wtr.copy(window, gap)?;
        self.write_note(window, field, entry, color, wtr)
    }

    #[inline(always)]
    fn write_note<'t>(
        &'t self,
        window: &'t [u8],
        field: FoundField,
        entry: usize,
        color: &mut LineColor,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        if self.strip {
            return Ok(());
        }
        if self.notes.in_color() {
            color.advance(window, field.end);
        }
        self.notes.write(&field, entry, window, color, wtr)
    }

    /// Returns the number of bytes behind a part that the window must have, unless the line ends before.
    pub(crate) fn look_ahead(&self) -> usize {
        let restored = if self.strip { color::RESTORING_MAX_BYTES } else { color::SEQUENCE_MAX_BYTES };
        scanner::LOOK_AHEAD_BYTES + self.notes.max_length() + restored
    }
}

/// Returns the end of the last field with the note that already stands behind it, so that an observer sees both whole.
fn end_of_listed(listed: &[FoundField]) -> usize {
    listed.last().map_or(0, |field| field.end + field.old_note_bytes)
}

/// Returns the length in bytes of the sequence that restores the line's colour behind a note; 0 where there is none.
fn restored_length(color: &mut LineColor, window: &[u8], note_start: usize, length: usize) -> usize {
    if !window[note_start..].starts_with(note::RESET) {
        return 0;
    }
    color.advance(window, note_start);
    let sequence = color.restoring_sequence().unwrap_or_default();
    if window[note_start + length..].starts_with(&sequence) { sequence.len() } else { 0 }
}
