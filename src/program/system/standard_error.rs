//! Standard error, written to as the system call does: what cannot be written is an error, and not lost in silence.

use crate::program::system::signals::Signals;
use crate::program::system::standard_streams::{STDERR, was_closed};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io::{self, ErrorKind, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The longest wait of a message for a slow reader, where standard error is non-blocking.
const PATIENCE: Duration = Duration::from_secs(1);

/// True if a message has waited in vain. The next ones do not wait then, until one is taken.
static IS_STUCK: AtomicBool = AtomicBool::new(false);

/// Standard error. Where another program has set it to be non-blocking, a write waits until it takes something.
#[derive(Debug)]
pub(crate) struct StandardError {
    /// The longest wait for each write; none where it may take as long as it takes.
    patience: Option<Duration>,
    /// Told of each write that the end of the program waits for.
    signals: Option<Signals>,
}

impl StandardError {
    /// For messages, which must not hold the work up for ever: a write waits for a second at most.
    pub(crate) fn for_messages() -> Self {
        Self { patience: Some(PATIENCE), signals: None }
    }

    /// For reports, which are waited for as standard output is.
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

    /// Waits until standard error takes something.
    ///
    /// # Errors
    ///
    /// Fails where the patience runs out, or standard error cannot be waited for.
    fn wait(&self) -> io::Result<()> {
        let patience = self
            .patience
            .map(|patience| if IS_STUCK.load(Ordering::Relaxed) { Duration::ZERO } else { patience });
        let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
        let stderr = io::stderr();
        match poll(&mut [PollFd::new(&stderr, PollFlags::OUT)], patience.as_ref()) {
            Ok(0) => {
                IS_STUCK.store(true, Ordering::Relaxed);
                Err(ErrorKind::TimedOut.into())
            }
            // A signal has come; the write is tried again.
            Ok(_) | Err(Errno::INTR) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }
}

impl Write for StandardError {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if let Some(signals) = &self.signals {
            signals.before_write(bytes.len());
        }
        loop {
            match rustix::io::write(io::stderr(), bytes) {
                Err(Errno::AGAIN) => self.wait()?,
                written => {
                    IS_STUCK.store(false, Ordering::Relaxed);
                    return Ok(written?);
                }
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
