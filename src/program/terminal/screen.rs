//! The place on which text for people is shown: colours, and the number of columns.

use rustix::termios::tcgetwinsize;
use std::os::fd::AsFd;

/// The number of columns that terminals usually have, for places that do not tell their own.
pub(crate) const USUAL_COLUMNS: usize = 80;

/// The properties of a terminal or a file that text for people fits into.
#[derive(Clone, Copy, Debug)]
pub struct Screen {
    pub color: bool,
    pub columns: usize,
}

/// Returns the number of columns of a terminal; `None` for one that does not tell it, and for anything else.
pub(crate) fn columns_of(terminal: impl AsFd) -> Option<u16> {
    tcgetwinsize(terminal).ok().map(|size| size.ws_col).filter(|&columns| columns > 0)
}
