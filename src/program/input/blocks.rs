//! Blocks of a plain file, which several threads read side by side. A block has the lines that begin in it.

use super::block_chain::{BlockChain, BlockLink};
use super::descriptor::Descriptor;
use super::input_part::InputPart;
use crate::program::container::ReadAt;
use crate::program::encoding::CharEncoding;
use crate::stream::Source;
use memchr::memchr;
use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The size of a block: small enough for the output of a block to stay in a core's cache, and large enough for the
/// cost of taking turns not to show.
pub(crate) const BLOCK_BYTES: u64 = 512 * 1024;

/// The number of bytes before a block in which the last time is looked for.
const LOOK_BACK_BYTES: u64 = 64 * 1024;

/// A length that most lines do not reach.
const LINE_BYTES: usize = 1024;

/// A regular file that is not compressed, to be read in blocks.
#[derive(Debug)]
pub(crate) struct Blocks {
    file: Arc<PlainFile>,
    /// The byte offset of the first block.
    start: u64,
    /// The byte offset of the next block.
    next: u64,
    /// The end of the blocks.
    end: u64,
    /// True if the last block goes on to the end that the file has when it is read.
    goes_on: bool,
    /// The number of the next block, from 0.
    number: u64,
}

/// The state that the blocks of a file share.
#[derive(Debug)]
struct PlainFile {
    descriptor: Descriptor,
    encoding: CharEncoding,
    /// The byte offset up to which any block has read.
    reached: AtomicU64,
    /// The first place where the file broke off, if it did.
    broken: Mutex<Option<Broken>>,
    /// The byte offset at which the input begins.
    start: u64,
    /// The number of lines of the input before the first block.
    lines_skipped: u64,
    /// True if a line with a time was found while the part that is read was looked for.
    has_times: bool,
    /// The number of lines up to the end of each block.
    lines: Arc<BlockChain<u64>>,
    /// True if the last time up to the end of each block is within the bounds of time; `None` if there is none.
    times: Arc<BlockChain<Option<bool>>>,
}

/// A place where a file broke off: a read failed, or the file has been truncated there. A single thread would not
/// have read beyond it.
#[derive(Clone, Copy, Debug)]
struct Broken {
    /// The number of the block that met the place.
    block: u64,
    /// The byte offset of the place.
    position: u64,
}

/// The lines that begin in a part of a file, as a source.
#[derive(Debug)]
pub(crate) struct Block {
    file: Arc<PlainFile>,
    /// The number of the block in the file, from 0.
    number: u64,
    /// The byte offset of the next read.
    position: u64,
    /// The byte offset of the next block; `u64::MAX` for the last block.
    end: u64,
    state: BlocksState,
    /// The byte offset of the block's first line in the input.
    offset: u64,
    /// True if complete lines must be written before each read.
    line_buffered: bool,
    /// The error that was met while the lines of the block were counted.
    count_error: Option<io::Error>,
    /// The place of the block in [`PlainFile::lines`].
    lines: BlockLink<u64>,
    /// The place of the block in [`PlainFile::times`].
    times: BlockLink<Option<bool>>,
}

/// The progress of reading a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlocksState {
    /// A line of the block before may reach into this block.
    BeforeFirstLine,
    InLines,
    Done,
}

impl Blocks {
    /// Returns the blocks of a part of an input that begins at the byte offset `start` of its file.
    pub(super) fn new(descriptor: Descriptor, encoding: CharEncoding, start: u64, part: InputPart) -> Self {
        let file_end = descriptor.end();
        let file = PlainFile {
            descriptor,
            encoding,
            reached: AtomicU64::new(start),
            broken: Mutex::new(None),
            start,
            lines_skipped: part.lines_before,
            has_times: part.has_times,
            lines: Arc::default(),
            times: Arc::default(),
        };
        let InputPart { start, end, .. } = part;
        Self { file: Arc::new(file), start, next: start, end, goes_on: end >= file_end, number: 0 }
    }

    /// Returns true if there are no more blocks.
    pub(crate) fn is_empty(&self) -> bool {
        self.next >= self.end
    }

    /// Returns the next block in order; `None` behind the last block, and if the file broke off before the next one.
    pub(crate) fn next(&mut self, line_buffered: bool) -> Option<Block> {
        let number = self.number;
        if self.is_empty() || self.file.broken_before(number) {
            return None;
        }
        self.number += 1;
        let begin = self.next;
        self.next += BLOCK_BYTES;
        let (position, state) = if begin == self.start {
            (begin, BlocksState::InLines)
        } else {
            // A line begins at `begin` if the byte before is a newline.
            (begin - 1, BlocksState::BeforeFirstLine)
        };
        let end = match self.next < self.end {
            true => self.next,
            false if self.goes_on => u64::MAX,
            false => self.end,
        };
        Some(Block {
            file: Arc::clone(&self.file),
            number,
            position,
            end,
            state,
            offset: position - self.file.start,
            line_buffered,
            count_error: None,
            lines: self.file.lines.link(number),
            times: self.file.times.link(number),
        })
    }
}

impl PlainFile {
    /// Returns the first place where the file broke off, as far as blocks have been read; `None` if it did not.
    fn broken(&self) -> Option<Broken> {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns true if the file broke off in a block before the block with this number.
    fn broken_before(&self, block: u64) -> bool {
        self.broken().is_some_and(|broken| broken.block < block)
    }

    /// Records that the file breaks off at a place, unless it breaks off in an earlier block.
    fn break_off(&self, broken: Broken) {
        let mut first = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_none_or(|first| broken.block < first.block) {
            *first = Some(broken);
        }
    }
}

/// Moves the descriptor behind the bytes that were read when all blocks are done, so that a program that shares the
/// descriptor (standard input) goes on there.
impl Drop for PlainFile {
    fn drop(&mut self) {
        let reached = self.broken().map_or(*self.reached.get_mut(), |broken| broken.position);
        // A failure has no effect on the output of this program.
        let _ = self.descriptor.set_position(reached);
    }
}

impl Block {
    /// Returns the encoding of the file.
    pub(crate) fn encoding(&self) -> CharEncoding {
        self.file.encoding
    }

    /// Returns true if the file broke off in this block, so that no other block of the file follows.
    pub(crate) fn is_broken(&self) -> bool {
        self.file.broken().is_some_and(|broken| broken.block == self.number)
    }

    /// Reads once at the block's position. The file breaks off if the read fails, or if the file ends within a block
    /// that other blocks follow.
    fn read_here(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = match self.count_error.take() {
            Some(error) => Err(error),
            None => self.file.descriptor.read_at(buffer, self.position),
        };
        let outcome = match read {
            Ok(0) if !buffer.is_empty() => self.file.descriptor.refuse_shorter(self.position).map(|()| 0),
            read => read,
        };
        let is_broken = match &outcome {
            Ok(count) => *count == 0 && self.position < self.end && self.end != u64::MAX,
            Err(error) => error.kind() != ErrorKind::Interrupted,
        };
        if is_broken {
            self.file.break_off(Broken { block: self.number, position: self.position });
        }
        outcome
    }

    /// Returns the number of bytes that are worth reading at once: to the end of the block and, most likely, of its
    /// last line. The bytes behind are read for the next block.
    fn useful_bytes(&self) -> usize {
        match self.end.checked_sub(self.position) {
            Some(left) if left > 0 => usize::try_from(left).unwrap_or(usize::MAX).saturating_add(LINE_BYTES),
            _ => usize::MAX,
        }
    }

    /// Counts the lines that begin in the block; none for the last one, which no block follows. Keeps an error for the first
    /// read, because the numbers of lines behind it are not known.
    fn count_lines(&mut self) -> u64 {
        if self.end == u64::MAX {
            return 0;
        }
        let newlines = self.file.descriptor.count_newlines(self.position, self.end - 1);
        let newlines = newlines.unwrap_or_else(|error| {
            self.count_error = Some(error);
            0
        });
        // A newline begins a line behind it; the first line of the file has none before it.
        newlines + u64::from(self.number == 0)
    }

    /// Returns whole lines that end where the first line of the block begins, and may be none.
    fn lines_just_before(&self) -> Vec<u8> {
        let end = self.file.start + self.offset;
        let start = end.saturating_sub(LOOK_BACK_BYTES).max(self.file.start);
        let mut lines = vec![0; usize::try_from(end - start).unwrap_or(0)];
        let count = self.file.descriptor.fill_at(&mut lines, start).unwrap_or(0);
        if count < lines.len() {
            return Vec::new();
        }
        if start > self.file.start {
            let newline = memchr(b'\n', &lines).map_or(lines.len(), |newline| newline + 1);
            lines.drain(..newline);
        }
        lines
    }

    /// Skips to the beginning of the first line. It is most likely near, so that a short first read keeps the number
    /// of bytes that are read twice small.
    fn skip_to_first_line(&mut self, buffer: &mut [u8]) -> io::Result<()> {
        let mut useful = LINE_BYTES.min(buffer.len());
        while self.state == BlocksState::BeforeFirstLine {
            let count = self.read_here(&mut buffer[..useful])?;
            let newline = memchr(b'\n', &buffer[..count]);
            let skipped = newline.map_or(count, |newline| newline + 1);
            self.position += skipped as u64;
            self.offset += skipped as u64;
            if count == 0 || self.position >= self.end {
                self.state = BlocksState::Done;
            } else if newline.is_some() {
                self.state = BlocksState::InLines;
            }
            useful = buffer.len();
        }
        Ok(())
    }
}

impl Read for Block {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.file.broken_before(self.number) {
            // The output of this block is left out.
            self.state = BlocksState::Done;
        }
        self.skip_to_first_line(buffer)?;
        if self.state == BlocksState::Done || buffer.is_empty() {
            return Ok(0);
        }
        let useful = self.useful_bytes().min(buffer.len());
        let mut count = self.read_here(&mut buffer[..useful])?;
        // The last line is the line with the last byte of the block.
        let last = self.end - 1;
        if count == 0 {
            self.state = BlocksState::Done;
        } else if self.position + count as u64 > last {
            let from = usize::try_from(last.saturating_sub(self.position)).expect("less than was read");
            if let Some(newline) = memchr(b'\n', &buffer[from..count]) {
                count = from + newline + 1;
                self.state = BlocksState::Done;
            }
        }
        self.position += count as u64;
        self.file.reached.fetch_max(self.position, Ordering::Relaxed);
        self.file.descriptor.progress().add_bytes(count as u64);
        Ok(count)
    }
}

impl Source for Block {
    fn would_wait(&mut self) -> bool {
        self.line_buffered
    }

    fn input_offset(&self) -> u64 {
        self.offset
    }

    /// Counts the lines of this block, and waits until those of all blocks before it have been counted.
    fn lines_before(&mut self) -> u64 {
        let lines = self.count_lines();
        let before = self.lines.wait().unwrap_or(self.file.lines_skipped);
        self.lines.pass_on(before + lines);
        before
    }

    fn lines_skipped(&self) -> u64 {
        if self.number == 0 { self.file.lines_skipped } else { 0 }
    }

    /// Looks for the last time in the bytes before the block, and waits for the blocks before it only if there is none.
    fn last_time_before(&mut self, find: &mut dyn FnMut(&[u8]) -> Option<bool>) -> Option<bool> {
        find(&self.lines_just_before()).or_else(|| self.times.wait().flatten())
    }

    /// A plain file is narrowed before it is cut into blocks, if its lines are in order.
    fn is_narrowed(&self) -> bool {
        true
    }

    fn has_times_elsewhere(&self) -> bool {
        self.file.has_times
    }

    fn leave_last_time(&mut self, is_within: Option<bool>) {
        self.times.pass_on(is_within);
    }
}

#[cfg(test)]
mod tests;
