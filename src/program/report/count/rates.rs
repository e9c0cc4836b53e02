//! Counts the selected fields of an input by the times of their lines, for checks of rates.
//!
//! Times are read of few lines: of those with fields, and where such a line has none, of the lines before it. So that parts of an
//! input can go on with each other, the first time and the last one of each are looked for.

use super::open_line::OpenLine;
use crate::program::report::tally::{RateBuckets, RateCounts, RateTally, RateWindow};
use crate::time::{TimeReader, TimeStamp};
use crate::{Entry, Selector};
use memchr::{Memchr, memrchr};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

/// A check of a rate: its place among all checks, the fields that it selects, and the length of its window.
pub(crate) type RateRule = (usize, Selector, RateWindow);

/// Counts selected fields by the times of their lines.
#[derive(Clone, Debug)]
pub(super) struct RateCounter {
    rules: Vec<RateRule>,
    counts: RateTally,
    /// The code of the last field, and the checks that select it.
    selecting: (Option<i32>, Vec<usize>),
    /// The byte offset in the part up to which lines have been looked at.
    searched: usize,
    /// The clock at the beginning of the part, where lines without a time count by their arrival; `None` where they do not.
    clock: Option<ArrivalClock>,
}

/// The clock for lines that have no time and come one after the other.
#[derive(Clone, Copy, Debug)]
struct ArrivalClock {
    now: Instant,
    /// The time now, in milliseconds from 1970 on.
    milliseconds: i64,
    last: Option<ArrivedTime>,
}

/// The last time of a line, in milliseconds from 1970 on, and when the line came.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ArrivedTime {
    time: i64,
    arrival: Instant,
}

impl ArrivalClock {
    fn new(last: Option<ArrivedTime>) -> Self {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let milliseconds = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
        Self { now: Instant::now(), milliseconds, last }
    }

    /// Returns the time of a line that has none: that of the last line with one, and as much later as the line came later; or
    /// that of its arrival.
    fn time(&self) -> i64 {
        self.last.map_or(self.milliseconds, |ArrivedTime { time, arrival }| {
            let later = self.now.saturating_duration_since(arrival).as_millis();
            time.saturating_add(i64::try_from(later).unwrap_or(i64::MAX))
        })
    }
}

impl RateCounter {
    /// Returns the counter for checks of rates; `None` if there are none.
    pub(super) fn new(rules: Vec<RateRule>) -> Option<Self> {
        let counts = counts_of(&rules);
        let selecting = (None, Vec::new());
        (!rules.is_empty()).then_some(Self { rules, counts, selecting, searched: 0, clock: None })
    }

    /// Begins an input, or a part of one.
    pub(super) fn begin_input(&mut self) {
        self.clock = None;
    }

    /// Lets lines without a time count by their arrival. `last` is the last time of the input.
    pub(super) fn count_arrivals(&mut self, last: Option<ArrivedTime>) {
        self.clock = Some(ArrivalClock::new(last));
    }

    /// Returns the last time of an input whose lines count by their arrival.
    pub(super) fn last_arrived(&self) -> Option<ArrivedTime> {
        self.clock.and_then(|clock| clock.last)
    }

    /// Begins a part of the input.
    pub(super) fn begin_part(&mut self) {
        self.searched = 0;
        if let Some(clock) = self.clock {
            self.clock = Some(ArrivalClock::new(clock.last));
        }
    }

    /// Counts a field in a line with a time.
    pub(super) fn count_at(&mut self, (code, entry): (i32, Option<&Entry>), time: TimeStamp) {
        self.counts.has_instants |= time.offset_minutes().is_some();
        self.count((code, entry), Some(milliseconds_of(time)));
    }

    /// Counts a field in the line at `start` of a part, which has no time.
    pub(super) fn count_without(
        &mut self,
        field: (i32, Option<&Entry>),
        text: &[u8],
        start: usize,
        open: Option<&OpenLine>,
        times: &mut TimeReader,
    ) {
        self.select(field);
        if self.selecting.1.is_empty() {
            return;
        }
        self.look(text, start, open, times);
        let time = match &self.clock {
            Some(clock) => {
                self.counts.has_instants |= clock.last.is_none();
                Some(clock.time())
            }
            None => self.counts.last_time,
        };
        self.count(field, time);
    }

    /// Ends a part of the input, of which a line may go on in the next part.
    pub(super) fn end_part(&mut self, text: &[u8], open: Option<&OpenLine>, times: &mut TimeReader) {
        let end = memrchr(b'\n', text).map_or(0, |newline| newline + 1);
        self.look(text, end, open, times);
    }

    /// Returns the counts since the last call. The input may end in a line without a newline.
    pub(super) fn finish(&mut self, open: Option<&OpenLine>, times: &mut TimeReader) -> RateTally {
        if let Some(time) = open.filter(|open| !open.is_left_out).and_then(|open| times.read(&open.head)) {
            self.meet(time);
        }
        self.searched = 0;
        std::mem::replace(&mut self.counts, counts_of(&self.rules))
    }

    /// Counts a field at a time; `None` if no line up to its own has one.
    fn count(&mut self, field: (i32, Option<&Entry>), time: Option<i64>) {
        self.select(field);
        for check in &self.selecting.1 {
            if let Some(counts) = self.counts.checks.get_mut(check) {
                match time {
                    Some(time) => counts.buckets.add(time, 1),
                    None => counts.leading += 1,
                }
            }
        }
    }

    /// Finds the checks that select a field, unless it has the code of the last one.
    fn select(&mut self, (code, entry): (i32, Option<&Entry>)) {
        if self.selecting.0 != Some(code) {
            let selecting = self.rules.iter().filter(|(_, selector, _)| selector.selects(code, entry));
            self.selecting = (Some(code), selecting.map(|(check, _, _)| *check).collect());
        }
    }

    /// Looks for the first and the last time of the lines before `end`, where a line begins. `open` is the line that goes on at the
    /// beginning of the text.
    fn look(&mut self, text: &[u8], end: usize, open: Option<&OpenLine>, times: &mut TimeReader) {
        if end <= self.searched {
            return;
        }
        let mut read = |start: usize| match open {
            Some(open) if start == 0 => times.read(&open.head),
            _ => times.read(&text[start..]),
        };
        let mut from = self.searched;
        self.searched = end;
        if self.counts.first_time.is_none() {
            let newlines = Memchr::new(b'\n', &text[from..end]).map(|newline| from + newline + 1);
            let mut begins = std::iter::once(from).chain(newlines).filter(|&start| start < end);
            let Some((start, time)) = begins.find_map(|start| Some((start, read(start)?))) else {
                return;
            };
            self.meet(time);
            from = start;
        }
        let mut line_end = end;
        while line_end > from {
            let start = memrchr(b'\n', &text[from..line_end - 1]).map_or(from, |newline| from + newline + 1);
            if let Some(time) = read(start) {
                self.meet(time);
                return;
            }
            line_end = start;
        }
    }

    /// Takes the time of a line that is behind all with a time so far.
    fn meet(&mut self, time: TimeStamp) {
        let milliseconds = milliseconds_of(time);
        self.counts.first_time.get_or_insert(milliseconds);
        self.counts.last_time = Some(milliseconds);
        if let Some(clock) = &mut self.clock {
            clock.last = Some(ArrivedTime { time: milliseconds, arrival: clock.now });
        }
    }
}

/// Returns the empty counts of some checks.
fn counts_of(rules: &[RateRule]) -> RateTally {
    let counts = |&(check, _, window): &RateRule| (check, RateCounts::new(RateBuckets::new(window)));
    RateTally { checks: rules.iter().map(counts).collect(), ..RateTally::default() }
}

/// Returns a time in milliseconds from 1970 on.
fn milliseconds_of(time: TimeStamp) -> i64 {
    time.second().saturating_mul(1000) + i64::from(time.nanosecond() / 1_000_000)
}
