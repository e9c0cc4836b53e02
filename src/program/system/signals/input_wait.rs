//! The waits before reads: for input, for a signal that asks for the end, and for the reader of the output to go.

use super::{Signals, Stop};
use crate::program::system::output_reader::GONE;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

/// The shortest duration of a call that has waited: a call that does not wait returns sooner.
const A_WHILE: Duration = Duration::from_micros(20);

/// The event that has ended a wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum WaitEnd {
    /// There is something to read, or a signal has come.
    Event,
    /// The reader of the output has gone.
    ReaderGone,
    /// The time has come.
    Time,
}

impl Signals {
    /// Prepares a read that may be given up for a signal; must be called before each such read. If `can_wait` says that
    /// there may be nothing to read yet, and a signal or a reader that goes would have to end that wait, waits until there is
    /// something. The wait is not in the read itself, which may have taken bytes when a signal comes. Returns true if the wait
    /// took a while.
    ///
    /// # Errors
    ///
    /// Fails with `ECANCELED` where a signal has asked for the end, and with `EPIPE` where the reader of standard output is
    /// watched and has gone.
    pub(crate) fn before_read(&self, fd: BorrowedFd<'_>, can_wait: bool) -> io::Result<bool> {
        let state = &self.0;
        let mut has_waited = false;
        let is_waited_for = state.wake.get().is_some() || state.reader.is_watched();
        if can_wait && (is_waited_for || state.is_idle.load(Ordering::SeqCst)) {
            // A signal that comes after this check ends the idle program itself.
            self.give_up_if_asked(Stop::of(can_wait))?;
            let start = Instant::now();
            let end = self.wait_for_input(Some(fd), None);
            has_waited = start.elapsed() >= A_WHILE;
            if end == WaitEnd::ReaderGone {
                state.reader.leave();
                return Err(Errno::PIPE.into());
            }
        }
        self.set_idle(false);
        self.give_up_if_asked(Stop::of(can_wait))?;
        Ok(has_waited)
    }

    /// Waits until there is something to read from `fd`, until `deadline` at most. Must be called when all that was read has been
    /// written that can be. Returns true if the time has come, and false if a read is due, which may find that a signal or a
    /// reader that has gone ends reading.
    pub(crate) fn rests_until(&self, fd: BorrowedFd<'_>, deadline: Instant) -> bool {
        self.set_idle(true);
        // A signal that comes after this check ends the idle program itself, or closes the pipe that is waited for.
        let is_asked = self.0.asking.load(Ordering::SeqCst) != 0;
        let rests = !is_asked && self.wait_for_input(Some(fd), Some(deadline)) == WaitEnd::Time;
        if rests {
            self.set_idle(false);
        }
        rests
    }

    /// Waits until there is something to read from `fd`, or for `timeout`. Must be called when all that was read has been
    /// written. Returns true if a signal has asked for the end, or the reader of standard output is watched and has gone: both
    /// also end the wait.
    pub(crate) fn wait(&self, fd: Option<BorrowedFd<'_>>, timeout: Duration) -> bool {
        self.set_idle(true);
        // A signal that comes after this check ends the idle program itself, or closes the pipe that is waited for.
        if self.ask_to_stop(Stop::Stream) {
            return true;
        }
        // A pause that is too long to be told is as good as none.
        let end = self.wait_for_input(fd, Instant::now().checked_add(timeout));
        self.set_idle(false);
        if end == WaitEnd::ReaderGone {
            self.0.reader.leave();
            return true;
        }
        self.ask_to_stop(Stop::Stream)
    }

    /// Waits for an event, or until `deadline`, if there is one.
    fn wait_for_input(&self, fd: Option<BorrowedFd<'_>>, deadline: Option<Instant>) -> WaitEnd {
        let (wake, is_watched) = (self.0.wake.get(), self.0.reader.is_watched());
        let stdout = io::stdout();
        let fds = [fd, wake.map(AsFd::as_fd)].into_iter().flatten();
        let mut fds: Vec<_> = fds.map(|fd| PollFd::from_borrowed_fd(fd, PollFlags::IN)).collect();
        if is_watched {
            fds.push(PollFd::from_borrowed_fd(stdout.as_fd(), PollFlags::empty()));
        }
        let ended = loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(Instant::now()));
            let timeout = left.and_then(|left| Timespec::try_from(left).ok());
            match poll(&mut fds, timeout.as_ref()) {
                Err(Errno::INTR) => {}
                ended => break ended,
            }
        };
        if is_watched && fds.last().is_some_and(|fd| fd.revents().intersects(GONE)) {
            WaitEnd::ReaderGone
        } else if ended == Ok(0) {
            WaitEnd::Time
        } else {
            WaitEnd::Event
        }
    }
}
