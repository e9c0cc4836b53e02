//! The window: one buffer that is filled from a reader and hands out settled bytes.
//!
//! Settled bytes are bytes whose output no later byte can change: all bytes up to the last newline, and of a line that
//! is longer than the buffer all but the last bytes, over which a field and its note could still extend.

use memchr::{memchr_iter, memrchr};
use std::io::{self, ErrorKind, Read};
use std::ops::Range;

/// The most bytes of a line that is looked at as a whole, because lines are chosen or patterns are looked for. A longer
/// line is always written, and no pattern is looked for in it.
pub(crate) const LINE_MAX_BYTES: usize = 16 * 1024 * 1024;

/// A part of the input, in a buffer that grows only where a line must be whole.
#[derive(Debug)]
pub(crate) struct Window {
    /// The bytes that were read, in `..end`. Bytes before `start` were consumed, and are kept because the rest of their
    /// line may need them; bytes from `start` on were not consumed.
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// No newline stands in `start..searched`.
    searched: usize,
    /// The most consumed bytes of a line that are kept.
    look_behind: usize,
    /// The number of bytes at the end of an overlong line that are not settled.
    look_ahead: usize,
    /// The most bytes that are read at a time.
    read_max: usize,
    /// The most bytes to which the buffer may grow, to hold a long line.
    capacity_max: usize,
    at_end: bool,
    /// True if the input ends at `end` because it is damaged or unreadable.
    is_cut: bool,
}

/// Settled bytes, with the bytes around them.
#[derive(Clone, Debug)]
pub(crate) struct Settled<'a> {
    /// All bytes in the window: the part, and bytes before and behind it.
    pub(crate) text: &'a [u8],
    /// The range of settled bytes. Begins where the last consumed part ended; empty where no line is complete yet.
    pub(crate) part: Range<usize>,
    /// True if the input ends with the part.
    pub(crate) at_end: bool,
    /// True if the input ends there because it is damaged or unreadable, so that the bytes behind the part are not
    /// known.
    pub(crate) is_cut: bool,
}

impl Settled<'_> {
    /// Ends the part at `end`, which must lie in it or at its end.
    pub(crate) fn end_at(&mut self, end: usize) {
        if end < self.part.end {
            (self.part.end, self.at_end, self.is_cut) = (end, false, false);
        }
    }

    /// Ends the part before the first line in it that begins with a NUL, but not before its first line. Returns true if there
    /// is such a line.
    pub(crate) fn end_before_nuls(&mut self) -> bool {
        let Self { text, part, .. } = self;
        let line = nul_lines(&text[part.clone()]).find(|&line| line > 0);
        if let Some(line) = line {
            let end = part.start + line;
            self.end_at(end);
        }
        line.is_some()
    }
}

/// Returns the byte offsets at which a line begins with a NUL. A line begins at 0.
fn nul_lines(text: &[u8]) -> impl Iterator<Item = usize> {
    memchr_iter(0, text).filter(|&nul| nul == 0 || text[nul - 1] == b'\n')
}

/// Returns true if a line of a text begins with a NUL.
pub(crate) fn has_nul_lines(text: &[u8]) -> bool {
    nul_lines(text).next().is_some()
}

impl Window {
    /// Returns a window of `capacity` bytes, or more if the look-around needs more. The window grows to hold a line of
    /// up to `line_max` bytes.
    pub(crate) fn new(capacity: usize, line_max: usize, look_behind: usize, look_ahead: usize) -> Self {
        // Leaves room beyond the look-around: with a long note, a long line would otherwise be consumed in tiny ranges.
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

    /// Drops all bytes, for another input.
    pub(crate) fn clear(&mut self) {
        (self.start, self.end, self.searched) = (0, 0, 0);
        (self.at_end, self.is_cut) = (false, false);
    }

    /// Reads once, and returns the number of bytes read; 0 is the end of the input. Drops consumed bytes that are no
    /// longer needed and moves the rest to the front, which changes [`Window::start`].
    ///
    /// There is always room if all settled bytes have been consumed.
    ///
    /// # Errors
    ///
    /// Returns the errors of the reader, except for interruptions, after which it reads again.
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

    /// Ends the input because it is damaged or unreadable: an incomplete line is settled, too.
    pub(crate) fn cut_off(&mut self) {
        (self.at_end, self.is_cut) = (true, true);
    }

    /// Returns true if no more bytes will come.
    pub(crate) fn at_end(&self) -> bool {
        self.at_end
    }

    /// Returns the byte offset in the window where unconsumed bytes begin.
    pub(crate) fn start(&self) -> usize {
        self.start
    }

    /// Returns the settled bytes.
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

    /// Returns all bytes in the window, and the range of the bytes that are not consumed. Where all settled bytes are, it is the
    /// beginning of a line, or of the rest of one.
    pub(crate) fn unsettled(&self) -> (&[u8], Range<usize>) {
        (&self.buffer[..self.end], self.start..self.end)
    }

    /// Consumes all bytes before `to`, which must not lie before [`Window::start`] or behind the bytes that were read.
    pub(crate) fn consume(&mut self, to: usize) {
        debug_assert!((self.start..=self.end).contains(&to));
        self.start = to;
    }

    /// Returns all bytes in the window, and the range of the NULs at the beginning of the line that begins at
    /// [`Window::start`]; an empty range where no line begins there.
    pub(crate) fn leading_nuls(&self) -> (&[u8], Range<usize>) {
        let text = &self.buffer[..self.end];
        let begins_line = self.start == 0 || text[self.start - 1] == b'\n';
        let rest = if begins_line { &text[self.start..] } else { &[] };
        (text, self.start..self.start + rest.iter().take_while(|&&byte| byte == 0).count())
    }

    /// Consumes the NULs before `to`, which are all of [`Window::leading_nuls`]. In the window, a newline then stands in place
    /// of the last of them, so that a line begins behind it.
    pub(crate) fn skip_nuls(&mut self, to: usize) {
        if to > self.start {
            self.buffer[to - 1] = b'\n';
            (self.start, self.searched) = (to, to);
        }
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
