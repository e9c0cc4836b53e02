//! Inputs: standard input and files, as sources that know whether a read would wait.

use crate::standard_streams;
use imsdk_annotate::Source;
use rustix::event::{PollFd, PollFlags, Timespec, poll};
use rustix::fs::{FileType, SeekFrom, Stat, fstat, seek};
use rustix::io::Errno;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::PathBuf;

/// Which input an operand names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum InputName {
    Stdin,
    File(PathBuf),
}

/// When complete lines may wait in the output buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Buffering {
    /// While the next read does not wait.
    WhileInputComes,
    /// Never while reading.
    Line,
    /// Until the buffer is full.
    Block,
}

/// An open input.
#[derive(Debug)]
pub(crate) struct Input {
    handle: Handle,
    buffering: Buffering,
    /// Whether its reads can wait; those of a regular file do not.
    can_wait: bool,
}

#[derive(Debug)]
enum Handle {
    Stdin(io::Stdin),
    File(File),
}

impl InputName {
    pub(crate) fn from_operand(operand: OsString) -> Self {
        if operand == "-" { Self::Stdin } else { Self::File(operand.into()) }
    }

    /// Whether it is a file of which neither opening nor reading waits.
    pub(crate) fn is_regular_file(&self) -> bool {
        match self {
            Self::Stdin => false,
            Self::File(path) => fs::metadata(path).is_ok_and(|metadata| metadata.is_file()),
        }
    }

    /// Opens the input.
    ///
    /// # Errors
    ///
    /// Where it cannot be opened, is a directory, or was closed from the start.
    pub(crate) fn open(&self, buffering: Buffering) -> io::Result<Input> {
        let handle = match self {
            Self::Stdin if standard_streams::stdin_was_closed() => return Err(Errno::BADF.into()),
            Self::Stdin => Handle::Stdin(io::stdin()),
            Self::File(path) => Handle::File(File::open(path)?),
        };
        let mut input = Input { handle, buffering, can_wait: true };
        let file_type = FileType::from_raw_mode(input.stat()?.st_mode);
        if file_type == FileType::Directory {
            return Err(Errno::ISDIR.into());
        }
        input.can_wait = file_type != FileType::RegularFile;
        Ok(input)
    }
}

/// How messages call it, on one line whatever the name.
impl fmt::Display for InputName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Stdin => f.write_str("standard input"),
            Self::File(path) => {
                let name = path.to_string_lossy();
                if name.chars().any(char::is_control) { write!(f, "{name:?}") } else { f.write_str(&name) }
            }
        }
    }
}

impl Input {
    pub(crate) fn stat(&self) -> io::Result<Stat> {
        Ok(fstat(self.as_fd())?)
    }

    /// How far it has been read, in bytes from its beginning.
    pub(crate) fn position(&self) -> io::Result<u64> {
        Ok(seek(self.as_fd(), SeekFrom::Current(0))?)
    }

    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.handle {
            Handle::Stdin(stdin) => stdin.as_fd(),
            Handle::File(file) => file.as_fd(),
        }
    }
}

impl Read for Input {
    /// Reads once. Where another program has set the input to be non-blocking, waits as if it had not.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            match rustix::io::read(self.as_fd(), &mut *buffer) {
                Err(Errno::AGAIN) => wait_for(self.as_fd(), PollFlags::IN)?,
                result => return Ok(result?),
            }
        }
    }
}

impl Source for Input {
    fn would_wait(&mut self) -> bool {
        match self.buffering {
            Buffering::Line => true,
            Buffering::Block => false,
            Buffering::WhileInputComes => self.can_wait && !is_ready(self.as_fd(), PollFlags::IN),
        }
    }
}

/// Waits until a read or write will do something: give bytes, take bytes, or fail.
pub(crate) fn wait_for(fd: BorrowedFd<'_>, what: PollFlags) -> io::Result<()> {
    loop {
        match poll(&mut [PollFd::from_borrowed_fd(fd, what)], None) {
            Err(Errno::INTR) => {}
            result => return result.map(drop).map_err(Into::into),
        }
    }
}

/// Whether a read or write would do something now; no where that cannot be told.
fn is_ready(fd: BorrowedFd<'_>, what: PollFlags) -> bool {
    let at_once = Timespec::default();
    poll(&mut [PollFd::from_borrowed_fd(fd, what)], Some(&at_once)).is_ok_and(|ready| ready > 0)
}
