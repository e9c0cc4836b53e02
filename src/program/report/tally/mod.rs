//! The tally: the number of fields with each code, and their places. Tallies of parts add up to that of the whole.

mod counted_parts;
mod distinct;
mod file_rates;
mod first_failures;
mod histogram;
mod input_count;
mod latest;
mod ledger;
mod rate_buckets;
mod rate_window;
mod rates;
mod recent;
mod taken_steps;
mod users;
mod value_keys;
mod zones_met;

pub(crate) use counted_parts::{CountedPart, CountedParts};
pub(crate) use distinct::{DistinctValues, EXACT_MAX};
pub(crate) use first_failures::TraceTally;
pub(crate) use histogram::Histogram;
pub(crate) use input_count::InputCount;
pub(crate) use latest::LatestPlaces;
pub(crate) use ledger::Ledger;
pub(crate) use rate_buckets::{BUCKETS_LEFT as RATE_STEPS, RateBuckets};
pub(crate) use rate_window::RateWindow;
pub(crate) use rates::{RateCounts, RateTally, TimelessFields};
pub(crate) use taken_steps::TakenSteps;
pub(crate) use users::{CodeUsers, KNOWN_MAX, UNKNOWN_MAX, UserGroup, UserTally, farther};
pub(crate) use value_keys::{ValueHasher, ValueKeys, salt_tag};
pub(crate) use zones_met::ZonesMet;

use crate::program::encoding::{CharEncoding, EncodingCounts};
use crate::time::TimeStamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// At most this many unknown codes are told apart: those nearest to zero, so that the order of input does not matter
/// and parts add up.
pub(crate) const UNKNOWN_CODES_MAX: usize = 1000;
/// The lowest code: it has as many digits as a code can have.
pub(crate) const LOWEST_CODE: i32 = -999_999_999;

/// The counts of codes in a part of the input, or in all of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Counts of the catalog's codes.
    pub(crate) known: BTreeMap<i32, Counted>,
    /// Counts of negative codes that the catalog lacks, as far as they are told apart.
    pub(crate) unknown: BTreeMap<i32, Counted>,
    /// The number of fields with unknown codes that are not told apart.
    pub(crate) more_unknown: u64,
    /// The number of fields with unknown codes that each check selects, also among codes that are not told apart.
    pub(crate) unknown_selected: Vec<u64>,
    /// The lines with near misses; `None` if there are none, or if they were not counted.
    pub(crate) near: Option<NearLines>,
    /// The users of each code; `None` if users were not counted.
    pub(crate) users: Option<UserTally>,
    /// The first failures of requests; `None` if they were not counted. A run with a journal does not count them.
    #[serde(skip)]
    pub(crate) trace: Option<TraceTally>,
    /// The fields by their times, for checks of rates; `None` if there are no such checks.
    pub(crate) rates: Option<RateTally>,
    /// True if all inputs could be read to their ends. A stream that a signal ended counts as read to its end.
    pub complete: bool,
    /// True if a signal has ended reading.
    pub(crate) stopped: bool,
    pub(crate) zones: ZonesMet,
    pub input: InputCount,
    /// The inputs and ranges that the tally is of.
    pub(crate) parts: CountedParts,
    /// The first and the last of the inputs that the tally is of; `None` if nothing was read.
    files: Option<FileRange>,
}

/// The numbers of the first and the last input of a tally.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct FileRange {
    first: usize,
    last: usize,
    /// The encoding of the first input.
    encoding_of_first: CharEncoding,
    /// The number of lines that the last input has had so far.
    lines_of_last: u64,
}

/// The counts of one code, and its places.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Counted {
    pub(crate) fields: u64,
    pub(crate) lines: u64,
    pub(crate) files: u64,
    pub(crate) first: LogPlace,
    pub(crate) last: LogPlace,
    /// The earliest and the latest of the times of the code's lines.
    pub(crate) times: Option<(TimeStamp, TimeStamp)>,
    /// The code's lines with a time stamp, by their seconds.
    pub(crate) seconds: Histogram,
    /// The code's lines without a time stamp, by their byte offsets in the input.
    pub(crate) offsets: Histogram,
}

/// The lines in which a key and a known code stand close together and are no field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NearLines {
    pub(crate) lines: u64,
    pub(crate) first: LogPlace,
    /// The `--pattern` that takes the code in the first line.
    pub(crate) pattern: String,
}

/// The place of a line in an input, and its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LogPlace {
    /// The number of the input, from 0.
    pub(crate) file: usize,
    /// The number of the line, from 1, in the input or in the part of it that the tally is of.
    pub(crate) line: u64,
    /// The beginning of the line.
    pub(crate) text: String,
}

impl Default for Tally {
    fn default() -> Self {
        Self::new()
    }
}

impl Tally {
    /// Returns the tally of no input.
    pub(crate) fn new() -> Self {
        Self {
            known: BTreeMap::new(),
            unknown: BTreeMap::new(),
            more_unknown: 0,
            unknown_selected: Vec::new(),
            near: None,
            users: None,
            trace: None,
            rates: None,
            complete: true,
            stopped: false,
            zones: ZonesMet::default(),
            input: InputCount::default(),
            parts: CountedParts::default(),
            files: None,
        }
    }

    /// Returns the tally of an input, or of a part of one, with nothing counted yet.
    pub(crate) fn of_file(file: usize, encoding: CharEncoding, lines: u64, bytes: u64) -> Self {
        let encodings = EncodingCounts::one(encoding);
        let input = InputCount { files: 1, lines, bytes, encodings, ..InputCount::default() };
        let encoding_of_first = encoding;
        let files = Some(FileRange { first: file, last: file, encoding_of_first, lines_of_last: lines });
        let parts = CountedParts::of_input(file, encoding, lines, bytes);
        Self { input, parts, files, ..Self::new() }
    }

    /// Returns the tally of an input that could not be read.
    pub(crate) fn incomplete() -> Self {
        Self { complete: false, ..Self::new() }
    }

    /// Returns false if more input could change the counts: if not all could be read, or there was no input at all. A stream
    /// that a signal ended counts as read to its end.
    pub(crate) fn is_whole(&self) -> bool {
        self.complete && (self.input.files > 0 || self.stopped)
    }

    /// Returns true if the tally has the place of a line.
    pub(crate) fn has_places(&self) -> bool {
        !self.known.is_empty() || !self.unknown.is_empty() || self.near.is_some()
    }

    /// Returns the numbers of the inputs that the tally has a place in, or of which it has a range.
    pub(crate) fn files_with_places(&self) -> BTreeSet<usize> {
        let counted = self.known.values().chain(self.unknown.values());
        let places = counted.flat_map(|counted| [&counted.first, &counted.last]);
        let places = places.chain(self.near.iter().map(|near| &near.first)).map(|place| place.file);
        places.chain(self.parts.iter().filter(|part| part.is_range()).map(|part| part.input)).collect()
    }

    /// Changes the numbers of inputs: those that were counted from `from` are counted from `to`.
    pub(crate) fn renumber(&mut self, from: usize, to: usize) {
        self.change_inputs(|file| *file = to + file.saturating_sub(from));
    }

    /// Changes the number of each input.
    fn change_inputs(&mut self, change: impl Fn(&mut usize) + Copy) {
        for counted in self.known.values_mut().chain(self.unknown.values_mut()) {
            change(&mut counted.first.file);
            change(&mut counted.last.file);
        }
        if let Some(near) = &mut self.near {
            change(&mut near.first.file);
        }
        self.rates.iter_mut().for_each(|rates| rates.renumber(change));
        self.parts.renumber(change);
        if let Some(files) = &mut self.files {
            change(&mut files.first);
            change(&mut files.last);
        }
    }

    /// Returns the lowest unknown code that is told apart; the inputs may have lower codes, too. `None` if all are told
    /// apart.
    pub(crate) fn known_from(&self) -> Option<i32> {
        (self.more_unknown > 0).then(|| self.unknown.keys().next().copied().unwrap_or(0))
    }

    /// Returns the earliest and the latest of the times of lines with codes; `None` if no time is understood.
    pub(crate) fn times(&self) -> Option<(TimeStamp, TimeStamp)> {
        let times = self.known.values().chain(self.unknown.values()).filter_map(|counted| counted.times);
        times.reduce(|(first, last), (earliest, latest)| (first.min(earliest), last.max(latest)))
    }

    /// Returns the codes that are told apart, each with the number of its fields.
    pub(crate) fn counts(&self) -> impl Iterator<Item = (i32, u64)> {
        self.known.iter().chain(&self.unknown).map(|(code, counted)| (*code, counted.fields))
    }

    /// Returns the number of fields with known codes.
    pub(crate) fn known_fields(&self) -> u64 {
        sum(self.known.values().map(|counted| counted.fields))
    }

    /// Returns the number of fields with unknown codes.
    pub(crate) fn unknown_fields(&self) -> u64 {
        sum(self.unknown.values().map(|counted| counted.fields)).saturating_add(self.more_unknown)
    }

    /// Adds the tally of what follows: other inputs, or more of the last one.
    pub(crate) fn append(&mut self, mut next: Self) {
        self.complete &= next.complete;
        self.stopped |= next.stopped;
        self.zones.append(next.zones);
        self.append_rates(&mut next);
        self.more_unknown = self.more_unknown.saturating_add(next.more_unknown);
        self.unknown_selected.resize(self.unknown_selected.len().max(next.unknown_selected.len()), 0);
        for (sum, count) in self.unknown_selected.iter_mut().zip(&next.unknown_selected) {
            *sum = sum.saturating_add(*count);
        }
        let goes_on = match (&self.files, &next.files) {
            (Some(these), Some(those)) if these.last == those.first => Some(*these),
            _ => None,
        };
        if let Some(these) = goes_on {
            next.go_on_in(these);
        }
        self.near = match (self.near.take(), next.near) {
            (Some(these), Some(those)) => Some(these.append(&those)),
            (these, those) => these.or(those),
        };
        self.users = match (self.users.take(), next.users) {
            (Some(these), Some(those)) => Some(these.append(those)),
            (these, those) => these.or(those),
        };
        self.trace = match (self.trace.take(), next.trace) {
            (Some(these), Some(those)) => Some(these.append(those)),
            (these, those) => these.or(those),
        };
        self.input.append(next.input);
        self.parts.append(next.parts, goes_on.is_some());
        self.files = match (self.files, next.files) {
            (Some(these), Some(those)) => {
                let FileRange { first, encoding_of_first, .. } = these;
                Some(FileRange { first, encoding_of_first, ..those })
            }
            (these, those) => these.or(those),
        };
        for (code, counted) in next.known {
            merge(&mut self.known, code, counted, goes_on.is_some());
        }
        for (code, counted) in next.unknown {
            merge(&mut self.unknown, code, counted, goes_on.is_some());
        }
        self.drop_farthest();
    }

    /// Keeps apart only the unknown codes nearest to zero, at most [`UNKNOWN_CODES_MAX`].
    pub(crate) fn drop_farthest(&mut self) {
        while self.unknown.len() > UNKNOWN_CODES_MAX
            && let Some((code, farthest)) = self.unknown.pop_first()
        {
            self.users.iter_mut().for_each(|users| users.unknown.forget(code));
            self.more_unknown = self.more_unknown.saturating_add(farthest.fields);
        }
    }

    /// Adds the tally of what follows, whose first part goes on with the last part here.
    pub(crate) fn append_range(&mut self, mut next: Self) {
        if let (Some(last), Some(first), Some(end)) =
            (self.parts.last(), next.parts.first(), next.parts.last())
        {
            let (from, to) = (first.input, last.input);
            let range = |first, last: &CountedPart, encoding_of_first| {
                Some(FileRange { first, last: last.input, encoding_of_first, lines_of_last: last.lines })
            };
            self.files = range(to, last, last.encoding);
            next.files = range(from, end, first.encoding);
            next.change_inputs(|input| *input = if *input == from { to } else { *input });
        }
        self.append(next);
    }

    /// Changes the tally into one whose first input goes on with the last input of `before`.
    fn go_on_in(&mut self, before: FileRange) {
        let is_same = |place: &LogPlace| place.file == before.last;
        for counted in self.known.values_mut().chain(self.unknown.values_mut()) {
            for place in [&mut counted.first, &mut counted.last] {
                let lines = if is_same(place) { before.lines_of_last } else { 0 };
                place.line = place.line.saturating_add(lines);
            }
        }
        if let Some(near) = &mut self.near {
            let lines = if is_same(&near.first) { before.lines_of_last } else { 0 };
            near.first.line = near.first.line.saturating_add(lines);
        }
        self.input.files -= 1;
        if let Some(files) = self.files {
            self.input.encodings.take_back(files.encoding_of_first);
        }
        if let Some(files) = &mut self.files
            && files.last == before.last
        {
            files.lines_of_last = files.lines_of_last.saturating_add(before.lines_of_last);
        }
    }
}

impl NearLines {
    /// Returns the number of lines with its verb: `1 line has`.
    pub(crate) fn lines_have(&self) -> String {
        if self.lines == 1 { "1 line has".to_owned() } else { format!("{} lines have", self.lines) }
    }

    /// Returns the option that takes the code in the first line, for a shell.
    pub(crate) fn option(&self) -> String {
        format!("--pattern '{}'", self.pattern.replace('\'', r"'\''"))
    }

    /// Returns the sum with the lines of what follows.
    fn append(self, next: &Self) -> Self {
        Self { lines: self.lines.saturating_add(next.lines), ..self }
    }
}

impl Counted {
    /// Adds the counts of what follows; `goes_on` is true if that may be more of the same input.
    fn append(&mut self, next: Self, goes_on: bool) {
        let is_same_file = goes_on && self.last.file == next.first.file;
        self.fields = self.fields.saturating_add(next.fields);
        self.lines = self.lines.saturating_add(next.lines);
        self.files = self.files.saturating_add(next.files - u64::from(is_same_file));
        self.last = next.last;
        self.times = match (self.times, next.times) {
            (Some((a, b)), Some((c, d))) => Some((a.min(c), b.max(d))),
            (these, those) => these.or(those),
        };
        self.seconds.append(&next.seconds);
        self.offsets.append(&next.offsets);
    }
}

/// Returns the sum of counts, at most `u64::MAX`.
pub(crate) fn sum(counts: impl Iterator<Item = u64>) -> u64 {
    counts.fold(0, u64::saturating_add)
}

fn merge(all: &mut BTreeMap<i32, Counted>, code: i32, counted: Counted, goes_on: bool) {
    match all.get_mut(&code) {
        Some(sum) => sum.append(counted, goes_on),
        None => {
            all.insert(code, counted);
        }
    }
}
