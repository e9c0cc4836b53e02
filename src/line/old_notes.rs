//! Notes that the input has already, looked through where a rule looks back.

use crate::field::FoundField;
use crate::scanner;
use std::ops::Range;

/// The notes that the input already had just before this place of the line.
///
/// Rule 3 of the scanner looks at the token before a key. A note begins with a blank, and would cut that
/// token: `Domain=ret=-1 code=5` has no field `code`, and must have none when it is annotated a second
/// time. So the token is looked at as it was before there were notes.
#[derive(Debug, Default)]
pub(crate) struct OldNotes {
    /// What stood right before the last note, as far as rule 3 looks, without notes.
    before: Vec<u8>,
    /// Where the last note ends in the window.
    end: Option<usize>,
}

impl OldNotes {
    pub(crate) fn add(&mut self, window: &[u8], note: Range<usize>) {
        let mut before = self.line_before(window, note.start).unwrap_or_else(|| {
            window[note.start.saturating_sub(scanner::TOKEN_REACH_BYTES)..note.start].to_vec()
        });
        before.drain(..before.len().saturating_sub(scanner::TOKEN_REACH_BYTES));
        self.before = before;
        self.end = Some(note.end);
    }

    /// Whether what looks like a field is none: a part of a note, or another kind of code once the notes before it
    /// are looked through.
    #[inline(always)]
    pub(crate) fn hide(&self, window: &[u8], field: &FoundField) -> bool {
        let is_in_note = self.end.is_some_and(|end| field.start < end);
        is_in_note || field.spelled_code && self.is_other_kind(window, field.start)
    }

    fn is_other_kind(&self, window: &[u8], key_start: usize) -> bool {
        match self.line_before(window, key_start) {
            Some(line) => scanner::is_other_kind(&line, line.len()),
            None => scanner::is_other_kind(window, key_start),
        }
    }

    /// What stands before `at` without notes, where the last note is near enough to matter.
    fn line_before(&self, window: &[u8], at: usize) -> Option<Vec<u8>> {
        let since = self.end.filter(|&end| end <= at && at - end < scanner::TOKEN_REACH_BYTES)?;
        Some([&self.before, &window[since..at]].concat())
    }

    pub(crate) fn moved(&mut self, from: usize, to: usize) {
        self.end = self.end.and_then(|end| (end + to).checked_sub(from));
    }
}
