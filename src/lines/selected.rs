//! The number of selected lines of an input, and the bound for it.

use super::count_newlines;
use memchr::memchr_iter;

/// The number of selected lines of an input that have been counted.
#[derive(Debug, Default)]
pub(super) struct SelectedCount(pub(super) u64);

impl SelectedCount {
    /// Counts the selected lines of a text, which follow each other, up to `max` lines of the input. Returns the length in
    /// bytes of those within the bound. Without a bound, counts nothing and returns the length of the text.
    #[inline]
    pub(super) fn take(&mut self, text: &[u8], max: Option<u64>) -> usize {
        match max {
            Some(max) if !text.is_empty() => self.take_bounded(text, max),
            _ => text.len(),
        }
    }

    fn take_bounded(&mut self, text: &[u8], max: u64) -> usize {
        let left = max.saturating_sub(self.0);
        let count = count_newlines(text) + u64::from(!text.ends_with(b"\n"));
        self.0 += count.min(left);
        if count <= left {
            return text.len();
        }
        let last = left.checked_sub(1).and_then(|last| memchr_iter(b'\n', text).nth(last as usize));
        last.map_or(0, |newline| newline + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_counted_up_to_the_bound() {
        for (text, max, length, count) in [
            ("", Some(3), 0, 0),
            ("a\nb\nc\n", None, 6, 0),
            ("a\nb\nc\n", Some(0), 0, 0),
            ("a\nb\nc\n", Some(2), 4, 2),
            ("a\nb\nc\n", Some(3), 6, 3),
            ("a\nb\nc", Some(2), 4, 2),
            ("a\nb\nc", Some(3), 5, 3),
            ("a\nb\nc", Some(u64::MAX), 5, 3),
        ] {
            let mut selected = SelectedCount::default();
            assert_eq!((selected.take(text.as_bytes(), max), selected.0), (length, count), "{text} {max:?}");
        }
        let mut selected = SelectedCount(5);
        assert_eq!((selected.take(b"a\nb\n", Some(6)), selected.take(b"c\n", Some(6))), (2, 0));
    }
}
