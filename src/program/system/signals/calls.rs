//! Calls for a report: the signals that ask a program how far it is, and the wait for them.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use signal_hook::consts::SIGUSR1;
use signal_hook::low_level::pipe;
use std::ffi::c_int;
use std::io::{self, PipeReader, PipeWriter, Read};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

/// The signals that ask for a report: SIGUSR1, and SIGINFO (^T) on systems that have it.
#[cfg(not(any(
    target_os = "macos",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly"
)))]
const CALLING: [c_int; 1] = [SIGUSR1];
#[cfg(any(
    target_os = "macos",
    target_os = "freebsd",
    target_os = "netbsd",
    target_os = "openbsd",
    target_os = "dragonfly"
))]
const CALLING: [c_int; 2] = [SIGUSR1, signal_hook::consts::SIGINFO];

/// Signals are taken for one if they come while another is answered.
const TAKEN_AT_ONCE: usize = 4096;

/// The signals that ask for a report, caught from the moment that the value is made until the program ends.
#[derive(Debug)]
pub(crate) struct ReportCalls {
    /// Has a byte for each signal.
    calls: PipeReader,
    /// At its end when nobody asks for reports any more.
    end: PipeReader,
}

/// Ends the wait for calls when it is dropped.
#[derive(Debug)]
pub(crate) struct CallsEnd {
    _end: PipeWriter,
}

/// The reason why a wait for calls has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Call {
    /// A signal has come, or several.
    Signal,
    /// The time has come.
    Time,
    /// The run is at its end.
    End,
}

impl ReportCalls {
    /// Catches the signals from now on. No signal of them ends the program, now or later.
    ///
    /// # Errors
    ///
    /// Fails where there are no pipes, or the handlers cannot be registered.
    pub(crate) fn catch() -> io::Result<(Self, CallsEnd)> {
        let (calls, calls_wtr) = io::pipe()?;
        let (end, end_wtr) = io::pipe()?;
        for signal in CALLING {
            pipe::register(signal, calls_wtr.try_clone()?)?;
        }
        Ok((Self { calls, end }, CallsEnd { _end: end_wtr }))
    }

    /// Waits for a signal, until `time` at most, or until the end.
    pub(crate) fn wait(&mut self, time: Option<Instant>) -> Call {
        loop {
            let left = time.map(|time| time.saturating_duration_since(Instant::now()));
            let timeout = left.map(timespec);
            let mut fds = [
                PollFd::new(&self.end, PollFlags::IN),
                PollFd::from_borrowed_fd(self.calls.as_fd(), PollFlags::IN),
            ];
            match poll(&mut fds, timeout.as_ref()) {
                Err(Errno::INTR) => continue,
                // Nothing can be waited for any more.
                Err(_) => return Call::End,
                Ok(0) => return Call::Time,
                Ok(_) => {}
            }
            let (has_ended, is_called) = (!fds[0].revents().is_empty(), !fds[1].revents().is_empty());
            if has_ended {
                return Call::End;
            }
            if is_called {
                let _ = self.calls.read(&mut [0; TAKEN_AT_ONCE]);
                return Call::Signal;
            }
        }
    }
}

fn timespec(duration: Duration) -> Timespec {
    Timespec {
        tv_sec: i64::try_from(duration.as_secs()).unwrap_or(i64::MAX),
        tv_nsec: duration.subsec_nanos().into(),
    }
}
