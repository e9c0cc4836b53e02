//! One output for jobs that run side by side: each writes in its turn, and goes ahead of it within limits.
//!
//! Jobs have tickets: 0, 1, 2 and so on. The job whose turn it is writes to the output. The others hold their output
//! back in memory, then in a file on disk; where the file is full or cannot be made, they wait. The job whose turn it
//! is never waits for another job, so that the run always goes on.
//!
//! Each job is for an input, which has a number. Where an input ends early, the output that later jobs hold of it is
//! left out.

use super::held::{AheadRoom, CHUNK_BYTES, Held, Pool};
use super::left_out::{Behind, LeftOut};
use crate::program::system::thread_budget::ThreadBudget;
use std::collections::BTreeMap;
use std::io::{self, ErrorKind, IoSlice, Write};
use std::sync::{Condvar, Mutex, MutexGuard};

/// The output and the turns of its jobs. `T` is the type of the report on a job.
pub(crate) struct Turns<'r, W, T> {
    /// The threads of the run; one that waits can do other work meanwhile.
    budget: &'r ThreadBudget,
    state: Mutex<TurnState<T>>,
    /// Notified when the turn goes on and when writing has failed.
    changed: Condvar,
    /// The writer, locked only by the job whose turn it is.
    wtr: Mutex<W>,
    /// Called in a job's turn with the report on the job, when all that the job wrote has been written to the writer.
    report: &'r (dyn Fn(&mut W, T) + Sync),
    jobs_ahead_max: u64,
}

struct TurnState<T> {
    /// The ticket whose turn it is.
    turn: u64,
    /// The jobs that are left out from this turn on.
    left_out: LeftOut,
    /// Jobs that have ended before their turns, by ticket.
    ended: BTreeMap<u64, Ended<T>>,
    pool: Pool,
    /// The failure after which nothing more can be written.
    failure: Option<io::Error>,
}

/// A job that has ended.
struct Ended<T> {
    /// The number of its input.
    input: usize,
    /// The output that has not been written.
    held: Held,
    behind: Behind,
    to_say: Option<T>,
}

/// The most jobs that may be ahead of their turns for each thread: enough for many small files to be done while a large
/// one has the turn.
const JOBS_AHEAD_MAX: u64 = 64;

/// The length from which pieces are written without a copy.
const DIRECT_BYTES: usize = 64 * 1024;

/// The writer for the output of a job.
pub(crate) struct TurnWriter<'a, W: Write, T> {
    turns: &'a Turns<'a, W, T>,
    ticket: u64,
    input: usize,
    held: Held,
    has_turn: bool,
}

const NO_PANIC: &str = "no thread panics while it holds the lock";

/// Returns the error for jobs that did not meet the failure themselves.
fn stopped() -> io::Error {
    io::Error::other("writing has failed")
}

impl<'r, W: Write, T> Turns<'r, W, T> {
    /// Returns an output whose turns begin with ticket 0, with this room for the jobs.
    pub(crate) fn new(
        wtr: W,
        room: AheadRoom,
        budget: &'r ThreadBudget,
        report: &'r (dyn Fn(&mut W, T) + Sync),
    ) -> Self {
        let state = TurnState {
            turn: 0,
            left_out: LeftOut::default(),
            ended: BTreeMap::new(),
            pool: Pool::new(room),
            failure: None,
        };
        Self {
            budget,
            state: Mutex::new(state),
            changed: Condvar::new(),
            wtr: Mutex::new(wtr),
            report,
            jobs_ahead_max: JOBS_AHEAD_MAX * room.threads as u64,
        }
    }

    /// Returns the writer for the job with this ticket, for the input with this number; `None` if writing has failed.
    /// Waits while too many jobs are ahead of their turns.
    ///
    /// Each ticket must be begun once, and not before all lower tickets have been given to a job.
    pub(crate) fn begin(&self, ticket: u64, input: usize) -> Option<TurnWriter<'_, W, T>> {
        let mut state = self.state();
        if state.failure.is_none() && ticket >= state.turn + self.jobs_ahead_max {
            state = self.wait_while(state, |state| ticket >= state.turn + self.jobs_ahead_max);
        }
        if state.failure.is_some() {
            return None;
        }
        let has_turn = state.turn == ticket;
        let held = Held::new(state.pool.chunk());
        Some(TurnWriter { turns: self, ticket, input, held, has_turn })
    }

    /// Returns the outcome of all writes. Must be called when all jobs have ended.
    ///
    /// # Errors
    ///
    /// Fails with the first failure of the writer.
    pub(crate) fn into_result(self) -> io::Result<()> {
        self.state.into_inner().expect(NO_PANIC).failure.map_or(Ok(()), Err)
    }

    fn state(&self) -> MutexGuard<'_, TurnState<T>> {
        self.state.lock().expect(NO_PANIC)
    }

    /// Writes the output that was held back, as the job whose turn it is, or drops it if the job's input is left out.
    fn write_out(&self, input: usize, held: &mut Held, flush: bool) -> io::Result<()> {
        let is_left_out = self.state().left_out.has(input);
        let written = if is_left_out {
            held.write_to(&mut io::sink())
        } else {
            let mut wtr = self.wtr.lock().expect(NO_PANIC);
            held.write_to(&mut *wtr).and_then(|()| if flush { wtr.flush() } else { Ok(()) })
        };
        if held.has_room_to_give_back() {
            self.state().pool.take_back(held);
        }
        written.or_else(|error| self.fail(error))
    }

    /// Writes pieces once, as the job whose turn it is, and returns the number of bytes that were taken; all of them if the
    /// job's input is left out.
    fn write_through(&self, input: usize, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.state().left_out.has(input) {
            return Ok(slices.iter().map(|slice| slice.len()).sum());
        }
        let written = self.wtr.lock().expect(NO_PANIC).write_vectored(slices);
        written.or_else(
            |error| if error.kind() == ErrorKind::Interrupted { Err(error) } else { self.fail(error) },
        )
    }

    /// Keeps the failure of the writer, after which all jobs end.
    fn fail<V>(&self, error: io::Error) -> io::Result<V> {
        self.state().failure = Some(error);
        self.changed.notify_all();
        Err(stopped())
    }

    /// Ends the job whose turn it is, and then each next job that has ended before its turn.
    fn end_turns(&self, mut job: Ended<T>) -> io::Result<()> {
        loop {
            self.write_out(job.input, &mut job.held, job.to_say.is_some())?;
            let is_left_out = self.state().left_out.has(job.input);
            if let Some(to_say) = job.to_say.filter(|_| !is_left_out) {
                (self.report)(&mut *self.wtr.lock().expect(NO_PANIC), to_say);
            }
            let next = {
                let mut state = self.state();
                state.pool.take_back_last(job.held);
                if !is_left_out {
                    state.left_out.go_on(job.input, job.behind);
                }
                state.turn += 1;
                let turn = state.turn;
                state.ended.remove(&turn)
            };
            self.changed.notify_all();
            match next {
                Some(ended) => job = ended,
                None => return Ok(()),
            }
        }
    }

    fn has_turn(&self, ticket: u64) -> io::Result<bool> {
        let state = self.state();
        if state.failure.is_some() { Err(stopped()) } else { Ok(state.turn == ticket) }
    }

    /// Waits until it is the turn of the ticket, and fails if writing has failed.
    fn wait_for_turn(&self, ticket: u64) -> io::Result<()> {
        let state = self.wait_while(self.state(), |state| state.turn != ticket);
        if state.failure.is_some() { Err(stopped()) } else { Ok(()) }
    }

    /// Waits while a condition holds and writing has not failed. Other work can have the thread meanwhile.
    fn wait_while<'s>(
        &self,
        state: MutexGuard<'s, TurnState<T>>,
        holds: impl Fn(&TurnState<T>) -> bool,
    ) -> MutexGuard<'s, TurnState<T>> {
        let _lent = self.budget.lend();
        let goes_on = |state: &mut TurnState<T>| state.failure.is_none() && holds(state);
        self.changed.wait_while(state, goes_on).expect(NO_PANIC)
    }

    /// Makes room for more output of a job that is ahead of its turn. Returns false if there is none in memory or on
    /// disk.
    fn hold_more(&self, held: &mut Held) -> bool {
        let spare = {
            let mut state = self.state();
            if !held.is_on_disk() && held.hold_in_memory(&mut state.pool) {
                return true;
            }
            if !state.pool.reserve_disk() {
                return false;
            }
            if held.is_on_disk() { None } else { state.pool.spill() }
        };
        let is_held = held.hold_on_disk(spare);
        if !is_held {
            self.state().pool.release_disk();
        }
        is_held
    }
}

impl<W: Write, T> TurnWriter<'_, W, T> {
    /// Ends the job. In its turn, the output that it held back is written, and `to_say` is reported, unless an earlier
    /// job has left it out. `behind` tells which later jobs are left out.
    ///
    /// # Errors
    ///
    /// Fails where writing has failed, for this job or for another.
    pub(crate) fn end(mut self, behind: Behind, to_say: Option<T>) -> io::Result<()> {
        if !self.has_turn {
            if !self.held.is_small() && !self.turns.hold_more(&mut self.held) {
                self.turns.wait_for_turn(self.ticket)?;
            }
            let mut state = self.turns.state();
            if state.turn != self.ticket {
                state.pool.swap_for_small(&mut self.held);
                let job = Ended { input: self.input, held: self.held, behind, to_say };
                state.ended.insert(self.ticket, job);
                return Ok(());
            }
        }
        self.turns.end_turns(Ended { input: self.input, held: self.held, behind, to_say })
    }

    /// Makes room for more output: by writing in the job's turn, else by holding the output back.
    #[cold]
    fn make_room(&mut self) -> io::Result<()> {
        if !self.has_turn {
            self.has_turn = self.turns.has_turn(self.ticket)?;
        }
        if !self.has_turn {
            if self.turns.hold_more(&mut self.held) {
                return Ok(());
            }
            self.turns.wait_for_turn(self.ticket)?;
            self.has_turn = true;
        }
        self.turns.write_out(self.input, &mut self.held, false)
    }
}

impl<W: Write, T> Write for TurnWriter<'_, W, T> {
    #[inline]
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.held.last.len() == CHUNK_BYTES {
            self.make_room()?;
        }
        let count = bytes.len().min(CHUNK_BYTES - self.held.last.len());
        self.held.last.extend_from_slice(&bytes[..count]);
        Ok(count)
    }

    /// Writes large pieces without a copy, if it is this job's turn.
    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let bytes = slices.iter().map(|slice| slice.len()).sum();
        if bytes >= DIRECT_BYTES {
            if !self.has_turn {
                self.has_turn = self.turns.has_turn(self.ticket)?;
            }
            if self.has_turn {
                self.turns.write_out(self.input, &mut self.held, false)?;
                return self.turns.write_through(self.input, slices);
            }
        }
        slices.iter().try_for_each(|slice| self.write_all(slice))?;
        Ok(bytes)
    }

    #[inline]
    fn write_all(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        while self.held.last.len() + bytes.len() > CHUNK_BYTES {
            let count = self.write(bytes)?;
            bytes = &bytes[count..];
        }
        self.held.last.extend_from_slice(bytes);
        Ok(())
    }

    /// Writes and flushes the output that is held back, if it is this job's turn; else does nothing.
    fn flush(&mut self) -> io::Result<()> {
        if !self.has_turn {
            self.has_turn = self.turns.has_turn(self.ticket)?;
        }
        if self.has_turn { self.turns.write_out(self.input, &mut self.held, true) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests;
