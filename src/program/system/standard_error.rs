//! Standard error without a layer that hides failures: bytes that cannot be written are an error, and are not lost in
//! silence.

use crate::program::system::signals::Signals;
use crate::program::system::standard_streams::{STDERR, was_closed};
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io::{self, ErrorKind, Write};
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

    /// Waits until standard error takes something.
    ///
    /// # Errors
    ///
    /// Fails where the longest wait is over, and where standard error cannot be waited for.
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
            // A signal has interrupted the wait; the caller tries the write again.
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
