//! Finds the codes of patterns in whole lines.

use super::Pattern;
use crate::catalog::CodeIndex;
use crate::field::Field;
use crate::line_color;
use crate::scanner;
use crate::window::LINE_MAX_BYTES;
use memchr::{memchr, memchr_iter, memrchr};
use std::ops::Range;
use std::sync::Arc;

/// Finds the fields of patterns.
#[derive(Clone, Debug)]
pub(crate) struct PatternScanner {
    patterns: Vec<Pattern>,
    codes: Arc<CodeIndex>,
    /// Whether negative codes that the catalog lacks are found as well.
    unknown: bool,
}

impl PatternScanner {
    pub(crate) fn new(patterns: Vec<Pattern>, codes: Arc<CodeIndex>, unknown: bool) -> Self {
        Self { patterns, codes, unknown }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// The codes of the catalog.
    pub(crate) fn codes(&self) -> &CodeIndex {
        &self.codes
    }

    /// Appends the fields in whole lines at that place of the text.
    pub(crate) fn find(&self, text: &[u8], lines: Range<usize>, found: &mut Vec<Field>) {
        let (offset, text) = (lines.start, &text[lines]);
        for pattern in &self.patterns {
            pattern.for_each_group(text, |group| {
                // A note within a colour sequence would break it.
                if !line_color::is_in_sequence(text, group.start) {
                    found.extend(self.field(&text[group.clone()], offset + group.start));
                }
            });
        }
    }

    /// The field whose code has this text, if it is one.
    fn field(&self, text: &[u8], start: usize) -> Option<Field> {
        let code = scanner::code_of(text)?;
        let entry = self.codes.position(code);
        let is_wanted = entry.is_some() || self.unknown && code < 0;
        is_wanted.then(|| Field::new(start, start + text.len(), code, entry, false))
    }
}

/// A part of a window in pieces, in their order: whole lines that are not too long, and what is not. For each, whether
/// it is whole lines.
pub(crate) fn pieces(window: &[u8], part: Range<usize>) -> Vec<(Range<usize>, bool)> {
    let Range { mut start, end } = part;
    let mut pieces = Vec::new();
    if start > 0 && window[start - 1] != b'\n' {
        // The rest of a line that began before.
        let line_end = memchr(b'\n', &window[start..end]).map_or(end, |newline| start + newline + 1);
        pieces.push((start..line_end, false));
        start = line_end;
    }
    // Where the input ends, its last line does; else it goes on.
    let goes_on = end < window.len() && !window[start..end].ends_with(b"\n");
    let last_newline = memrchr(b'\n', &window[start..end]).map_or(start, |newline| start + newline + 1);
    let whole_end = if goes_on { last_newline } else { end };
    let mut line_start = start;
    if whole_end - start > LINE_MAX_BYTES {
        for newline in memchr_iter(b'\n', &window[start..whole_end]) {
            let line_end = start + newline + 1;
            pieces.push((line_start..line_end, line_end - line_start <= LINE_MAX_BYTES));
            line_start = line_end;
        }
    }
    pieces.push((line_start..whole_end, whole_end - line_start <= LINE_MAX_BYTES));
    pieces.push((whole_end..end, false));
    pieces.retain(|(piece, _)| !piece.is_empty());
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pieces_of(window: &[u8], part: Range<usize>) -> Vec<(usize, usize, bool)> {
        pieces(window, part).into_iter().map(|(piece, is_whole)| (piece.start, piece.end, is_whole)).collect()
    }

    #[test]
    fn whole_lines_are_told_from_pieces_of_lines() {
        assert_eq!(pieces_of(b"a\nb\n", 0..4), [(0, 4, true)]);
        assert_eq!(pieces_of(b"a\nb", 0..3), [(0, 3, true)]);
        assert_eq!(pieces_of(b"a\nbc", 0..3), [(0, 2, true), (2, 3, false)]);
        assert_eq!(pieces_of(b"a\nb\n", 2..4), [(2, 4, true)]);
        assert_eq!(pieces_of(b"ab\nc\n", 1..5), [(1, 3, false), (3, 5, true)]);
        assert_eq!(pieces_of(b"abcd", 1..3), [(1, 3, false)]);
        assert_eq!(pieces_of(b"a\n", 2..2), []);
    }

    #[test]
    fn a_line_is_too_long_beyond_the_limit() {
        let line = |length: usize| [&b"x".repeat(length - 1)[..], b"\n"].concat();
        let (at, above) = (line(LINE_MAX_BYTES), line(LINE_MAX_BYTES + 1));
        let text = [&b"a\n"[..], &at, &above, b"b\nc"].concat();
        let (first, second) = (2 + at.len(), 2 + at.len() + above.len());
        let expected = [
            (0, 2, true),
            (2, first, true),
            (first, second, false),
            (second, second + 2, true),
            (second + 2, second + 3, true),
        ];
        assert_eq!(pieces_of(&text, 0..text.len()), expected);
    }
}
