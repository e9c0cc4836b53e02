//! Where one stream of output goes: standard output, a new file, or a device or pipe that has a name.

use super::new_file::NewFile;
use super::standard::Output;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::Path;

/// Takes one stream of output.
#[derive(Debug)]
pub(crate) enum Destination {
    Stdout(Output),
    /// What is there already and no regular file, `/dev/null` say, is written to as it is.
    Special(File),
    New(NewFile),
}

impl Destination {
    /// # Errors
    ///
    /// Where the file cannot be made or opened.
    pub(crate) fn file(path: &Path) -> io::Result<Self> {
        if fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
            return OpenOptions::new().write(true).open(path).map(Self::Special);
        }
        NewFile::create(path).map(Self::New)
    }

    /// Ends the stream; a new file appears.
    ///
    /// # Errors
    ///
    /// Where that fails.
    pub(crate) fn finish(self) -> io::Result<()> {
        match self {
            Self::Stdout(_) | Self::Special(_) => Ok(()),
            Self::New(file) => file.finish(None),
        }
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Stdout(output) => output,
            Self::Special(file) => file,
            Self::New(file) => file,
        }
    }
}

impl Write for Destination {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.as_writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.as_writer().flush()
    }
}
