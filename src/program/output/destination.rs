//! Where one stream of output goes: standard output, a new file, or a device or pipe that has a name.

use super::folder::OutputFolder;
use super::new_file::NewFile;
use super::place::{Place, names_folder};
use super::plan::resolve;
use super::standard::{Output, first_of};
use crate::program::input::InputName;
use crate::program::system::signals;
use crate::program::system::standard_streams::{descriptor_of, is_own, open_to_write, was_closed};
use crate::program::terminal::progress::Progress;
use rustix::fs::FileType;
use rustix::io::Errno;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, IoSlice, Write};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

/// Takes one stream of output.
#[derive(Debug)]
pub(crate) enum Destination {
    Stdout(Output),
    /// A device, pipe or socket that is there already, `/dev/null` say, is written to as it is; so is a file that a descriptor of the
    /// program has open.
    Special {
        file: File,
        beside: Progress,
    },
    New(NewFile),
}

impl Destination {
    /// Returns the file at a path whose folder is there. A link to a file stays, and the file is replaced. A path that names a
    /// descriptor of the program (`/dev/stdout`, `/dev/fd/3`) is written to by that, and the file keeps what is in it.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be made or opened, or is a descriptor that was closed from the start.
    pub(crate) fn file(path: &Path, progress: &Progress) -> io::Result<Self> {
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
                return Ok(Self::Special { file, beside: progress.clone() });
            }
        }
        let resolved = resolve(path);
        resolved.parent().map_or(Ok(()), refuse_missing)?;
        NewFile::create(Place::of_path(resolved), None).map(Self::New)
    }

    /// Returns the file of a report below the folder of `--output-dir`, where no link is followed: not one to a folder, and one
    /// in the place of the file is replaced.
    ///
    /// # Errors
    ///
    /// Fails where a folder on the way is not there or is a link, and where the file cannot be made or opened.
    pub(crate) fn below(folder: &OutputFolder, relative: &Path) -> io::Result<Self> {
        let place = folder.place_to_look(relative).map_err(|error| match relative.parent() {
            Some(parent) if error.kind() == ErrorKind::NotFound => no_folder(&folder.root().join(parent)),
            _ => error,
        })?;
        match place.file_type() {
            None | Some(FileType::RegularFile | FileType::Symlink) => {
                NewFile::create(place, None).map(Self::New)
            }
            Some(FileType::Directory) => Err(ErrorKind::IsADirectory.into()),
            Some(_) => Ok(Self::Special { file: place.open_to_write()?, beside: Progress::hidden() }),
        }
    }

    /// Returns whether the stream goes to a regular file, new or not. Standard output is not asked.
    pub(crate) fn is_file(&self) -> bool {
        match self {
            Self::Stdout(_) => false,
            Self::Special { file, .. } => file.metadata().is_ok_and(|metadata| metadata.is_file()),
            Self::New(_) => true,
        }
    }

    /// Ends the stream; a new file appears.
    ///
    /// # Errors
    ///
    /// Where that fails.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Stdout(_) | Self::Special { .. } => Ok(()),
            Self::New(file) => file.finish(true),
        }
    }
}

/// # Errors
///
/// Fails where there is no folder at the path, with the path and the remedy.
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
        match self {
            Self::Stdout(output) => output.write(bytes),
            // It may be the terminal that progress is shown on.
            Self::Special { file, beside } => {
                signals::before_write(bytes.len());
                beside.write_beside(bytes, || file.write(bytes))
            }
            Self::New(file) => file.write(bytes),
        }
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Stdout(output) => output.write_vectored(slices),
            Self::Special { beside, .. } if beside.is_shown() => self.write(first_of(slices)),
            Self::Special { file, .. } => {
                signals::before_write(slices.iter().map(|slice| slice.len()).sum());
                file.write_vectored(slices)
            }
            Self::New(file) => file.write_vectored(slices),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        // None of them keeps anything back.
        Ok(())
    }
}
