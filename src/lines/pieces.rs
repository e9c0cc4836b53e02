//! Inputs whose lines come in pieces, between which there are pieces of others.

use super::writer::LineWriter;

impl LineWriter {
    /// Goes on with an input, of which lines have been written before, in an output that has other lines, too, if
    /// `others_have_written` is true.
    pub(crate) fn go_on(&mut self, others_have_written: bool) {
        self.has_written |= others_have_written;
        self.left_out |= others_have_written;
    }

    /// Returns true if lines have been written to the output.
    pub(crate) fn has_written(&self) -> bool {
        self.has_written
    }
}
