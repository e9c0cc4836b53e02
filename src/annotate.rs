//! The hot loop: finds fields, copies what lies between them, puts a note behind each.

use crate::line_color::LineColor;
use crate::note::{Note, RESET};
use crate::old_notes::OldNotes;
use crate::scanner::{self, Field, Scanner};
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
    /// How many fields with a known code there were so far, whether they got a note or had it.
    pub(crate) fields: u64,
    /// The fields of the part that was worked on last, if they were to be listed.
    pub(crate) listed: Vec<Field>,
    pub(crate) color: LineColor,
    old_notes: OldNotes,
    /// Room for the scanner to work in.
    scratch: Vec<u32>,
}

impl NoteWriter {
    /// Writes a part of the window with its notes and returns where the next part begins: at the end of
    /// this one, or, where that lies in a field, behind the field. Lists the fields if that is wanted.
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
        self.for_each_field(window, part.clone(), memory, list, |end, note| {
            // What lies before the field was just searched, and is still in the nearest cache.
            wtr.write_all(&window[written..end])?;
            written = end;
            if !self.color {
                return wtr.write_all(&note.plain);
            }
            color.advance(window, end);
            write_colored(note, &color, wtr)
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
        self.for_each_field(window, part, memory, true, |_, _| Ok(())).expect("nothing is written");
        memory.listed.last().map_or(end, |field| end.max(field.end))
    }

    /// Counts the fields of a part, lists them if that is wanted, and calls `on_note` for each that wants its
    /// note, with where that goes.
    #[inline]
    fn for_each_field(
        &self,
        window: &[u8],
        part: Range<usize>,
        memory: &mut Memory,
        list: bool,
        mut on_note: impl FnMut(usize, &Note) -> io::Result<()>,
    ) -> io::Result<()> {
        let Memory { listed, fields, old_notes, scratch, .. } = memory;
        listed.clear();
        self.scanner.for_each_field(window, part, scratch, |mut field| {
            if field.spelled_code && old_notes.hide_other_kind(window, field.start) {
                return Ok(());
            }
            let mut wanted = None;
            if let Some(entry) = field.entry {
                *fields += 1;
                let note = &self.notes[entry];
                match note.length_at(&window[field.end..]) {
                    None => wanted = Some(note),
                    Some(length) => old_notes.add(window, field.end..field.end + length),
                }
            }
            if list {
                field.has_note = wanted.is_none();
                listed.push(field);
            }
            wanted.map_or(Ok(()), |note| on_note(field.end, note))
        })
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
            let Some(entry) = field.entry.filter(|_| !field.has_note) else {
                continue;
            };
            let note = &self.notes[entry];
            wtr.write_all(&window[written..field.end])?;
            written = field.end;
            if self.color {
                color.advance(window, field.end);
                write_colored(note, color, wtr)?;
            } else {
                wtr.write_all(&note.plain)?;
            }
        }
        wtr.write_all(&window[written..range.end])?;
        if self.color {
            color.advance(window, range.end);
        }
        Ok(())
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
        let (listed, scratch) = (std::mem::take(&mut self.listed), std::mem::take(&mut self.scratch));
        *self = Self { listed, scratch, ..Self::default() };
    }

    /// Tells that what was at `from` in the window is at `to` now.
    pub(crate) fn moved(&mut self, from: usize, to: usize) {
        self.color.moved(from, to);
        self.old_notes.moved(from, to);
    }
}
