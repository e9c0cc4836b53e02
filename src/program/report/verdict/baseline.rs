//! The comparison with an earlier run: codes that are new, more or less frequent, or gone.

use super::unknown_fields::unknown_fields;
use crate::program::report::tally::{Tally, sum};
use crate::{Catalog, EarlierCodes, Selector};
use serde::Serialize;
use std::collections::BTreeMap;

/// The number of fields that each code had in an earlier run.
#[derive(Clone, Debug)]
pub struct Baseline {
    counts: BTreeMap<i32, u64>,
    /// The number of fields with unknown codes that the earlier run did not tell apart.
    more_unknown: u64,
    /// The lowest unknown code that the earlier run told apart from others; it may have had lower codes, too. `None` if
    /// it told all codes apart.
    known_from: Option<i32>,
}

/// The result of comparing a count with that of the earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Change {
    New,
    More,
    Same,
    Fewer,
    Gone,
}

/// A count of the earlier run, and the change since then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Comparison {
    /// The number of fields in the earlier run.
    pub(crate) count: u64,
    pub(crate) change: Change,
}

impl Baseline {
    /// Returns the baseline that an earlier run's tally makes.
    pub fn new(earlier: &Tally) -> Self {
        let codes = earlier.known.iter().chain(&earlier.unknown);
        let counts = codes.map(|(&code, counted)| (code, counted.fields)).collect();
        Self { counts, more_unknown: earlier.more_unknown, known_from: earlier.known_from() }
    }

    /// Returns the codes of the earlier run, for selectors such as `new`.
    pub(crate) fn codes(&self) -> EarlierCodes {
        let codes = EarlierCodes::new(self.counts.keys().copied());
        match self.known_from {
            Some(from) => codes.known_from(from),
            None => codes,
        }
    }

    /// Returns the number of fields of the earlier run that a selector chooses; `None` if it may choose some of the codes
    /// that the earlier run did not tell apart, but not all.
    pub(super) fn fields(&self, selector: &Selector, catalog: &Catalog) -> Option<u64> {
        let counts = || self.counts.iter().map(|(&code, &count)| (code, count));
        let known = counts().filter_map(|(code, count)| Some((code, catalog.get(code)?, count)));
        let selected = known.filter(|&(code, entry, _)| selector.selects(code, Some(entry)));
        let unknown = counts().filter(|&(code, _)| catalog.get(code).is_none());
        let unknown = unknown_fields(selector, unknown, self.more_unknown)?;
        Some(sum(selected.map(|(_, _, count)| count)).saturating_add(unknown))
    }

    /// Returns the comparison of a count with the earlier one; `None` if the earlier run did not tell the code apart.
    pub(crate) fn compare(&self, code: i32, now: u64) -> Option<Comparison> {
        let count = self.counts.get(&code).copied().unwrap_or(0);
        if count == 0 && self.known_from.is_some_and(|from| code < from) {
            return None;
        }
        let change = match (count, now) {
            (0, _) => Change::New,
            (_, 0) => Change::Gone,
            _ if now > count => Change::More,
            _ if now < count => Change::Fewer,
            _ => Change::Same,
        };
        Some(Comparison { count, change })
    }

    /// Returns the codes that this run does not have, with their earlier counts. A code that this run may have, but did
    /// not tell apart, is left out.
    pub(crate) fn gone(&self, now: &Tally) -> Vec<(i32, u64)> {
        let may_be_there = |code: &i32| now.known_from().is_some_and(|from| *code < from);
        let is_there = |code: &i32| now.known.contains_key(code) || now.unknown.contains_key(code);
        let is_gone = |code: &i32| !is_there(code) && !may_be_there(code);
        self.counts.iter().filter(|(code, _)| is_gone(code)).map(|(&code, &count)| (code, count)).collect()
    }
}

impl Change {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::More => "more",
            Self::Same => "same",
            Self::Fewer => "fewer",
            Self::Gone => "gone",
        }
    }
}
