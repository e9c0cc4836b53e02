//! Verdicts on a tally: by checks, and by comparison with an earlier run.

mod baseline;
mod check;

pub use baseline::Baseline;
pub(crate) use baseline::{Change, Comparison};
pub(crate) use check::Check;
pub(crate) use check::CheckOutcome;
pub(crate) use check::of_selector;
