//! Standard output, written to as the system call does, without Rust's line buffer between.

use crate::input::wait_for;
use crate::progress::Progress;
use crate::signals;
use crate::standard_streams;
use rustix::event::PollFlags;
use rustix::fs::{Stat, fstat};
use rustix::io::Errno;
use std::io::{self, Write};
use std::os::fd::AsFd;

/// Standard output.
#[derive(Debug)]
pub(crate) struct Output {
    stdout: io::Stdout,
    /// What is shown on the same terminal.
    beside: Progress,
}

impl Output {
    /// # Errors
    ///
    /// Where standard output was closed from the start.
    pub(crate) fn stdout() -> io::Result<Self> {
        if standard_streams::stdout_was_closed() {
            return Err(Errno::BADF.into());
        }
        Ok(Self { stdout: io::stdout(), beside: Progress::hidden() })
    }

    /// Keeps clear of progress that is shown on the terminal which standard output is.
    pub(crate) fn beside(self, progress: &Progress) -> Self {
        Self { beside: progress.clone(), ..self }
    }

    pub(crate) fn stat(&self) -> io::Result<Stat> {
        Ok(fstat(self.stdout.as_fd())?)
    }

    fn write_once(&self, bytes: &[u8]) -> io::Result<usize> {
        signals::before_write(bytes.len());
        loop {
            match rustix::io::write(self.stdout.as_fd(), bytes) {
                Err(Errno::AGAIN) => wait_for(self.stdout.as_fd(), PollFlags::OUT)?,
                result => return Ok(result?),
            }
        }
    }
}

impl Write for Output {
    /// Writes once. Where another program has set the output to be non-blocking, waits as if it had not.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.beside.write_beside(bytes, || self.write_once(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
