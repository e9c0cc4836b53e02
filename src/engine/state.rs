//! The state of a stream between one part and the next.

use crate::field::FoundField;
use crate::line::color::LineColor;
use crate::line::old_notes::OldNotes;
use crate::scanner::Candidates;

/// The state of a stream between one part and the next.
#[derive(Debug, Default)]
pub(crate) struct StreamState {
    /// The number of fields with a known code so far, with notes that were written or were there already.
    pub(crate) fields: u64,
    /// The fields of the part or chunk that was worked on last, if fields are listed.
    pub(crate) listed: Vec<FoundField>,
    pub(crate) color: LineColor,
    pub(super) line: LineState,
    /// A buffer for the scanner.
    pub(super) candidates: Candidates,
}

/// The part of a line before the current place, as far as the next field depends on it.
#[derive(Debug, Default)]
pub(super) struct LineState {
    pub(super) old_notes: OldNotes,
    /// The colours in force, for notes that are removed. Notes that are written have [`StreamState::color`].
    pub(super) color: LineColor,
}

impl LineState {
    /// Returns the state at the beginning of a line, at byte offset `start` of the window.
    pub(super) fn beginning_at(start: usize) -> Self {
        Self { old_notes: OldNotes::default(), color: LineColor::beginning_at(start) }
    }
}

impl StreamState {
    /// Drops the state of the stream, for another input. Keeps the buffers.
    pub(crate) fn clear(&mut self) {
        let Self { listed, candidates, .. } = std::mem::take(self);
        *self = Self { listed, candidates, ..Self::default() };
    }

    /// Adjusts the state to a window whose bytes have moved from offset `from` to offset `to`.
    pub(crate) fn moved(&mut self, from: usize, to: usize) {
        self.color.moved(from, to);
        self.line.color.moved(from, to);
        self.line.old_notes.moved(from, to);
    }
}
