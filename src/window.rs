//! The window: one buffer, filled from a reader, that hands out what is settled.
//!
//! Settled is what no byte to come can change: all up to the last newline; of a line that is longer than
//! the buffer, all but the last bytes, which a field and its note could still span.

use memchr::memrchr;
use std::io::{self, ErrorKind, Read};
use std::ops::Range;

/// The system's files are in pages of so many bytes; where they are not, nothing but speed depends on it.
const PAGE_BYTES: usize = 4096;

/// Where a line must be whole to be worked on, because it is chosen or searched as a whole, one of up to so many bytes
/// is. A longer one is written, and no pattern is looked for in it.
pub(crate) const LINE_MAX_BYTES: usize = 16 * 1024 * 1024;

/// A part of the input, in a buffer that grows only where a line must be whole.
#[derive(Debug)]
pub(crate) struct Window {
    /// What has been read, in `begin..end`: first what has been consumed and is kept, because the rest of its
    /// line may refer to it, then, from `start` on, what has not.
    buffer: Vec<u8>,
    begin: usize,
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
    /// How much is held at most, without growing.
    capacity: usize,
    /// How large the capacity may become, to hold a line that is longer than it.
    capacity_max: usize,
    at_end: bool,
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
}

impl Window {
    /// A window of `capacity` bytes, or more if the look-around needs more. For a line of up to `line_max`
    /// bytes it grows.
    pub(crate) fn new(capacity: usize, line_max: usize, look_behind: usize, look_ahead: usize) -> Self {
        // A long note must not let a long line go by in tiny pieces.
        let capacity = capacity.max(look_behind + look_ahead + look_ahead / 8 + 1);
        Self {
            buffer: vec![0; capacity + PAGE_BYTES],
            begin: 0,
            start: 0,
            end: 0,
            searched: 0,
            look_behind,
            look_ahead,
            read_max: capacity,
            capacity,
            capacity_max: capacity.max(line_max + look_ahead),
            at_end: false,
        }
    }

    /// Forgets all, for another input.
    pub(crate) fn clear(&mut self) {
        (self.begin, self.start, self.end, self.searched, self.at_end) = (0, 0, 0, 0, false);
    }

    /// Reads once, and returns how many bytes came; 0 is the end of the input. What has been consumed and
    /// is no longer needed is dropped, and the text begins anew, which [`Window::start`] shows.
    ///
    /// `position` is where in its file the read begins. There is always room when all that was settled has been
    /// consumed.
    pub(crate) fn fill(&mut self, rdr: &mut impl Read, position: u64) -> io::Result<usize> {
        self.drop_consumed();
        if self.end - self.begin == self.capacity {
            self.grow();
        }
        self.move_to_place_in_page(position);
        let read_end = (self.begin + self.capacity).min(self.end + self.read_max);
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

    /// Nothing more will come: an incomplete line is settled too.
    pub(crate) fn end_input(&mut self) {
        self.at_end = true;
    }

    /// Whether nothing more will come.
    pub(crate) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Where in the text what has not been consumed begins.
    pub(crate) fn start(&self) -> usize {
        self.start - self.begin
    }

    /// What no byte to come can change.
    pub(crate) fn settled(&mut self) -> Settled<'_> {
        let end = if self.at_end {
            self.end
        } else if let Some(newline) = memrchr(b'\n', &self.buffer[self.searched..self.end]) {
            self.searched + newline + 1
        } else if self.end - self.begin == self.capacity_max {
            self.end - self.look_ahead
        } else {
            self.start
        };
        self.searched = self.end;
        let part = self.start - self.begin..end.max(self.start) - self.begin;
        Settled { text: &self.buffer[self.begin..self.end], part, at_end: self.at_end }
    }

    /// Everything before this place of the text has been worked on.
    pub(crate) fn consume(&mut self, to: usize) {
        debug_assert!((self.start..=self.end).contains(&(self.begin + to)));
        self.start = self.begin + to;
    }

    fn grow(&mut self) {
        self.capacity = self.capacity_max.min(2 * self.capacity);
        self.buffer.resize(self.capacity + PAGE_BYTES, 0);
    }

    fn drop_consumed(&mut self) {
        let in_line = self.start > self.begin && self.buffer[self.start - 1] != b'\n';
        let kept = if in_line { (self.start - self.begin).min(self.look_behind) } else { 0 };
        self.begin = self.start - kept;
    }

    /// Moves what is held to the front, so that the read goes to the place in a page of memory that `position` has in
    /// a page of its file.
    ///
    /// Some processors copy by as little as a sixth of their speed where the two differ by a few bytes (AMD's Zen 3:
    /// where the memory's place is 1 to 31 bytes further; 500 MB in 0.19 s in place of 0.035 s).
    fn move_to_place_in_page(&mut self, position: u64) {
        let place_in_page = |end: usize| self.buffer.as_ptr().addr().wrapping_add(end) % PAGE_BYTES;
        let wanted = (position % PAGE_BYTES as u64) as usize;
        let length = self.end - self.begin;
        let end = length + (PAGE_BYTES + wanted - place_in_page(length)) % PAGE_BYTES;
        // Moving much would cost more than it saves, and the same bytes again for each read.
        let may_stay = length > PAGE_BYTES && self.begin + self.capacity <= self.buffer.len();
        if end != self.end && !may_stay {
            let begin = end - length;
            self.buffer.copy_within(self.begin..self.end, begin);
            self.searched = self.searched.max(self.begin) - self.begin + begin;
            self.start = self.start - self.begin + begin;
            (self.begin, self.end) = (begin, end);
        }
    }
}
