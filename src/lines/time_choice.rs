//! The choice of lines by their times.

use super::newlines::Newlines;
use crate::stream::Source;
#[cfg(feature = "cli")]
use crate::time::YearReference;
use crate::time::{BoundsTester, SORTED_SECONDS, TimeBounds, TimeReader, WindowSide};
use memchr::memchr;
use std::ops::Range;

/// The most bytes of the first line that are kept for a message.
const FIRST_LINE_MAX_BYTES: usize = 200;
/// Reading of a sorted input ends when this number of lines has come after the window: a line alone may have a time that is
/// not its own.
const SORTED_LINES_AFTER: u64 = 1000;

/// Chooses the lines of a stream whose times are within bounds. A line without a time belongs to the line before it.
#[derive(Debug)]
pub(crate) struct TimeChoice {
    reader: TimeReader,
    tester: BoundsTester,
    /// True if lines before the first time are chosen: where the window has no beginning.
    begins_within: bool,
    /// True if sources are read no further once they are past the window.
    are_sorted: bool,
    source: SourceTimes,
}

/// The lines of a source so far.
#[derive(Debug, Default)]
struct SourceTimes {
    /// True if the line that was decided on last is chosen. `None` before the first line.
    is_chosen: Option<bool>,
    /// True if the last time was within the bounds; `None` before the first time.
    last_time: Option<bool>,
    /// True if the line at the beginning of the next part has been decided on.
    is_next_decided: bool,
    lines: u64,
    undated: u64,
    /// The number of lines since the last one that was not after the window.
    lines_after: u64,
    /// True if the source ends once it is far enough past the window.
    can_end: bool,
    /// True if the source has ended so.
    is_past: bool,
    /// The beginning of the first line.
    first_line: Vec<u8>,
}

/// Returns a line without the NULs that it begins with. A log that was truncated while its writer kept the old byte offset has
/// them before the next line.
#[inline]
pub(crate) fn without_nuls(line: &[u8]) -> &[u8] {
    if line.first() != Some(&0) {
        return line;
    }
    &line[line.iter().take_while(|&&byte| byte == 0).count()..]
}

/// Lines that follow each other and are all chosen or all left out.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TimeRun {
    /// The byte offset in the window at which the lines end.
    pub(crate) end: usize,
    pub(crate) is_chosen: bool,
}

impl TimeChoice {
    pub(crate) fn new(bounds: &TimeBounds) -> Self {
        Self {
            reader: TimeReader::new(),
            tester: bounds.tester(),
            begins_within: !bounds.have_since(),
            are_sorted: bounds.are_sorted(),
            source: SourceTimes::default(),
        }
    }

    /// Sets the reference for times without a year, from the next source on.
    #[cfg(feature = "cli")]
    pub(crate) fn set_year_reference(&mut self, years: YearReference) {
        self.reader = TimeReader::new().year_reference(years);
    }

    /// Begins another source.
    pub(crate) fn begin_source(&mut self, source: &impl Source) {
        let can_end = self.are_sorted && !source.is_narrowed();
        self.source = SourceTimes { can_end, ..SourceTimes::default() };
    }

    /// Ends the source, and leaves its last time to the part of the input behind it.
    pub(crate) fn end_source(&mut self, source: &mut impl Source) {
        if self.source.lines == 0 {
            self.source.last_time = source.last_time_before(&mut |_| None);
        }
        source.leave_last_time(self.source.last_time);
    }

    /// Returns true if the source is far enough past the window to be read no further.
    pub(crate) fn is_past(&self) -> bool {
        self.source.is_past
    }

    /// Returns the number of lines of the source that have no time of their own.
    #[cfg(feature = "cli")]
    pub(crate) fn undated_lines(&self) -> u64 {
        self.source.undated
    }

    /// Returns the beginning of the source's first line, if neither the source nor the part of its input before it has any
    /// time that is understood; `None` if there is one, or no line.
    #[cfg(feature = "cli")]
    pub(crate) fn first_line_without_times(&self) -> Option<&[u8]> {
        let SourceTimes { lines, last_time, first_line, .. } = &self.source;
        (*lines > 0 && last_time.is_none()).then_some(first_line)
    }

    /// Returns the first lines of a part of the window, which follow each other and are all chosen or all left out. The
    /// part must begin where the last run ended, and must not be empty. `source` knows the times before the part's source.
    pub(crate) fn next_run(
        &mut self,
        window: &[u8],
        part: Range<usize>,
        source: &mut impl Source,
    ) -> TimeRun {
        self.reader.look_at_clock();
        let begins_line = part.start == 0 || window[part.start - 1] == b'\n';
        if begins_line && !std::mem::take(&mut self.source.is_next_decided) && !self.source.is_past {
            self.decide(window, part.start, source);
        }
        let is_chosen = self.source.is_chosen.unwrap_or(true);
        // A newline at the end of the part begins no line of it.
        for newline in Newlines::new(&window[part.start..part.end - 1]) {
            // Lines behind the one at which the source ends are not read: it makes no difference how many are in the
            // window.
            if !is_chosen && self.source.is_past {
                break;
            }
            let at = part.start + newline + 1;
            if self.decide(window, at, source) != is_chosen {
                self.source.is_next_decided = true;
                return TimeRun { end: at, is_chosen };
            }
        }
        TimeRun { end: part.end, is_chosen }
    }

    /// Decides on the line that begins at `start`. Returns true if it is chosen.
    #[inline]
    fn decide(&mut self, window: &[u8], start: usize, source: &mut impl Source) -> bool {
        let line = &window[start..];
        let times = &mut self.source;
        if times.lines == 0 {
            let line = &line[..line.len().min(FIRST_LINE_MAX_BYTES)];
            times.first_line.extend_from_slice(&line[..memchr(b'\n', line).unwrap_or(line.len())]);
        }
        times.lines += 1;
        let is_chosen = match self.reader.read(without_nuls(line)) {
            Some(time) => {
                let side = self.tester.side_of(time);
                let is_after = side == WindowSide::After;
                times.lines_after = if is_after { times.lines_after + 1 } else { 0 };
                times.is_past = times.can_end
                    && is_after
                    && times.lines_after >= SORTED_LINES_AFTER
                    && self.tester.is_after_by(time, SORTED_SECONDS);
                times.last_time = Some(side == WindowSide::Within);
                side == WindowSide::Within
            }
            None => {
                times.undated += 1;
                times.lines_after += u64::from(times.lines_after > 0);
                self.last_time(source).unwrap_or(self.begins_within)
            }
        };
        self.source.is_chosen = Some(is_chosen);
        is_chosen
    }

    /// Returns true if the last time before the line was within the bounds; `None` if there was none.
    fn last_time(&mut self, source: &mut impl Source) -> Option<bool> {
        if self.source.last_time.is_none() && self.source.undated == 1 {
            let Self { reader, tester, .. } = self;
            let mut find = |lines: &[u8]| {
                let lines = lines.split(|&byte| byte == b'\n').rev();
                let time = lines.map(without_nuls).find_map(|line| reader.read(line))?;
                Some(tester.side_of(time) == WindowSide::Within)
            };
            self.source.last_time = source.last_time_before(&mut find);
        }
        self.source.last_time
    }
}
