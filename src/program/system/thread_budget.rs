//! The threads that a run may use: large work takes from those that have nothing to do, and threads go back that have
//! ended or wait.

use std::sync::Arc;
use std::sync::atomic::{AtomicIsize, Ordering};

/// The number of threads that a run may use, and of those that may still be started. Clones share it.
#[derive(Clone, Debug)]
pub struct ThreadBudget {
    total: usize,
    /// The number of threads that have nothing to do. It is below 0 while threads go on that were lent.
    spare: Arc<AtomicIsize>,
}

/// A thread that was taken; it goes back when this is dropped.
#[derive(Debug)]
pub(crate) struct TakenThread(ThreadBudget);

/// A thread that waits, and that others may use meanwhile; it is in use again when this is dropped.
#[derive(Debug)]
pub(crate) struct LentThread<'a>(&'a ThreadBudget);

impl ThreadBudget {
    /// Returns the budget of a run that may use this number of threads, at least 1: the caller's is in use.
    pub fn new(total: usize) -> Self {
        let spare = isize::try_from(total).unwrap_or(isize::MAX) - 1;
        Self { total, spare: Arc::new(AtomicIsize::new(spare)) }
    }

    /// Returns the number of threads that the run may use.
    pub(crate) fn total(&self) -> usize {
        self.total
    }

    /// Takes a thread; `None` if there is none.
    pub(crate) fn take(&self) -> Option<TakenThread> {
        let less = |spare: isize| (spare > 0).then(|| spare - 1);
        let taken = self.spare.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
        taken.is_ok().then(|| TakenThread(self.clone()))
    }

    /// Lends the caller's thread until the returned value is dropped.
    pub(crate) fn lend(&self) -> LentThread<'_> {
        self.spare.fetch_add(1, Ordering::Relaxed);
        LentThread(self)
    }
}

impl TakenThread {
    /// Returns true if more threads are in use than there are, because a lent one goes on: one should end.
    pub(crate) fn is_overdrawn(&self) -> bool {
        self.0.spare.load(Ordering::Relaxed) < 0
    }
}

impl Drop for TakenThread {
    fn drop(&mut self) {
        self.0.spare.fetch_add(1, Ordering::Relaxed);
    }
}

impl Drop for LentThread<'_> {
    fn drop(&mut self) {
        self.0.spare.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_many_threads_are_taken_as_there_are() {
        assert!(ThreadBudget::new(1).take().is_none());
        let budget = ThreadBudget::new(2);
        let taken = budget.take();
        assert!(taken.is_some() && budget.take().is_none());
        drop(taken);
        assert!(budget.take().is_some());
    }

    #[test]
    fn a_lent_thread_can_be_taken_and_is_overdrawn_when_it_goes_on() {
        let budget = ThreadBudget::new(1);
        let lent = budget.lend();
        let taken = budget.take().expect("one is lent");
        assert!(!taken.is_overdrawn());
        drop(lent);
        assert!(taken.is_overdrawn());
        drop(taken);
        assert!(budget.take().is_none());
    }
}
