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
    /// The end of the last note in the window; 0 where there is none, or none within reach.
    end: usize,
    /// The notes that have been added since the last call of [`OldNotes::keep`], in ascending order. Notes out of reach of
    /// the next field may be missing.
    recent: Vec<Range<usize>>,
    /// The bytes right before the last note before those, as far back as rule 3 looks, without notes.
    kept: Vec<u8>,
    /// The end of that note in the window; 0 where there is none, or none within reach.
    kept_end: usize,
}

/// The number of recent notes from which on those out of reach are dropped: more than can be within reach, because a
/// byte stands between any two.
const RECENT_MAX: usize = 2 * scanner::REACH_BYTES;

impl OldNotes {
    /// Adds a note behind all notes so far.
    #[inline]
    pub(crate) fn add(&mut self, note: Range<usize>) {
        if self.recent.len() >= RECENT_MAX {
            self.drop_out_of_reach(note.start);
        }
        self.end = note.end;
        self.recent.push(note);
    }

    /// Drops the notes that lie out of reach of a place.
    #[cold]
    fn drop_out_of_reach(&mut self, place: usize) {
        let (mut end, mut reach) = (place, scanner::REACH_BYTES);
        let is_in_reach = |note: &&Range<usize>| {
            reach = reach.saturating_sub(end - note.end);
            end = note.start;
            reach > 0
        };
        let count = self.recent.iter().rev().take_while(is_in_reach).count();
        self.recent.drain(..self.recent.len() - count);
        self.kept_end = 0;
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
        is_near.then(|| self.text_before(window, at))
    }

    /// Returns the bytes before `at` without notes, as far back as rule 3 looks.
    fn text_before(&self, window: &[u8], at: usize) -> Vec<u8> {
        let (mut pieces, mut end, mut reach) = (Vec::new(), at, scanner::REACH_BYTES);
        let mut take = |start: usize, end: usize| {
            let piece = &window[start.max(end.saturating_sub(reach))..end];
            reach -= piece.len();
            pieces.push(piece);
            reach > 0
        };
        let goes_on =
            self.recent.iter().rev().all(|note| take(note.end, std::mem::replace(&mut end, note.start)));
        if goes_on && take(self.kept_end.min(end), end) && self.kept_end > 0 {
            pieces.push(&self.kept[self.kept.len().saturating_sub(reach)..]);
        }
        pieces.reverse();
        pieces.concat()
    }

    /// Keeps what later fields need of the text before the last note. The window may then move.
    pub(crate) fn keep(&mut self, window: &[u8]) {
        if let Some(last) = self.recent.pop() {
            (self.kept, self.kept_end) = (self.text_before(window, last.start), last.end);
            self.recent.clear();
        }
    }

    /// Adjusts the state to a window whose bytes have moved from offset `from` to offset `to`. The state must be
    /// [kept](OldNotes::keep).
    pub(crate) fn moved(&mut self, from: usize, to: usize) {
        debug_assert!(self.recent.is_empty());
        self.kept_end = (self.kept_end + to).saturating_sub(from);
        self.end = self.kept_end;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the text of a window before a place without notes, as far back as rule 3 looks.
    fn naive(window: &[u8], is_note: &[bool], at: usize) -> Vec<u8> {
        let text = (0..at).rev().filter(|&place| !is_note[place]).map(|place| window[place]);
        let mut text: Vec<u8> = text.take(scanner::REACH_BYTES).collect();
        text.reverse();
        text
    }

    #[test]
    fn the_text_before_is_without_notes_however_many_there_are_and_wherever_they_are_kept() {
        let window: Vec<u8> = (0..40_000_u32).map(|at| ((at * 31) >> 2) as u8).collect();
        for (distance, length) in [(2, 1), (7, 5), (30, 3), (645, 2), (700, 20), (2000, 1300)] {
            let starts = (10..window.len() - length).step_by(distance + length);
            let notes: Vec<_> = starts.map(|start| start..start + length).collect();
            let mut is_note = vec![false; window.len()];
            notes.iter().for_each(|note| is_note[note.clone()].fill(true));
            for kept in [usize::MAX, 1, 3, 1000] {
                let mut old = OldNotes::default();
                for (count, note) in notes.iter().enumerate() {
                    old.add(note.clone());
                    if count % kept == kept - 1 {
                        old.keep(&window);
                    }
                    let at = window.len().min(note.end + distance / 2);
                    if count % 97 == 0 || count + 3 > notes.len() {
                        let expected = naive(&window, &is_note, at);
                        let found = old.line_before(&window, at);
                        assert_eq!(found.is_some(), at - note.end < scanner::REACH_BYTES);
                        assert!(
                            found.is_none_or(|found| found == expected),
                            "{distance} {length} {kept} {count}"
                        );
                    }
                }
                assert!(old.recent.len() <= RECENT_MAX);
            }
        }
    }
}
