//! An earlier run to compare with: which codes are new, more, fewer or gone.

use crate::EarlierCodes;
use crate::program::report::tally::Tally;
use serde::Serialize;
use std::collections::BTreeMap;

/// How often each code was there in an earlier run.
#[derive(Clone, Debug)]
pub struct Baseline {
    counts: BTreeMap<i32, u64>,
    /// Lower codes may have been there, too: of those it did not tell apart.
    known_from: Option<i32>,
}

/// How a count compares with that of the earlier run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Change {
    New,
    More,
    Same,
    Fewer,
    Gone,
}

/// A count of the earlier run, and how the one of this run compares with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Comparison {
    /// How many fields there were.
    pub(crate) count: u64,
    pub(crate) change: Change,
}

impl Baseline {
    pub fn new(earlier: &Tally) -> Self {
        let codes = earlier.known.iter().chain(&earlier.unknown);
        let counts = codes.map(|(&code, counted)| (code, counted.fields)).collect();
        Self { counts, known_from: earlier.known_from() }
    }

    pub(crate) fn codes(&self) -> EarlierCodes {
        let codes = EarlierCodes::new(self.counts.keys().copied());
        match self.known_from {
            Some(from) => codes.known_from(from),
            None => codes,
        }
    }

    /// How a count compares; `None` where the earlier one is not known.
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

    /// The codes that this run does not have.
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
