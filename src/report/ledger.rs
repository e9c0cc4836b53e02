//! Tallies of parts that are finished in any order, added up in theirs.

use super::tally::Tally;
use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

/// Tallies of parts with numbers, 0, 1, 2 and so on. Those of neighbours are added up at once, so that there are
/// never more than parts that are being worked on.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<BTreeMap<u64, Run>>);

/// Parts that follow each other.
#[derive(Debug)]
struct Run {
    /// The number of the part that comes next.
    end: u64,
    tally: Tally,
}

impl Ledger {
    /// Adds the tally of a part. Each number is given once.
    pub(crate) fn add(&self, number: u64, tally: Tally) {
        let mut runs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut run = Run { end: number + 1, tally };
        if let Some(next) = runs.remove(&run.end) {
            run.end = next.end;
            run.tally.append(next.tally);
        }
        match runs.range_mut(..number).next_back() {
            Some((_, before)) if before.end == number => {
                before.end = run.end;
                before.tally.append(run.tally);
            }
            _ => {
                runs.insert(number, run);
            }
        }
    }

    /// The sum of all.
    pub(crate) fn into_tally(self) -> Tally {
        let mut sum = Tally::new();
        for run in self.0.into_inner().unwrap_or_else(PoisonError::into_inner).into_values() {
            sum.append(run.tally);
        }
        sum
    }
}
