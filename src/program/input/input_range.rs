//! A range of the bytes of an input, of which the lines are read that begin in it.

use super::descriptor::Descriptor;
use crate::program::container::ReadAt;
use memchr::memchr;
use std::io::{self, ErrorKind, Read};
use std::sync::{Arc, OnceLock};

/// The number of bytes that are read at a time to find the beginning of a line.
const LOOK_BYTES: usize = 64 * 1024;

/// A half open range of byte offsets: the lines whose first byte is in it are read, each to its end. So each line of an
/// input is in exactly one of the ranges that it is divided into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputRange {
    pub(crate) start: u64,
    /// `u64::MAX` where the range goes to the end of the input.
    pub(crate) end: u64,
    /// The offset in the input of the first byte that standard input gives; `None` if the input is read from its beginning.
    /// It is less than `start`, unless both are 0: the byte before decides if a line begins at `start`.
    pub(crate) offset: Option<u64>,
}

/// The bytes of a range that was read, as far as the input goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RangeRead {
    pub(crate) start: u64,
    pub(crate) end: u64,
    /// True if the input goes on behind the range.
    pub(crate) has_more: bool,
}

/// The range that was read, which is known once it has been read to its end.
pub(crate) type RangeCell = Arc<OnceLock<RangeRead>>;

impl InputRange {
    /// Returns the part of a file of `size` bytes that has the range, as the beginnings of two lines. `base` is the place
    /// of the input's first byte in the file.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read, or ends before the range begins.
    pub(super) fn in_file(
        &self,
        descriptor: &Descriptor,
        base: u64,
        size: u64,
        cell: &RangeCell,
    ) -> io::Result<(u64, u64)> {
        let Self { start, end, .. } = *self;
        if size < start {
            return Err(too_short(start, size));
        }
        let _ = cell.set(RangeRead { start, end: end.min(size), has_more: end < size });
        let file_end = base + size;
        let first = line_start(descriptor, base, base + start, file_end)?;
        let last = line_start(descriptor, base, base + end.min(size), file_end)?;
        Ok((first, last))
    }
}

/// Returns the place of the first line that begins at `place` or behind it; the end of the file if none does.
fn line_start(descriptor: &Descriptor, base: u64, place: u64, file_end: u64) -> io::Result<u64> {
    if place <= base {
        return Ok(base);
    }
    let (mut at, mut buffer) = (place - 1, vec![0; LOOK_BYTES]);
    while at < file_end {
        let count = descriptor.fill_at(&mut buffer, at)?;
        if let Some(newline) = memchr(b'\n', &buffer[..count]) {
            return Ok((at + newline as u64 + 1).min(file_end));
        }
        if count == 0 {
            break;
        }
        at += count as u64;
    }
    Ok(file_end)
}

/// Reads the range from a stream, which can be read only once.
#[derive(Debug)]
pub(super) struct StreamRange {
    range: InputRange,
    /// The offset in the input of the next byte to give.
    position: u64,
    /// The offset of the first line.
    first_line: u64,
    /// Bytes that were read and not given, which begin at `position`; those before `given` are given.
    pending: Vec<u8>,
    given: usize,
    /// True if the last line of the range has been given.
    is_at_end: bool,
    /// True if it is known whether the input goes on behind the range.
    is_done: bool,
    cell: RangeCell,
}

impl StreamRange {
    /// Reads up to the first line of the range.
    ///
    /// # Errors
    ///
    /// Returns the error of the reader. Fails where the stream ends before the range begins.
    pub(super) fn begin(range: InputRange, rdr: &mut impl Read, cell: RangeCell) -> io::Result<Self> {
        let position = range.offset.unwrap_or(0);
        let mut stream = Self {
            range,
            position,
            first_line: 0,
            pending: Vec::new(),
            given: 0,
            is_at_end: false,
            is_done: false,
            cell,
        };
        if range.start > 0 {
            stream.skip_to_line(rdr)?;
        }
        stream.first_line = stream.position;
        stream.is_at_end = stream.position >= range.end;
        Ok(stream)
    }

    /// The offset of the first line in the input.
    pub(super) fn first_line(&self) -> u64 {
        self.first_line
    }

    /// Skips what stands before the first line that begins in the range or behind it.
    fn skip_to_line(&mut self, rdr: &mut impl Read) -> io::Result<()> {
        let mut buffer = vec![0; LOOK_BYTES];
        loop {
            let count = read_some(rdr, &mut buffer)?;
            if count == 0 {
                return self.end_of_stream();
            }
            // The newline before the range's first byte ends the line before it.
            let from = usize::try_from((self.range.start - 1).saturating_sub(self.position));
            let from = from.unwrap_or(usize::MAX).min(count);
            if let Some(newline) = memchr(b'\n', &buffer[from..count]) {
                let skipped = from + newline + 1;
                self.position += skipped as u64;
                self.pending = buffer[skipped..count].to_vec();
                return Ok(());
            }
            self.position = self.position.saturating_add(count as u64);
        }
    }

    /// Reads bytes of the range's lines; 0 at their end.
    ///
    /// # Errors
    ///
    /// Returns the error of the reader. Fails where the stream ends before the range begins.
    pub(super) fn read(&mut self, rdr: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_done || buffer.is_empty() {
            return Ok(0);
        }
        if self.is_at_end {
            // A read behind the last line can wait or fail: the line has been given before.
            return self.settle(rdr).map(|()| 0);
        }
        let mut count = self.take_pending(buffer);
        if count == 0 {
            count = rdr.read(buffer)?;
            if count == 0 {
                return self.end_of_stream().map(|()| 0);
            }
        }
        // The newline that ends the last line is the first one at the range's last byte or behind it.
        let from = usize::try_from((self.range.end - 1).saturating_sub(self.position)).unwrap_or(usize::MAX);
        if from < count
            && let Some(newline) = memchr(b'\n', &buffer[from..count])
        {
            let behind = &buffer[from + newline + 1..count];
            if !behind.is_empty() {
                self.pending.splice(..self.given, behind.iter().copied());
                self.given = 0;
            }
            count = from + newline + 1;
            self.is_at_end = true;
        }
        self.position = self.position.saturating_add(count as u64);
        Ok(count)
    }

    /// Takes bytes that were read before.
    fn take_pending(&mut self, buffer: &mut [u8]) -> usize {
        let pending = &self.pending[self.given..];
        let count = pending.len().min(buffer.len());
        buffer[..count].copy_from_slice(&pending[..count]);
        self.given += count;
        count
    }

    /// Ends the range at its last line, and looks if the input goes on behind it.
    fn settle(&mut self, rdr: &mut impl Read) -> io::Result<()> {
        let InputRange { start, end, .. } = self.range;
        let has_more =
            self.position > end || self.given < self.pending.len() || read_some(rdr, &mut [0])? > 0;
        self.is_done = true;
        let _ = self.cell.set(RangeRead { start, end, has_more });
        Ok(())
    }

    /// Ends the range where the stream ends.
    fn end_of_stream(&mut self) -> io::Result<()> {
        let (InputRange { start, end, .. }, size) = (self.range, self.position);
        self.is_done = true;
        if size < start {
            return Err(too_short(start, size));
        }
        let _ = self.cell.set(RangeRead { start, end: end.min(size), has_more: end < size });
        Ok(())
    }
}

/// Reads once, again where a signal has interrupted it.
fn read_some(rdr: &mut impl Read, buffer: &mut [u8]) -> io::Result<usize> {
    loop {
        match rdr.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            outcome => return outcome,
        }
    }
}

/// Returns the error for an input that ends before the range begins.
fn too_short(start: u64, size: u64) -> io::Error {
    io::Error::other(format!(
        "has {size} bytes, and the range begins at byte {start}; name a range within it"
    ))
}
