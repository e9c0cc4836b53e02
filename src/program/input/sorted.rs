//! The part of a plain file, whose lines are in the order of their times, in which all lines of a window of time are. It is
//! found by bisection.

use super::descriptor::Descriptor;
use crate::time::{BoundsTester, SORTED_SECONDS, TimeBounds, TimeReader, TimeStamp, YearReference};
use memchr::memchr;
use std::io;

/// The bytes that are read at a place to find a line with a time there.
const PROBE_BYTES: usize = 64 * 1024;
/// The most bytes that are read on at a place, where lines have no time.
const PROBE_MAX_BYTES: u64 = 1 << 20;
/// Shorter parts are read whole.
const SHORT_BYTES: u64 = 256 * 1024;

/// Finds parts of a file by the times of its lines.
pub(super) struct SortedLines<'d> {
    descriptor: &'d Descriptor,
    tester: BoundsTester,
    reader: TimeReader,
    buffer: Vec<u8>,
}

impl<'d> SortedLines<'d> {
    pub(super) fn new(descriptor: &'d Descriptor, bounds: &TimeBounds, years: YearReference) -> Self {
        let reader = TimeReader::new().year_reference(years);
        Self { descriptor, tester: bounds.tester(), reader, buffer: vec![0; PROBE_BYTES] }
    }

    /// Returns the byte offsets of the part, between `start` and `end`: at both, a line begins or the file ends. Lines
    /// that are not more than [`SORTED_SECONDS`] outside the window are in the part, for files that are nearly in order.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read.
    pub(super) fn part(&mut self, start: u64, end: u64) -> io::Result<(u64, u64)> {
        let is_before = |tester: &mut BoundsTester, time| tester.is_before_by(time, SORTED_SECONDS);
        let (first, _) = self.bisect((start, end), false, is_before)?;
        let is_not_after = |tester: &mut BoundsTester, time| !tester.is_after_by(time, SORTED_SECONDS);
        let (_, last) = self.bisect((first, end), true, is_not_after)?;
        Ok((first, last))
    }

    /// Returns the beginning of the last line that is found for which `belongs` is true, and of the first one for which it is
    /// false, by bisection; the ends of the range where none is found. Places where no line near has a time count as
    /// `unknown_belongs` says.
    fn bisect(
        &mut self,
        (start, end): (u64, u64),
        unknown_belongs: bool,
        belongs: impl Fn(&mut BoundsTester, TimeStamp) -> bool,
    ) -> io::Result<(u64, u64)> {
        let (mut low, mut high) = (start, end);
        let (mut last, mut first) = (start, end);
        while high - low > SHORT_BYTES {
            let middle = low + (high - low) / 2;
            match self.first_time(middle, first)? {
                Some((line, time)) if belongs(&mut self.tester, time) => {
                    (low, last) = (line.min(high), line);
                }
                Some((line, _)) => (high, first) = (middle, line),
                None if unknown_belongs => low = middle,
                None => high = middle,
            }
        }
        Ok((last, first))
    }

    /// Returns the first line with a time that begins behind `place` and before `end`, as far as it is near.
    fn first_time(&mut self, place: u64, end: u64) -> io::Result<Option<(u64, TimeStamp)>> {
        let (mut at, mut begins_line) = (place, false);
        while at < end && at - place < PROBE_MAX_BYTES {
            let count = self.descriptor.fill_at_place(&mut self.buffer, at)?;
            let text = &self.buffer[..count];
            let mut from =
                if begins_line { 0 } else { memchr(b'\n', text).map_or(count, |newline| newline + 1) };
            while from < count {
                let line = &text[from..];
                let Some(newline) = memchr(b'\n', line) else {
                    break;
                };
                if let Some(time) = self.reader.read(&line[..newline]) {
                    return Ok(Some((at + from as u64, time)));
                }
                from += newline + 1;
            }
            if count < self.buffer.len() {
                return Ok(None);
            }
            // A line that is longer than the buffer is skipped.
            begins_line = from > 0 && from < count;
            at += if from == 0 { count } else { from } as u64;
        }
        Ok(None)
    }
}
