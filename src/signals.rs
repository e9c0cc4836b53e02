//! Signals: what is still done when one asks the program to end, and the one that must not end it.
//!
//! A signal ends reading. What was read is then annotated and written as far as its lines are complete, reports are written,
//! files that are not whole are removed, and the program ends as the signal would have ended it. A second signal, or the
//! patience running out because nobody takes the output, ends it at once.

use rustix::event::{PollFd, PollFlags, poll};
use rustix::io::Errno;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::ffi::c_int;
use std::fs::File;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::mem;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
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

/// The signal that asks for the end; 0 as long as none does.
static ASKING: AtomicUsize = AtomicUsize::new(0);
/// Whether a signal has come that nobody sends twice, so that the next is the second one.
static HAS_COME: AtomicBool = AtomicBool::new(false);
/// Whether nothing that was read is still to be written. Where that is all there is to do, a signal ends the program then.
static IS_IDLE: AtomicBool = AtomicBool::new(true);
/// Whether reading has ended before the end because of a signal.
static IS_CUT_OFF: AtomicBool = AtomicBool::new(false);
/// Whether the thread that loses patience is started only when output can be waiting.
static IS_STREAM: AtomicBool = AtomicBool::new(false);
/// How much has been or is being written to standard output. As long as that goes on, nobody loses patience.
static WRITTEN_BYTES: AtomicU64 = AtomicU64::new(0);
/// At its end when a signal has come, where a read that waits is to be given up for one.
static WAKE: OnceLock<PipeReader> = OnceLock::new();

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

/// From now on a signal lets the program write what it has read, if it has read anything that is still to be written: for
/// streams, which have written all that they can when they wait. So no thread is needed, and no call to wait for both
/// input and signals.
///
/// # Errors
///
/// Where that cannot be arranged; then signals end the program as they always do.
pub(crate) fn watch_stream() -> io::Result<()> {
    IS_STREAM.store(true, Ordering::Relaxed);
    for signal in heeded_signals() {
        flag::register_conditional_default(signal, &IS_IDLE)?;
        flag::register_conditional_default(signal, &HAS_COME)?;
        flag::register_usize(signal, &ASKING, usize::try_from(signal).unwrap_or(0))?;
        if signal == SIGINT {
            flag::register(signal, &HAS_COME)?;
        }
    }
    Ok(())
}

/// From now on a signal lets the program end in order, also if it waits for input, because there is more to do than to
/// write what was read. Where that takes too long, `clean_up` is done all the same.
///
/// # Errors
///
/// Where that cannot be arranged; then signals end the program as they always do.
pub(crate) fn watch_run(clean_up: impl Fn() + Send + 'static) -> io::Result<()> {
    let (wake, wake_wtr) = io::pipe()?;
    start_answering(PATIENCE, Some(wake_wtr), clean_up)?;
    let _ = WAKE.set(wake);
    Ok(())
}

/// From now on something is done before a signal ends the program on the spot.
///
/// # Errors
///
/// Where that cannot be arranged; then signals end the program as they always do.
pub(crate) fn watch_with(clean_up: impl Fn() + Send + 'static) -> io::Result<()> {
    start_answering(Duration::ZERO, None, clean_up)
}

/// Starts the thread that ends the program on a signal, if nobody else has done so before the patience runs out.
fn start_answering(
    patience: Duration,
    wake: Option<PipeWriter>,
    clean_up: impl Fn() + Send + 'static,
) -> io::Result<()> {
    // The thread first: signals that are caught and that nobody answers would end nothing any more.
    let (signals_wtr, signals_rdr) = mpsc::channel::<Signals>();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        let Ok(mut signals) = signals_rdr.recv() else {
            return;
        };
        let Some(signal) = signals.forever().next() else {
            return;
        };
        ASKING.store(usize::try_from(signal).unwrap_or(0), Ordering::SeqCst);
        drop(wake);
        let mut second = None;
        let (mut waited, mut written) = (Duration::ZERO, WRITTEN_BYTES.load(Ordering::Relaxed));
        let start = Instant::now();
        while waited < patience && second.is_none() {
            thread::sleep(TICK);
            second = signals.pending().next().filter(|_| start.elapsed() >= TOGETHER);
            let before = mem::replace(&mut written, WRITTEN_BYTES.load(Ordering::Relaxed));
            waited = if written == before { waited + TICK } else { Duration::ZERO };
        }
        clean_up();
        let _ = emulate_default_handler(second.unwrap_or(signal));
    })?;
    let _ = signals_wtr.send(Signals::new(heeded_signals())?);
    Ok(())
}

/// The signals that ask for the end; without those that are ignored (`nohup`), which stay so.
fn heeded_signals() -> Vec<c_int> {
    // At once: growing reads would take longer than all else here.
    let mut status = String::with_capacity(4096);
    let opened = File::open("/proc/self/status");
    let _ = opened.and_then(|file| file.take(4096).read_to_string(&mut status));
    let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let ignored = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0);
    [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0).collect()
}

/// Whether a signal has asked for the end, and so nothing more is to be read. To be asked where there is more.
pub(crate) fn ask_to_stop() -> bool {
    let asks = ASKING.load(Ordering::SeqCst) != 0;
    if asks {
        IS_CUT_OFF.store(true, Ordering::SeqCst);
    }
    asks
}

/// Whether not all has been read because a signal has asked for the end.
pub(crate) fn have_cut_off() -> bool {
    IS_CUT_OFF.load(Ordering::SeqCst)
}

/// Whether that is why something could not be read.
pub(crate) fn is_cut_off(error: &io::Error) -> bool {
    have_cut_off() && error.raw_os_error() == Some(Errno::CANCELED.raw_os_error())
}

/// Ends the program if a signal has asked for that. For when all is done.
pub(crate) fn end_if_asked() {
    if let Ok(signal @ 1..) = c_int::try_from(ASKING.load(Ordering::SeqCst)) {
        let _ = emulate_default_handler(signal);
    }
}

/// Says whether all that was read and can be written has been.
pub(crate) fn set_idle(is_idle: bool) {
    IS_IDLE.store(is_idle, Ordering::SeqCst);
}

/// To be called before each read that may be given up for a signal. If `can_wait` says that there may be nothing to be read
/// yet, and a signal would have to end that, waits until there is: not in the read, which may have taken something when a
/// signal comes. Returns whether that took a while.
///
/// # Errors
///
/// Where a signal has asked for the end.
pub(crate) fn before_read(fd: BorrowedFd<'_>, can_wait: bool) -> io::Result<bool> {
    let wake = WAKE.get();
    let mut has_waited = false;
    if can_wait && (wake.is_some() || IS_IDLE.load(Ordering::SeqCst)) {
        // A signal that comes from here on ends what is idle.
        give_up_if_asked()?;
        let fds = [fd, wake.map_or(fd, AsFd::as_fd)].map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN));
        let count = 1 + usize::from(wake.is_some());
        let start = Instant::now();
        while poll(&mut fds.clone()[..count], None) == Err(Errno::INTR) {}
        has_waited = start.elapsed() >= A_WHILE;
    }
    set_idle(false);
    give_up_if_asked()?;
    Ok(has_waited)
}

fn give_up_if_asked() -> io::Result<()> {
    if ask_to_stop() { Err(Errno::CANCELED.into()) } else { Ok(()) }
}

/// To be called before so many bytes are written to standard output.
pub(crate) fn before_write(count: usize) {
    let before = WRITTEN_BYTES.fetch_add(count as u64, Ordering::Relaxed);
    let after = before + count as u64;
    if before < SURELY_TAKEN_BYTES && after >= SURELY_TAKEN_BYTES && IS_STREAM.load(Ordering::Relaxed) {
        // Without it, a second signal is needed where nobody takes the output.
        let _ = start_answering(PATIENCE, None, || ());
    }
}
