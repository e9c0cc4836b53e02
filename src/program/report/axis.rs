//! The axis along which reports show the lines of codes.

use super::ReportRow;
use super::tally::Histogram;

/// The axis that all codes share: the time if lines have times, else the byte offset in the input.
pub(super) struct Axis {
    pub(super) bins: Histogram,
    pub(super) is_time: bool,
}

impl Axis {
    pub(super) fn of(rows: &[ReportRow<'_>]) -> Self {
        let sum = |of: for<'a> fn(&'a ReportRow<'_>) -> &'a Histogram| {
            let mut sum = Histogram::default();
            rows.iter().for_each(|row| sum.append(of(row)));
            sum
        };
        let seconds = sum(|row| &row.counted.seconds);
        let is_time = !seconds.is_empty();
        Self { bins: if is_time { seconds } else { sum(|row| &row.counted.offsets) }, is_time }
    }

    /// Returns the number of a code's lines in each bin.
    pub(super) fn counts(&self, row: &ReportRow<'_>) -> Vec<u64> {
        let histogram = if self.is_time { &row.counted.seconds } else { &row.counted.offsets };
        histogram.counts_along(&self.bins)
    }
}
