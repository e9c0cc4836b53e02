//! What is remembered of a stream from one part to the next.

use super::with_patterns::Found;
use crate::field::Field;
use crate::line_color::LineColor;
use crate::line_quotes::LineQuotes;
use crate::old_notes::OldNotes;
use crate::scanner::Candidates;

/// What is remembered of a stream from one window to the next.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// How many fields with a known code there were so far, whether they got a note or had it.
    pub(crate) fields: u64,
    /// The fields of the part that was worked on last, if they were to be listed.
    pub(crate) listed: Vec<Field>,
    pub(crate) color: LineColor,
    pub(super) line: LineMemory,
    /// Room for the scanner to work in.
    pub(super) candidates: Candidates,
    pub(super) found: Found,
}

/// What the line so far says of the next field.
#[derive(Debug, Default)]
pub(super) struct LineMemory {
    pub(super) old_notes: OldNotes,
    pub(super) quotes: LineQuotes,
    /// For taking notes out; those that are written have their own.
    pub(super) color: LineColor,
}

impl LineMemory {
    /// A line that begins at that place of the window.
    pub(super) fn beginning_at(start: usize) -> Self {
        let (quotes, color) = (LineQuotes::beginning_at(start), LineColor::beginning_at(start));
        Self { old_notes: OldNotes::default(), quotes, color }
    }
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
