//! The notes that a line has already. Rule 3 of the scanner, which looks back, looks through them.

use crate::field::FoundField;
use crate::scanner;
use std::ops::Range;

/// The notes that a line has already before a place of it.
///
/// Rule 3 of the scanner looks at the token before a key. A note begins with a blank and would cut the token short:
/// `Domain=ret=-1 code=5` has no field `code`, and must have none when it is annotated a second time. So rule 3 looks
/// at the line without its notes.
#[derive(Debug, Default)]
pub(crate) struct OldNotes {
    /// The bytes right before the last note, as far back as rule 3 looks, without notes.
    before: Vec<u8>,
    /// The end of the last note in the window; 0 where there is none, or none within reach.
    end: usize,
}

impl OldNotes {
    /// Adds a note behind all notes so far.
    pub(crate) fn add(&mut self, window: &[u8], note: Range<usize>) {
        let mut before = self
            .line_before(window, note.start)
            .unwrap_or_else(|| window[note.start.saturating_sub(scanner::REACH_BYTES)..note.start].to_vec());
        before.drain(..before.len().saturating_sub(scanner::REACH_BYTES));
        self.before = before;
        self.end = note.end;
    }

    /// Returns true if a supposed field begins within a note.
    #[inline(always)]
    pub(crate) fn cover(&self, field: &FoundField) -> bool {
        field.start < self.end
    }

    /// Returns true if a supposed field whose key is spelled `code` is another kind of code in the line without its
    /// notes.
    pub(crate) fn make_other_kind(&self, window: &[u8], field: &FoundField) -> bool {
        let before = &window[..field.start];
        // Looks first, because the text without notes is a copy.
        scanner::may_end_in_blank(before)
            && match self.line_before(window, field.start) {
                Some(line) => scanner::is_other_kind(&line, field),
                None => scanner::is_other_kind(before, field),
            }
    }

    /// Returns the text before `at` without notes, where the last note is near enough to matter; else `None`.
    fn line_before(&self, window: &[u8], at: usize) -> Option<Vec<u8>> {
        let is_near = self.end > 0 && self.end <= at && at - self.end < scanner::REACH_BYTES;
        is_near.then(|| [&self.before, &window[self.end..at]].concat())
    }

    /// Adjusts the state to a window whose bytes have moved from offset `from` to offset `to`.
    pub(crate) fn moved(&mut self, from: usize, to: usize) {
        self.end = (self.end + to).saturating_sub(from);
    }
}
