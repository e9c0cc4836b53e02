//! The last lines that were not written, should one follow that wants them before it.

use crate::buffer::Sink;
use std::collections::VecDeque;
use std::io::{self, Write};

/// How much is held.
const HELD_MAX_BYTES: usize = 16 * 1024 * 1024;
/// What a line takes besides its text.
const LINE_OVERHEAD_BYTES: usize = 64;

/// Lines with their notes, the oldest first.
#[derive(Debug, Default)]
pub(super) struct HeldLines {
    lines: VecDeque<Vec<u8>>,
    /// What they take.
    bytes: usize,
}

/// Lines that were held.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) lines: VecDeque<Vec<u8>>,
    /// Whether there were more, which have been dropped.
    pub(super) left_out: bool,
}

/// A line with its notes that is collected to be held, as far as it can be.
#[derive(Debug, Default)]
pub(super) struct HeldLine {
    text: Vec<u8>,
    /// True if it takes more than can be held; then nothing of it is.
    is_too_long: bool,
}

impl HeldLine {
    /// The line; `None` where it cannot be held.
    pub(super) fn into_text(self) -> Option<Vec<u8>> {
        (!self.is_too_long).then_some(self.text)
    }
}

impl Write for HeldLine {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_too_long |= self.text.len() + bytes.len() > HELD_MAX_BYTES;
        if self.is_too_long {
            self.text = Vec::new();
        } else {
            self.text.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Sink<'_> for HeldLine {}

impl HeldLines {
    /// Holds another line, and drops the oldest where there are more than `max` or more than memory takes.
    /// Returns whether any was dropped.
    pub(super) fn push(&mut self, line: Vec<u8>, max: usize) -> bool {
        self.bytes += line.len() + LINE_OVERHEAD_BYTES;
        self.lines.push_back(line);
        let mut dropped = false;
        while self.lines.len() > max || self.bytes > HELD_MAX_BYTES {
            self.bytes -= self.lines.pop_front().map_or(0, |line| line.len() + LINE_OVERHEAD_BYTES);
            dropped = true;
        }
        dropped
    }

    /// Gives the last lines, at most so many, and holds none from then on.
    pub(super) fn take_last(&mut self, max: usize) -> Taken {
        if self.lines.is_empty() {
            return Taken::default();
        }
        self.bytes = 0;
        let mut lines = std::mem::take(&mut self.lines);
        let surplus = lines.len().saturating_sub(max);
        lines.drain(..surplus);
        Taken { lines, left_out: surplus > 0 }
    }
}
