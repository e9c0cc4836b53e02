//! Blocks of a plain file, which several threads read side by side. A block has the lines that begin in it.

use super::descriptor::Descriptor;
use super::line_counts::LineCounts;
use crate::program::encoding::CharEncoding;
use crate::stream::Source;
use memchr::{memchr, memchr_iter};
use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// The size of a block: small enough for the output of a block to stay in a core's cache, and large enough for the
/// cost of taking turns not to show.
pub(crate) const BLOCK_BYTES: u64 = 512 * 1024;

/// The number of bytes that are read at a time to count lines.
const COUNTED_BYTES: usize = 64 * 1024;

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
    /// The end of the file when its blocks were made. The last block begins before it, and goes on to the end that
    /// the file has when it is read.
    end: u64,
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
    lines: LineCounts,
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
    /// The byte offset of the block's first line, from the beginning of the first block.
    offset: u64,
    /// True if complete lines must be written before each read.
    line_buffered: bool,
    /// True if the lines of the block have been counted.
    has_counted: bool,
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
    /// Returns the blocks of a file from the byte offset `start` to `end`.
    pub(super) fn new(descriptor: Descriptor, encoding: CharEncoding, start: u64, end: u64) -> Self {
        let file = PlainFile {
            descriptor,
            encoding,
            reached: AtomicU64::new(start),
            broken: Mutex::new(None),
            lines: LineCounts::default(),
        };
        Self { file: Arc::new(file), start, next: start, end, number: 0 }
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
        let end = if self.next < self.end { self.next } else { u64::MAX };
        let (file, offset) = (Arc::clone(&self.file), position - self.start);
        Some(Block { file, number, position, end, state, offset, line_buffered, has_counted: false })
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
    fn read_here(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.file.descriptor.read_at_place(buffer, self.position);
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

    /// Counts the lines that begin in the block, as far as it can be read: where a read fails here, it fails again where
    /// lines are read.
    fn count_lines(&self) -> u64 {
        let mut buffer = vec![0; COUNTED_BYTES];
        // A newline begins a line behind it; the first line of the file has none before it.
        let (mut position, mut lines) = (self.position, u64::from(self.number == 0));
        let end = self.end - 1;
        while position < end && self.end != u64::MAX {
            let most = usize::try_from(end - position).map_or(buffer.len(), |left| left.min(buffer.len()));
            match self.file.descriptor.read_at_place(&mut buffer[..most], position) {
                Ok(0) => break,
                Ok(count) => {
                    lines += memchr_iter(b'\n', &buffer[..count]).count() as u64;
                    position += count as u64;
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(_) => break,
            }
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

/// Lets the blocks behind go on if this one is not read. What they write is left out.
impl Drop for Block {
    fn drop(&mut self) {
        if !self.has_counted {
            self.file.lines.give_up();
        }
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
        self.has_counted = true;
        self.file.lines.add(self.number, lines)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::system::signals::Signals;
    use crate::program::terminal::input_name::InputName;
    use crate::program::terminal::progress::Progress;

    /// Returns the bytes of each block of a text, with reads of at most `read_bytes`.
    fn parts(text: &[u8], read_bytes: usize) -> Vec<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        std::fs::write(&path, text).unwrap();
        let file =
            Descriptor::open(&InputName::File(path), &Progress::hidden(), &Signals::default()).unwrap();
        let mut blocks = Blocks::new(file, CharEncoding::Utf8, 0, text.len() as u64);
        let mut parts = Vec::new();
        while let Some(mut block) = blocks.next(false) {
            let (mut part, mut buffer) = (Vec::new(), vec![0; read_bytes]);
            loop {
                match block.read(&mut buffer).unwrap() {
                    0 => break,
                    count => part.extend_from_slice(&buffer[..count]),
                }
            }
            parts.push(part);
        }
        parts
    }

    #[test]
    fn each_line_is_in_the_block_where_it_begins() {
        let block = usize::try_from(BLOCK_BYTES).unwrap();
        // A line that ends one byte before, at, and one byte behind the end of a block; and longer lines.
        for first in [block - 1, block, block + 1, 2 * block, 3 * block + 7] {
            let line = |length: usize| [&vec![b'.'; length - 1][..], b"\n"].concat();
            let text = [line(first), line(10), b"last".to_vec()].concat();
            for read_bytes in [1000, 100_000, 1_000_000] {
                let parts = parts(&text, read_bytes);
                assert!(parts.concat() == text, "{first} {read_bytes}");
                assert_eq!(parts.len(), text.len().div_ceil(block));
                assert!(parts[0].len() >= first && parts.iter().all(|part| part.len() != first - 1));
                let is_cut = |part: &Vec<u8>| !part.is_empty() && !part.ends_with(b"\n");
                assert!(parts[..parts.len() - 1].iter().all(|part| !is_cut(part)), "{first}");
            }
        }
    }

    #[test]
    fn a_file_that_is_truncated_breaks_off_in_the_first_block_that_misses_something() {
        let size = usize::try_from(BLOCK_BYTES).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        let text = b"0123456\n".repeat(4 * size / 8);
        for length in [0, 1, size - 1, size, size + 1, 3 * size - 1, 4 * size - 1] {
            std::fs::write(&path, &text).unwrap();
            let file =
                Descriptor::open(&InputName::File(path.clone()), &Progress::hidden(), &Signals::default())
                    .unwrap();
            let mut blocks = Blocks::new(file, CharEncoding::Utf8, 0, text.len() as u64);
            let mut opened: Vec<Block> = std::iter::from_fn(|| blocks.next(false)).collect();
            std::fs::File::options().write(true).open(&path).unwrap().set_len(length as u64).unwrap();
            // The last blocks are read first, as several threads may do.
            let mut parts = Vec::new();
            for block in opened.iter_mut().rev() {
                let mut part = Vec::new();
                let outcome = block.read_to_end(&mut part);
                // The block in which bytes are missing tells so; the blocks behind it may.
                let is_missing = outcome.is_err_and(|error| error.to_string().contains("became shorter"));
                assert!(is_missing || block.number < (length / size) as u64, "{length} {}", block.number);
                parts.insert(0, part);
            }
            let broken = opened.iter().position(Block::is_broken).expect("one misses something");
            assert_eq!(broken, (length / size).min(3), "{length}");
            assert_eq!(parts[..=broken].concat(), text[..length], "{length}");
        }
    }

    #[test]
    fn a_file_without_newlines_is_in_its_first_block() {
        let text = vec![b'.'; usize::try_from(BLOCK_BYTES).unwrap() * 2 + 1];
        let parts = parts(&text, 70_000);
        assert_eq!(parts.iter().map(Vec::len).collect::<Vec<_>>(), [text.len(), 0, 0]);
    }
}
