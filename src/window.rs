//! The window: one fixed buffer, filled from a reader, that hands out what is settled.
//!
//! Settled is what no byte to come can change: all up to the last newline; of a line that is longer than
//! the buffer, all but the last bytes, which a field and its note could still span.

use memchr::memrchr;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;

/// A part of the input, in a buffer of a size that never changes.
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
    at_end: bool,
}

impl Window {
    /// A window of `capacity` bytes, or more if the look-around needs more.
    pub(crate) fn new(capacity: usize, look_behind: usize, look_ahead: usize) -> Self {
        let capacity = capacity.max(look_behind + look_ahead + 1);
        Self {
            buffer: vec![0; capacity].into_boxed_slice(),
            start: 0,
            end: 0,
            searched: 0,
            look_behind,
            look_ahead,
            at_end: false,
        }
    }

    /// Forgets all, for another input.
    pub(crate) fn clear(&mut self) {
        (self.start, self.end, self.searched, self.at_end) = (0, 0, 0, false);
    }

    /// Everything that is there; the places of [`Window::settled`] are in it.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.end]
    }

    /// Reads once, and returns how many bytes came; 0 is the end of the input. What has been consumed and
    /// is no longer needed is dropped, and the rest moved to the front, which [`Window::start`] shows.
    ///
    /// There is always room when all that was settled has been consumed.
    pub(crate) fn fill(&mut self, rdr: &mut impl Read) -> io::Result<usize> {
        self.roll();
        let count = loop {
            match rdr.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.end += count;
        self.at_end = count == 0;
        Ok(count)
    }

    /// Nothing more will come: an incomplete line is settled too.
    pub(crate) fn end_input(&mut self) {
        self.at_end = true;
    }

    /// Where what has not been consumed begins.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// What can be worked on now; empty where the line is not complete.
    pub(crate) fn settled(&mut self) -> Range<usize> {
        let end = if self.at_end {
            self.end
        } else if let Some(newline) = memrchr(b'\n', &self.buffer[self.searched..self.end]) {
            self.searched + newline + 1
        } else if self.end == self.buffer.len() {
            self.end - self.look_ahead
        } else {
            self.start
        };
        self.searched = self.end;
        self.start..end.max(self.start)
    }

    /// Everything before `to` has been worked on.
    pub(crate) fn consume(&mut self, to: usize) {
        debug_assert!((self.start..=self.end).contains(&to));
        self.start = to;
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
