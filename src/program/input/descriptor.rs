//! File descriptors of inputs: reads without a buffer, and the question whether a read would wait.

use super::stdin_size::{SizeCheck, StdinSize};
use crate::lines::count_newlines;
use crate::program::container::ReadAt;
use crate::program::system::pipes::{enlarge_pipe, wait_for};
use crate::program::system::signals::Signals;
use crate::program::system::standard_streams::{STDIN, descriptor_of, is_closed_stream, is_own, was_closed};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::progress::Progress;
use rustix::event::PollFlags;
use rustix::fs::{FileType, SeekFrom, Stat, fstat, seek};
use rustix::io::Errno;
use std::fs::{self, File, Metadata};
use std::io::{self, Read};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

/// The number of bytes that are read at a time to count newlines.
const COUNTED_BYTES: usize = 64 * 1024;

/// An open file, pipe or terminal.
#[derive(Debug)]
pub(crate) struct Descriptor {
    handle: Handle,
    /// True if reads can wait; reads of a regular file cannot.
    can_wait: bool,
    /// True if the last read had to wait, and took all bytes that were there.
    is_dry: bool,
    /// The end of a regular file, when it was opened; 0 for other inputs.
    end: u64,
    /// The check of the size of standard input; `None` if it may have any.
    size_check: Option<SizeCheck>,
    /// True if the content is known to be text that is not compressed.
    is_text: bool,
    /// Counts the bytes that are read in order.
    progress: Progress,
    /// Told of each read, and may end it.
    signals: Signals,
}

/// The owner of the file descriptor.
#[derive(Debug)]
enum Handle {
    Stdin(io::Stdin),
    File(File),
}

impl Descriptor {
    /// Opens an input. Makes a pipe larger.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be opened, is a directory, or was closed before the program started.
    pub(super) fn open(name: &InputName, progress: &Progress, signals: &Signals) -> io::Result<Self> {
        let handle = match name {
            InputName::Stdin(_) if was_closed(STDIN) => return Err(Errno::BADF.into()),
            InputName::Stdin(_) => Handle::Stdin(io::stdin()),
            InputName::File(path) if is_closed_stream(path) => return Err(Errno::BADF.into()),
            InputName::File(path) => Handle::File(open_file(path, signals)?),
        };
        let mut descriptor = Self {
            handle,
            can_wait: true,
            is_dry: false,
            end: 0,
            size_check: None,
            is_text: false,
            progress: progress.clone(),
            signals: signals.clone(),
        };
        match descriptor.file_type()? {
            FileType::Directory => return Err(Errno::ISDIR.into()),
            FileType::RegularFile => {
                descriptor.can_wait = false;
                descriptor.end = descriptor.size()?;
            }
            // An own pipe is, for example, the pipe that signals come through.
            FileType::Fifo if is_own_pipe(name) => return Err(Errno::BADF.into()),
            FileType::Fifo => enlarge_pipe(descriptor.as_fd()),
            _ => {}
        }
        Ok(descriptor)
    }

    /// Returns the input, whose bytes are counted against a size from now on.
    ///
    /// # Errors
    ///
    /// Fails where the system cannot tell the position in a regular file.
    pub(super) fn of_size(self, size: StdinSize) -> io::Result<Self> {
        let places = if self.can_wait { None } else { Some((self.position()?, self.end)) };
        Ok(Self { size_check: Some(SizeCheck::new(size, places)), ..self })
    }

    /// Returns true if the bytes can be read in any order: those of a regular file, unless they must be counted.
    pub(super) fn has_places(&self) -> bool {
        !self.can_wait && self.size_check.as_ref().is_none_or(SizeCheck::is_of_file)
    }

    /// Returns the byte offset behind which nothing of a file belongs to the input: a file whose size was checked is not read
    /// beyond it.
    pub(super) fn limit(&self) -> u64 {
        self.size_check.as_ref().map_or(u64::MAX, SizeCheck::end)
    }

    pub(crate) fn stat(&self) -> io::Result<Stat> {
        Ok(fstat(self.as_fd())?)
    }

    /// Returns the same as [`Descriptor::stat`], in the type of the standard library.
    pub(crate) fn metadata(&self) -> io::Result<Metadata> {
        File::from(self.as_fd().try_clone_to_owned()?).metadata()
    }

    /// Marks the content as text that is not compressed. From now on, a signal ends the program only after all bytes
    /// that were read have been written.
    pub(super) fn gives_text(&mut self) {
        self.is_text = true;
    }

    pub(super) fn can_wait(&self) -> bool {
        self.can_wait
    }

    /// Returns the number of bytes of the file now.
    pub(super) fn size(&self) -> io::Result<u64> {
        Ok(u64::try_from(self.stat()?.st_size).unwrap_or(0))
    }

    /// Checks, where no more bytes come at `position`, that the file has not become shorter since it was opened. Files of
    /// the kernel may have fewer bytes than their size says.
    ///
    /// # Errors
    ///
    /// Returns the error for a file that has.
    pub(super) fn refuse_shorter(&self, position: u64) -> io::Result<()> {
        let (before, now) = (self.end, if position < self.end { self.size()? } else { self.end });
        if now < before {
            self.size_check.iter().for_each(SizeCheck::fail);
            return Err(io::Error::other(format!(
                "became shorter while it was read: it has {now} bytes of {before}; read it again"
            )));
        }
        Ok(())
    }

    /// Returns the end that a regular file had when it was opened; 0 for other inputs.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    fn file_type(&self) -> io::Result<FileType> {
        Ok(FileType::from_raw_mode(self.stat()?.st_mode))
    }

    /// Returns the byte offset of the next read.
    pub(crate) fn position(&self) -> io::Result<u64> {
        Ok(seek(self.as_fd(), SeekFrom::Current(0))?)
    }

    /// Sets the byte offset of the next read, for this program and all that share the descriptor.
    pub(super) fn set_position(&self, position: u64) -> io::Result<()> {
        Ok(seek(self.as_fd(), SeekFrom::Start(position)).map(drop)?)
    }

    /// Returns the number of newlines between two byte offsets, as far as the file goes.
    pub(super) fn count_newlines(&self, mut start: u64, end: u64) -> io::Result<u64> {
        let (mut buffer, mut newlines) = (vec![0; COUNTED_BYTES], 0);
        while start < end {
            let most = usize::try_from(end - start).map_or(COUNTED_BYTES, |left| left.min(COUNTED_BYTES));
            let count = self.fill_at(&mut buffer[..most], start)?;
            if count == 0 {
                break;
            }
            newlines += count_newlines(&buffer[..count]);
            start += count as u64;
        }
        Ok(newlines)
    }

    /// Checks a regular file where no more bytes come.
    ///
    /// # Errors
    ///
    /// Returns the error for a file that has become shorter, or has not the size that it must have.
    fn end_of_file(&mut self) -> io::Result<()> {
        let position = self.position()?;
        self.refuse_shorter(position)?;
        self.size_check.as_mut().map_or(Ok(()), |check| check.end_of_file(position))
    }

    pub(super) fn progress(&self) -> &Progress {
        &self.progress
    }

    pub(super) fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Returns true if a read now would give bytes, the end or an error, and false if it would wait or if the system
    /// cannot tell. If the last read had to wait and took all bytes, the next read is taken to wait, without a system
    /// call.
    pub(super) fn is_ready(&self) -> bool {
        if self.is_dry {
            return false;
        }
        wait_for(self.as_fd(), PollFlags::IN, Some(Duration::ZERO)).unwrap_or(false)
    }

    /// Waits for input until `deadline`. Returns true if none has come, and false if a read is due.
    pub(super) fn rests_until(&self, deadline: Instant) -> bool {
        self.signals.rests_until(self.as_fd(), deadline)
    }

    pub(super) fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.handle {
            Handle::Stdin(stdin) => stdin.as_fd(),
            Handle::File(file) => file.as_fd(),
        }
    }
}

/// Reads leave the position of the file as it is.
impl ReadAt for Descriptor {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let left = usize::try_from(self.limit().saturating_sub(position)).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let count = rustix::io::pread(self.as_fd(), &mut buffer[..most], position)
            .inspect_err(|_| self.size_check.iter().for_each(SizeCheck::fail))?;
        self.signals.set_idle(false);
        Ok(count)
    }
}

impl Read for Descriptor {
    /// Reads once. Waits for bytes even if another program has set the input to be non-blocking.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if self.can_wait && !self.is_text {
                // The output of all earlier reads has been written, or their bytes are too few to be decoded.
                self.signals.set_idle(true);
            }
            let has_waited = self.signals.before_read(self.as_fd(), self.can_wait)?;
            let asked = self.size_check.as_ref().map_or(buffer.len(), |check| check.asked(buffer.len()));
            match rustix::io::read(self.as_fd(), &mut buffer[..asked]) {
                Err(Errno::AGAIN) => drop(wait_for(self.as_fd(), PollFlags::IN, None)?),
                Err(error) => {
                    let check = self.size_check.as_ref().filter(|_| error != Errno::INTR);
                    check.iter().for_each(|check| check.fail());
                    return Err(error.into());
                }
                Ok(0) if self.end > 0 && asked > 0 => {
                    let outcome = self.end_of_file();
                    // The error is returned once.
                    self.end = 0;
                    return outcome.map(|()| 0);
                }
                Ok(count) => {
                    self.is_dry = has_waited && count < asked;
                    if let Some(check) = self.size_check.as_mut().filter(|_| asked > 0) {
                        check.count(count)?;
                    }
                    self.progress.add_bytes(count as u64);
                    return Ok(count);
                }
            }
        }
    }
}

/// Opens a file for reading. Opening a named pipe waits for its writer, and opening a device may wait, too. If
/// signals end reading in order, a signal ends this wait as it ends a read.
///
/// # Errors
///
/// Returns an error if the file cannot be opened, or a signal comes first.
fn open_file(path: &Path, signals: &Signals) -> io::Result<File> {
    let can_wait = || fs::metadata(path).is_ok_and(|metadata| !metadata.is_file() && !metadata.is_dir());
    if signals.reads_are_given_up() && can_wait() { open_on_thread(path, signals) } else { File::open(path) }
}

/// Opens a file on another thread, which is left behind if a signal comes before the file is open.
///
/// # Errors
///
/// Fails as [`open_file`] does.
fn open_on_thread(path: &Path, signals: &Signals) -> io::Result<File> {
    // `done` reaches its end when the other thread is done.
    let (done, done_wtr) = io::pipe()?;
    let (opened_wtr, opened) = mpsc::channel();
    let to_open = path.to_owned();
    let thread = thread::Builder::new().name("open".to_owned()).spawn(move || {
        let _ = opened_wtr.send(File::open(to_open));
        drop(done_wtr);
    });
    if thread.is_err() {
        // Without room for a thread, this wait ends with a second signal, or one second after the first without a
        // write.
        return File::open(path);
    }
    signals.before_read(done.as_fd(), true)?;
    opened.recv().map_err(io::Error::other)?
}

/// Returns true if an input is named by a descriptor (`/dev/fd/5`) that is a pipe of the program itself.
fn is_own_pipe(name: &InputName) -> bool {
    matches!(name, InputName::File(path) if descriptor_of(path).is_some_and(is_own))
}
