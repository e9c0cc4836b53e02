//! The tally: how often each code was there, and where. Tallies of parts add up to that of the whole.

mod histogram;
mod ledger;

pub(crate) use histogram::Histogram;
pub(crate) use ledger::Ledger;

use crate::time::TimeStamp;
use std::collections::BTreeMap;

/// Of so many unknown codes, those nearest to zero, the places are known. Which those are does not depend on the
/// order in which they are met, so that parts add up.
pub(crate) const UNKNOWN_CODES_MAX: usize = 1000;
/// No code has more digits.
pub(crate) const LOWEST_CODE: i32 = -999_999_999;

/// How often codes were in a part of the input, or in all of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tally {
    /// Codes of the catalog.
    pub(crate) known: BTreeMap<i32, Counted>,
    /// Negative codes that the catalog lacks.
    pub(crate) unknown: BTreeMap<i32, Counted>,
    /// How many fields had unknown codes besides those.
    pub(crate) more_unknown: u64,
    /// How many fields with unknown codes each check selects, also among those that are not told apart.
    pub(crate) unknown_selected: Vec<u64>,
    /// True if all could be read. A stream that a signal ended was read to its end.
    pub complete: bool,
    /// True if a signal has ended reading.
    pub(crate) stopped: bool,
    pub input: InputCount,
    /// Which inputs this is of: from the first to the last of them; none, where nothing was read.
    files: Option<FileRange>,
}

/// How much was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct InputCount {
    pub files: u64,
    pub lines: u64,
    pub bytes: u64,
}

/// Parts of several inputs, or of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct FileRange {
    first: usize,
    last: usize,
    /// How many lines the last one has had so far.
    lines_of_last: u64,
}

/// How often a code was there, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Counted {
    pub(crate) fields: u64,
    pub(crate) lines: u64,
    pub(crate) files: u64,
    pub(crate) first: LogPlace,
    pub(crate) last: LogPlace,
    /// The earliest and the latest of the time stamps that its lines begin with.
    pub(crate) times: Option<(TimeStamp, TimeStamp)>,
    /// In how many lines when, in seconds; those that have a time stamp.
    pub(crate) seconds: Histogram,
    /// In how many lines where in their inputs, in bytes; those that have no time stamp.
    pub(crate) offsets: Histogram,
}

/// A line of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogPlace {
    /// Which of the inputs.
    pub(crate) file: usize,
    /// From 1, in the input, or in the part of it that the tally is of.
    pub(crate) line: u64,
    /// How the line begins.
    pub(crate) text: String,
}

impl Tally {
    pub(crate) fn new() -> Self {
        Self {
            known: BTreeMap::new(),
            unknown: BTreeMap::new(),
            more_unknown: 0,
            unknown_selected: Vec::new(),
            complete: true,
            stopped: false,
            input: InputCount::default(),
            files: None,
        }
    }

    /// An input, or a part of one, that has nothing counted yet.
    pub(crate) fn of_file(file: usize, lines: u64, bytes: u64) -> Self {
        let input = InputCount { files: 1, lines, bytes };
        let files = Some(FileRange { first: file, last: file, lines_of_last: lines });
        Self { input, files, ..Self::new() }
    }

    /// An input that could not be read.
    pub(crate) fn incomplete() -> Self {
        Self { complete: false, ..Self::new() }
    }

    /// Lets the inputs be the ones that come so much later.
    pub(crate) fn move_files(&mut self, by: usize) {
        for counted in self.known.values_mut().chain(self.unknown.values_mut()) {
            counted.first.file += by;
            counted.last.file += by;
        }
    }

    /// Lower codes may have been there as well, but were not told apart; `None` where all were.
    pub(crate) fn known_from(&self) -> Option<i32> {
        (self.more_unknown > 0).then(|| self.unknown.keys().next().copied().unwrap_or(0))
    }

    /// How many fields had a known code.
    pub(crate) fn known_fields(&self) -> u64 {
        sum(self.known.values().map(|counted| counted.fields))
    }

    /// How many fields had an unknown code.
    pub(crate) fn unknown_fields(&self) -> u64 {
        sum(self.unknown.values().map(|counted| counted.fields)).saturating_add(self.more_unknown)
    }

    /// Adds what follows: other inputs, or more of the last one.
    pub(crate) fn append(&mut self, mut next: Self) {
        self.complete &= next.complete;
        self.stopped |= next.stopped;
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
        self.input.append(next.input);
        self.files = match (self.files, next.files) {
            (Some(these), Some(those)) => Some(FileRange { first: these.first, ..those }),
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

    /// Of the unknown codes, keeps no more than those nearest to zero apart.
    pub(crate) fn drop_farthest(&mut self) {
        while self.unknown.len() > UNKNOWN_CODES_MAX
            && let Some((_, farthest)) = self.unknown.pop_first()
        {
            self.more_unknown = self.more_unknown.saturating_add(farthest.fields);
        }
    }

    /// Lets the first input be more of the one that ended in `before`.
    fn go_on_in(&mut self, before: FileRange) {
        let is_same = |place: &LogPlace| place.file == before.last;
        for counted in self.known.values_mut().chain(self.unknown.values_mut()) {
            for place in [&mut counted.first, &mut counted.last] {
                place.line += if is_same(place) { before.lines_of_last } else { 0 };
            }
        }
        self.input.files -= 1;
        if let Some(files) = &mut self.files
            && files.last == before.last
        {
            files.lines_of_last += before.lines_of_last;
        }
    }
}

impl InputCount {
    pub(crate) fn append(&mut self, next: Self) {
        self.files = self.files.saturating_add(next.files);
        self.lines = self.lines.saturating_add(next.lines);
        self.bytes = self.bytes.saturating_add(next.bytes);
    }
}

impl Counted {
    /// Adds what was counted in what follows; `goes_on` says whether that may be more of the same input.
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

/// The sum of counts; as much as there can be, where it is more.
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
