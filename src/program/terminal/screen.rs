//! The place on which text for people is shown: colours, and the number of columns.

use super::coloring::Coloring;
use crate::SeverityColors;
use rustix::termios::tcgetwinsize;
use std::io::IsTerminal;
use std::os::fd::AsFd;

/// The number of columns and rows that terminals usually have, for places that do not tell their own.
const USUAL_COLUMNS: usize = 80;
const USUAL_ROWS: usize = 24;

/// The properties of a terminal or a file that text for people fits into.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    /// The colours of text; `None` where text is plain.
    pub colors: Option<SeverityColors>,
    pub columns: usize,
}

impl Screen {
    /// Returns the screen that a stream is, which need not be a terminal.
    pub(crate) fn of(stream: &(impl AsFd + IsTerminal), coloring: Coloring) -> Self {
        let colors = coloring.colors_on(stream.is_terminal());
        Self { colors, columns: columns_of(stream).map_or(USUAL_COLUMNS, usize::from) }
    }

    /// Returns the screen that a file is.
    pub(crate) fn of_file(coloring: Coloring) -> Self {
        Self { colors: coloring.colors_on(false), columns: USUAL_COLUMNS }
    }
}

/// Returns the number of columns of a terminal; `None` for one that does not tell it, and for anything else.
pub(crate) fn columns_of(terminal: impl AsFd) -> Option<u16> {
    tcgetwinsize(terminal).ok().map(|size| size.ws_col).filter(|&columns| columns > 0)
}

/// Returns the number of rows of a terminal, or the usual one where it does not tell it.
pub(crate) fn rows_of(terminal: impl AsFd) -> usize {
    let rows = tcgetwinsize(terminal).ok().map(|size| usize::from(size.ws_row));
    rows.filter(|rows| *rows > 0).unwrap_or(USUAL_ROWS)
}
