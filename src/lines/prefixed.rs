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
pub(super) struct PrefixedLines<'p, W> {
    pub(super) prefix: &'p mut LinePrefix,
    /// The number of lines that have been counted: those that have ended.
    pub(super) lines: &'p mut u64,
    /// True if the last byte of the input did not end its line.
    pub(super) in_line: &'p mut bool,
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
        let mut at = piece.start;
        while at < piece.end {
            let start = at;
            let numbers = self.numbered && NumberText::takes(*self.lines + piece.len() as u64 + 1);
            let name = self.prefix.name(self.mark);
            if numbers && name.is_empty() {
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

/// The most bytes of a line, or of a part of one, that is copied in a fixed number of steps.
const SHORT_BYTES: usize = 2 * CHUNK_BYTES;

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
        let (first, second) = from.split_first_chunk::<CHUNK_BYTES>()?;
        let (to_first, to_second) = free[length..].split_first_chunk_mut()?;
        *to_first = *first;
        if count > CHUNK_BYTES {
            *to_second.first_chunk_mut::<CHUNK_BYTES>()? = *second.first_chunk()?;
        }
        self.at = end;
        Some(to + length + count)
    }
}

impl<'t, W: Sink<'t>> Sink<'t> for PrefixedLines<'_, W> {
    // Out of line, so that the loop over the lines has the registers.
    #[inline(never)]
    fn copy(&mut self, text: &'t [u8], piece: Range<usize>) -> io::Result<()> {
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
