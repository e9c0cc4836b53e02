//! Lines that have not been written and are held, in case a selected line follows that has them in its context.

use crate::buffer::Sink;
use std::collections::VecDeque;
use std::io::{self, Write};

/// The most memory that held lines take, in bytes.
const HELD_MAX_BYTES: usize = 16 * 1024 * 1024;
/// The memory that a line takes besides its text, in bytes.
const LINE_OVERHEAD_BYTES: usize = 64;

/// Lines with their notes, the oldest first.
#[derive(Debug, Default)]
pub(super) struct HeldLines {
    lines: VecDeque<Vec<u8>>,
    /// The memory that the lines take, in bytes, with [`LINE_OVERHEAD_BYTES`] for each line.
    bytes: usize,
}

/// Lines that were held and are to be written, the oldest first.
#[derive(Debug, Default)]
pub(super) struct Taken {
    pub(super) lines: VecDeque<Vec<u8>>,
    /// True if more lines were held, which have been dropped.
    pub(super) left_out: bool,
}

/// A line with its notes that is collected to be held. A line of more than [`HELD_MAX_BYTES`] is not held.
#[derive(Debug, Default)]
pub(super) struct HeldLine {
    text: Vec<u8>,
    /// True if the line is longer than [`HELD_MAX_BYTES`]; its text has then been dropped.
    is_too_long: bool,
}

impl HeldLine {
    /// Returns the line with its notes; `None` where it is too long to be held.
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
    /// Holds another line. Drops the oldest lines where there are more than `max`, or where lines take more than
    /// [`HELD_MAX_BYTES`]. Returns true if any line was dropped.
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

    /// Returns the last lines, at most `max`, and holds none from then on.
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
