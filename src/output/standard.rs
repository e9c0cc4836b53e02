//! Standard output, written to as the system call does, without Rust's line buffer between.

use crate::input::wait_for;
use crate::standard_streams;
use rustix::event::PollFlags;
use rustix::fs::{Stat, fstat};
use rustix::io::Errno;
use std::io::{self, Write};
use std::os::fd::AsFd;

/// How much is collected before it is written. Gaps that are as long as this are written straight from
/// where they were read.
pub(crate) const BUFFER_BYTES: usize = 64 * 1024;

/// Standard output.
#[derive(Debug)]
pub(crate) struct Output(io::Stdout);

impl Output {
    /// # Errors
    ///
    /// Where standard output was closed from the start.
    pub(crate) fn stdout() -> io::Result<Self> {
        if standard_streams::stdout_was_closed() {
            return Err(Errno::BADF.into());
        }
        Ok(Self(io::stdout()))
    }

    pub(crate) fn stat(&self) -> io::Result<Stat> {
        Ok(fstat(self.0.as_fd())?)
    }
}

impl Write for Output {
    /// Writes once. Where another program has set the output to be non-blocking, waits as if it had not.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            match rustix::io::write(self.0.as_fd(), bytes) {
                Err(Errno::AGAIN) => wait_for(self.0.as_fd(), PollFlags::OUT)?,
                result => return Ok(result?),
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
