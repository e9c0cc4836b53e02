//! Where one stream of output goes: standard output, a new file, or a device or pipe that has a name.

use super::new_file::NewFile;
use super::place::Place;
use super::plan::resolve;
use super::standard::{Output, first_of};
use crate::input::InputName;
use crate::progress::Progress;
use crate::signals;
use crate::standard_streams::is_closed_stream;
use rustix::io::Errno;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind, IoSlice, Write};
use std::path::Path;

/// Takes one stream of output.
#[derive(Debug)]
pub(crate) enum Destination {
    Stdout(Output),
    /// What is there already and no regular file, `/dev/null` say, is written to as it is.
    Special {
        file: File,
        beside: Progress,
    },
    New(NewFile),
}

impl Destination {
    /// Returns the file at a path whose folder is there. A link to a file stays, and the file is replaced.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be made or opened, or is a standard stream that was closed from the start.
    pub(crate) fn file(path: &Path, progress: &Progress) -> io::Result<Self> {
        if is_closed_stream(path) {
            return Err(Errno::BADF.into());
        }
        if path.as_os_str().as_encoded_bytes().ends_with(b"/") {
            return Err(ErrorKind::IsADirectory.into());
        }
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            let file = OpenOptions::new().write(true).open(path)?;
            return Ok(Self::Special { file, beside: progress.clone() });
        }
        let resolved = resolve(path);
        let is_missing = |folder: &&Path| match fs::metadata(folder) {
            Ok(metadata) => !metadata.is_dir(),
            Err(error) => matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
        };
        if let Some(folder) = resolved.parent().filter(is_missing) {
            let folder = InputName::File(folder.to_owned());
            return Err(io::Error::other(format!(
                "there is no folder {folder}; make it first: only --output-dir makes folders"
            )));
        }
        NewFile::create(Place::of_path(resolved), None).map(Self::New)
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
