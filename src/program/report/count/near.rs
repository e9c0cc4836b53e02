//! Counts lines with near misses, and finds the first.

use super::near_pattern::pattern_of;
use super::open_line::OpenLine;
use super::slot::Mark;
use crate::Part;
use crate::lines::count_newlines;
use crate::program::encoding::CharEncoding;
use crate::program::report::tally::NearLines;
use crate::scanner::NearScanner;
use memchr::{memchr, memrchr};
use std::mem;

/// Counts the lines of one input with near misses, part by part.
#[derive(Clone, Debug)]
pub(super) struct NearCounter {
    scanner: NearScanner,
    lines: u64,
    /// The first line, with the pattern that takes its near miss.
    first: Option<(Mark, String)>,
    /// True if the line that the previous part ended in has been counted.
    is_counted: bool,
}

impl NearCounter {
    pub(super) fn new(scanner: NearScanner) -> Self {
        Self { scanner, lines: 0, first: None, is_counted: false }
    }

    /// Counts a part. `open` is the line that the part goes on with, and `lines_before` is the number of lines that
    /// ended before the part.
    pub(super) fn count(&mut self, part: &Part<'_>, open: Option<&OpenLine>, lines_before: u64) {
        let Self { scanner, lines, first, is_counted } = self;
        let text = &part.text[part.range()];
        let (mut start, mut searched) = (0, 0);
        scanner.for_each_miss(part.text, part.range(), part.found, |miss| {
            let at = miss.code_start - part.start;
            let from = mem::replace(&mut searched, at);
            if let Some(newline) = memrchr(b'\n', &text[from..at]) {
                (start, *is_counted) = (from + newline + 1, false);
            }
            if mem::replace(is_counted, true) {
                return;
            }
            *lines += 1;
            if first.is_none() {
                let number = lines_before + count_newlines(&text[..start]) + 1;
                let mut mark = Mark { number, ..Mark::default() };
                mark.set_text(text, start, open);
                *first = Some((mark, pattern_of(part.text, &miss)));
            }
        });
        *is_counted &= memchr(b'\n', &text[searched..]).is_none();
    }

    /// Ends an input, which has the number `file` and is in `encoding`, and returns the number of its lines with near
    /// misses and the first of them; `None` if it has none. The next part belongs to another input.
    pub(super) fn finish(&mut self, file: usize, encoding: CharEncoding) -> Option<NearLines> {
        self.is_counted = false;
        let lines = mem::take(&mut self.lines);
        let (mark, pattern) = self.first.take()?;
        Some(NearLines { lines, first: mark.into_place(file, encoding), pattern })
    }
}
