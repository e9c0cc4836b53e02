//! The text before a line: the name of its input and its number. Fast for a number that follows the last one.

use std::io::{self, Write};

/// The bytes of a block, of which the first are a number.
pub(super) const NUMBER_BYTES: usize = 16;

/// The numbers from this one on have too many digits for a block with a byte behind them.
const NUMBER_LIMIT: u64 = 10_u64.pow(NUMBER_BYTES as u32 - 1);

/// The text before a line, with a byte behind the name and one behind the number: `server.log:12:`.
#[derive(Debug, Default)]
pub(super) struct LinePrefix {
    /// The name and the byte behind it; empty where there is no name.
    name: Vec<u8>,
    pub(super) number: NumberText,
}

/// A number as text. The text is kept in an integer: reading an array back right after its bytes were stored one by one is
/// slow.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct NumberText {
    number: u64,
    /// The digits and the byte behind them, the first digit in the highest byte.
    block: u128,
    /// The length of the text in bytes, with the byte behind the digits.
    length: u8,
    mark: u8,
    /// The last digit, and 1 in the place of that digit.
    last_digit: u8,
    unit: u128,
}

impl LinePrefix {
    /// Begins an input with this name, which may be empty.
    pub(super) fn begin_input(&mut self, name: &[u8]) {
        self.name.clear();
        self.name.extend_from_slice(name);
        self.name.extend((!name.is_empty()).then_some(b':'));
    }

    /// Puts `mark` behind the name, and returns both; nothing where there is no name.
    #[inline]
    pub(super) fn name_before(&mut self, mark: u8) -> &[u8] {
        if let Some(last) = self.name.last_mut() {
            *last = mark;
        }
        &self.name
    }

    /// Writes the text before a line. `mark` stands behind the name and behind the number. With `None` for a number, the
    /// text is the name alone.
    pub(super) fn write(&mut self, number: Option<u64>, mark: u8, wtr: &mut impl Write) -> io::Result<()> {
        wtr.write_all(self.name_before(mark))?;
        match number {
            Some(number) if NumberText::takes(number) => {
                self.number.set(number, mark);
                let (block, length) = self.number.text();
                wtr.write_all(&block[..length])
            }
            Some(number) => write!(wtr, "{number}{}", char::from(mark)),
            None => Ok(()),
        }
    }
}

impl NumberText {
    /// Returns true if [`NumberText::set`] takes a number.
    #[inline(always)]
    pub(super) fn takes(number: u64) -> bool {
        number < NUMBER_LIMIT
    }

    /// Sets a number, and the byte behind it.
    #[inline(always)]
    pub(super) fn set(&mut self, number: u64, mark: u8) {
        // Most numbers follow the last one; divisions for each number took a tenth of the time.
        if self.last_digit < 9 && number == self.number + 1 && mark == self.mark {
            self.number = number;
            self.last_digit += 1;
            self.block += self.unit;
        } else {
            *self = Self::new(number, mark);
        }
    }

    /// Returns the text as the first bytes of a block, and its length.
    #[inline(always)]
    pub(super) fn text(&self) -> ([u8; NUMBER_BYTES], usize) {
        (self.block.to_be_bytes(), usize::from(self.length).min(NUMBER_BYTES))
    }

    #[inline(never)]
    fn new(number: u64, mark: u8) -> Self {
        let (mut block, mut rest, mut length) = (u128::from(mark), number, 1);
        loop {
            block |= u128::from(b'0' + (rest % 10) as u8) << (8 * length);
            length += 1;
            rest /= 10;
            if rest == 0 {
                break;
            }
        }
        let free = 8 * (NUMBER_BYTES as u8 - length);
        let last_digit = (number % 10) as u8;
        Self { number, block: block << free, length, mark, last_digit, unit: 1 << (free + 8) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_they_are_in_any_order() {
        let mut prefix = LinePrefix::default();
        let limit = NUMBER_LIMIT;
        let jumps = [0, 1, 2, 9, 10, 11, 99, 100, 8, 9, 10, 999, 998, 999, 1000];
        let large = [limit - 2, limit - 1, limit, limit + 1, 7, u64::MAX - 1, u64::MAX, 0, 1];
        for (name, mark) in [("", b':'), ("a.log", b':'), ("a.log", b'-')] {
            prefix.begin_input(name.as_bytes());
            let mark_text = char::from(mark);
            let before = if name.is_empty() { String::new() } else { format!("{name}{mark_text}") };
            for number in jumps.into_iter().chain(large).chain(1..12_000).chain(99_990..100_010) {
                let mut text = Vec::new();
                prefix.write(Some(number), mark, &mut text).unwrap();
                assert_eq!(String::from_utf8(text).unwrap(), format!("{before}{number}{mark_text}"));
            }
            let mut text = Vec::new();
            prefix.write(None, mark, &mut text).unwrap();
            assert_eq!(text, before.as_bytes());
        }
    }
}
