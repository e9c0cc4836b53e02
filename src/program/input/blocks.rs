//! Blocks of a plain file, which are read side by side: each has the lines that begin in it.

use super::descriptor::Descriptor;
use crate::Source;
use memchr::memchr;
use std::io::{self, ErrorKind, Read};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

/// Small enough for what is made of a block to stay in a core's cache, large enough for taking turns to
/// cost nothing that shows.
pub(crate) const BLOCK_BYTES: u64 = 512 * 1024;

/// Most lines are shorter.
const LINE_BYTES: usize = 1024;

/// A regular file that is not compressed, to be read in blocks.
#[derive(Debug)]
pub(crate) struct Blocks {
    file: Arc<PlainFile>,
    /// Where the first block begins.
    start: u64,
    /// Where the next block begins.
    next: u64,
    /// The last block begins before this, and goes on to wherever the file ends by then.
    end: u64,
    /// The number of the next block, from 0.
    number: u64,
}

/// What the blocks of a file have in common.
#[derive(Debug)]
struct PlainFile {
    descriptor: Descriptor,
    /// How far any block has read.
    reached: AtomicU64,
    /// The first place where the file broke off, if it did.
    broken: Mutex<Option<Broken>>,
}

/// A place where a file broke off: a read failed, or the file ends there by now. One thread would not have read beyond it.
#[derive(Clone, Copy, Debug)]
struct Broken {
    /// The number of the block that met it.
    block: u64,
    position: u64,
}

/// The lines that begin in a part of a file, as a source.
#[derive(Debug)]
pub(crate) struct Block {
    file: Arc<PlainFile>,
    /// Its number in the file, from 0.
    number: u64,
    /// Where the next read begins.
    position: u64,
    /// Where the next block begins.
    end: u64,
    state: BlocksState,
    /// Where its first line begins, counted from where the first block does.
    offset: u64,
    /// Whether complete lines are to be written after each read.
    line_buffered: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum BlocksState {
    /// A line of the block before may still be going on.
    BeforeFirstLine,
    InLines,
    Done,
}

impl Blocks {
    /// The blocks of what a file has from `start` to `end`.
    pub(super) fn new(descriptor: Descriptor, start: u64, end: u64) -> Self {
        let file = PlainFile { descriptor, reached: AtomicU64::new(start), broken: Mutex::new(None) };
        Self { file: Arc::new(file), start, next: start, end, number: 0 }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.next >= self.end
    }

    /// The next block in order; `None` behind the last one, and where the file broke off before it.
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
            // A line begins here if a newline stands before.
            (begin - 1, BlocksState::BeforeFirstLine)
        };
        let end = if self.next < self.end { self.next } else { u64::MAX };
        let offset = position - self.start;
        Some(Block { file: Arc::clone(&self.file), number, position, end, state, offset, line_buffered })
    }
}

impl PlainFile {
    /// Returns the first place where the file broke off, as far as that is known by now.
    fn broken(&self) -> Option<Broken> {
        *self.broken.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether the file broke off in a block before the one with this number.
    fn broken_before(&self, block: u64) -> bool {
        self.broken().is_some_and(|broken| broken.block < block)
    }

    /// Remembers that the file breaks off there, if it does not before.
    fn break_off(&self, broken: Broken) {
        let mut first = self.broken.lock().unwrap_or_else(PoisonError::into_inner);
        if first.is_none_or(|first| broken.block < first.block) {
            *first = Some(broken);
        }
    }
}

/// When all blocks are done, whoever shares the descriptor (standard input) goes on behind what was read.
impl Drop for PlainFile {
    fn drop(&mut self) {
        let reached = self.broken().map_or(*self.reached.get_mut(), |broken| broken.position);
        // Without that, nothing is lost that this program has to give.
        let _ = self.descriptor.set_position(reached);
    }
}

impl Block {
    /// Returns whether the file broke off in this block, so that nothing of the file follows.
    pub(crate) fn is_broken(&self) -> bool {
        self.file.broken().is_some_and(|broken| broken.block == self.number)
    }

    /// Reads once at the block's position. Where that fails, or where a block ends that others follow, the file breaks off.
    fn read_here(&self, buffer: &mut [u8]) -> io::Result<usize> {
        let outcome = self.file.descriptor.read_at(buffer, self.position);
        let is_broken = match &outcome {
            Ok(count) => *count == 0 && self.position < self.end && self.end != u64::MAX,
            Err(error) => error.kind() != ErrorKind::Interrupted,
        };
        if is_broken {
            self.file.break_off(Broken { block: self.number, position: self.position });
        }
        outcome
    }

    /// How much is worth reading at once: to the end of the block and, most likely, of its last line. What
    /// lies behind is read for the next block.
    fn useful_bytes(&self) -> usize {
        match self.end.checked_sub(self.position) {
            Some(left) if left > 0 => usize::try_from(left).unwrap_or(usize::MAX).saturating_add(LINE_BYTES),
            _ => usize::MAX,
        }
    }

    /// Looks for where the first line begins. That is most likely near, so that little is read twice.
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
            // Nobody wants it any more.
            self.state = BlocksState::Done;
        }
        self.skip_to_first_line(buffer)?;
        if self.state == BlocksState::Done || buffer.is_empty() {
            return Ok(0);
        }
        let useful = self.useful_bytes().min(buffer.len());
        let mut count = self.read_here(&mut buffer[..useful])?;
        // The last line is the one with the last byte of the block.
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
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::system::signals::Signals;
    use crate::program::terminal::input_name::InputName;
    use crate::program::terminal::progress::Progress;

    /// What the blocks of a text give, with reads of a few bytes.
    fn parts(text: &[u8], read_bytes: usize) -> Vec<Vec<u8>> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        std::fs::write(&path, text).unwrap();
        let file =
            Descriptor::open(&InputName::File(path), &Progress::hidden(), &Signals::default()).unwrap();
        let mut blocks = Blocks::new(file, 0, text.len() as u64);
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
        // A line that ends one byte before, at, and one byte behind the end of a block; and a long one.
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
        let block = usize::try_from(BLOCK_BYTES).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.log");
        let text = b"0123456\n".repeat(4 * block / 8);
        for length in [0, 1, block - 1, block, block + 1, 3 * block - 1, 4 * block - 1] {
            std::fs::write(&path, &text).unwrap();
            let file =
                Descriptor::open(&InputName::File(path.clone()), &Progress::hidden(), &Signals::default())
                    .unwrap();
            let mut blocks = Blocks::new(file, 0, text.len() as u64);
            let mut opened: Vec<Block> = std::iter::from_fn(|| blocks.next(false)).collect();
            std::fs::File::options().write(true).open(&path).unwrap().set_len(length as u64).unwrap();
            // The last ones first, as it may be with several threads.
            let mut parts = Vec::new();
            for block in opened.iter_mut().rev() {
                let mut part = Vec::new();
                block.read_to_end(&mut part).unwrap();
                parts.insert(0, part);
            }
            // The last block goes on to wherever the file ends.
            let broken = opened.iter().position(Block::is_broken).unwrap_or(3);
            assert_eq!(broken, (length / block).min(3), "{length}");
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
