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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_add_up_in_any_order() {
        // Which file each part is of, and its lines.
        let parts = [(0, 5), (0, 7), (1, 3), (2, 0), (2, 4), (2, 1)];
        let mut whole = Tally::new();
        parts.iter().for_each(|&(file, lines)| whole.append(Tally::of_file(file, lines, lines)));
        assert_eq!((whole.input.files, whole.input.lines), (3, 20));
        for order in [[0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [3, 0, 5, 1, 4, 2], [1, 3, 5, 0, 2, 4]] {
            let ledger = Ledger::default();
            for number in order {
                let (file, lines) = parts[number];
                ledger.add(number as u64, Tally::of_file(file, lines, lines));
            }
            assert_eq!(ledger.0.lock().unwrap().len(), 1);
            assert_eq!(ledger.into_tally(), whole);
        }
    }
}
