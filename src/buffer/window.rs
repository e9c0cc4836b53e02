//! The window: one buffer, filled from a reader, that hands out what is settled.
//!
//! Settled is what no byte to come can change: all up to the last newline; of a line that is longer than
//! the buffer, all but the last bytes, which a field and its note could still span.

use memchr::memrchr;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;

/// Where a line must be whole to be worked on, because it is chosen or searched as a whole, one of up to so many bytes
/// is. A longer one is written, and no pattern is looked for in it.
pub(crate) const LINE_MAX_BYTES: usize = 16 * 1024 * 1024;

/// A part of the input, in a buffer that grows only where a line must be whole.
#[derive(Debug)]
pub(crate) struct Window {
    /// What has been read, in `..end`: first what has been consumed and is kept, because the rest of its
    /// line may refer to it, then, from `start` on, what has not.
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// No newline stands in `start..searched`.
    searched: usize,
    /// How many consumed bytes of a line are kept.
    look_behind: usize,
    /// How many bytes of an overlong line are not settled.
    look_ahead: usize,
    /// How much is read at a time.
    read_max: usize,
    /// How large the buffer may become, to hold a line that is longer than it.
    capacity_max: usize,
    at_end: bool,
    /// True if the input ends there because it is damaged or unreadable.
    is_cut: bool,
}

/// What can be worked on now.
#[derive(Clone, Debug)]
pub(crate) struct Settled<'a> {
    /// What is there: the part, and something before and behind it.
    pub(crate) text: &'a [u8],
    /// Begins where the last part ended; empty where the line is not complete.
    pub(crate) part: Range<usize>,
    /// Whether the input ends with the part.
    pub(crate) at_end: bool,
    /// True if it does so because it is damaged or unreadable: what is next is not known.
    pub(crate) is_cut: bool,
}

impl Window {
    /// A window of `capacity` bytes, or more if the look-around needs more. For a line of up to `line_max`
    /// bytes it grows.
    pub(crate) fn new(capacity: usize, line_max: usize, look_behind: usize, look_ahead: usize) -> Self {
        // A long note must not let a long line go by in tiny pieces.
        let capacity = capacity.max(look_behind + look_ahead + look_ahead / 8 + 1);
        Self {
            buffer: vec![0; capacity].into_boxed_slice(),
            start: 0,
            end: 0,
            searched: 0,
            look_behind,
            look_ahead,
            read_max: capacity,
            capacity_max: capacity.max(line_max + look_ahead),
            at_end: false,
            is_cut: false,
        }
    }

    /// Forgets all, for another input.
    pub(crate) fn clear(&mut self) {
        (self.start, self.end, self.searched) = (0, 0, 0);
        (self.at_end, self.is_cut) = (false, false);
    }

    /// Reads once, and returns how many bytes came; 0 is the end of the input. What has been consumed and
    /// is no longer needed is dropped, and the rest moved to the front, which [`Window::start`] shows.
    ///
    /// There is always room when all that was settled has been consumed.
    pub(crate) fn fill(&mut self, rdr: &mut impl Read) -> io::Result<usize> {
        self.roll();
        if self.end == self.buffer.len() {
            self.grow();
        }
        let read_end = self.buffer.len().min(self.end + self.read_max);
        let count = loop {
            match rdr.read(&mut self.buffer[self.end..read_end]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.end += count;
        self.at_end = count == 0;
        Ok(count)
    }

    /// Nothing more will come, because the input is damaged or unreadable: an incomplete line is settled too.
    pub(crate) fn cut_off(&mut self) {
        (self.at_end, self.is_cut) = (true, true);
    }

    /// Whether nothing more will come.
    pub(crate) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Where what has not been consumed begins.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// What no byte to come can change.
    pub(crate) fn settled(&mut self) -> Settled<'_> {
        let end = if self.at_end {
            self.end
        } else if let Some(newline) = memrchr(b'\n', &self.buffer[self.searched..self.end]) {
            self.searched + newline + 1
        } else if self.end == self.capacity_max {
            self.end - self.look_ahead
        } else {
            self.start
        };
        self.searched = self.end;
        let part = self.start..end.max(self.start);
        Settled { text: &self.buffer[..self.end], part, at_end: self.at_end, is_cut: self.is_cut }
    }

    /// Everything before `to` has been worked on.
    pub(crate) fn consume(&mut self, to: usize) {
        debug_assert!((self.start..=self.end).contains(&to));
        self.start = to;
    }

    fn grow(&mut self) {
        let capacity = self.capacity_max.min(2 * self.buffer.len());
        let mut buffer = std::mem::take(&mut self.buffer).into_vec();
        buffer.resize(capacity, 0);
        self.buffer = buffer.into_boxed_slice();
    }

    fn roll(&mut self) {
        let in_line = self.start > 0 && self.buffer[self.start - 1] != b'\n';
        let kept = if in_line { self.start.min(self.look_behind) } else { 0 };
        let from = self.start - kept;
        if from > 0 {
            self.buffer.copy_within(from..self.end, 0);
            self.start -= from;
            self.end -= from;
            self.searched = self.searched.saturating_sub(from);
        }
    }
}
