//! Verdicts on a tally: by checks, by comparison with an earlier run, and by what was accepted.

mod accepted;
mod baseline;
mod check;
mod limit;
mod measured;
mod rate;
mod selected_users;
mod trip;
mod unknown_fields;

pub(crate) use accepted::{AcceptEntry, AcceptList};
pub use baseline::Baseline;
pub(crate) use baseline::{Change, Comparison};
pub(crate) use check::{Check, CheckKind, CheckOutcome, CheckVerdict, Measure, of_selector};
pub(crate) use measured::{Lack, MeasuredRate};
pub(crate) use trip::Trip;

use crate::EarlierCodes;
use crate::program::report::count::RateRule;

/// The checks, the earlier run and the accepted codes by which a run is judged.
#[derive(Clone, Debug, Default)]
pub struct Judgement {
    pub(crate) checks: Vec<Check>,
    /// The earlier run to compare with.
    pub baseline: Option<Baseline>,
    pub(crate) accepted: Option<AcceptList>,
}

impl Judgement {
    /// Returns the checks of rates, each with its place among all checks.
    pub(crate) fn rates(&self) -> Vec<RateRule> {
        let rules = self.checks.iter().enumerate();
        rules.filter_map(|(place, check)| Some((place, check.selector.clone(), check.window?))).collect()
    }

    /// Returns the codes that are not new: those of the earlier run and those that are accepted. Returns `None` if nothing
    /// tells which codes are new.
    pub(crate) fn known_codes(&self) -> Option<EarlierCodes> {
        let accepted = self.accepted.iter().flat_map(AcceptList::codes);
        let baseline = self.baseline.as_ref().map(Baseline::codes);
        let has_any = baseline.is_some() || self.accepted.is_some();
        has_any.then(|| accepted.fold(baseline.unwrap_or_default(), EarlierCodes::with_range))
    }
}
