//! Units: ranges into which a part of the window is divided. Each is bounded, so that the list of a unit's fields does
//! not grow with the part.

use crate::buffer::LINE_MAX_BYTES;
use memchr::{memchr, memrchr};
use std::ops::Range;

/// The most bytes of a unit, unless it is a longer line that must be whole.
pub(super) const UNIT_BYTES: usize = 128 * 1024;

/// A range of a part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Unit {
    /// Whole lines, together no more than [`UNIT_BYTES`].
    Lines(Range<usize>),
    /// A whole line of more than [`UNIT_BYTES`], and no more than [`LINE_MAX_BYTES`].
    LongLine(Range<usize>),
    /// No more than [`UNIT_BYTES`] of a line that has more than [`LINE_MAX_BYTES`], that began before the part, or that
    /// goes on behind it.
    Piece(Range<usize>),
}

impl Unit {
    /// Returns the first unit of the rest of a part: the rest begins at `start` and ends before `part_end`. Returns
    /// `None` where nothing is left.
    pub(crate) fn first_of(window: &[u8], start: usize, part_end: usize) -> Option<Self> {
        if start >= part_end {
            return None;
        }
        let unit_end = part_end.min(start + UNIT_BYTES);
        let behind_newline = |newline: usize| start + newline + 1;
        if start > 0 && window[start - 1] != b'\n' {
            // The rest of a line that began before `start`.
            let newline = memchr(b'\n', &window[start..unit_end]);
            return Some(Self::Piece(start..newline.map_or(unit_end, behind_newline)));
        }
        if let Some(newline) = memrchr(b'\n', &window[start..unit_end]) {
            return Some(Self::Lines(start..behind_newline(newline)));
        }
        let newline = memchr(b'\n', &window[unit_end..part_end]).map(|newline| unit_end + newline + 1);
        // The end of the input ends its last line; anywhere else, the line goes on.
        let goes_on = newline.is_none() && part_end < window.len();
        let end = newline.unwrap_or(part_end);
        Some(if goes_on || end - start > LINE_MAX_BYTES {
            Self::Piece(start..unit_end)
        } else if end - start > UNIT_BYTES {
            Self::LongLine(start..end)
        } else {
            Self::Lines(start..end)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn units(window: &[u8], part: Range<usize>) -> Vec<Unit> {
        let mut start = part.start;
        let next = || {
            let unit = Unit::first_of(window, start, part.end)?;
            let (Unit::Lines(range) | Unit::LongLine(range) | Unit::Piece(range)) = &unit;
            start = range.end;
            Some(unit)
        };
        std::iter::from_fn(next).collect()
    }

    #[test]
    fn whole_lines_are_told_from_pieces_of_lines() {
        use Unit::{Lines, Piece};
        assert_eq!(units(b"a\nb\n", 0..4), [Lines(0..4)]);
        assert_eq!(units(b"a\nb", 0..3), [Lines(0..2), Lines(2..3)]);
        assert_eq!(units(b"a\nbc", 0..3), [Lines(0..2), Piece(2..3)]);
        assert_eq!(units(b"a\nb\n", 2..4), [Lines(2..4)]);
        assert_eq!(units(b"ab\nc\n", 1..5), [Piece(1..3), Lines(3..5)]);
        assert_eq!(units(b"abcd", 1..3), [Piece(1..3)]);
        assert_eq!(units(b"a\n", 2..2), []);
    }

    #[test]
    fn lines_are_long_and_too_long_beyond_the_limits() {
        use Unit::{Lines, LongLine, Piece};
        let line = |length: usize| [&b"x".repeat(length - 1)[..], b"\n"].concat();
        let text = [line(UNIT_BYTES), line(UNIT_BYTES + 1), line(LINE_MAX_BYTES), b"b\nc".to_vec()].concat();
        let ends = [UNIT_BYTES, 2 * UNIT_BYTES + 1, 2 * UNIT_BYTES + 1 + LINE_MAX_BYTES];
        let expected = [
            Lines(0..ends[0]),
            LongLine(ends[0]..ends[1]),
            LongLine(ends[1]..ends[2]),
            Lines(ends[2]..ends[2] + 2),
            Lines(ends[2] + 2..ends[2] + 3),
        ];
        assert_eq!(units(&text, 0..text.len()), expected);
        let text = [line(LINE_MAX_BYTES + 1), b"b\n".to_vec()].concat();
        let found = units(&text, 0..text.len());
        let is_piece = |unit: &Unit| matches!(unit, Piece(range) if range.len() <= UNIT_BYTES);
        assert!(found[..found.len() - 1].iter().all(is_piece));
        assert_eq!(found.last(), Some(&Lines(text.len() - 2..text.len())));
    }
}
