//! What is written of a stream: all of it, chosen or numbered lines, or nothing.

use crate::annotate::{Memory, NoteWriter};
use crate::collector::Sink;
use crate::lines::{LineRules, LineWriter};
use crate::window::{LINE_MAX_BYTES, Settled};
use std::io;

/// Writes parts of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Writing {
    pub(crate) notes: NoteWriter,
    pub(crate) written: Written,
}

/// How much is written.
#[derive(Clone, Debug)]
pub(crate) enum Written {
    All,
    /// Chosen or numbered lines.
    Lines(LineRules),
    Nothing,
}

impl Writing {
    /// How long a line may be that must be whole to be worked on; 0 where none must.
    pub(crate) fn whole_line_max(&self) -> usize {
        let is_chosen = matches!(&self.written, Written::Lines(rules) if rules.choose());
        let is_searched = !self.notes.patterns.is_empty();
        if is_chosen || is_searched { LINE_MAX_BYTES } else { 0 }
    }

    /// Writes what is wanted of a part, lists its fields if that is wanted or needed, and returns where the
    /// next begins.
    pub(crate) fn write_part<'t>(
        &'t self,
        settled: Settled<'t>,
        memory: &mut Memory,
        lines: &mut LineWriter,
        list: bool,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<usize> {
        let (text, part) = (settled.text, settled.part.clone());
        match &self.written {
            Written::All => self.notes.write_part(text, part, memory, list, wtr),
            Written::Nothing => Ok(self.notes.list_part(text, part, memory)),
            Written::Lines(rules) => {
                let (start, end) = (part.start, self.notes.list_part(text, part, memory));
                let settled = Settled { part: start..end, ..settled };
                lines.write_part(rules, &self.notes, settled, memory, wtr)?;
                Ok(end)
            }
        }
    }
}
