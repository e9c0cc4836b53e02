//! Values that blocks of a file pass on to the blocks behind them: blocks are worked on side by side, in any order.

use std::collections::BTreeMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

/// A value behind each block of a file that has passed one on, for the block that follows it.
#[derive(Debug)]
pub(super) struct BlockChain<T> {
    passed: Mutex<Passed<T>>,
    /// Notified when a value has been passed on, and when a block has ended without one.
    changed: Condvar,
}

#[derive(Debug)]
struct Passed<T> {
    /// The value behind the block with each number.
    values: BTreeMap<u64, T>,
    /// The first block that has ended without a value; `None` if there is none. All blocks behind it do without, too.
    given_up: Option<u64>,
}

/// The place of a block in a chain.
#[derive(Debug)]
pub(super) struct BlockLink<T> {
    chain: Arc<BlockChain<T>>,
    /// The number of the block.
    block: u64,
    has_passed: bool,
}

impl<T> Default for BlockChain<T> {
    fn default() -> Self {
        let passed = Passed { values: BTreeMap::new(), given_up: None };
        Self { passed: Mutex::new(passed), changed: Condvar::new() }
    }
}

impl<T> BlockChain<T> {
    /// Returns the place of the block with this number. Each block must have one, or no block behind it.
    pub(super) fn link(self: &Arc<Self>, block: u64) -> BlockLink<T> {
        BlockLink { chain: Arc::clone(self), block, has_passed: false }
    }

    fn passed(&self) -> MutexGuard<'_, Passed<T>> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Clone> BlockLink<T> {
    /// Passes a value on to the next block.
    pub(super) fn pass_on(&mut self, value: T) {
        self.chain.passed().values.insert(self.block, value);
        self.has_passed = true;
        self.chain.changed.notify_all();
    }

    /// Waits for the value that the block before passes on. Returns `None` for the first block, and if that block, or one
    /// before it, has ended without a value.
    pub(super) fn wait(&self) -> Option<T> {
        let before = self.block.checked_sub(1)?;
        let waits = |passed: &mut Passed<T>| {
            !passed.values.contains_key(&before) && passed.given_up.is_none_or(|block| block > before)
        };
        let passed = self.chain.changed.wait_while(self.chain.passed(), waits);
        passed.unwrap_or_else(PoisonError::into_inner).values.get(&before).cloned()
    }
}

/// Ends the block, which needs the value before it no more. If it has passed nothing on, blocks behind it do without.
impl<T> Drop for BlockLink<T> {
    fn drop(&mut self) {
        let mut passed = self.chain.passed();
        if let Some(before) = self.block.checked_sub(1) {
            passed.values.remove(&before);
        }
        if !self.has_passed && passed.given_up.is_none_or(|block| block > self.block) {
            passed.given_up = Some(self.block);
            self.chain.changed.notify_all();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn values_are_passed_on_whenever_blocks_are_done() {
        let chain = Arc::new(BlockChain::default());
        let sums = thread::scope(|scope| {
            let late_first = [3, 2, 1, 0].map(|block| {
                let mut link = chain.link(block);
                scope.spawn(move || {
                    let before = link.wait().unwrap_or(0);
                    link.pass_on(before + 10 + block);
                    before
                })
            });
            late_first.map(|thread| thread.join().unwrap())
        });
        assert_eq!(sums, [33, 21, 10, 0]);
        assert_eq!(chain.passed().values.len(), 1);
    }

    #[test]
    fn nothing_waits_for_a_block_that_passes_nothing_on() {
        let chain = Arc::new(BlockChain::<u64>::default());
        thread::scope(|scope| {
            let link = chain.link(2);
            let waiting = scope.spawn(move || link.wait());
            drop(chain.link(1));
            assert_eq!(waiting.join().unwrap(), None);
        });
    }

    #[test]
    fn a_block_that_passes_nothing_on_changes_nothing_before_it() {
        let chain = Arc::new(BlockChain::default());
        let mut first = chain.link(0);
        drop(chain.link(4));
        thread::scope(|scope| {
            let link = chain.link(1);
            let waiting = scope.spawn(move || link.wait());
            first.pass_on(7);
            assert_eq!(waiting.join().unwrap(), Some(7));
        });
    }
}
