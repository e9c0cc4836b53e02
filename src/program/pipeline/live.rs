//! The counts of a run so far, which another thread may ask for at any time, also while the program waits for input.
//!
//! Asking changes no count: what is not finished is counted in a copy. Each answer has all that an earlier one had,
//! as long as no output fails.

use crate::Part;
use crate::program::encoding::CharEncoding;
use crate::program::report::{Counter, LatestPlaces, Ledger, Tally};
use crate::time::YearReference;
use std::collections::BTreeMap;
use std::mem;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A handle to the counts of a run so far; cloning it is cheap, and clones share the counts.
#[derive(Clone, Debug, Default)]
pub struct LiveCounts(Arc<LiveState>);

#[derive(Debug, Default)]
struct LiveState {
    /// True if anybody may ask for the counts. Otherwise nothing is kept for an answer.
    is_watched: AtomicBool,
    /// True if the last lines of codes are those that came last, whatever files they are in.
    keeps_latest: AtomicBool,
    done: Mutex<Done>,
}

/// The work that is done, and the work that goes on. No part of it moves from one to the other without the lock.
#[derive(Debug, Default)]
struct Done {
    /// The counts of the inputs before the group.
    before: Tally,
    /// The inputs that are worked on side by side.
    group: Option<PieceGroup>,
    /// The counts of pieces of work that are not finished, by their places in the order.
    at_work: BTreeMap<u64, Arc<PieceCounts>>,
    /// The counts of the files that are followed, by their numbers.
    followed: BTreeMap<usize, Tally>,
    /// The places of the codes in the lines of followed files that came last, if they are kept.
    latest: LatestPlaces,
}

#[derive(Clone, Debug)]
struct PieceGroup {
    ledger: Arc<Ledger>,
    order: PieceOrder,
}

/// The order in which pieces of work that are finished count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PieceOrder {
    /// A piece counts once all before it are finished: a read error may leave out those behind it.
    OneAfterTheOther,
    /// Each piece is an input with a file of its own, and counts at once.
    EachAtOnce,
}

/// The counts of a piece of work: of an input, or of the members of an archive.
#[derive(Debug)]
pub(super) struct PieceCounts(Mutex<PieceState>);

#[derive(Debug)]
struct PieceState {
    counter: Counter,
    /// The number of the input in work, and its encoding.
    file: usize,
    encoding: CharEncoding,
    /// The counts of what is finished of the piece; `None` if nobody may ask for them.
    finished: Option<Tally>,
}

impl LiveCounts {
    /// Lets others ask for the counts from now on.
    pub(crate) fn watch(&self) {
        self.0.is_watched.store(true, Ordering::Relaxed);
    }

    /// Keeps the line of each code in followed files that came last, for [`Self::latest`].
    pub(crate) fn keep_latest(&self) {
        self.0.keeps_latest.store(true, Ordering::Relaxed);
    }

    /// Returns the counts so far, as [`Self::so_far`] does, but for the last lines of codes, which are those that came last:
    /// reports have that of the last file instead, whenever it came.
    pub(crate) fn latest(&self) -> Tally {
        let mut tally = self.so_far();
        self.done().latest.set_in(&mut tally);
        tally
    }

    /// Returns the counts so far. They are not complete: more is to come.
    pub(crate) fn so_far(&self) -> Tally {
        let done = self.done();
        let mut tally = done.before.clone();
        match &done.group {
            None => done.at_work.values().for_each(|piece| tally.append(piece.so_far().1)),
            Some(PieceGroup { ledger, order: PieceOrder::EachAtOnce }) => {
                let at_work = done.at_work.values().map(|piece| piece.so_far()).collect();
                tally.append(ledger.all_with(at_work));
            }
            Some(PieceGroup { ledger, order: PieceOrder::OneAfterTheOther }) => {
                let (settled, next) = ledger.settled();
                tally.append(settled);
                if let Some(piece) = done.at_work.get(&next) {
                    let (input, counts) = piece.so_far();
                    if !ledger.leaves_out(input) {
                        tally.append(counts);
                    }
                }
            }
        }
        done.followed.values().for_each(|followed| tally.append(followed.clone()));
        tally.complete = false;
        tally
    }

    /// Begins a piece of work at this place in the order.
    pub(super) fn begin(&self, place: u64, piece: Option<&Arc<PieceCounts>>) {
        if let Some(piece) = piece.filter(|_| self.is_watched()) {
            piece.state().finished = Some(Tally::new());
            self.done().at_work.insert(place, Arc::clone(piece));
        }
    }

    /// Ends a piece of work that `settle` adds to a ledger.
    pub(super) fn end(&self, place: u64, settle: impl FnOnce()) {
        if !self.is_watched() {
            return settle();
        }
        let mut done = self.done();
        settle();
        done.end_piece(place);
    }

    /// Ends a piece of work, and adds its counts to those of the inputs before it.
    pub(super) fn append(&self, place: u64, tally: Tally) {
        let mut done = self.done();
        done.before.append(tally);
        done.end_piece(place);
    }

    /// Adds the counts of a piece to those of the file with this number, which is followed.
    pub(super) fn append_followed(&self, number: usize, piece: Tally) {
        let mut done = self.done();
        let Done { followed, latest, .. } = &mut *done;
        let file = followed.entry(number).or_default();
        let codes = self.0.keeps_latest.load(Ordering::Relaxed).then(|| piece.codes());
        file.append(piece);
        codes.iter().flatten().for_each(|code| latest.keep(*code, file));
    }

    /// Returns the counts of the file with this number, which then no more count here.
    pub(super) fn take_followed(&self, number: usize) -> Tally {
        self.done().followed.remove(&number).unwrap_or_default()
    }

    /// Ends a file that was followed. It counts as read to its end if `is_complete` says so.
    pub(super) fn end_followed(&self, number: usize, is_complete: bool) {
        let mut done = self.done();
        if let Some(mut tally) = done.followed.remove(&number) {
            tally.complete &= is_complete;
            done.before.append(tally);
        }
    }

    /// Begins a group of inputs, whose counts go to a ledger.
    pub(super) fn begin_group(&self, ledger: &Arc<Ledger>, order: PieceOrder) {
        if self.is_watched() {
            self.done().group = Some(PieceGroup { ledger: Arc::clone(ledger), order });
        }
    }

    /// Ends a group of inputs with these counts, which are all that its ledger has, and adds them to those before it.
    pub(super) fn end_group(&self, tally: Tally) {
        let mut done = self.done();
        done.before.append(tally);
        done.group = None;
    }

    /// Changes the sum of all inputs that are done.
    pub(super) fn change(&self, change: impl FnOnce(&mut Tally)) {
        change(&mut self.done().before);
    }

    /// Returns the counts of the whole run, when it is at its end.
    pub(super) fn at_end(&self) -> Tally {
        let mut done = self.done();
        if self.is_watched() { done.before.clone() } else { mem::take(&mut done.before) }
    }

    fn is_watched(&self) -> bool {
        self.0.is_watched.load(Ordering::Relaxed)
    }

    fn done(&self) -> MutexGuard<'_, Done> {
        self.0.done.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Done {
    /// Ends a piece of work, whose counts are somewhere else now.
    fn end_piece(&mut self, place: u64) {
        if let Some(piece) = self.at_work.remove(&place) {
            piece.state().finished = None;
        }
    }
}

impl PieceCounts {
    pub(super) fn new(counter: Counter) -> Self {
        Self(Mutex::new(PieceState { counter, file: 0, encoding: CharEncoding::Utf8, finished: None }))
    }

    /// Begins an input or a part of one, of which the first lines are skipped. Lines of a stream arrive.
    pub(super) fn begin_input(
        &self,
        (file, encoding): (usize, CharEncoding),
        years: YearReference,
        skipped: u64,
        is_stream: bool,
    ) {
        let mut state = self.state();
        (state.file, state.encoding) = (file, encoding);
        state.counter.begin_input(years, skipped);
        if is_stream {
            state.counter.count_arrivals(None);
        }
    }

    pub(super) fn observe(&self, part: &Part<'_>) {
        self.state().counter.observe(part);
    }

    /// Ends the input, and returns its counts.
    pub(super) fn finish(&self) -> Tally {
        let mut state = self.state();
        let (file, encoding) = (state.file, state.encoding);
        let tally = state.counter.finish(file, encoding);
        if let Some(finished) = &mut state.finished {
            finished.append(tally.clone());
        }
        tally
    }

    /// Returns the number of the input in work, and the counts of the piece so far.
    fn so_far(&self) -> (usize, Tally) {
        let state = self.state();
        let (file, encoding) = (state.file, state.encoding);
        let mut tally = state.finished.clone().unwrap_or_default();
        // The copy is finished, so that the counter goes on as if nobody had asked.
        let copy = state.counter.has_begun().then(|| state.counter.clone());
        drop(state);
        if let Some(mut copy) = copy {
            tally.append(copy.finish(file, encoding));
        }
        (file, tally)
    }

    fn state(&self) -> MutexGuard<'_, PieceState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
