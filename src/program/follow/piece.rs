//! A piece of a followed file: whole lines, as a source for the annotator.

use super::bytes::read_full;
use crate::program::encoding::{InputEncoding, Utf16Reader};
use crate::program::terminal::input_name::InputName;
use crate::stream::Source;
use memchr::memchr;
use std::fs::File;
use std::io::{self, Read};
use std::ops::Range;

/// The number of bytes before the first line that are looked at for its time.
const LOOK_BACK_BYTES: u64 = 64 * 1024;

/// Whole lines of a followed file.
pub(crate) struct FollowedLines<'a> {
    pub(crate) name: &'a InputName,
    /// The number of the file among all that are followed.
    pub(crate) number: usize,
    pub(crate) encoding: InputEncoding,
    /// True if the piece has the first lines that are read of the file.
    pub(crate) is_first: bool,
    pub(super) raw: RawPiece<'a>,
    pub(super) utf16: Option<Box<Utf16Reader>>,
    /// The byte offset of the piece in the file.
    pub(super) offset: u64,
    /// The number of lines of the file before the piece, if it is the first one.
    pub(super) lines_skipped: u64,
    /// True if the last time in the file before the piece is within the bounds of time.
    pub(super) last_time: &'a mut Option<bool>,
    pub(super) line_buffered: bool,
}

/// The bytes of a piece.
pub(super) struct RawPiece<'a> {
    pub(super) handle: &'a File,
    /// The bytes of the file that come first, and are read again, because they were too many to be held.
    pub(super) reread: Range<u64>,
    /// The bytes behind, one slice after the other.
    pub(super) parts: [&'a [u8]; 3],
}

impl FollowedLines<'_> {
    /// Returns the number of bytes of the file that were read of a text in UTF-16; `None` for other text.
    pub(crate) fn utf16_bytes(&self) -> Option<u64> {
        self.utf16.as_ref().map(|utf16| utf16.bytes())
    }
}

impl Read for RawPiece<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if !self.reread.is_empty() {
            let most = usize::try_from(self.reread.end - self.reread.start).unwrap_or(usize::MAX);
            let most = most.min(buffer.len());
            let count = read_full(self.handle, &mut buffer[..most], self.reread.start)?;
            if count < most {
                self.reread = 0..0;
                return Err(io::Error::other(
                    "became shorter within a long line, of which the rest is left out",
                ));
            }
            self.reread.start += count as u64;
            return Ok(count);
        }
        let Some(part) = self.parts.iter_mut().find(|part| !part.is_empty()) else {
            return Ok(0);
        };
        part.read(buffer)
    }
}

impl Read for FollowedLines<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.utf16 {
            None => self.raw.read(buffer),
            Some(utf16) => utf16.read(&mut self.raw, buffer),
        }
    }
}

impl Source for FollowedLines<'_> {
    fn would_wait(&mut self) -> bool {
        self.line_buffered
    }

    fn input_offset(&self) -> u64 {
        self.offset
    }

    fn lines_skipped(&self) -> u64 {
        if self.is_first { self.lines_skipped } else { 0 }
    }

    /// Looks for the last time in the lines before the first piece; behind it, the last time is known.
    fn last_time_before(&mut self, find: &mut dyn FnMut(&[u8]) -> Option<bool>) -> Option<bool> {
        let is_searched = self.is_first && self.offset > 0 && self.utf16.is_none();
        if self.last_time.is_none() && is_searched {
            let start = self.offset.saturating_sub(LOOK_BACK_BYTES);
            let mut before = vec![0; usize::try_from(self.offset - start).unwrap_or(0)];
            let count = read_full(self.raw.handle, &mut before, start).unwrap_or(0);
            let first = if start == 0 { Some(0) } else { memchr(b'\n', &before).map(|newline| newline + 1) };
            *self.last_time =
                first.filter(|_| count == before.len()).and_then(|first| find(&before[first..]));
        }
        *self.last_time
    }

    fn leave_last_time(&mut self, is_within: Option<bool>) {
        *self.last_time = is_within;
    }

    fn is_narrowed(&self) -> bool {
        true
    }
}
