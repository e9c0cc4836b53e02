//! Counts of fields by their times for checks of rates, which add up over parts of an input, and over inputs.
//!
//! A field in a line without a time has the time of the line before it. The first lines of a part may have none before them in
//! the part: they wait for the part before. The first lines of an input have the first time that follows.

use super::rate_buckets::RateBuckets;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The counts of checks of rates, of a part of an input or of several inputs. Times are in milliseconds from 1970 on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RateTally {
    /// The counts of each check, by its place among all checks.
    pub(crate) checks: BTreeMap<usize, RateCounts>,
    /// The first time of a line in the first input; `None` if it has none.
    pub(crate) first_time: Option<i64>,
    /// The last time of a line in the last input.
    pub(crate) last_time: Option<i64>,
    /// True if a time has a zone, or is that of a line's arrival.
    pub(crate) has_instants: bool,
}

/// The counts of one check.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RateCounts {
    pub(crate) buckets: RateBuckets,
    /// The number of fields in lines of the first input that have no time before them.
    pub(crate) leading: u64,
    /// The number of fields in the last input, if it is not the first one and has no time yet.
    pub(crate) waiting: u64,
    pub(crate) timeless: Option<TimelessFields>,
}

/// The fields of inputs that have no time at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TimelessFields {
    pub(crate) fields: u64,
    /// The number of the first such input.
    pub(crate) file: usize,
}

/// The place at which two tallies meet.
#[derive(Clone, Copy, Debug)]
pub(super) struct RateJoint {
    /// True if the first input of what follows is the last one before it.
    pub(super) goes_on: bool,
    /// True if what stands before is of one input alone, and true if what follows is.
    pub(super) is_one: [bool; 2],
    /// The number of the last input before, and of the first one that follows.
    pub(super) files: [usize; 2],
}

impl RateCounts {
    pub(crate) fn new(buckets: RateBuckets) -> Self {
        Self { buckets, leading: 0, waiting: 0, timeless: None }
    }

    /// Adds the number of fields of an input without times.
    pub(super) fn add_timeless(&mut self, fields: u64, file: usize) {
        if fields > 0 {
            let before = self.timeless.unwrap_or(TimelessFields { fields: 0, file });
            self.timeless = Some(TimelessFields { fields: before.fields.saturating_add(fields), ..before });
        }
    }
}

impl RateTally {
    /// Adds the counts of what follows.
    pub(super) fn append(&mut self, next: Self, joint: RateJoint) {
        let (first_time, last_time) = (self.first_time, self.last_time);
        for (check, counts) in next.checks {
            let Some(these) = self.checks.get_mut(&check) else {
                self.checks.insert(check, counts);
                continue;
            };
            if joint.goes_on {
                these.go_on(counts, last_time, next.first_time, joint);
            } else {
                these.follow(counts, next.first_time, joint);
            }
        }
        let [is_one, next_is_one] = joint.is_one;
        if is_one && joint.goes_on {
            self.first_time = first_time.or(next.first_time);
        }
        let goes_on_without = joint.goes_on && next_is_one;
        self.last_time = next.last_time.or(last_time.filter(|_| goes_on_without));
        self.has_instants |= next.has_instants;
    }

    /// Changes the numbers of inputs.
    pub(super) fn renumber(&mut self, change: impl Fn(&mut usize)) {
        self.checks.values_mut().filter_map(|counts| counts.timeless.as_mut()).for_each(|timeless| {
            change(&mut timeless.file);
        });
    }
}

impl RateCounts {
    /// Adds the counts of more of the last input, before which `last_time` is the last time and in which `first_time` is the
    /// first one.
    fn go_on(
        &mut self,
        next: Self,
        last_time: Option<i64>,
        first_time: Option<i64>,
        RateJoint { is_one: [is_one, next_is_one], files: [file, _], .. }: RateJoint,
    ) {
        self.buckets.append(next.buckets);
        if let Some(time) = last_time {
            self.add_at(time, next.leading);
        } else if is_one {
            self.leading = self.leading.saturating_add(next.leading);
        } else {
            let fields = std::mem::take(&mut self.waiting).saturating_add(next.leading);
            match first_time {
                Some(time) => self.add_at(time, fields),
                None if next_is_one => self.waiting = fields,
                None => self.add_timeless(fields, file),
            }
        }
        self.end_with(next.waiting, next.timeless);
    }

    /// Adds the counts of other inputs, in the first of which `first_time` is the first time.
    fn follow(
        &mut self,
        next: Self,
        first_time: Option<i64>,
        RateJoint { is_one: [_, next_is_one], files: [file, next_file], .. }: RateJoint,
    ) {
        self.buckets.append(next.buckets);
        let waiting = std::mem::take(&mut self.waiting);
        self.add_timeless(waiting, file);
        match first_time {
            Some(time) => self.add_at(time, next.leading),
            None if next_is_one => self.waiting = next.leading,
            None => self.add_timeless(next.leading, next_file),
        }
        self.end_with(next.waiting, next.timeless);
    }

    fn end_with(&mut self, waiting: u64, timeless: Option<TimelessFields>) {
        self.waiting = self.waiting.saturating_add(waiting);
        if let Some(TimelessFields { fields, file }) = timeless {
            self.add_timeless(fields, file);
        }
    }

    fn add_at(&mut self, time: i64, fields: u64) {
        if fields > 0 {
            self.buckets.add(time, fields);
        }
    }
}
