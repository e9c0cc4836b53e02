//! Whether text is in colour.

/// Whether text is in colour on a terminal, and elsewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Coloring {
    pub(crate) on_terminal: bool,
    pub(crate) elsewhere: bool,
}

impl Coloring {
    /// Returns whether text is in colour, given whether it goes to a terminal.
    pub(crate) fn is_on(self, terminal: bool) -> bool {
        if terminal { self.on_terminal } else { self.elsewhere }
    }
}
