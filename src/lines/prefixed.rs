//! A writer of lines with a prefix before each.

use super::newlines::for_each_newline;
use super::prefix::{LinePrefix, NUMBER_BYTES, NumberText};
use crate::buffer::{CHUNK_BYTES, Sink};
use fearless_simd::{Level, Simd, dispatch};
use memchr::memchr;
use std::io::{self, Write};
use std::ops::Range;

/// Writes the prefix of each line before the first byte of the line. Bytes that are no part of the input go on with the
/// line that was begun.
pub(crate) struct PrefixedLines<'p, W> {
    pub(super) prefix: &'p mut LinePrefix,
    /// The number of lines that have been counted: those that have ended.
    pub(super) lines: &'p mut u64,
    /// True if the last byte of the input did not end its line.
    pub(super) in_line: &'p mut bool,
    /// True if lines have names or numbers. Otherwise all is written as it is.
    pub(super) has_prefixes: bool,
    /// True if the number of a line is a part of its prefix.
    pub(super) numbered: bool,
    /// The byte behind the name and behind the number.
    pub(super) mark: u8,
    pub(super) level: Level,
    pub(super) wtr: &'p mut W,
}

impl<W> PrefixedLines<'_, W> {
    /// Writes a range of a text with a prefix before each line that begins there.
    #[inline(always)]
    fn copy_lines<'t, S: Simd>(&mut self, simd: S, text: &'t [u8], piece: Range<usize>) -> io::Result<()>
    where
        W: Sink<'t>,
    {
        let has_name = !self.prefix.name_before(self.mark).is_empty();
        let numbers_fit = NumberText::takes(*self.lines + piece.len() as u64 + 1);
        let mut at = piece.start;
        while at < piece.end {
            let start = at;
            if self.numbered && numbers_fit && !has_name {
                let mut short = ShortLines {
                    text,
                    number: self.prefix.number,
                    mark: self.mark,
                    lines: *self.lines,
                    in_line: *self.in_line,
                    at,
                };
                self.wtr.fill(
                    #[inline(always)]
                    |free| short.copy_to(simd, piece.end, free),
                );
                (at, self.prefix.number) = (short.at, short.number);
                (*self.lines, *self.in_line) = (short.lines, short.in_line);
            }
            if at == start {
                let newline = memchr(b'\n', &text[at..piece.end]);
                at = newline.map_or(piece.end, |newline| at + newline + 1);
                if !*self.in_line {
                    let number = self.numbered.then_some(*self.lines + 1);
                    self.prefix.write(number, self.mark, self.wtr)?;
                }
                self.wtr.copy(text, start..at)?;
                *self.in_line = newline.is_none();
                *self.lines += u64::from(newline.is_some());
            }
        }
        Ok(())
    }
}

/// The most chunks of a line, or of a part of one, that is copied at once.
const CHUNKS_MAX: usize = 4;

/// The most bytes of a line, or of a part of one, that is copied at once.
const SHORT_BYTES: usize = CHUNKS_MAX * CHUNK_BYTES;

/// Copies short lines with their numbers. All of its state is its own, so that it stays in registers.
struct ShortLines<'t> {
    text: &'t [u8],
    number: NumberText,
    mark: u8,
    lines: u64,
    in_line: bool,
    /// The byte offset in the text up to which it has been copied.
    at: usize,
}

impl ShortLines<'_> {
    /// Copies lines up to `end` to the beginning of `free`, and returns the number of bytes there. Ends early before a line
    /// that is not short, or for which `free` or the text is too short.
    #[inline(always)]
    fn copy_to<S: Simd>(&mut self, simd: S, end: usize, free: &mut [u8]) -> usize {
        let (lines, mut to) = (self.at..end, 0);
        let outcome: Result<(), ()> = for_each_newline(
            simd,
            self.text,
            lines,
            #[inline(always)]
            |newline| {
                to = self.copy_one(newline + 1, free, to).ok_or(())?;
                self.in_line = false;
                self.lines += 1;
                Ok(())
            },
        );
        if outcome.is_ok()
            && self.at < end
            && let Some(behind) = self.copy_one(end, free, to)
        {
            self.in_line = true;
            to = behind;
        }
        to
    }

    /// Copies the text up to `end`, with its number where a line begins with it, to byte offset `to` of `free`. Returns the
    /// byte offset behind it; `None` where it is not copied.
    #[inline(always)]
    fn copy_one(&mut self, end: usize, free: &mut [u8], to: usize) -> Option<usize> {
        let from = self.text[self.at..].first_chunk::<SHORT_BYTES>()?;
        let free = free[to..].first_chunk_mut::<{ NUMBER_BYTES + SHORT_BYTES }>()?;
        let count = end - self.at;
        if count > SHORT_BYTES {
            return None;
        }
        let mut length = 0;
        if !self.in_line {
            self.number.set(self.lines + 1, self.mark);
            let block;
            (block, length) = self.number.text();
            *free.first_chunk_mut()? = block;
        }
        let from = from.as_chunks::<CHUNK_BYTES>().0.iter();
        let to_chunks = free[length..].as_chunks_mut::<CHUNK_BYTES>().0.iter_mut();
        for (from, to) in from.zip(to_chunks).take(count.div_ceil(CHUNK_BYTES)) {
            *to = *from;
        }
        self.at = end;
        Some(to + length + count)
    }
}

impl<'t, W: Sink<'t>> Sink<'t> for PrefixedLines<'_, W> {
    // Out of line, so that the loop over the lines has the registers.
    #[inline(never)]
    fn copy(&mut self, text: &'t [u8], piece: Range<usize>) -> io::Result<()> {
        if !self.has_prefixes {
            *self.in_line = text[piece.clone()].last().map_or(*self.in_line, |&last| last != b'\n');
            return self.wtr.copy(text, piece);
        }
        dispatch!(self.level, simd => simd.vectorize(
            #[inline(always)]
            || self.copy_lines(simd, text, piece),
        ))
    }

    #[inline(always)]
    fn copy_note(&mut self, text: &'t [u8], piece: Range<usize>) -> io::Result<()> {
        self.wtr.copy_note(text, piece)
    }
}

impl<W: Write> Write for PrefixedLines<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.wtr.write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wtr.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::buffer::{Collected, Collector};

    /// Returns a text in pieces of these lengths, over and over, behind the prefixes of its lines.
    fn prefixed(text: &[u8], name: &str, numbered: bool, lengths: &[usize], free: usize) -> Vec<u8> {
        let (mut prefix, mut lines, mut in_line, mut out) = (LinePrefix::default(), 7, false, Vec::new());
        prefix.begin_input(name.as_bytes());
        let mut collected = Collected::default();
        let mut collector = Collector::new(&mut collected, &mut out);
        // Takes room in the buffer, so that it ends within the text.
        collector.write_all(&vec![b'.'; free]).unwrap();
        let has_prefixes = numbered || !name.is_empty();
        let mut at = 0;
        for &length in lengths.iter().cycle() {
            let end = text.len().min(at + length);
            let (prefix, lines, in_line) = (&mut prefix, &mut lines, &mut in_line);
            let (level, wtr) = (Level::new(), &mut collector);
            let mut wtr =
                PrefixedLines { prefix, lines, in_line, has_prefixes, numbered, mark: b':', level, wtr };
            wtr.copy(text, at..end).unwrap();
            at = end;
            if at == text.len() {
                break;
            }
        }
        collector.finish().unwrap();
        out.split_off(free)
    }

    #[test]
    fn each_line_has_its_prefix_whatever_its_length_and_its_pieces() {
        let lengths = [0, 1, 63, 64, 65, 127, 128, 129, 255, 256, 257, 511, 512, 513, 1023, 1025, 2048, 5000];
        let lines = lengths.iter().cycle().take(100).map(|&length| format!("{}\n", "x".repeat(length)));
        let text = lines.collect::<String>() + "no newline";
        for (name, numbered) in [("", true), ("a.log", true), ("a.log", false), ("", false)] {
            let prefix = |number: usize| match (name, numbered) {
                ("", true) => format!("{number}:"),
                ("", false) => String::new(),
                (_, true) => format!("{name}:{number}:"),
                (_, false) => format!("{name}:"),
            };
            let numbers = 8..;
            let expected: String =
                text.split_inclusive('\n').zip(numbers).map(|(line, number)| prefix(number) + line).collect();
            for pieces in [&[text.len()][..], &[1, 0, 700], &[64, 128, 3], &[4096]] {
                for free in [0, 191 * 1024, 192 * 1024 - 600] {
                    let found = prefixed(text.as_bytes(), name, numbered, pieces, free);
                    assert!(found == expected.as_bytes(), "{name} {numbered} {pieces:?} {free}");
                }
            }
        }
    }
}
