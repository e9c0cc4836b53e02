//! Lines of a stream: which are written, with what lines around them, and their numbers.

mod held;
mod number;
mod writer;

pub(crate) use writer::LineWriter;

use crate::catalog::Catalog;
use crate::field::Field;
use crate::selector::Selector;

/// Which lines of a stream are written, and what stands before each.
///
/// A line is written whole or not at all. Whether it has a selected code is decided for lines of up to 16 MiB;
/// longer ones are written, whatever is in them. A last line without a newline gets one.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The codes that a line must have one of; all lines are written where there is no selector.
    pub only: Option<Selector>,
    /// The lines around selected ones that are written as well.
    pub context: Option<Context>,
    /// Whether the number of each line, from 1, stands before it: `12:`, or `12-` where the line was not
    /// itself selected.
    pub numbered: bool,
}

/// Lines around selected ones. Groups of lines that do not follow each other are parted by a line `--`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    /// How many lines before a selected one are written, as far as 16 MiB hold them.
    pub before: usize,
    /// How many lines behind a selected one are written.
    pub after: usize,
}

/// What [`Lines`] come to for one catalog.
#[derive(Clone, Debug)]
pub(crate) struct LineRules {
    lines: Lines,
    /// For each entry of the catalog, whether a line with it is written.
    selected: Box<[bool]>,
}

impl LineRules {
    pub(crate) fn new(lines: Lines, catalog: &Catalog) -> Self {
        let is_selected = |only: &Selector| {
            catalog.entries().iter().map(|entry| only.selects(entry.code(), Some(entry))).collect()
        };
        let selected = lines.only.as_ref().map(is_selected).unwrap_or_default();
        Self { lines, selected }
    }

    /// Whether lines are left out, so that each must be whole when it is decided on.
    pub(crate) fn choose(&self) -> bool {
        self.lines.only.is_some()
    }

    /// Whether the line of a field is selected, where lines are chosen.
    #[inline]
    pub(crate) fn selects(&self, field: &Field) -> bool {
        match field.entry {
            Some(entry) => self.selected[entry],
            None => self.lines.only.as_ref().is_some_and(|only| only.selects(field.code, None)),
        }
    }

    fn context(&self) -> Context {
        self.lines.context.unwrap_or_default()
    }

    fn has_context(&self) -> bool {
        self.lines.context.is_some()
    }
}
