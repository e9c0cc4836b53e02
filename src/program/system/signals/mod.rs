//! Signals: what is still done when one asks the program to end, and the one that must not end it.
//!
//! SIGHUP, SIGINT and SIGTERM end reading. What was read is then annotated and written as far as its lines are complete,
//! reports are written, and the program ends as the signal would have ended it. For a stream the signal is its end, so that
//! an output file of it is whole; an output file of files that were not read to their ends is removed. A second signal, or
//! the patience running out because nobody takes the output, ends the program at once, as other signals do; no file that is
//! not whole is left then.

mod ending;

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use signal_hook::consts::{SIGINT, SIGUSR1, SIGUSR2, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals as Incoming;
use std::ffi::c_int;
use std::io::{self, PipeReader, PipeWriter};
use std::mem;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// How long the program may take to end by itself.
const PATIENCE: Duration = Duration::from_secs(1);
/// Signals that come so close together are one: `timeout` sends it to the program, and then to its group.
const TOGETHER: Duration = Duration::from_millis(100);
/// How often it is asked meanwhile whether another signal has come.
const TICK: Duration = Duration::from_millis(10);
/// A call to wait takes longer only if it does wait.
const A_WHILE: Duration = Duration::from_micros(20);
/// So much a pipe takes while nobody reads from it. Before more is written, nobody can be waited for, and a thread would be
/// started in vain.
const SURELY_TAKEN_BYTES: u64 = 32 * 1024;

/// A handle to what signals have asked for and how far the run is: one for a run, handed to all parts of it. Cheap to clone.
///
/// A new handle watches no signals, so that nothing asks for the end.
#[derive(Clone, Debug, Default)]
pub struct Signals(Arc<SignalState>);

/// The state that a run shares with the actions of its signals. The flags in an `Arc` are those that an action sets or reads in
/// a signal handler: signal-hook keeps each alive as long as the action is registered, so that none has to be static.
#[derive(Debug)]
struct SignalState {
    /// The signal that asks for the end; 0 as long as none does.
    asking: Arc<AtomicUsize>,
    /// True if a signal has come that nobody sends twice, so that the next is the second one.
    has_come: Arc<AtomicBool>,
    /// True if nothing that was read is still to be written. Where that is all there is to do, a signal ends the program then.
    is_idle: Arc<AtomicBool>,
    /// The kind of input in which a signal has ended reading first: 0 as long as none has, then a [`Stop`].
    stop: AtomicU8,
    /// True if the thread that loses patience is started only when output can be waiting.
    is_stream: AtomicBool,
    /// Bytes that have been or are being written to outputs and to reports on standard error. As long as that goes on, nobody
    /// loses patience.
    written_bytes: AtomicU64,
    /// At its end when a signal has come, where a read that waits is to be given up for one.
    wake: OnceLock<PipeReader>,
}

impl Default for SignalState {
    fn default() -> Self {
        Self {
            asking: Arc::default(),
            has_come: Arc::default(),
            is_idle: Arc::new(AtomicBool::new(true)),
            stop: AtomicU8::new(0),
            is_stream: AtomicBool::new(false),
            written_bytes: AtomicU64::new(0),
            wake: OnceLock::new(),
        }
    }
}

/// An input that a signal can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A pipe, a terminal or a device. It cannot be read again, and has no end of its own that is known: the signal is its
    /// end.
    Stream = 1,
    /// A regular file, which has more to be read.
    File,
}

impl Stop {
    /// Returns the kind of an input: a stream, or else a file.
    pub(crate) fn of(is_stream: bool) -> Self {
        if is_stream { Self::Stream } else { Self::File }
    }
}

/// Why a program is ended before all is done that it does at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Haste {
    /// The signal is one that ends a program at once.
    Abrupt,
    /// A second signal has come.
    SecondSignal,
    /// No write has come to its end within the patience.
    NothingTaken,
}

/// From now on SIGUSR1 and SIGUSR2 do nothing. By default they would end the program.
///
/// # Errors
///
/// Fails where that cannot be arranged.
pub(crate) fn ignore_user_signals() -> io::Result<()> {
    // Any handler does; the flags are not looked at.
    [SIGUSR1, SIGUSR2].into_iter().try_for_each(|signal| flag::register(signal, Arc::default()).map(drop))
}

/// From now on a file that would grow beyond the limit for files (`ulimit -f`) cannot be written, instead of
/// ending the program.
///
/// # Errors
///
/// Where that cannot be arranged.
pub(crate) fn make_size_limit_an_error() -> io::Result<()> {
    // Any handler does; the flag is not looked at.
    flag::register(SIGXFSZ, Arc::default()).map(drop)
}

impl Signals {
    /// From now on a signal lets the program write what it has read, if it has read anything that is still to be written: for
    /// streams, which have written all that they can when they wait. So no thread is needed, and no call to wait for both
    /// input and signals.
    ///
    /// # Errors
    ///
    /// Where that cannot be arranged; then signals end the program as they always do.
    pub(crate) fn watch_stream(&self) -> io::Result<()> {
        self.0.is_stream.store(true, Ordering::Relaxed);
        for signal in ending::asking() {
            flag::register_conditional_default(signal, Arc::clone(&self.0.is_idle))?;
            flag::register_conditional_default(signal, Arc::clone(&self.0.has_come))?;
            flag::register_usize(signal, Arc::clone(&self.0.asking), usize::try_from(signal).unwrap_or(0))?;
            if signal == SIGINT {
                flag::register(signal, Arc::clone(&self.0.has_come))?;
            }
        }
        Ok(())
    }

    /// From now on a signal lets the program end in order, also if it waits for input, because there is more to do than to
    /// write what was read. Where that cannot be waited for, `clean_up` is done all the same, and is told why.
    ///
    /// # Errors
    ///
    /// Where that cannot be arranged; then signals end the program as they always do.
    pub(crate) fn watch_run(&self, clean_up: impl Fn(Haste) + Send + 'static) -> io::Result<()> {
        let (wake, wake_wtr) = io::pipe()?;
        self.start_answering(ending::all(), PATIENCE, Some(wake_wtr), clean_up)?;
        let _ = self.0.wake.set(wake);
        Ok(())
    }

    /// From now on something is done before a signal ends the program on the spot.
    ///
    /// # Errors
    ///
    /// Where that cannot be arranged; then signals end the program as they always do.
    pub(crate) fn watch_with(&self, clean_up: impl Fn() + Send + 'static) -> io::Result<()> {
        self.start_answering(ending::all(), Duration::ZERO, None, move |_| clean_up())
    }

    /// Starts the thread that ends the program on one of the signals: on an abrupt one at once, on others if nobody else has done
    /// so before the patience runs out. Does `clean_up` before.
    fn start_answering(
        &self,
        signals: Vec<c_int>,
        patience: Duration,
        wake: Option<PipeWriter>,
        clean_up: impl Fn(Haste) + Send + 'static,
    ) -> io::Result<()> {
        let this = self.clone();
        // The thread first: signals that are caught and that nobody answers would end nothing any more.
        let (signals_wtr, signals_rdr) = mpsc::channel::<Incoming>();
        thread::Builder::new().name("signals".to_owned()).spawn(move || {
            let Ok(mut signals) = signals_rdr.recv() else {
                return;
            };
            let Some(signal) = signals.forever().next() else {
                return;
            };
            let ends_at_once = patience.is_zero() || ending::is_abrupt(signal);
            let second =
                if ends_at_once { None } else { this.lose_patience(signal, &mut signals, patience, wake) };
            clean_up(match second {
                _ if ends_at_once => Haste::Abrupt,
                Some(_) => Haste::SecondSignal,
                None => Haste::NothingTaken,
            });
            ending::end_by(second.unwrap_or(signal));
        })?;
        let _ = signals_wtr.send(Incoming::new(signals)?);
        Ok(())
    }

    /// Asks for the end because of a signal, and waits until the patience has run out or a second signal has come, which is
    /// returned.
    fn lose_patience(
        &self,
        signal: c_int,
        signals: &mut Incoming,
        patience: Duration,
        wake: Option<PipeWriter>,
    ) -> Option<c_int> {
        self.0.asking.store(usize::try_from(signal).unwrap_or(0), Ordering::SeqCst);
        drop(wake);
        let mut second = None;
        let (mut waited, mut written) = (Duration::ZERO, self.0.written_bytes.load(Ordering::Relaxed));
        let start = Instant::now();
        while waited < patience && second.is_none() {
            thread::sleep(TICK);
            let are_together = start.elapsed() < TOGETHER;
            second = signals.pending().find(|&signal| ending::is_abrupt(signal) || !are_together);
            let before = mem::replace(&mut written, self.0.written_bytes.load(Ordering::Relaxed));
            waited = if written == before { waited + TICK } else { Duration::ZERO };
        }
        second
    }

    /// Returns whether a signal has asked for the end, so that nothing more is to be read of an input. To be asked only where there is
    /// more to be read.
    pub(crate) fn ask_to_stop(&self, input: Stop) -> bool {
        let asks = self.0.asking.load(Ordering::SeqCst) != 0;
        if asks {
            let _ = self.0.stop.compare_exchange(0, input as u8, Ordering::SeqCst, Ordering::SeqCst);
        }
        asks
    }

    /// Returns the kind of the input in which a signal has ended reading first; `None` where none has.
    pub(crate) fn stopped_in(&self) -> Option<Stop> {
        let stop = self.0.stop.load(Ordering::SeqCst);
        [Stop::Stream, Stop::File].into_iter().find(|&kind| kind as u8 == stop)
    }

    /// Returns whether a signal has ended reading.
    pub(crate) fn has_stopped(&self) -> bool {
        self.stopped_in().is_some()
    }

    /// Returns whether an input could not be read because a signal has ended reading.
    pub(crate) fn is_stop(&self, error: &io::Error) -> bool {
        self.has_stopped() && error.raw_os_error() == Some(Errno::CANCELED.raw_os_error())
    }

    /// Ends the program if a signal has asked for that. For when all is done.
    pub(crate) fn end_if_asked(&self) {
        if let Ok(signal @ 1..) = c_int::try_from(self.0.asking.load(Ordering::SeqCst)) {
            ending::end_by(signal);
        }
    }

    /// Says whether all that was read and can be written has been.
    pub(crate) fn set_idle(&self, is_idle: bool) {
        self.0.is_idle.store(is_idle, Ordering::SeqCst);
    }

    /// Returns whether a wait for input is given up for a signal, so that the rest of the run can end in order.
    pub(crate) fn reads_are_given_up(&self) -> bool {
        self.0.wake.get().is_some()
    }

    /// To be called before each read that may be given up for a signal. If `can_wait` says that there may be nothing to be read
    /// yet, and a signal would have to end that, waits until there is: not in the read, which may have taken something when a
    /// signal comes. Returns whether that took a while.
    ///
    /// # Errors
    ///
    /// Where a signal has asked for the end.
    pub(crate) fn before_read(&self, fd: BorrowedFd<'_>, can_wait: bool) -> io::Result<bool> {
        let wake = self.0.wake.get();
        let mut has_waited = false;
        if can_wait && (wake.is_some() || self.0.is_idle.load(Ordering::SeqCst)) {
            // A signal that comes from here on ends what is idle.
            self.give_up_if_asked(Stop::of(can_wait))?;
            let fds =
                [fd, wake.map_or(fd, AsFd::as_fd)].map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
            let count = 1 + usize::from(wake.is_some());
            let start = Instant::now();
            while poll(&mut fds.clone()[..count], None) == Err(Errno::INTR) {}
            has_waited = start.elapsed() >= A_WHILE;
        }
        self.set_idle(false);
        self.give_up_if_asked(Stop::of(can_wait))?;
        Ok(has_waited)
    }

    fn give_up_if_asked(&self, input: Stop) -> io::Result<()> {
        if self.ask_to_stop(input) { Err(Errno::CANCELED.into()) } else { Ok(()) }
    }

    /// To be called before each write of an output, with the number of its bytes: as long as writes come to their ends, nobody loses
    /// patience.
    pub(crate) fn before_write(&self, count: usize) {
        let before = self.0.written_bytes.fetch_add(count as u64, Ordering::Relaxed);
        let after = before + count as u64;
        if before < SURELY_TAKEN_BYTES
            && after >= SURELY_TAKEN_BYTES
            && self.0.is_stream.load(Ordering::Relaxed)
        {
            // Without it, a second signal is needed where nobody takes the output.
            let _ = self.start_answering(ending::asking(), PATIENCE, None, |_| ());
        }
    }
}
