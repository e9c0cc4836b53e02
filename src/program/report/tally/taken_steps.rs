//! Stretches of time that have had their alarm, so that a window which meets one of them is no other alarm.

use std::ops::Range;

/// Stretches of steps of time, which do not meet, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct TakenSteps(Vec<Range<i64>>);

impl TakenSteps {
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns true if a stretch has steps with one of these.
    pub(super) fn meet(&self, steps: &Range<i64>) -> bool {
        let behind = self.0.partition_point(|taken| taken.end <= steps.start);
        self.0.get(behind).is_some_and(|taken| taken.start < steps.end)
    }

    /// Returns these with other stretches. Of stretches that end before `first`, where no window is looked for any more, one
    /// is kept at most.
    pub(super) fn with(&self, others: impl Iterator<Item = Range<i64>>, first: i64) -> Self {
        let mut all: Vec<_> = self.0.iter().cloned().chain(others).collect();
        all.sort_by_key(|steps| steps.start);
        let mut joined: Vec<Range<i64>> = Vec::new();
        for steps in all {
            match joined.last_mut().filter(|last| steps.start <= last.end) {
                Some(last) => last.end = last.end.max(steps.end),
                None => joined.push(steps),
            }
        }
        let old = joined.partition_point(|steps| steps.end < first);
        joined.drain(..old.saturating_sub(1));
        Self(joined)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stretches_are_joined_and_old_ones_are_left_out() {
        let taken = TakenSteps::default().with([5..8, 0..3, 7..10, 20..25, 3..4].into_iter(), i64::MIN);
        assert_eq!(taken.0, [0..4, 5..10, 20..25]);
        for (steps, expected) in
            [(4..5, false), (3..5, true), (4..6, true), (10..20, false), (10..21, true), (25..99, false)]
        {
            assert_eq!(taken.meet(&steps), expected, "{steps:?}");
        }
        assert_eq!(taken.with([].into_iter(), 15).0, [5..10, 20..25]);
        assert_eq!(taken.with([2..30, 31..32].into_iter(), 31).0, [0..30, 31..32]);
    }
}
