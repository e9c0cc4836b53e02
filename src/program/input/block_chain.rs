//! Values that blocks of a file pass on to the blocks behind them: blocks are worked on side by side, in any order.

use std::collections::BTreeMap;
use std::sync::{Condvar, Mutex, PoisonError};

/// A value behind each block of a file that has passed one on, for the block that follows it.
#[derive(Debug)]
pub(super) struct BlockChain<T> {
    passed: Mutex<Passed<T>>,
    /// Notified when a value has been passed on.
    changed: Condvar,
}

#[derive(Debug)]
struct Passed<T> {
    /// The value behind the block with each number.
    values: BTreeMap<u64, T>,
    /// True if a block will never pass a value on.
    is_given_up: bool,
}

impl<T> Default for BlockChain<T> {
    fn default() -> Self {
        let passed = Passed { values: BTreeMap::new(), is_given_up: false };
        Self { passed: Mutex::new(passed), changed: Condvar::new() }
    }
}

impl<T: Clone> BlockChain<T> {
    /// Passes the value on that the block with this number leaves.
    pub(super) fn pass_on(&self, block: u64, value: T) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        passed.values.insert(block, value);
        self.changed.notify_all();
    }

    /// Returns the value that the block before the one with this number leaves, once it has passed it on; `None` for the
    /// first block, and if a block never passes its value on.
    pub(super) fn wait_before(&self, block: u64) -> Option<T> {
        let before = block.checked_sub(1)?;
        let passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |passed: &mut Passed<T>| !passed.values.contains_key(&before) && !passed.is_given_up;
        let passed = self.changed.wait_while(passed, waits).unwrap_or_else(PoisonError::into_inner);
        passed.values.get(&before).cloned()
    }

    /// Ends the block with this number, which no more asks for the value before it. Lets all that wait go on if the block
    /// has not `passed` a value on.
    pub(super) fn end(&self, block: u64, has_passed: bool) {
        let mut passed = self.passed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = block.checked_sub(1) {
            passed.values.remove(&before);
        }
        if !has_passed && !passed.is_given_up {
            passed.is_given_up = true;
            self.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn values_are_passed_on_whenever_blocks_are_done() {
        let chain = BlockChain::default();
        let sums = thread::scope(|scope| {
            let chain = &chain;
            let late_first = [3, 2, 1, 0].map(|block| {
                scope.spawn(move || {
                    let before = chain.wait_before(block).unwrap_or(0);
                    chain.pass_on(block, before + 10 + block);
                    chain.end(block, true);
                    before
                })
            });
            late_first.map(|thread| thread.join().unwrap())
        });
        assert_eq!(sums, [33, 21, 10, 0]);
        assert_eq!(chain.passed.into_inner().unwrap().values.len(), 1);
    }

    #[test]
    fn nothing_waits_for_a_block_that_passes_nothing_on() {
        let chain = BlockChain::<u64>::default();
        thread::scope(|scope| {
            let waiting = scope.spawn(|| chain.wait_before(2));
            chain.end(1, false);
            assert_eq!(waiting.join().unwrap(), None);
        });
    }
}
