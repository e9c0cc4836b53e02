//! The hot loop: copies what lies between fields, puts a note behind each field.

use crate::line_color::LineColor;
use crate::note::{Note, RESET};
use crate::scanner::{self, Scanner};
use std::io::{self, Write};
use std::ops::Range;

/// Puts notes behind fields; knows nothing of where bytes come from and go to.
#[derive(Clone, Debug)]
pub(crate) struct NoteWriter {
    pub(crate) scanner: Scanner,
    /// One for each entry of the catalog, in its order.
    pub(crate) notes: Vec<Note>,
    /// Whether notes are in colour.
    pub(crate) color: bool,
}

/// What is remembered of a stream from one window to the next.
#[derive(Debug, Default)]
pub(crate) struct Memory {
    /// Fields found so far, whether they got a note or had it.
    pub(crate) fields: u64,
    color: LineColor,
    old_notes: OldNotes,
    /// Room for the scanner to work in.
    scratch: Vec<u32>,
}

impl NoteWriter {
    /// Writes a part of the window with its notes and returns where the next part begins: at the end of
    /// this one, or, where that lies in a field, behind the field.
    ///
    /// The part begins where the last one ended. It ends where a line does, or a field's and a note's
    /// reach before the end of what is there of the line ([`NoteWriter::look_ahead`]).
    pub(crate) fn write_part(
        &self,
        window: &[u8],
        part: Range<usize>,
        memory: &mut Memory,
        wtr: &mut impl Write,
    ) -> io::Result<usize> {
        let Memory { fields, color, old_notes, scratch } = memory;
        let mut written = part.start;
        self.scanner.for_each_field(window, part.clone(), scratch, |field| {
            if field.spelled_code && old_notes.hide_other_kind(window, field.key_start) {
                return Ok(());
            }
            *fields += 1;
            let note = &self.notes[field.entry];
            if let Some(length) = note.length_at(&window[field.end..]) {
                old_notes.add(window, field.end..field.end + length);
                return Ok(());
            }
            wtr.write_all(&window[written..field.end])?;
            written = field.end;
            if !self.color {
                return wtr.write_all(&note.plain);
            }
            color.advance(window, field.end);
            write_colored(note, color, wtr)
        })?;
        let end = part.end.max(written);
        wtr.write_all(&window[written..end])?;
        if self.color {
            color.advance(window, end);
        }
        Ok(end)
    }

    /// How far behind a part the window must reach, unless the line ends before that.
    pub(crate) fn look_ahead(&self) -> usize {
        let longest_note = self.notes.iter().map(Note::max_length).max().unwrap_or(0);
        scanner::LOOK_AHEAD_BYTES + longest_note
    }
}

/// Writes a note in colour, so that the line's own colour neither tints it nor is lost behind it.
fn write_colored(note: &Note, line: &LineColor, wtr: &mut impl Write) -> io::Result<()> {
    match line.restoring_sequence() {
        None => wtr.write_all(&note.colored),
        Some(sequence) => {
            wtr.write_all(RESET)?;
            wtr.write_all(&note.colored)?;
            wtr.write_all(&sequence)
        }
    }
}

impl Memory {
    /// Forgets all, for another input.
    pub(crate) fn clear(&mut self) {
        *self = Self { scratch: std::mem::take(&mut self.scratch), ..Self::default() };
    }

    /// Tells that what was at `from` in the window is at `to` now.
    pub(crate) fn moved(&mut self, from: usize, to: usize) {
        self.color.moved(from, to);
        self.old_notes.moved(from, to);
    }
}

/// The notes that the input already had just before this place of the line.
///
/// Rule 3 of the scanner looks at the token before a key. A note begins with a blank, and would cut that
/// token: `Domain=ret=-1 code=5` has no field `code`, and must have none when it is annotated a second
/// time. So the token is looked at as it was before there were notes.
#[derive(Debug, Default)]
struct OldNotes {
    /// What stood right before the last note, as far as rule 3 looks, without notes.
    before: Vec<u8>,
    /// Where the last note ends in the window.
    end: Option<usize>,
}

impl OldNotes {
    fn add(&mut self, window: &[u8], note: Range<usize>) {
        let mut before = self.line_before(window, note.start).unwrap_or_else(|| {
            window[note.start.saturating_sub(scanner::TOKEN_REACH_BYTES)..note.start].to_vec()
        });
        before.drain(..before.len().saturating_sub(scanner::TOKEN_REACH_BYTES));
        self.before = before;
        self.end = Some(note.end);
    }

    /// Whether the key is another kind of code once the notes before it are looked through.
    #[inline]
    fn hide_other_kind(&self, window: &[u8], key_start: usize) -> bool {
        self.line_before(window, key_start).is_some_and(|line| scanner::is_other_kind(&line, line.len()))
    }

    /// What stands before `at` without notes, where the last note is near enough to matter.
    fn line_before(&self, window: &[u8], at: usize) -> Option<Vec<u8>> {
        let since = self.end.filter(|&end| end <= at && at - end < scanner::TOKEN_REACH_BYTES)?;
        Some([&self.before, &window[since..at]].concat())
    }

    fn moved(&mut self, from: usize, to: usize) {
        self.end = self.end.and_then(|end| (end + to).checked_sub(from));
    }
}
