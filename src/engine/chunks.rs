//! The fields of a unit, chunk by chunk, in ascending order: the list of fields is bounded, however long a line is.

use super::state::LineState;
use super::units::{UNIT_BYTES, Unit};
use super::{PartAnnotator, StreamState, end_of_listed};
use crate::field::{FoundField, NoteForm};
use crate::scanner;
use std::io;
use std::ops::Range;

impl PartAnnotator {
    /// Finds the fields of a unit. Calls `on_chunk` with each chunk of the unit, whose fields are listed in the state.
    /// Chunks follow each other without a gap. Returns the byte offset where the next unit begins: the end of this
    /// unit, or the end of a field or an old note that extends beyond it.
    ///
    /// `is_cut` is true if the input is damaged or unreadable behind the window: then a code that more bytes could
    /// change is none.
    ///
    /// # Errors
    ///
    /// The errors of `on_chunk`.
    pub(crate) fn for_each_chunk(
        &self,
        window: &[u8],
        unit: &Unit,
        is_cut: bool,
        state: &mut StreamState,
        mut on_chunk: impl FnMut(Range<usize>, &mut StreamState) -> io::Result<()>,
    ) -> io::Result<usize> {
        let mut on_chunk = |chunk, state: &mut StreamState| {
            if is_cut {
                state.listed.retain(|field| !scanner::is_undecided(&window[field.end..]));
                self.keep_cut_note(window, &mut state.listed);
            }
            on_chunk(chunk, state)
        };
        match unit {
            Unit::Lines(lines) if !self.is_keyed_alone() => {
                self.list_lines(window, lines.clone(), state);
                state.line = LineState::beginning_at(lines.end);
                on_chunk(lines.clone(), state)?;
                Ok(lines.end)
            }
            Unit::LongLine(line) if !self.is_keyed_alone() => {
                self.for_each_chunk_of_line(window, line.clone(), state, on_chunk)?;
                state.line = LineState::beginning_at(line.end);
                Ok(line.end)
            }
            Unit::LongLine(line) => {
                state.line = LineState::beginning_at(line.start);
                self.for_each_keyed_chunk(window, line.clone(), state, on_chunk)
            }
            Unit::Lines(range) | Unit::Piece(range) => {
                self.for_each_keyed_chunk(window, range.clone(), state, on_chunk)
            }
        }
    }

    /// Treats the beginning of a note at the end of damaged input as the note of its field, so that no second note is
    /// written before it. A field within this beginning is none. With `--strip` the beginning stays.
    fn keep_cut_note(&self, window: &[u8], listed: &mut Vec<FoundField>) {
        let is_begun = |field: &FoundField| {
            !self.strip && field.entry.is_some_and(|entry| self.notes.is_begun(field, entry, window))
        };
        if let Some(place) = listed.iter().position(is_begun) {
            listed.truncate(place + 1);
            listed[place].old_note_bytes = window.len() - listed[place].end;
        }
    }

    /// Finds the fields of text in which only keys are looked for, chunk by chunk. Where the form of a note depends on
    /// its line, such text is part of a line that is too long to be looked at whole, and its fields get no notes.
    fn for_each_keyed_chunk(
        &self,
        window: &[u8],
        range: Range<usize>,
        state: &mut StreamState,
        mut on_chunk: impl FnMut(Range<usize>, &mut StreamState) -> io::Result<()>,
    ) -> io::Result<usize> {
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start + UNIT_BYTES);
            let StreamState { listed, line, candidates, .. } = &mut *state;
            listed.clear();
            self.find_with_keys(window, start..end, line, candidates, listed);
            let end = end.max(end_of_listed(listed));
            self.leave(window, end, line);
            if self.notes.have_forms() {
                for field in listed {
                    (field.form, field.old_note_bytes) = (NoteForm::Nothing, 0);
                }
            }
            on_chunk(start..end, state)?;
            start = end;
        }
        Ok(start)
    }
}
