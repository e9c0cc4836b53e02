//! The rates of a tally: how they are added up by its inputs, and what a check of a rate finds in them.

use super::Tally;
use super::rate_buckets::{FullWindow, RateBuckets};
use super::rates::{RateCounts, RateJoint, TimelessFields};
use super::taken_steps::TakenSteps;
use crate::TimeBound;

/// The fields that a check of a rate has found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct FoundRate {
    /// The number of fields in the window that has the most.
    pub(crate) fields: u64,
    /// The time at which the window begins, as text: `2026-05-01T10:02:03Z`; empty if there are no fields.
    pub(crate) from: String,
    /// The fields that have no time, because no line of their inputs has one.
    pub(crate) timeless: Option<TimelessFields>,
    /// The number of fields that came so long behind later ones that their windows had been judged.
    pub(crate) late: u64,
}

/// A window in which a check of a rate has found more fields than its limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct RateAbove {
    pub(crate) fields: u64,
    /// The time at which it begins, as text.
    pub(crate) from: String,
    /// The steps of all windows that have been found, and of those before.
    pub(crate) taken: TakenSteps,
}

impl Tally {
    /// Adds the rates of what follows, before its inputs are added.
    pub(super) fn append_rates(&mut self, next: &mut Self) {
        let Some(those) = next.rates.take() else {
            return;
        };
        let Some(these) = &mut self.rates else {
            self.rates = Some(those);
            return;
        };
        let (Some(before), Some(behind)) = (self.files, next.files) else {
            return;
        };
        let joint = RateJoint {
            goes_on: before.last == behind.first,
            is_one: [before.first == before.last, behind.first == behind.last],
            files: [before.last, behind.first],
        };
        these.append(those, joint);
    }

    /// Returns what the check of a rate with this place among all checks has found; `None` if rates were not counted.
    pub(crate) fn rate(&self, check: usize) -> Option<FoundRate> {
        let counts = self.settled_rates(check)?;
        let mut found =
            FoundRate { timeless: counts.timeless, late: counts.buckets.late(), ..FoundRate::default() };
        if let Some(window) = counts.buckets.fullest() {
            found.from = self.beginning(window, &counts.buckets);
            found.fields = window.fields;
        }
        Some(found)
    }

    /// Returns the fullest window in which that check has more fields than a limit, of those that meet no step that is taken;
    /// `None` if there is none.
    pub(crate) fn rate_above(&self, check: usize, limit: u64, taken: &TakenSteps) -> Option<RateAbove> {
        let counts = self.settled_rates(check)?;
        let (window, taken) = counts.buckets.fullest_above(limit, taken)?;
        Some(RateAbove { fields: window.fields, from: self.beginning(window, &counts.buckets), taken })
    }

    /// Returns the counts of a check, with no field left that waits for a time.
    fn settled_rates(&self, check: usize) -> Option<RateCounts> {
        let rates = self.rates.as_ref()?;
        let mut counts = rates.checks.get(&check)?.clone();
        let (first, last) = self.files.map_or((0, 0), |files| (files.first, files.last));
        match rates.first_time {
            Some(time) if counts.leading > 0 => counts.buckets.add(time, counts.leading),
            Some(_) => {}
            None => counts.add_timeless(counts.leading, first),
        }
        counts.add_timeless(counts.waiting, last);
        Some(counts)
    }

    /// Returns the time at which a window begins, as text: with its zone, unless no line's time has one.
    fn beginning(&self, window: FullWindow, buckets: &RateBuckets) -> String {
        let milliseconds = window.start.saturating_mul(buckets.window().step());
        let (second, rest) = (milliseconds.div_euclid(1000), milliseconds.rem_euclid(1000));
        let nanosecond = u32::try_from(rest * 1_000_000).unwrap_or(0);
        let has_instants = self.rates.as_ref().is_some_and(|rates| rates.has_instants);
        let bound = if has_instants { TimeBound::instant } else { TimeBound::written };
        bound(second, nanosecond).stamp().to_string()
    }
}
