//! The place that one stream of output goes to: standard output, a new file, or a named device or pipe.

use super::folder::OutputFolder;
use super::holes::Holes;
use super::new_file::{FOR_EVERYONE, FOR_READERS, NewFile};
use super::output_stamp::OutputStamp;
use super::place::{Place, names_folder};
use super::resolve::resolve;
use crate::program::system::disk_room::DiskRoom;
use crate::program::system::pipes::{self, enlarge_pipe};
use crate::program::system::signals::Signals;
use crate::program::system::standard_streams::{STDOUT, descriptor_of, is_own, open_to_write, was_closed};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::progress::Progress;
use rustix::fs::{FileType, Stat, fstat};
use rustix::io::Errno;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, IoSlice, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

/// The target of one stream of output. Each write is one system call, without the line buffer of Rust's standard
/// output.
#[derive(Debug)]
pub(crate) struct Destination {
    opened: Opened,
    /// The progress that may be shown on the same terminal; it is cleared before each write.
    beside: Progress,
    /// The handle that counts each write.
    signals: Signals,
    /// The watch over the room on the disk; `None` if the length of the output does not go far beyond that of the input.
    room: Option<DiskRoom>,
    /// The holes of a new file that is sparse; `None` for any other destination.
    holes: Option<Holes>,
}

/// A destination that is open to be written.
#[derive(Debug)]
enum Opened {
    Stdout(io::Stdout),
    /// A device, pipe or socket that already exists, such as `/dev/null`, or a file that a descriptor of the program
    /// has open: it is written to and not replaced.
    Special(File),
    New(NewFile),
}

impl Destination {
    fn new(opened: Opened, signals: &Signals) -> Self {
        Self { opened, beside: Progress::hidden(), signals: signals.clone(), room: None, holes: None }
    }

    /// Returns a new file as a destination.
    pub(crate) fn new_file(file: NewFile, signals: &Signals) -> Self {
        Self::new(Opened::New(file), signals)
    }

    /// Returns standard output.
    ///
    /// # Errors
    ///
    /// Fails where standard output was closed from the start.
    pub(crate) fn stdout(signals: &Signals) -> io::Result<Self> {
        if was_closed(STDOUT) {
            return Err(Errno::BADF.into());
        }
        let stdout = io::stdout();
        if FileType::from_raw_mode(fstat(stdout.as_fd())?.st_mode) == FileType::Fifo {
            enlarge_pipe(stdout.as_fd());
        }
        Ok(Self::new(Opened::Stdout(stdout), signals))
    }

    /// Returns the file at a path whose folder exists. A link to a file stays, and the file is replaced. A path that
    /// names a descriptor of the program (`/dev/stdout`, `/dev/fd/3`) is written to through the descriptor, and the
    /// file keeps its content.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be made or opened, and where the path names a descriptor that was closed from the
    /// start.
    pub(crate) fn file(path: &Path, progress: &Progress, signals: &Signals) -> io::Result<Self> {
        let descriptor = descriptor_of(path);
        if descriptor.is_some_and(|descriptor| was_closed(descriptor) || is_own(descriptor)) {
            return Err(Errno::BADF.into());
        }
        if names_folder(path) {
            refuse_missing(&resolve(path))?;
            return Err(ErrorKind::IsADirectory.into());
        }
        if let Ok(metadata) = fs::metadata(path) {
            let special = match descriptor {
                // A socket cannot be opened by a path.
                Some(descriptor) if metadata.is_file() || metadata.file_type().is_socket() => {
                    Some(open_to_write(descriptor)?)
                }
                _ if !metadata.is_file() => Some(OpenOptions::new().write(true).open(path)?),
                _ => None,
            };
            if let Some(file) = special {
                // The device may be the terminal that progress is shown on.
                return Ok(Self::new(Opened::Special(file), signals).beside(progress));
            }
        }
        let resolved = resolve(path);
        resolved.parent().map_or(Ok(()), refuse_missing)?;
        NewFile::create(Place::of_path(resolved), None).map(|file| Self::new_file(file, signals))
    }

    /// Returns the file of a report below the folder of `--output-dir`. No link is followed there: a link to a folder
    /// is an error, and a link in the place of the file is replaced.
    ///
    /// # Errors
    ///
    /// Fails where a folder on the way does not exist or is a link, and where the file cannot be made or opened.
    pub(crate) fn below(folder: &OutputFolder, relative: &Path, signals: &Signals) -> io::Result<Self> {
        let place = folder.place_to_look(relative).map_err(|error| match relative.parent() {
            Some(parent) if error.kind() == ErrorKind::NotFound => no_folder(&folder.root().join(parent)),
            _ => error,
        })?;
        match place.file_type() {
            None | Some(FileType::RegularFile | FileType::Symlink) => {
                NewFile::create(place, None).map(|file| Self::new_file(file, signals))
            }
            Some(FileType::Directory) => Err(ErrorKind::IsADirectory.into()),
            Some(_) => Ok(Self::new(Opened::Special(place.open_to_write()?), signals)),
        }
    }

    /// Returns another new file for the same place, which replaces the one there; `None` for a stream, to which more is
    /// written. Only the owner may write the file if `is_for_readers` is true.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be made.
    pub(crate) fn again(&self, is_for_readers: bool) -> io::Result<Option<Self>> {
        let Opened::New(file) = &self.opened else {
            return Ok(None);
        };
        let file = file.again(if is_for_readers { FOR_READERS } else { FOR_EVERYONE })?;
        Ok(Some(Self::new_file(file, &self.signals)))
    }

    /// Returns the destination so that it leaves some room on the disk: what is written is unpacked.
    pub(crate) fn leaving_room(self) -> Self {
        Self { room: Some(DiskRoom::default()), ..self }
    }

    /// Returns the destination, sparse if it is a new file and `is_sparse` is true: blocks of zeros become holes.
    pub(crate) fn sparse(self, is_sparse: bool) -> Self {
        let holes = (is_sparse && self.is_new()).then(Holes::default);
        Self { holes, ..self }
    }

    /// Returns the destination so that it keeps clear of progress that is shown on the same terminal.
    pub(crate) fn beside(self, progress: &Progress) -> Self {
        Self { beside: progress.clone(), ..self }
    }

    /// Returns what the system knows of the destination.
    ///
    /// # Errors
    ///
    /// Fails where the system cannot report on the destination.
    pub(crate) fn stat(&self) -> io::Result<Stat> {
        Ok(fstat(self.as_fd())?)
    }

    /// Returns true if the stream goes to a regular file, new or not.
    pub(crate) fn is_file(&self) -> bool {
        self.stat().is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode).is_file())
    }

    /// Returns true if the stream goes to a file that appears only when the stream is finished.
    pub(crate) fn is_new(&self) -> bool {
        matches!(self.opened, Opened::New(_))
    }

    /// Ends the stream; a new file appears under its name. `is_whole` is true if the file has all that its input holds.
    /// Returns the state of a new file with its name.
    ///
    /// # Errors
    ///
    /// Fails where a new file cannot get its name, its rights or its time.
    pub(crate) fn finish(self, is_whole: bool) -> io::Result<Option<OutputStamp>> {
        match self.opened {
            Opened::Stdout(_) | Opened::Special(_) => Ok(None),
            Opened::New(file) => {
                self.holes.map_or(Ok(()), |holes| holes.finish(file.as_fd()))?;
                file.finish(is_whole).map(Some)
            }
        }
    }

    fn as_fd(&self) -> BorrowedFd<'_> {
        match &self.opened {
            Opened::Stdout(stdout) => stdout.as_fd(),
            Opened::Special(file) => file.as_fd(),
            Opened::New(file) => file.as_fd(),
        }
    }

    /// Writes once, and returns the number of bytes that were taken. Where another program has set the destination to
    /// be non-blocking, waits until it takes something.
    fn write_once(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let bytes = slices.iter().map(|slice| slice.len()).sum();
        self.signals.before_write(bytes);
        if let Some(mut room) = self.room.take() {
            room.count(self.as_fd(), bytes)?;
            self.room = Some(room);
        }
        match self.holes.take() {
            None => pipes::write_once(self.as_fd(), slices, None),
            Some(mut holes) => {
                let written = slices.iter().try_for_each(|slice| holes.write(self.as_fd(), slice));
                self.holes = Some(holes);
                written.map(|()| bytes)
            }
        }
    }
}

/// Refuses the path of a file whose folder does not exist.
///
/// # Errors
///
/// Fails where there is no folder at `folder`; the error names the path and the remedy.
fn refuse_missing(folder: &Path) -> io::Result<()> {
    let is_missing = match fs::metadata(folder) {
        Ok(metadata) => !metadata.is_dir(),
        Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    };
    if is_missing { Err(no_folder(folder)) } else { Ok(()) }
}

fn no_folder(folder: &Path) -> io::Error {
    let folder = InputName::File(folder.to_owned());
    io::Error::other(format!("there is no folder {folder}; make it first: only --output-dir makes folders"))
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let beside = self.beside.clone();
        beside.write_beside(bytes, || self.write_once(&[IoSlice::new(bytes)]))
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        if self.beside.is_shown() {
            // Progress needs to know how the bytes end.
            let first = slices.iter().find(|slice| !slice.is_empty());
            self.write(first.map_or(&[], |slice| slice))
        } else {
            self.write_once(slices)
        }
    }

    /// Does nothing: no byte is kept back.
    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
