//! Bars: the number of fields along the time, or along the inputs, in a line of text.

use crate::program::report::ReportRow;
use crate::program::report::axis::Axis;
use crate::program::report::tally::sum;

/// Bars, in steps of an eighth of a line's height.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The bar for a count of zero.
const NO_BAR: char = ' ';

/// Rows of bars with one axis.
pub(super) struct Bars {
    axis: Axis,
    /// The number of bins of the axis that share a bar.
    bins_of_bar: usize,
}

impl Bars {
    pub(super) fn of(rows: &[ReportRow<'_>]) -> Self {
        Self { axis: Axis::of(rows), bins_of_bar: 1 }
    }

    pub(super) fn title(&self) -> &'static str {
        if self.axis.is_time { "when" } else { "where" }
    }

    /// Returns rows with at most `most` bars, which must not be 0.
    pub(super) fn narrowed(self, most: usize) -> Self {
        let bins = self.axis.bins.counts_along(&self.axis.bins).len();
        Self { bins_of_bar: bins.div_ceil(most).max(1), ..self }
    }

    pub(super) fn of_row(&self, row: &ReportRow<'_>) -> String {
        let bins = self.axis.counts(row);
        let counts: Vec<u64> = bins.chunks(self.bins_of_bar).map(|bins| sum(bins.iter().copied())).collect();
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
