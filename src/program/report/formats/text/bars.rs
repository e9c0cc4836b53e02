//! Bars: the number of fields along the time, or along the inputs, in a line of text.

use crate::program::report::ReportRow;
use crate::program::report::tally::Histogram;

/// Bars, in steps of an eighth of a line's height.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The bar for a count of zero.
const NO_BAR: char = ' ';

/// Rows of bars with one axis: the time if lines have time stamps, else the byte offset in the input.
pub(super) struct Bars {
    axis: Histogram,
    is_time: bool,
    /// The number of bins of the axis that share a bar.
    bins_of_bar: usize,
}

impl Bars {
    pub(super) fn of(rows: &[ReportRow<'_>]) -> Self {
        let axis_of = |of: fn(&ReportRow<'_>) -> Histogram| {
            let mut sum = Histogram::default();
            rows.iter().for_each(|row| sum.append(&of(row)));
            sum
        };
        let axis = axis_of(|row| row.counted.seconds.clone());
        if axis.is_empty() {
            Self { axis: axis_of(|row| row.counted.offsets.clone()), is_time: false, bins_of_bar: 1 }
        } else {
            Self { axis, is_time: true, bins_of_bar: 1 }
        }
    }

    pub(super) fn title(&self) -> &'static str {
        if self.is_time { "when" } else { "where" }
    }

    /// Returns rows with at most `most` bars, which must not be 0.
    pub(super) fn narrowed(self, most: usize) -> Self {
        let bins = self.axis.counts_along(&self.axis).len();
        Self { bins_of_bar: bins.div_ceil(most).max(1), ..self }
    }

    pub(super) fn of_row(&self, row: &ReportRow<'_>) -> String {
        let histogram = if self.is_time { &row.counted.seconds } else { &row.counted.offsets };
        let bins = histogram.counts_along(&self.axis);
        let counts: Vec<u64> = bins.chunks(self.bins_of_bar).map(|bins| bins.iter().sum()).collect();
        let highest = counts.iter().copied().max().unwrap_or(0);
        let bar = |count: u64| match usize::try_from(
            u128::from(count) * BARS.len() as u128 / u128::from(highest.max(1)),
        ) {
            _ if count == 0 => NO_BAR,
            Ok(eighths) => BARS[eighths.saturating_sub(1)],
            Err(_) => NO_BAR,
        };
        counts.into_iter().map(bar).collect()
    }
}
