//! Packs the pieces of a member side by side: on the thread that writes, and on spare threads.

use super::formats::{PackPieces, Piece};
use crate::program::system::thread_budget::{TakenThread, ThreadBudget};
use std::collections::{BTreeMap, VecDeque};
use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

/// The time for which a thread waits for a piece before it goes back: starting another takes a hundredth of it.
const PATIENCE: Duration = Duration::from_millis(10);

const NO_PANIC: &str = "no thread panics while it holds the lock";

/// The pieces of a member that are on their way. The thread that writes packs pieces itself while no other does, so that
/// it never waits for a thread that is not there.
pub(super) struct Packers {
    shared: Arc<SharedPieces>,
    budget: ThreadBudget,
    /// The number of the next piece that is handed over, from 0.
    next: u64,
    /// The number of the next piece that is returned.
    due: u64,
}

/// A packed piece, with its text.
pub(super) struct PackedPiece {
    pub(super) piece: Piece,
    pub(super) packed: Vec<u8>,
}

struct SharedPieces {
    format: Arc<dyn PackPieces>,
    state: Mutex<PiecesState>,
    /// Notified when a piece comes, when one is packed, and when no more will come.
    changed: Condvar,
}

#[derive(Default)]
struct PiecesState {
    waiting: VecDeque<(u64, Piece)>,
    packed: BTreeMap<u64, io::Result<PackedPiece>>,
    /// The number of threads beside the one that writes.
    threads: usize,
    /// The number of those that wait for a piece.
    idle: usize,
    /// True if no more pieces will come.
    is_ended: bool,
}

impl Packers {
    pub(super) fn new(format: Arc<dyn PackPieces>, budget: &ThreadBudget) -> Self {
        let shared = SharedPieces { format, state: Mutex::default(), changed: Condvar::new() };
        Self { shared: Arc::new(shared), budget: budget.clone(), next: 0, due: 0 }
    }

    /// Hands over the next piece.
    pub(super) fn push(&mut self, piece: Piece) {
        let mut state = self.shared.state();
        state.waiting.push_back((self.next, piece));
        self.next += 1;
        if state.waiting.len() <= state.idle {
            self.shared.changed.notify_all();
        } else if let Some(taken) = self.budget.take() {
            state.threads += 1;
            drop(state);
            let shared = Arc::clone(&self.shared);
            let work = move || shared.work(&taken);
            if thread::Builder::new().name("pack".to_owned()).spawn(work).is_err() {
                self.shared.state().threads -= 1;
            }
        }
    }

    /// Returns the next piece in order if it is packed, or if so many are on their way that it must be waited for; all
    /// of them if the caller `wants_all`. Returns `None` if no piece is due.
    ///
    /// # Errors
    ///
    /// Fails where the library that packs does.
    pub(super) fn pop(&mut self, wants_all: bool) -> io::Result<Option<PackedPiece>> {
        while self.due < self.next {
            let mut state = self.shared.state();
            if let Some(packed) = state.packed.remove(&self.due) {
                self.due += 1;
                return packed.map(Some);
            }
            // Each thread has a piece to pack, and finds another behind it.
            let on_the_way = 2 * state.threads as u64;
            if !wants_all && self.next - self.due <= on_the_way {
                return Ok(None);
            }
            match state.waiting.pop_front() {
                Some(waiting) => {
                    drop(state);
                    self.shared.pack(waiting);
                }
                None => drop(self.shared.changed.wait(state).expect(NO_PANIC)),
            }
        }
        Ok(None)
    }
}

impl Drop for Packers {
    fn drop(&mut self) {
        let mut state = self.shared.state();
        state.is_ended = true;
        state.waiting.clear();
        self.shared.changed.notify_all();
    }
}

impl SharedPieces {
    fn state(&self) -> MutexGuard<'_, PiecesState> {
        self.state.lock().expect(NO_PANIC)
    }

    /// Packs one piece after the other, until no more come or the thread is wanted elsewhere.
    fn work(&self, taken: &TakenThread) {
        while let Some(waiting) = self.next_waiting(taken) {
            self.pack(waiting);
        }
        self.state().threads -= 1;
        // The thread that writes may have counted on this one.
        self.changed.notify_all();
    }

    /// Returns the next piece for a thread beside the one that writes; `None` if the thread is to end.
    fn next_waiting(&self, taken: &TakenThread) -> Option<(u64, Piece)> {
        if taken.is_overdrawn() {
            return None;
        }
        let mut state = self.state();
        state.idle += 1;
        let is_none = |state: &mut PiecesState| state.waiting.is_empty() && !state.is_ended;
        let (mut state, _) = self.changed.wait_timeout_while(state, PATIENCE, is_none).expect(NO_PANIC);
        state.idle -= 1;
        state.waiting.pop_front()
    }

    fn pack(&self, (number, piece): (u64, Piece)) {
        let packed = self.format.pack(&piece).map(|packed| PackedPiece { piece, packed });
        self.state().packed.insert(number, packed);
        self.changed.notify_all();
    }
}
