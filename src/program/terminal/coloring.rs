//! The choice between text in colour and plain text.

/// The use of colour: each field is true if text is in colour there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Coloring {
    pub(crate) on_terminal: bool,
    pub(crate) elsewhere: bool,
}

impl Coloring {
    /// Returns true if text is in colour. `terminal` is true if the text goes to a terminal.
    pub(crate) fn is_on(self, terminal: bool) -> bool {
        if terminal { self.on_terminal } else { self.elsewhere }
    }
}
