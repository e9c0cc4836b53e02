//! A packed file that is decoded in units, on several threads, as far as its units are all right, and then as a whole.

use super::descriptor::Descriptor;
use crate::program::compression::{Format, Layer, PeekReader, ReadPlaces, UnitsRead, UnitsReader};
use crate::program::system::signals::Signals;
use crate::program::system::thread_budget::ThreadBudget;
use crate::program::terminal::progress::Progress;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;

/// The most bytes that are skipped at a time.
const SKIP_BYTES: usize = 64 * 1024;

/// The reader of the whole content, of which nothing has been taken.
pub(super) type Whole = Box<PeekReader<Layer<Descriptor>>>;

/// Reads the content of a packed file.
pub(super) struct InUnits {
    units: UnitsReader<FilePlaces>,
    /// The number of bytes of text that the units have given.
    given: u64,
    whole: Whole,
    /// True if the rest is read from `whole`, because it is not all in units that are right.
    goes_on_whole: bool,
}

/// A file that is read anywhere. Its bytes are counted as they are read.
struct FilePlaces {
    file: File,
    progress: Progress,
    signals: Signals,
    /// The number of bytes that were counted.
    counted: u64,
}

impl InUnits {
    /// Returns the content of a file in units; it begins at the byte offset `start`.
    ///
    /// # Errors
    ///
    /// Gives the whole back if it cannot be read in units, or has one alone.
    pub(super) fn new(
        whole: Whole,
        format: Format,
        start: u64,
        budget: &ThreadBudget,
    ) -> Result<Self, Whole> {
        let descriptor = whole.get_ref().bottom();
        let places = || -> io::Result<_> {
            let file = File::from(descriptor.as_fd().try_clone_to_owned()?);
            let (progress, signals) = (descriptor.progress().clone(), descriptor.signals().clone());
            let end = file.metadata()?.len();
            let places = FilePlaces { file, progress, signals, counted: 0 };
            UnitsReader::new(format, places, (start, end), budget)
        };
        match places() {
            Ok(Some(units)) => Ok(Self { units, given: 0, whole, goes_on_whole: false }),
            // An error is met again where the whole is read.
            Ok(None) | Err(_) => Err(whole),
        }
    }

    /// Goes on with the whole, behind the text that was given.
    fn go_on_whole(&mut self) -> io::Result<()> {
        self.goes_on_whole = true;
        let places = self.units.data();
        places.progress.take_back_bytes(places.counted);
        let mut buffer = vec![0; SKIP_BYTES];
        let mut left = self.given;
        while left > 0 {
            let most = usize::try_from(left).map_or(SKIP_BYTES, |left| left.min(SKIP_BYTES));
            match self.whole.read(&mut buffer[..most]) {
                // The file has become another.
                Ok(0) => return Ok(()),
                Ok(count) => left -= count as u64,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

impl Read for InUnits {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if !self.goes_on_whole {
            if let Ok(UnitsRead::Bytes(count)) = self.units.read(buffer) {
                self.given += count as u64;
                return Ok(count);
            }
            self.go_on_whole()?;
        }
        self.whole.read(buffer)
    }
}

impl ReadPlaces for FilePlaces {
    fn read_at(&mut self, buffer: &mut [u8], place: u64) -> io::Result<usize> {
        let mut length = 0;
        while length < buffer.len() {
            self.signals.before_read(self.file.as_fd(), false)?;
            match rustix::io::pread(&self.file, &mut buffer[length..], place + length as u64) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(rustix::io::Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.counted += length as u64;
        self.progress.add_bytes(length as u64);
        Ok(length)
    }
}
