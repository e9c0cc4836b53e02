//! Line numbers as text, fast for a number that follows the last one.

/// The most digits of a number.
const DIGITS_MAX: usize = "18446744073709551615".len();

/// A number in decimal digits, with a byte behind it: `12:`.
#[derive(Debug)]
pub(super) struct NumberText {
    number: u64,
    /// The digits, from `start` on, and the byte behind them.
    text: [u8; DIGITS_MAX + 1],
    start: usize,
}

impl NumberText {
    /// Returns the digits of a number, with `mark` behind them.
    #[inline]
    pub(super) fn of(&mut self, number: u64, mark: u8) -> &[u8] {
        // Most numbers follow the last one; divisions for each number took a tenth of the time.
        if self.number.checked_add(1) == Some(number) {
            self.increment()
        } else {
            self.format(number)
        }
        self.number = number;
        self.text[DIGITS_MAX] = mark;
        &self.text[self.start..]
    }

    /// Adds 1 to the digits.
    #[inline]
    fn increment(&mut self) {
        for at in (0..DIGITS_MAX).rev() {
            if self.text[at] != b'9' {
                self.text[at] += 1;
                self.start = self.start.min(at);
                return;
            }
            self.text[at] = b'0';
        }
    }

    /// Writes the digits of any number.
    fn format(&mut self, mut number: u64) {
        self.text = [b'0'; DIGITS_MAX + 1];
        for at in (0..DIGITS_MAX).rev() {
            self.start = at;
            self.text[at] = b'0' + (number % 10) as u8;
            number /= 10;
            if number == 0 {
                return;
            }
        }
    }
}

impl Default for NumberText {
    fn default() -> Self {
        Self { number: 0, text: [b'0'; DIGITS_MAX + 1], start: DIGITS_MAX - 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_what_they_are_in_any_order() {
        let mut text = NumberText::default();
        let numbers =
            [0, 1, 2, 9, 10, 11, 99, 100, 8, 9, 10, 999, 998, 999, 1000, u64::MAX - 1, u64::MAX, 0, 1];
        for number in numbers {
            assert_eq!(text.of(number, b':'), format!("{number}:").as_bytes());
        }
    }
}
