//! Histograms of a code as pictures of the size of a word.

use crate::program::report::ReportRow;
use crate::program::report::axis::Axis;
use crate::program::report::tally::sum;
use std::fmt::Write;

/// The most bars of a picture.
const BARS_MAX: usize = 16;
/// The height of the highest bar.
const HEIGHT: u64 = 8;
/// The width of a bar.
const BAR_WIDTH: usize = 2;

/// Returns the picture of a code's lines; it is empty if none of them is on the axis.
pub(super) fn sparkline(axis: &Axis, row: &ReportRow<'_>) -> String {
    let bins = axis.counts(row);
    let counts: Vec<u64> =
        bins.chunks(bins.len().div_ceil(BARS_MAX).max(1)).map(|bins| sum(bins.iter().copied())).collect();
    let highest = counts.iter().copied().max().unwrap_or(0);
    if highest == 0 {
        return String::new();
    }
    let width = counts.len() * BAR_WIDTH;
    let mut path = format!("M0 {HEIGHT}");
    let (mut level, mut run) = (HEIGHT, 0);
    for count in counts {
        let height = (u128::from(count) * u128::from(HEIGHT)).div_ceil(u128::from(highest));
        let top = HEIGHT - u64::try_from(height).unwrap_or(HEIGHT);
        if top != level {
            let _ = if run > 0 { write!(path, "h{run}V{top}") } else { write!(path, "V{top}") };
            (level, run) = (top, 0);
        }
        run += BAR_WIDTH;
    }
    let _ = write!(path, "h{run}V{HEIGHT}");
    format!("<svg viewBox=\"0 0 {width} {HEIGHT}\" height=\"16\"><path d=\"{path}\"/></svg>")
}
