//! The rates of a tally: how they are added up by its inputs, and what a check of a rate finds in them.

use super::Tally;
use super::rate_buckets::FullWindow;
use super::rates::{RateJoint, TimelessFields};
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
        let rates = self.rates.as_ref()?;
        let mut counts = rates.checks.get(&check)?.clone();
        let (leading, waiting) = (counts.leading, counts.waiting);
        let (first, last) = self.files.map_or((0, 0), |files| (files.first, files.last));
        match rates.first_time {
            Some(time) if leading > 0 => counts.buckets.add(time, leading),
            Some(_) => {}
            None => counts.add_timeless(leading, first),
        }
        counts.add_timeless(waiting, last);
        let mut found =
            FoundRate { timeless: counts.timeless, late: counts.buckets.late(), ..FoundRate::default() };
        if let Some(FullWindow { fields, start }) = counts.buckets.fullest() {
            let milliseconds = start.saturating_mul(counts.buckets.window().step());
            let (second, rest) = (milliseconds.div_euclid(1000), milliseconds.rem_euclid(1000));
            let nanosecond = u32::try_from(rest * 1_000_000).unwrap_or(0);
            let bound = if rates.has_instants { TimeBound::instant } else { TimeBound::written };
            found.from = bound(second, nanosecond).stamp().to_string();
            found.fields = fields;
        }
        Some(found)
    }
}
