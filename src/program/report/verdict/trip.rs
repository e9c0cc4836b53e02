//! Checks that fail while a run goes on: when each does, and the line that it was.

use super::check::{Check, CheckKind};
use crate::Catalog;
use crate::program::report::tally::{Counted, LogPlace, TakenSteps, Tally};

/// The moment at which a check fails.
#[derive(Clone, Debug)]
pub(crate) struct Trip<'a> {
    /// The number of fields or of users; of a rate, that of the fullest window.
    pub(crate) count: u64,
    /// The time at which that window begins; empty if the check is of no rate.
    pub(crate) from: String,
    /// The steps of time of a rate's windows with too many fields so far.
    pub(crate) taken: TakenSteps,
    /// The selected code of the latest line, and that line; `None` if the code is not told apart from others.
    pub(crate) last: Option<(i32, &'a LogPlace)>,
}

impl Check {
    /// Returns the trip of the check, which stands at `place` among all checks, if it fails and more input cannot mend it. For a
    /// rate, windows that meet steps which are taken do not count. `--expect` has none.
    pub(crate) fn trip<'a>(
        &self,
        place: usize,
        tally: &'a Tally,
        catalog: &Catalog,
        taken: &TakenSteps,
    ) -> Option<Trip<'a>> {
        if self.kind != CheckKind::FailOn {
            return None;
        }
        let last = || {
            let codes = tally.known.iter().chain(&tally.unknown);
            let selected = codes.filter(|&(&code, _)| self.selects(code, catalog));
            let time = |counted: &Counted| counted.times.map(|(_, last)| last);
            let latest =
                selected.max_by_key(|&(_, counted)| (time(counted), counted.last.file, counted.last.line));
            latest.map(|(&code, counted)| (code, &counted.last))
        };
        if self.window.is_some() {
            let trip = tally.rate_above(place, self.limit, taken)?;
            let (count, from, taken) = (trip.fields, trip.from, trip.taken);
            return Some(Trip { count, from, taken, last: last() });
        }
        let unknown_fields = tally.unknown_selected.get(place).copied();
        let outcome = self.outcome(place, tally, catalog, unknown_fields, false);
        let count = outcome.measured.count;
        outcome.has_failed().then(|| Trip {
            count,
            from: String::new(),
            taken: TakenSteps::default(),
            last: last(),
        })
    }
}
