//! The counts of one code, and the first and last line that had it.

use super::open_line::OpenLine;
use crate::program::encoding::CharEncoding;
use crate::program::report::tally::{Counted, Histogram, LogPlace};
use crate::time::{TimeReader, TimeStamp};
use memchr::memchr;

/// The most bytes of a line's beginning that are kept.
pub(super) const TEXT_MAX_BYTES: usize = 200;
/// The most bytes of a line's beginning that are kept until the line ends: its time may be in them.
pub(super) const HEAD_MAX_BYTES: usize = TimeReader::MAX_BYTES;

/// The time stamp of a line, or else its byte offset in the input.
#[derive(Clone, Copy, Debug)]
pub(super) enum Moment {
    Time(TimeStamp),
    Offset(u64),
}

/// The counts of one code.
#[derive(Clone, Debug, Default)]
pub(super) struct Slot {
    pub(super) code: i32,
    /// The index of the code's entry in the catalog; `None` for an unknown code.
    pub(super) entry: Option<usize>,
    pub(super) fields: u64,
    pub(super) lines: u64,
    /// The number of the last line that had the code, among lines with fields.
    pub(super) line: u64,
    pub(super) first: Mark,
    pub(super) last: Mark,
    times: Option<(TimeStamp, TimeStamp)>,
    seconds: Histogram,
    offsets: Histogram,
}

/// A line that has the code.
#[derive(Clone, Debug, Default)]
pub(super) struct Mark {
    /// The byte offset of the line's beginning in the part; `None` if the line is not in this part.
    pub(super) start: Option<usize>,
    pub(super) number: u64,
    pub(super) text: Vec<u8>,
}

impl Default for Moment {
    fn default() -> Self {
        Self::Offset(0)
    }
}

impl Slot {
    /// Returns an empty slot for an unknown code.
    pub(super) fn of_code(code: i32) -> Self {
        Self { code, ..Self::default() }
    }

    /// Returns an empty slot for a code of the catalog.
    pub(super) fn of_entry(entry: usize, code: i32) -> Self {
        Self { code, entry: Some(entry), ..Self::default() }
    }

    /// Counts the time stamp or the byte offset of a line.
    #[inline]
    pub(super) fn add_moment(&mut self, moment: Moment) {
        match moment {
            Moment::Offset(offset) => self.offsets.add(i64::try_from(offset).unwrap_or(i64::MAX)),
            Moment::Time(stamp) => {
                self.seconds.add(stamp.second());
                match &mut self.times {
                    None => self.times = Some((stamp, stamp)),
                    Some((earliest, _)) if stamp < *earliest => *earliest = stamp,
                    Some((_, latest)) if stamp > *latest => *latest = stamp,
                    Some(_) => {}
                }
            }
        }
    }

    /// Returns the counts of the code in one input, which has this number and is in `encoding`.
    pub(super) fn into_counted(self, file: usize, encoding: CharEncoding) -> Counted {
        let Self { fields, lines, times, seconds, offsets, .. } = self;
        let (first, last) = (self.first.into_place(file, encoding), self.last.into_place(file, encoding));
        Counted { fields, lines, files: 1, first, last, times, seconds, offsets }
    }
}

impl Mark {
    /// Sets the text to the beginning of the line at `start` of a part. A line at 0 goes on with `open`.
    pub(super) fn set_text(&mut self, part: &[u8], start: usize, open: Option<&OpenLine>) {
        self.text.clear();
        match open {
            Some(open) if start == 0 => extend(&mut self.text, &open.head, TEXT_MAX_BYTES),
            _ => extend(&mut self.text, &part[start..], TEXT_MAX_BYTES),
        }
    }

    pub(super) fn into_place(self, file: usize, encoding: CharEncoding) -> LogPlace {
        let text = self.text.strip_suffix(b"\r").unwrap_or(&self.text);
        let is_cut = text.len() == TEXT_MAX_BYTES;
        LogPlace { file, line: self.number, text: encoding.decode(text, is_cut) }
    }
}

/// Extends the kept beginning of a line by the bytes that follow it, up to the end of the line or to `max` bytes in all.
pub(super) fn extend(head: &mut Vec<u8>, rest: &[u8], max: usize) {
    let rest = &rest[..rest.len().min(max - head.len())];
    head.extend_from_slice(&rest[..memchr(b'\n', rest).unwrap_or(rest.len())]);
}
