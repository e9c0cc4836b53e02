//! Standard output, written to as the system call does, without Rust's line buffer between.

use crate::program::input::{enlarge_pipe, wait_for};
use crate::program::system::signals;
use crate::program::system::standard_streams::{STDOUT, was_closed};
use crate::program::terminal::progress::Progress;
use rustix::event::PollFlags;
use rustix::fs::{FileType, Stat, fstat};
use rustix::io::Errno;
use std::io::{self, IoSlice, Write};
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
        if was_closed(STDOUT) {
            return Err(Errno::BADF.into());
        }
        let stdout = io::stdout();
        if FileType::from_raw_mode(fstat(stdout.as_fd())?.st_mode) == FileType::Fifo {
            enlarge_pipe(stdout.as_fd());
        }
        Ok(Self { stdout, beside: Progress::hidden() })
    }

    /// Keeps clear of progress that is shown on the terminal which standard output is.
    pub(crate) fn beside(self, progress: &Progress) -> Self {
        Self { beside: progress.clone(), ..self }
    }

    pub(crate) fn stat(&self) -> io::Result<Stat> {
        Ok(fstat(self.stdout.as_fd())?)
    }

    fn write_once(&self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        signals::before_write(slices.iter().map(|slice| slice.len()).sum());
        loop {
            let written = match slices {
                [bytes] => rustix::io::write(self.stdout.as_fd(), bytes),
                _ => rustix::io::writev(self.stdout.as_fd(), slices),
            };
            match written {
                Err(Errno::AGAIN) => wait_for(self.stdout.as_fd(), PollFlags::OUT)?,
                result => return Ok(result?),
            }
        }
    }
}

impl Write for Output {
    /// Writes once. Where another program has set the output to be non-blocking, waits as if it had not.
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.beside.write_beside(bytes, || self.write_once(&[IoSlice::new(bytes)]))
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.beside.is_shown() { self.write(first_of(slices)) } else { self.write_once(slices) }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The first of some pieces that is not empty.
pub(super) fn first_of<'a>(slices: &'a [IoSlice<'_>]) -> &'a [u8] {
    slices.iter().map(|slice| &slice[..]).find(|slice| !slice.is_empty()).unwrap_or_default()
}
