//! The numbers of lines in the blocks of a file, which are counted side by side and added up in order.

use std::sync::{Condvar, Mutex, PoisonError};

/// The lines of the blocks that have been counted, from the first block on.
#[derive(Debug, Default)]
pub(super) struct LineCounts {
    sum: Mutex<LineSum>,
    /// Notified when another block has been counted.
    changed: Condvar,
}

/// The lines of the first blocks of a file.
#[derive(Debug, Default)]
struct LineSum {
    blocks: u64,
    lines: u64,
    /// True if a block will never be counted.
    is_given_up: bool,
}

impl LineCounts {
    /// Adds the lines of the block with this number, and returns the number of lines in the blocks before it. Waits until
    /// these have been counted; if one of them never is, the number is not to be used.
    pub(super) fn add(&self, block: u64, lines: u64) -> u64 {
        let sum = self.sum.lock().unwrap_or_else(PoisonError::into_inner);
        let waits = |sum: &mut LineSum| sum.blocks < block && !sum.is_given_up;
        let mut sum = self.changed.wait_while(sum, waits).unwrap_or_else(PoisonError::into_inner);
        let before = sum.lines;
        (sum.blocks, sum.lines) = (sum.blocks + 1, before + lines);
        self.changed.notify_all();
        before
    }

    /// Lets all that wait go on, because a block will never be counted.
    pub(super) fn give_up(&self) {
        self.sum.lock().unwrap_or_else(PoisonError::into_inner).is_given_up = true;
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn blocks_are_added_in_their_order_whenever_they_are_counted() {
        let counts = LineCounts::default();
        let before = thread::scope(|scope| {
            let counts = &counts;
            let late_first = [3, 2, 1, 0].map(|block| scope.spawn(move || counts.add(block, 10 + block)));
            late_first.map(|thread| thread.join().unwrap())
        });
        assert_eq!(before, [33, 21, 10, 0]);
    }

    #[test]
    fn nothing_waits_for_a_block_that_is_never_counted() {
        let counts = LineCounts::default();
        thread::scope(|scope| {
            scope.spawn(|| counts.add(1, 1));
            counts.give_up();
        });
    }
}
