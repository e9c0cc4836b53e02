//! Threads that do the same work side by side; more join them when they have nothing else to do.

use crate::program::system::thread_budget::ThreadBudget;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread::{self, Scope};

/// The threads that do a piece of work.
#[derive(Clone, Copy)]
pub(super) struct Team<'scope, 'env> {
    scope: &'scope Scope<'scope, 'env>,
    budget: &'scope ThreadBudget,
    work: &'scope (dyn Fn(&Self) + Sync),
    /// The number of further threads that may join, those that wait counted as members.
    places: &'scope AtomicUsize,
}

impl Team<'_, '_> {
    /// Starts the work on each spare thread that the team has a place for.
    pub(super) fn grow(&self) {
        while self.places.load(Ordering::Relaxed) > 0
            && let Some(taken) = self.budget.take()
        {
            let less = |places: usize| places.checked_sub(1);
            if self.places.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less).is_err() {
                return;
            }
            let team = *self;
            let work = move || {
                (team.work)(&team);
                team.places.fetch_add(1, Ordering::Relaxed);
                drop(taken);
            };
            // Fewer threads do the same work; it takes longer.
            if thread::Builder::new().name("annotate".to_owned()).spawn_scoped(self.scope, work).is_err() {
                self.places.store(0, Ordering::Relaxed);
            }
        }
    }
}

/// Calls `work` on this thread, and returns when it has returned here and on all threads, no more than `threads`, by
/// which it has let its team grow.
pub(super) fn in_team(budget: &ThreadBudget, threads: usize, work: impl Fn(&Team<'_, '_>) + Sync) {
    let places = AtomicUsize::new(threads - 1);
    let waits = thread::scope(|scope| {
        let team = Team { scope, budget, work: &work, places: &places };
        work(&team);
        budget.lend()
    });
    drop(waits);
}
