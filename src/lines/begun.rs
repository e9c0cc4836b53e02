//! The text before the rest of an incomplete line, of which the beginning is written before the line is whole.

use super::{LineRules, LineWriter};

impl LineWriter {
    /// Returns the name and the number that stand before the next bytes of the input; nothing if these go on with a line of which
    /// the beginning was written, or lines have neither.
    pub(crate) fn text_before_rest(&mut self, rules: &LineRules) -> Vec<u8> {
        if self.in_line || !rules.have_prefix() {
            return Vec::new();
        }
        let mut text = Vec::new();
        let number = rules.number().then_some(self.lines + 1);
        self.prefix.write(number, b':', &mut text).expect("a vector takes all bytes");
        text
    }
}
