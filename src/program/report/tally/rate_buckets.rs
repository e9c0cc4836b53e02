//! Numbers of fields by their times, in steps, from which the fullest window of a length of time follows.

use super::rate_window::RateWindow;
use super::taken_steps::TakenSteps;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

/// The most steps with fields that are kept.
pub(super) const BUCKETS_MAX: usize = 1 << 16;
/// The number of steps that stay when there are more: more than the longest window has.
pub(crate) const BUCKETS_LEFT: usize = BUCKETS_MAX / 4 * 3;

/// The number of fields in each step of time that has any: a few bytes a step, at most [`BUCKETS_MAX`] steps. If there are more,
/// the windows of the earliest ones are judged for good, and these steps are forgotten.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct RateBuckets {
    window: RateWindow,
    /// The number of fields in each step, by the number of the step from 1970 on.
    counts: BTreeMap<i64, u64>,
    forgotten: Option<Forgotten>,
    /// The number of fields whose windows have been judged before they came.
    late: u64,
}

/// The steps that are forgotten.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Forgotten {
    /// The first and the last of them.
    first: i64,
    last: i64,
    fields: u64,
    /// The fullest window that begins at one of them.
    fullest: FullWindow,
}

/// A window of time with its fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct FullWindow {
    pub(crate) fields: u64,
    /// The number of the step at which it begins, which has a field.
    pub(crate) start: i64,
}

impl Forgotten {
    /// Returns all that two have forgotten.
    fn and(self, other: Self) -> Self {
        Self {
            first: self.first.min(other.first),
            last: self.last.max(other.last),
            fields: self.fields.saturating_add(other.fields),
            fullest: self.fullest.fuller(other.fullest),
        }
    }
}

impl FullWindow {
    /// Returns the window with more fields; of two that have as many, the earlier one.
    fn fuller(self, other: Self) -> Self {
        if (other.fields, -other.start) > (self.fields, -self.start) { other } else { self }
    }
}

impl RateBuckets {
    pub(crate) fn new(window: RateWindow) -> Self {
        Self { window, counts: BTreeMap::new(), forgotten: None, late: 0 }
    }

    pub(crate) fn window(&self) -> RateWindow {
        self.window
    }

    /// Returns the number of fields whose windows had been judged before they came.
    pub(crate) fn late(&self) -> u64 {
        self.late
    }

    /// Adds fields at a time in milliseconds from 1970 on.
    pub(crate) fn add(&mut self, milliseconds: i64, fields: u64) {
        let step = milliseconds.div_euclid(self.window.step());
        if let Some(forgotten) = self.forgotten
            && (step <= forgotten.last || self.near(&forgotten).contains(&step))
        {
            self.late = self.late.saturating_add(fields);
            if step <= forgotten.last {
                return;
            }
        }
        let count = self.counts.entry(step).or_default();
        *count = count.saturating_add(fields);
        self.forget();
    }

    /// Adds all fields of others, whose window is as long.
    pub(crate) fn append(&mut self, other: Self) {
        // The windows of steps that are forgotten were judged without the fields of the other side.
        let unseen = [self.unseen_by(&other), other.unseen_by(self), self.forgotten_with(&other)];
        self.late = unseen.into_iter().fold(self.late.saturating_add(other.late), u64::saturating_add);
        for (step, fields) in other.counts {
            let count = self.counts.entry(step).or_default();
            *count = count.saturating_add(fields);
        }
        self.forgotten = match (self.forgotten, other.forgotten) {
            (Some(these), Some(those)) => Some(these.and(those)),
            (these, those) => these.or(those),
        };
        if let Some(forgotten) = self.forgotten {
            self.forget_before(forgotten.last.saturating_add(1));
        }
        self.forget();
    }

    /// Returns the window with the most fields, the earliest of those that have as many; `None` if there are no fields.
    pub(crate) fn fullest(&self) -> Option<FullWindow> {
        let forgotten = self.forgotten.map(|forgotten| forgotten.fullest);
        self.windows().chain(forgotten).reduce(FullWindow::fuller)
    }

    /// Returns the fullest window of those that have more fields than a limit and meet no step that is taken, and all steps that
    /// are taken with these windows; `None` if there is none.
    pub(super) fn fullest_above(&self, limit: u64, taken: &TakenSteps) -> Option<(FullWindow, TakenSteps)> {
        let steps = |window: &FullWindow| window.start..window.start.saturating_add(self.window.steps());
        // Windows that are forgotten had their alarm, unless they came and went between two looks.
        let forgotten = self.forgotten.filter(|_| taken.is_empty()).map(|forgotten| forgotten.fullest);
        let above = forgotten.into_iter().chain(self.windows());
        let above: Vec<_> =
            above.filter(|window| window.fields > limit && !taken.meet(&steps(window))).collect();
        let fullest = above.iter().copied().reduce(FullWindow::fuller)?;
        let first = self.counts.keys().next().copied().unwrap_or(i64::MAX);
        Some((fullest, taken.with(above.iter().map(steps), first)))
    }

    /// Returns the windows that begin at a step with fields.
    fn windows(&self) -> impl Iterator<Item = FullWindow> {
        let (steps, mut ends) = (self.window.steps(), self.counts.iter().peekable());
        let mut fields = 0_u64;
        self.counts.iter().map(move |(&start, &first)| {
            while let Some((_, more)) = ends.next_if(|&(&step, _)| step - start < steps) {
                fields = fields.saturating_add(*more);
            }
            let window = FullWindow { fields, start };
            fields = fields.saturating_sub(first);
            window
        })
    }

    /// Returns the steps whose fields are in a window with some that are forgotten.
    fn near(&self, forgotten: &Forgotten) -> RangeInclusive<i64> {
        let others = self.window.steps() - 1;
        forgotten.first.saturating_sub(others)..=forgotten.last.saturating_add(others)
    }

    /// Returns the number of fields that others have forgotten windows without.
    fn unseen_by(&self, other: &Self) -> u64 {
        let near = other.forgotten.iter().flat_map(|forgotten| self.counts.range(other.near(forgotten)));
        near.fold(0, |sum, (_, &fields)| sum.saturating_add(fields))
    }

    /// Returns the number of fields that both sides may have forgotten in the same windows.
    fn forgotten_with(&self, other: &Self) -> u64 {
        let (Some(these), Some(those)) = (self.forgotten, other.forgotten) else {
            return 0;
        };
        let near = self.near(&these);
        let meet = *near.start() <= those.last && those.first <= *near.end();
        if meet { these.fields.min(those.fields) } else { 0 }
    }

    /// Judges and forgets the earliest steps if there are too many.
    fn forget(&mut self) {
        if self.counts.len() > BUCKETS_MAX {
            let kept = self.counts.keys().nth(self.counts.len() - BUCKETS_LEFT).copied();
            self.forget_before(kept.unwrap_or(i64::MAX));
        }
    }

    /// Judges and forgets the steps before one.
    fn forget_before(&mut self, kept: i64) {
        let fullest = self.windows().take_while(|window| window.start < kept).reduce(FullWindow::fuller);
        let left = self.counts.split_off(&kept);
        let counts = std::mem::replace(&mut self.counts, left);
        let ends = counts.keys().next().copied().zip(counts.keys().next_back().copied());
        if let (Some(fullest), Some((first, last))) = (fullest, ends) {
            let fields = counts.values().fold(0, |sum: u64, &fields| sum.saturating_add(fields));
            let forgotten = Forgotten { first, last, fields, fullest };
            self.forgotten = Some(self.forgotten.map_or(forgotten, |before| before.and(forgotten)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(window: RateWindow, events: &[(i64, u64)]) -> RateBuckets {
        let mut buckets = RateBuckets::new(window);
        events.iter().for_each(|&(milliseconds, fields)| buckets.add(milliseconds, fields));
        buckets
    }

    /// Returns the most fields that any window has, by looking at each window that begins at a step with a field.
    fn naive(window: RateWindow, events: &[(i64, u64)]) -> Option<(u64, i64)> {
        let step = window.step();
        let starts = events.iter().map(|(milliseconds, _)| milliseconds.div_euclid(step) * step);
        let fields = |start: i64| -> u64 {
            let end = start + i64::from(window.seconds()) * 1000;
            events.iter().filter(|(at, _)| (start..end).contains(at)).map(|(_, fields)| fields).sum()
        };
        let windows = starts.map(|start| (fields(start), start.div_euclid(step)));
        windows.max_by_key(|&(fields, start)| (fields, -start))
    }

    proptest! {
        #[test]
        fn the_fullest_window_is_that_of_a_search(
            events in prop::collection::vec((-5000..200_000_i64, 1..4_u64), 0..60),
            seconds in prop::sample::select(vec![1_u32, 3, 10, 59, 60, 61]),
            cut in 0..60_usize,
        ) {
            let window = RateWindow::of_seconds(seconds).unwrap();
            let whole = of(window, &events);
            let found = whole.fullest().map(|window| (window.fields, window.start));
            prop_assert_eq!(found, naive(window, &events));
            let (some, others) = events.split_at(cut.min(events.len()));
            for (a, b) in [(some, others), (others, some)] {
                let mut parts = of(window, a);
                parts.append(of(window, b));
                prop_assert_eq!(&parts, &whole);
            }
        }
    }

    #[test]
    fn steps_are_bounded_and_what_is_forgotten_stays_judged() {
        let window = RateWindow::of_seconds(60).unwrap();
        let mut buckets = RateBuckets::new(window);
        // Two fields in each second, and one more at the beginning.
        buckets.add(0, 1);
        for second in 0..200_000 {
            buckets.add(second * 1000, 2);
            assert!(buckets.counts.len() <= BUCKETS_MAX);
        }
        assert_eq!(buckets.fullest(), Some(FullWindow { fields: 121, start: 0 }));
        assert_eq!(buckets.late(), 0);
        // A field that comes after its windows have been judged is not counted in silence.
        buckets.add(5000, 3);
        assert_eq!(buckets.late(), 3);
        assert_eq!(buckets.fullest(), Some(FullWindow { fields: 121, start: 0 }));
        // The windows of the last seconds are still open.
        buckets.add(199_999_000, 10);
        assert_eq!((buckets.fullest().unwrap().fields, buckets.late()), (130, 3));
    }

    #[test]
    fn parts_that_have_forgotten_say_that_they_cannot_be_added_up() {
        let window = RateWindow::of_seconds(60).unwrap();
        let part = |from: i64| {
            let mut buckets = RateBuckets::new(window);
            (from..from + 80_000).for_each(|second| buckets.add(second * 1000, 1));
            buckets
        };
        let mut apart = part(0);
        apart.append(part(200_000));
        assert_eq!((apart.fullest().unwrap().fields, apart.late()), (60, 0));
        let mut latest_first = part(200_000);
        latest_first.append(part(0));
        assert_eq!((latest_first.fullest(), latest_first.late()), (apart.fullest(), 0));
        let mut together = part(0);
        together.append(part(0));
        assert!(together.late() > 0, "{}", together.late());
        let mut behind = part(0);
        behind.append(of(window, &[(10_000, 1)]));
        assert_eq!(behind.late(), 1);
        let mut before = of(window, &[(10_000, 1)]);
        before.append(part(0));
        assert_eq!(before.late(), 1);
    }
}
