//! Standard error without a layer that hides failures: bytes that cannot be written are an error, and are not lost in
//! silence.

use crate::program::system::pipes;
use crate::program::system::signals::Signals;
use crate::program::system::standard_streams::{STDERR, was_closed};
use rustix::io::Errno;
use std::io::{self, ErrorKind, IoSlice, Write};
use std::os::fd::AsFd;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The longest wait of a message for a slow reader where standard error is non-blocking.
const PATIENCE: Duration = Duration::from_secs(1);

/// True if a message has waited in vain. Further messages do not wait until standard error takes one again.
static IS_STUCK: AtomicBool = AtomicBool::new(false);

/// Standard error. Where another program has set it to be non-blocking, a write waits until standard error takes
/// something.
#[derive(Debug)]
pub(crate) struct StandardError {
    /// The longest wait for each write; `None` if a write may wait without end.
    patience: Option<Duration>,
    /// The handle that counts each write, so that the end of the program waits for writes that come to their ends;
    /// `None` for messages.
    signals: Option<Signals>,
}

impl StandardError {
    /// Returns standard error for messages, which must not hold the work up for ever: a write waits for a second at
    /// most.
    pub(crate) fn for_messages() -> Self {
        Self { patience: Some(PATIENCE), signals: None }
    }

    /// Returns standard error for reports, which wait for their reader without end, as standard output does.
    ///
    /// # Errors
    ///
    /// Fails where standard error was closed from the start (`2>&-`).
    pub(crate) fn for_reports(signals: &Signals) -> io::Result<Self> {
        if was_closed(STDERR) {
            return Err(Errno::BADF.into());
        }
        Ok(Self { patience: None, signals: Some(signals.clone()) })
    }
}

impl Write for StandardError {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(signals) = &self.signals {
            signals.before_write(bytes.len());
        }
        let longest = |patience| if IS_STUCK.load(Ordering::Relaxed) { Duration::ZERO } else { patience };
        let patience = self.patience.map(longest);
        let written = pipes::write_once(io::stderr().as_fd(), &[IoSlice::new(bytes)], patience);
        let is_stuck = written.as_ref().is_err_and(|error| error.kind() == ErrorKind::TimedOut);
        IS_STUCK.store(is_stuck, Ordering::Relaxed);
        written
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
