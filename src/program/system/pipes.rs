//! Descriptors that are not ready: the wait until they are, writes that wait, and pipes so large that their ends seldom
//! wait for each other.

use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::io::Errno;
use std::io::{self, ErrorKind, IoSlice};
use std::os::fd::BorrowedFd;
use std::time::Duration;

/// Waits until a read or write would not wait, because it would give bytes, take bytes, or fail. Returns false if that
/// does not come about within `patience`; without it, waits without end.
///
/// # Errors
///
/// Fails where `poll` does.
pub(crate) fn wait_for(fd: BorrowedFd<'_>, what: PollFlags, patience: Option<Duration>) -> io::Result<bool> {
    let patience = patience.and_then(|patience| Timespec::try_from(patience).ok());
    loop {
        match poll(&mut [PollFd::from_borrowed_fd(fd, what)], patience.as_ref()) {
            Err(Errno::INTR) => {}
            ready => return Ok(ready? > 0),
        }
    }
}

/// Writes once, and returns the number of bytes that were taken. Where another program has set the descriptor to be
/// non-blocking, waits until it takes something, for `patience` at most.
///
/// # Errors
///
/// Fails where the write does, and with [`ErrorKind::TimedOut`] where nothing was taken within `patience`.
pub(crate) fn write_once(
    fd: BorrowedFd<'_>,
    slices: &[IoSlice<'_>],
    patience: Option<Duration>,
) -> io::Result<usize> {
    loop {
        let written = match slices {
            [bytes] => rustix::io::write(fd, bytes),
            _ => rustix::io::writev(fd, slices),
        };
        match written {
            Err(Errno::AGAIN) if wait_for(fd, PollFlags::OUT, patience)? => {}
            Err(Errno::AGAIN) => return Err(ErrorKind::TimedOut.into()),
            written => return Ok(written?),
        }
    }
}

/// Makes a pipe so large that its two ends seldom wait for each other. If the system refuses, the pipe stays as it is.
#[cfg(target_os = "linux")]
pub(crate) fn enlarge_pipe(pipe: BorrowedFd<'_>) {
    /// The largest size that Linux allows to every user by default.
    const PIPE_BYTES: usize = 1024 * 1024;
    if rustix::pipe::fcntl_getpipe_size(pipe).is_ok_and(|bytes| bytes < PIPE_BYTES) {
        let _ = rustix::pipe::fcntl_setpipe_size(pipe, PIPE_BYTES);
    }
}

/// Does nothing: other systems choose the size of a pipe by themselves.
#[cfg(not(target_os = "linux"))]
pub(crate) fn enlarge_pipe(_: BorrowedFd<'_>) {}
