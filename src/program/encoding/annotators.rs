//! The annotators of a run: one for each encoding of notes, built when it is first needed.

use super::tables::CharTable;
use super::{CharEncoding, EncodingChoice};
use crate::{Annotator, TimeBounds};
use std::sync::OnceLock;

/// An annotator for each encoding, which differ in the encoding of their notes alone.
#[derive(Debug)]
pub struct Annotators {
    utf8: Annotator,
    /// The annotators for the encodings with tables, by the number of the table. Boxed, because few are ever built.
    others: [OnceLock<Box<Annotator>>; CharTable::COUNT],
}

impl Annotators {
    /// Takes the annotator for UTF-8.
    pub fn new(utf8: Annotator) -> Self {
        Self { utf8, others: Default::default() }
    }

    /// Returns the annotator for inputs in an encoding. UTF-16 is searched and annotated as UTF-8.
    pub(crate) fn of(&self, encoding: CharEncoding) -> &Annotator {
        match encoding.table() {
            Some(table) if !self.utf8.has_ascii_notes() => {
                self.others[table as usize].get_or_init(|| Box::new(self.utf8.with_charset(table.charset())))
            }
            _ => &self.utf8,
        }
    }

    /// Returns the bounds of the times of lines, which all annotators have; `None` if lines are not chosen by their times.
    pub(crate) fn times(&self) -> Option<&TimeBounds> {
        self.utf8.times()
    }

    /// Returns the choice of encodings. With `tells_gbk`, GBK is told from UTF-8 even if all notes are ASCII.
    pub(crate) fn choice(&self, choice: EncodingChoice, tells_gbk: bool) -> EncodingChoice {
        match choice {
            EncodingChoice::Auto { .. } => {
                EncodingChoice::Auto { tells_gbk: tells_gbk || !self.utf8.has_ascii_notes() }
            }
            named => named,
        }
    }
}
