//! Signals: the end in order when a signal asks for it, and the signals that must not end the program.
//!
//! SIGHUP, SIGINT and SIGTERM end reading. The complete lines among the bytes that were read are then annotated and
//! written, reports are written, and the program ends as the signal would have ended it. For a stream the signal is its
//! end, so that its output file is whole; an output file of files that were not read to their ends is removed. A second
//! signal, or a second without any output taken, ends the program at once, as other signals do; no file that is not
//! whole is left then.

mod calls;
mod ending;
mod input_wait;

pub(crate) use calls::{Call, CallsEnd, ReportCalls};

use super::heartbeat::beats;
use super::output_reader::OutputReader;
use rustix::fs::Stat;
use rustix::io::Errno;
use signal_hook::consts::{SIGCONT, SIGINT, SIGUSR1, SIGUSR2, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals as Incoming;
use std::ffi::c_int;
use std::io::{self, PipeReader, PipeWriter};
use std::mem;
use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// The time without a finished write after which a signal ends the program at once.
const PATIENCE: Duration = Duration::from_secs(1);
/// The time within which signals count as one: `timeout` sends its signal to the program, and then to its group.
const TOGETHER: Duration = Duration::from_millis(100);
/// The interval at which a waiting thread looks for another signal and for finished writes.
const TICK: Duration = Duration::from_millis(10);
/// Bytes that a pipe takes even if nobody reads from it. Until more is written, no write can wait for a reader, and a
/// thread that ends such a wait would be started in vain.
const SURELY_TAKEN_BYTES: u64 = 32 * 1024;

/// A handle to the state of a run's signals: the end that they have asked for, and the progress of the run. There is
/// one for each run, handed to all parts of it; cloning it is cheap.
///
/// A new handle watches no signals, so that nothing asks for the end.
#[derive(Clone, Debug, Default)]
pub struct Signals(Arc<SignalState>);

/// The state that a run shares with the actions of its signals. An action sets or reads the flags in an `Arc` within a
/// signal handler: signal-hook keeps each flag alive as long as the action is registered, so that no flag has to be
/// static.
#[derive(Debug)]
struct SignalState {
    /// The signal that asks for the end; 0 as long as none does.
    asking: Arc<AtomicUsize>,
    /// True if a signal has come that nobody sends twice, so that the next signal is the second one.
    has_come: Arc<AtomicBool>,
    /// True if all that was read has been written. If writing is all that the run has to do, a signal then ends the
    /// program on the spot.
    is_idle: Arc<AtomicBool>,
    /// The kind of input in which a signal has first ended reading: 0 as long as none has, then a [`Stop`].
    stop: AtomicU8,
    /// True if the thread that ends waiting writes is started only when output can be waiting.
    is_stream: AtomicBool,
    /// Bytes that have been or are being written to outputs and to reports on standard error. As long as the number
    /// grows, the program is not ended by a single signal.
    written_bytes: AtomicU64,
    /// A pipe that is at its end when a signal has come; set where a read that waits is given up for a signal.
    wake: OnceLock<PipeReader>,
    /// The reader of standard output, which can end a wait for input as a signal can.
    reader: OutputReader,
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
            reader: OutputReader::default(),
        }
    }
}

/// An input that a signal can end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// A pipe, a terminal or a device. It cannot be read again, and its own end is not known in advance: the signal is
    /// its end.
    Stream = 1,
    /// A regular file, which still has bytes to be read.
    File,
}

impl Stop {
    /// Returns [`Stop::Stream`] for a stream, else [`Stop::File`].
    pub(crate) fn of(is_stream: bool) -> Self {
        if is_stream { Self::Stream } else { Self::File }
    }
}

/// The reason why a program ends before all is done that it does at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Haste {
    /// The signal ends a program at once.
    Abrupt,
    /// A second signal has come.
    SecondSignal,
    /// For the longest wait, no write has come to its end.
    NothingTaken,
}

/// Makes SIGUSR1 and SIGUSR2 do nothing. By default they would end the program.
///
/// # Errors
///
/// Fails where the handlers cannot be registered.
pub(crate) fn ignore_user_signals() -> io::Result<()> {
    // Any handler does; its flag is not read.
    [SIGUSR1, SIGUSR2].into_iter().try_for_each(|signal| flag::register(signal, Arc::default()).map(drop))
}

/// Makes a write beyond the limit for the size of files (`ulimit -f`) an error, instead of the end of the program.
///
/// # Errors
///
/// Fails where the handler cannot be registered.
pub(crate) fn make_size_limit_an_error() -> io::Result<()> {
    // Any handler does; its flag is not read.
    flag::register(SIGXFSZ, Arc::default()).map(drop)
}

/// Returns a flag that becomes true each time that the program goes on after it was stopped (`fg` after ^Z). It stays false
/// where the handler cannot be registered.
pub(crate) fn flag_of_going_on() -> Arc<AtomicBool> {
    let goes_on = Arc::new(AtomicBool::new(false));
    let _ = flag::register(SIGCONT, Arc::clone(&goes_on));
    goes_on
}

impl Signals {
    /// Lets a signal end the program on the spot while it is idle, and otherwise when all that was read has been
    /// written. This is for streams, which have written all that they can when they wait; so no thread is needed, and
    /// no call that waits for both input and signals.
    ///
    /// # Errors
    ///
    /// Fails where the handlers cannot be registered; then signals end the program as they do by default.
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

    /// Lets a signal end the program in order, also while it waits for input, because the run has more to do than to
    /// write what was read. Before the program ends without that order, `clean_up` is called with the reason.
    ///
    /// # Errors
    ///
    /// Fails where the handlers or their thread cannot be set up; then signals end the program as they do by default.
    pub(crate) fn watch_run(&self, clean_up: impl Fn(Haste) + Send + 'static) -> io::Result<()> {
        let (wake, wake_wtr) = io::pipe()?;
        self.start_answering(ending::all(), PATIENCE, Some(wake_wtr), clean_up)?;
        let _ = self.0.wake.set(wake);
        Ok(())
    }

    /// Calls `clean_up` before a signal ends the program on the spot.
    ///
    /// # Errors
    ///
    /// Fails where the handlers or their thread cannot be set up; then signals end the program as they do by default.
    pub(crate) fn watch_with(&self, clean_up: impl Fn() + Send + 'static) -> io::Result<()> {
        self.start_answering(ending::all(), Duration::ZERO, None, move |_| clean_up())
    }

    /// Starts the thread that ends the program on one of the signals, after a call of `clean_up`: at once on an abrupt
    /// signal; on others when no write has come to its end for `patience`, or when a second signal comes.
    ///
    /// # Errors
    ///
    /// Fails where the thread cannot be started or the handlers cannot be registered.
    fn start_answering(
        &self,
        signals: Vec<c_int>,
        patience: Duration,
        wake: Option<PipeWriter>,
        clean_up: impl Fn(Haste) + Send + 'static,
    ) -> io::Result<()> {
        let this = self.clone();
        // The thread is started first: signals that are caught without a thread to answer them would end nothing any
        // more.
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

    /// Asks for the end because of a signal. Returns the second signal when one comes, or `None` when no write has come
    /// to its end for `patience`, and no other work has gone on.
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
        let (mut waited, mut done) = (Duration::ZERO, self.done());
        let start = Instant::now();
        while waited < patience && second.is_none() {
            thread::sleep(TICK);
            let are_together = start.elapsed() < TOGETHER;
            second = signals.pending().find(|&signal| ending::is_abrupt(signal) || !are_together);
            let before = mem::replace(&mut done, self.done());
            waited = if done == before { waited + TICK } else { Duration::ZERO };
        }
        second
    }

    /// Returns a number that grows as long as the program is not stuck: with each write and each heartbeat.
    fn done(&self) -> u64 {
        self.0.written_bytes.load(Ordering::Relaxed).wrapping_add(beats())
    }

    /// Returns true if a signal has asked for the end, so that nothing more is read of an input, and records the kind
    /// of the input. Must be called only if there is more to be read.
    pub(crate) fn ask_to_stop(&self, input: Stop) -> bool {
        let asks = self.0.asking.load(Ordering::SeqCst) != 0;
        if asks {
            let _ = self.0.stop.compare_exchange(0, input as u8, Ordering::SeqCst, Ordering::SeqCst);
        }
        asks
    }

    /// Returns the kind of the input in which a signal has first ended reading; `None` if no signal has.
    pub(crate) fn stopped_in(&self) -> Option<Stop> {
        let stop = self.0.stop.load(Ordering::SeqCst);
        [Stop::Stream, Stop::File].into_iter().find(|&kind| kind as u8 == stop)
    }

    /// Returns true if a signal has ended reading.
    pub(crate) fn has_stopped(&self) -> bool {
        self.stopped_in().is_some()
    }

    /// Returns true if the error means that an input could not be read because a signal has ended reading.
    pub(crate) fn is_stop(&self, error: &io::Error) -> bool {
        self.has_stopped() && error.raw_os_error() == Some(Errno::CANCELED.raw_os_error())
    }

    /// Ends the program if a signal has asked for the end. Must be called when all is done.
    pub(crate) fn end_if_asked(&self) {
        if let Ok(signal @ 1..) = c_int::try_from(self.0.asking.load(Ordering::SeqCst)) {
            ending::end_by(signal);
        }
    }

    /// Records whether all that was read and can be written has been written.
    pub(crate) fn set_idle(&self, is_idle: bool) {
        self.0.is_idle.store(is_idle, Ordering::SeqCst);
    }

    /// Returns true if a wait for input is given up for a signal, so that the rest of the run can end in order.
    pub(crate) fn reads_are_given_up(&self) -> bool {
        self.0.wake.get().is_some()
    }

    /// Watches the reader of standard output, whose file status is `stat`, in the waits for input from now on, if it is a
    /// pipe or a socket. This is for a run that has nothing more to do when its output has no reader.
    pub(crate) fn watch_reader(&self, stat: &Stat) {
        self.0.reader.watch(stat);
    }

    /// Returns true if a wait for input has ended because the reader of standard output has gone.
    pub(crate) fn reader_has_gone(&self) -> bool {
        self.0.reader.has_gone()
    }

    /// Fails with `ECANCELED` if a signal has asked for the end.
    fn give_up_if_asked(&self, input: Stop) -> io::Result<()> {
        if self.ask_to_stop(input) { Err(Errno::CANCELED.into()) } else { Ok(()) }
    }

    /// Counts the bytes of a write to an output; must be called before each write. As long as writes come to their
    /// ends, a single signal does not end the program at once.
    pub(crate) fn before_write(&self, count: usize) {
        let before = self.0.written_bytes.fetch_add(count as u64, Ordering::Relaxed);
        let after = before + count as u64;
        if before < SURELY_TAKEN_BYTES
            && after >= SURELY_TAKEN_BYTES
            && self.0.is_stream.load(Ordering::Relaxed)
        {
            // Without the thread, only a second signal ends the program while nobody takes the output.
            let _ = self.start_answering(ending::asking(), PATIENCE, None, |_| ());
        }
    }
}
