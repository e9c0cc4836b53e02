//! The choice between text in colour and plain text, and the colours.

use crate::SeverityColors;

/// The use of colour: text is in colour where a field says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Coloring {
    pub(crate) on_terminal: bool,
    pub(crate) elsewhere: bool,
    /// The colours where text has any.
    pub(crate) colors: SeverityColors,
}

impl Coloring {
    /// Returns true if text is in colour. `terminal` is true if the text goes to a terminal.
    pub(crate) fn is_on(self, terminal: bool) -> bool {
        if terminal { self.on_terminal } else { self.elsewhere }
    }

    /// Returns the colours of text; `None` if text is plain. `terminal` is true if the text goes to a terminal.
    pub(crate) fn colors_on(self, terminal: bool) -> Option<SeverityColors> {
        self.is_on(terminal).then_some(self.colors)
    }
}
