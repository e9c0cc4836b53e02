//! Jobs that are done side by side, on the thread that needs their results and on spare ones, with results in order.

use super::heartbeat::beat;
use super::thread_budget::{TakenThread, ThreadBudget};
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// The time for which a thread waits for a job before it goes back: starting another takes a hundredth of it.
const PATIENCE: Duration = Duration::from_millis(10);

const NO_PANIC: &str = "no thread panics while it holds the lock";

/// Jobs that are on their way. The thread that needs the results does jobs itself while no other does, so that it never
/// waits for a thread that is not there.
pub(crate) struct SideWork<J, R> {
    shared: Arc<SharedJobs<J, R>>,
    budget: ThreadBudget,
    /// The name of the threads, and the most of them.
    name: &'static str,
    threads_max: usize,
    /// The number of the next job that is handed over, from 0.
    next: u64,
    /// The number of the next job whose result is returned.
    due: u64,
}

struct SharedJobs<J, R> {
    work: Box<dyn Fn(J) -> R + Send + Sync>,
    state: Mutex<JobsState<J, R>>,
    /// Notified when a job comes, when one is done, and when no more will come.
    changed: Condvar,
}

struct JobsState<J, R> {
    waiting: VecDeque<(u64, J)>,
    done: BTreeMap<u64, R>,
    /// The number of threads beside the one that needs the results.
    threads: usize,
    /// The number of those that wait for a job.
    idle: usize,
    /// True if no more jobs will come.
    is_ended: bool,
}

impl<J: Send + 'static, R: Send + 'static> SideWork<J, R> {
    /// Returns work without jobs. `name` is that of its threads, which are taken from `budget`.
    pub(crate) fn new(
        name: &'static str,
        budget: &ThreadBudget,
        work: impl Fn(J) -> R + Send + Sync + 'static,
    ) -> Self {
        let state = JobsState {
            waiting: VecDeque::new(),
            done: BTreeMap::new(),
            threads: 0,
            idle: 0,
            is_ended: false,
        };
        let shared = SharedJobs { work: Box::new(work), state: Mutex::new(state), changed: Condvar::new() };
        Self {
            shared: Arc::new(shared),
            budget: budget.clone(),
            name,
            threads_max: usize::MAX,
            next: 0,
            due: 0,
        }
    }

    /// Returns the work with no more than this number of threads, because of the memory that each takes.
    pub(crate) fn on_up_to(mut self, threads_max: usize) -> Self {
        self.threads_max = threads_max;
        self
    }

    /// Hands over the next job.
    pub(crate) fn push(&mut self, job: J) {
        let mut state = self.shared.state();
        state.waiting.push_back((self.next, job));
        self.next += 1;
        if state.waiting.len() <= state.idle {
            self.shared.changed.notify_all();
        } else if state.threads < self.threads_max
            && let Some(taken) = self.budget.take()
        {
            state.threads += 1;
            drop(state);
            let shared = Arc::clone(&self.shared);
            let work = move || shared.work(&taken);
            if thread::Builder::new().name(self.name.to_owned()).spawn(work).is_err() {
                self.shared.state().threads -= 1;
            }
        }
    }

    /// Returns true if enough jobs are on their way: each thread has one, and finds another behind it.
    pub(crate) fn is_full(&self) -> bool {
        self.next - self.due > 2 * self.shared.state().threads as u64
    }

    /// Returns the result of the next job in order if it is done; `None` if it is not, or no job is due.
    pub(crate) fn pop_done(&mut self) -> Option<R> {
        let done = self.shared.state().done.remove(&self.due)?;
        self.due += 1;
        Some(done)
    }

    /// Returns the result of the next job in order; `None` if no job is due. Does jobs that wait meanwhile.
    pub(crate) fn pop(&mut self) -> Option<R> {
        while self.due < self.next {
            let mut state = self.shared.state();
            if let Some(done) = state.done.remove(&self.due) {
                self.due += 1;
                return Some(done);
            }
            match state.waiting.pop_front() {
                Some(waiting) => {
                    drop(state);
                    self.shared.do_job(waiting);
                }
                None => drop(self.shared.changed.wait(state).expect(NO_PANIC)),
            }
        }
        None
    }
}

impl<J, R> Drop for SideWork<J, R> {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.is_ended = true;
        state.waiting.clear();
        self.shared.changed.notify_all();
    }
}

impl<J, R> SharedJobs<J, R> {
    fn state(&self) -> MutexGuard<'_, JobsState<J, R>> {
        self.state.lock().expect(NO_PANIC)
    }

    /// Does one job after the other, until no more come or the thread is wanted elsewhere.
    fn work(&self, taken: &TakenThread) {
        while let Some(waiting) = self.next_waiting(taken) {
            self.do_job(waiting);
        }
        self.state().threads -= 1;
        // The thread that needs the results may have counted on this one.
        self.changed.notify_all();
    }

    /// Returns the next job for a thread beside the one that needs the results; `None` if the thread is to end.
    fn next_waiting(&self, taken: &TakenThread) -> Option<(u64, J)> {
        if taken.is_overdrawn() {
            return None;
        }
        let mut state = self.state();
        state.idle += 1;
        let is_none = |state: &mut JobsState<J, R>| state.waiting.is_empty() && !state.is_ended;
        let (mut state, _) = self.changed.wait_timeout_while(state, PATIENCE, is_none).expect(NO_PANIC);
        state.idle -= 1;
        state.waiting.pop_front()
    }

    fn do_job(&self, (number, job): (u64, J)) {
        let result = (self.work)(job);
        beat();
        self.state().done.insert(number, result);
        self.changed.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_come_in_order_from_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let mut work = SideWork::new("test", &ThreadBudget::new(threads), |number: u64| {
                thread::sleep(Duration::from_micros(number * 7919 % 300));
                number * number
            });
            let mut results = Vec::new();
            for number in 0..200 {
                work.push(number);
                results.extend(std::iter::from_fn(|| work.pop_done()));
                while work.is_full() {
                    results.extend(work.pop());
                }
                let on_the_way = number + 1 - results.len() as u64;
                assert!(on_the_way < 2 * threads as u64, "{threads} {on_the_way}");
            }
            results.extend(std::iter::from_fn(|| work.pop()));
            assert!(results.into_iter().eq((0..200).map(|number| number * number)), "{threads}");
        }
    }

    #[test]
    fn threads_go_back() {
        let budget = ThreadBudget::new(3);
        let mut work = SideWork::new("test", &budget, |(): ()| thread::sleep(Duration::from_millis(2)));
        (0..6).for_each(|_| work.push(()));
        assert!(budget.take().is_none());
        drop(work);
        while budget.take().is_none() {
            thread::sleep(Duration::from_millis(1));
        }
    }
}
