//! The text before the rest of an incomplete line, of which the beginning is written before the line is whole.

use super::{LineRules, LineWriter};

impl LineWriter {
    /// Returns the name and the number that stand before the next bytes of the input; nothing if these go on with a line of which
    /// the beginning was written, or lines have neither.
    pub(crate) fn text_before_rest(&mut self, rules: &LineRules) -> Vec<u8> {
        if self.in_line || !rules.have_prefix() {
            return Vec::new();
        }
        let mut text = self.name.clone();
        if !text.is_empty() {
            text.push(b':');
        }
        if rules.number() {
            text.extend_from_slice(self.number.of(self.lines + 1, b':'));
        }
        text
    }
}
