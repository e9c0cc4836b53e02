//! Progress for logs: one plain line every ten seconds, and one at the end.

use crate::program::system::standard_error::StandardError;
use std::fmt;
use std::io::Write;
use std::sync::mpsc::{RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

/// The time from line to line.
const INTERVAL: Duration = Duration::from_secs(10);

/// Returns the line for the state that the work has reached.
type Line = dyn Fn() -> String + Send + Sync;

/// Writes a line to standard error every ten seconds until it is finished, also while the input gives nothing.
pub(super) struct PlainProgress {
    line: Arc<Line>,
    /// Dropped to end the thread; `None` from then on.
    running: Mutex<Option<Sender<()>>>,
}

impl PlainProgress {
    /// Starts the thread that writes the lines. If none can be had, only the last line is written.
    pub(super) fn start(line: Arc<Line>) -> Self {
        let (running, ended) = channel::<()>();
        let each = Arc::clone(&line);
        let _ = thread::Builder::new().name("progress".to_owned()).spawn(move || {
            while ended.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                write_line(&each());
            }
        });
        Self { line, running: Mutex::new(Some(running)) }
    }

    /// Writes the last line. Further calls do nothing.
    pub(super) fn finish(&self) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        if running.is_some() {
            write_line(&(self.line)());
        }
    }
}

impl fmt::Debug for PlainProgress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PlainProgress").finish_non_exhaustive()
    }
}

/// Writes a line in one piece, as messages are written. Ignores errors, for which there is no other place.
fn write_line(line: &str) {
    let _ = StandardError::for_messages().write_all(format!("imsdk-annotate: {line}\n").as_bytes());
}
