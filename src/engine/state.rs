//! What is remembered of a stream from one part to the next.

use crate::field::FoundField;
use crate::line::color::LineColor;
use crate::line::old_notes::OldNotes;
use crate::scanner::Candidates;

/// What is remembered of a stream from one window to the next.
#[derive(Debug, Default)]
pub(crate) struct StreamState {
    /// How many fields with a known code there were so far, whether they got a note or had it.
    pub(crate) fields: u64,
    /// The fields of the part or chunk that was worked on last, if they were listed.
    pub(crate) listed: Vec<FoundField>,
    pub(crate) color: LineColor,
    pub(super) line: LineState,
    /// Room for the scanner to work in.
    pub(super) candidates: Candidates,
}

/// What the line so far says of the next field.
#[derive(Debug, Default)]
pub(super) struct LineState {
    pub(super) old_notes: OldNotes,
    /// For taking notes out; those that are written have their own.
    pub(super) color: LineColor,
}

impl LineState {
    /// A line that begins at that place of the window.
    pub(super) fn beginning_at(start: usize) -> Self {
        Self { old_notes: OldNotes::default(), color: LineColor::beginning_at(start) }
    }
}

impl StreamState {
    /// Forgets all, for another input.
    pub(crate) fn clear(&mut self) {
        let Self { listed, candidates, .. } = std::mem::take(self);
        *self = Self { listed, candidates, ..Self::default() };
    }

    /// Tells that what was at `from` in the window is at `to` now.
    pub(crate) fn moved(&mut self, from: usize, to: usize) {
        self.color.moved(from, to);
        self.line.color.moved(from, to);
        self.line.old_notes.moved(from, to);
    }
}
