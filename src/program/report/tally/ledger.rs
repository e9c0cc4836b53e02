//! Tallies of parts that are finished in any order, added up in the order of the parts.

use super::Tally;
use crate::program::output::{Behind, LeftOut};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Tallies of numbered parts: 0, 1, 2 and so on, each of one input. Adjacent parts of one input are added up at once,
/// and so are all parts before the first missing one. So there are never more tallies than inputs that are being worked
/// on.
#[derive(Debug, Default)]
pub(crate) struct Ledger(Mutex<LedgerState>);

#[derive(Clone, Debug, Default)]
struct LedgerState {
    /// The sum of the parts before `next`, without those that are left out.
    sum: Tally,
    /// The number of the first part that is missing.
    next: u64,
    left_out: LeftOut,
    /// The runs behind the first missing part, by the number of their first part.
    ahead: BTreeMap<u64, Run>,
}

/// Parts of one input that follow each other.
#[derive(Clone, Debug)]
struct Run {
    /// The number of the part that follows the run.
    end: u64,
    /// The number of the input.
    input: usize,
    tally: Tally,
    /// The consequence of the run's last part for the parts behind it.
    behind: Behind,
}

impl Ledger {
    /// Adds the tally of a part of the input with this number. Each part must be given once.
    pub(crate) fn add(&self, number: u64, input: usize, tally: Tally, behind: Behind) {
        let mut state = self.state();
        let state = &mut *state;
        let mut run = Run { end: number + 1, input, tally, behind };
        if let Some(next) = state.ahead.remove(&run.end)
            && let Some(next) = run.append(next)
        {
            state.ahead.insert(run.end, next);
        }
        let before = state.ahead.range_mut(..number).next_back().map(|(_, before)| before);
        let run = match before {
            Some(before) if before.end == number => before.append(run),
            _ => Some(run),
        };
        if let Some(run) = run {
            state.ahead.insert(number, run);
        }
        while let Some(entry) = state.ahead.first_entry().filter(|entry| *entry.key() == state.next) {
            let run = entry.remove();
            state.settle(run);
        }
    }

    /// Returns the sum of all parts. Must be called once, at the end. Where others have the ledger, too, it goes on as it is.
    pub(crate) fn total(self: Arc<Self>) -> Tally {
        let mut state = match Arc::try_unwrap(self) {
            Ok(ledger) => ledger.0.into_inner().unwrap_or_else(PoisonError::into_inner),
            Err(ledger) => ledger.state().clone(),
        };
        while let Some((_, run)) = state.ahead.pop_first() {
            state.settle(run);
        }
        state.sum
    }

    /// Returns the sum of the parts before the first missing one, and the number of that part.
    pub(crate) fn settled(&self) -> (Tally, u64) {
        let state = self.state();
        (state.sum.clone(), state.next)
    }

    /// Returns true if more of the input with this number would be left out, behind the parts before the first missing one.
    pub(crate) fn leaves_out(&self, input: usize) -> bool {
        self.state().left_out.has(input)
    }

    /// Returns the sum of all parts so far and of others, in the order of their inputs. Each part must be an input of its own.
    pub(crate) fn all_with(&self, mut others: Vec<(usize, Tally)>) -> Tally {
        let state = self.state();
        others.extend(state.ahead.values().map(|run| (run.input, run.tally.clone())));
        others.sort_by_key(|(input, _)| *input);
        let mut sum = state.sum.clone();
        drop(state);
        others.into_iter().for_each(|(_, tally)| sum.append(tally));
        sum
    }

    fn state(&self) -> MutexGuard<'_, LedgerState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl LedgerState {
    /// Adds a run that follows all parts that have been added.
    fn settle(&mut self, run: Run) {
        self.next = run.end;
        if !self.left_out.has(run.input) {
            self.sum.append(run.tally);
            self.left_out.go_on(run.input, run.behind);
        }
    }
}

impl Run {
    /// Appends the next run. Returns it unchanged if it is of another input, or if this run's end may leave it out.
    fn append(&mut self, next: Self) -> Option<Self> {
        if self.input != next.input || self.behind != Behind::Follows {
            return Some(next);
        }
        self.end = next.end;
        self.behind = next.behind;
        self.tally.append(next.tally);
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::encoding::CharEncoding;

    /// An encoding that tallies count.
    const GBK: CharEncoding = CharEncoding::Gbk;

    const ORDERS: [[usize; 6]; 6] = [
        [0, 1, 2, 3, 4, 5],
        [5, 4, 3, 2, 1, 0],
        [3, 0, 5, 1, 4, 2],
        [1, 3, 5, 0, 2, 4],
        [2, 5, 1, 4, 0, 3],
        [4, 3, 1, 2, 5, 0],
    ];

    #[test]
    fn parts_add_up_in_any_order() {
        // The input of each part, and the number of its lines.
        let parts = [(0, 5), (0, 7), (1, 3), (2, 0), (2, 4), (2, 1)];
        let mut whole = Tally::new();
        parts.iter().for_each(|&(file, lines)| whole.append(Tally::of_file(file, GBK, lines, lines)));
        assert_eq!((whole.input.files, whole.input.lines), (3, 20));
        for order in ORDERS {
            let ledger = Arc::new(Ledger::default());
            for number in order {
                let (file, lines) = parts[number];
                ledger.add(number as u64, file, Tally::of_file(file, GBK, lines, lines), Behind::Follows);
            }
            assert!(ledger.0.lock().unwrap().ahead.is_empty());
            assert_eq!(ledger.total(), whole);
        }
    }

    #[test]
    fn what_is_left_out_is_not_counted_in_any_order() {
        use Behind::{AllIsLeftOut, Follows, InputIsLeftOut};
        let parts = [(0, 1), (1, 10), (1, 100), (1, 1000), (1, 10_000), (2, 100_000)];
        let cases = [
            ([Follows; 6], 111_111),
            ([Follows, Follows, InputIsLeftOut, Follows, Follows, Follows], 100_111),
            // The first error counts, even if a part behind it has failed before.
            ([Follows, InputIsLeftOut, Follows, InputIsLeftOut, Follows, Follows], 100_011),
            ([Follows, Follows, AllIsLeftOut, Follows, InputIsLeftOut, Follows], 111),
            ([InputIsLeftOut, Follows, Follows, Follows, InputIsLeftOut, Follows], 111_111),
        ];
        for (behind, expected) in cases {
            for order in ORDERS {
                let ledger = Arc::new(Ledger::default());
                for number in order {
                    let (file, lines) = parts[number];
                    ledger.add(number as u64, file, Tally::of_file(file, GBK, lines, lines), behind[number]);
                }
                assert_eq!(ledger.total().input.lines, expected, "{behind:?} {order:?}");
            }
        }
    }
}
