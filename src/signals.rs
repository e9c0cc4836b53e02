//! Signals: what is done before one ends the program, and the one that must not.

use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM, SIGXFSZ};
use signal_hook::flag;
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use std::fs;
use std::io;
use std::sync::{Arc, mpsc};
use std::thread;

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

/// From now on something is done before a signal ends the program, as it would have. A signal that is ignored
/// (`nohup`) stays so.
///
/// # Errors
///
/// Where the signals cannot be watched.
pub(crate) fn before_the_end(action: impl Fn() + Send + 'static) -> io::Result<()> {
    // The thread first: signals that are watched and that nobody answers would end nothing any more.
    let (watched, to_watch) = mpsc::channel::<Signals>();
    thread::Builder::new().name("signals".to_owned()).spawn(move || {
        for signal in to_watch.recv().iter_mut().flat_map(Signals::forever) {
            action();
            let _ = emulate_default_handler(signal);
        }
    })?;
    let ignored = ignored_signals();
    let wanted = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|signal| ignored >> (signal - 1) & 1 == 0);
    let _ = watched.send(Signals::new(wanted)?);
    Ok(())
}

/// The signals that are ignored, one bit each; none where the system does not tell.
fn ignored_signals() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or(0)
}
