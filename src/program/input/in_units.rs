//! A packed file that is decoded in units, on several threads, as far as its units are all right, and then as a whole.

use super::descriptor::Descriptor;
use super::read_ahead::ReadAhead;
use crate::program::compression::{Format, GoOn, Layer, PeekReader, ReadPlaces, UnitsRead, UnitsReader};
use crate::program::system::signals::Signals;
use crate::program::system::thread_budget::ThreadBudget;
use crate::program::terminal::progress::Progress;
use std::fs::File;
use std::io::{self, ErrorKind, Read};
use std::os::fd::AsFd;

/// The number of packed bytes from which on units are looked for: fewer are decoded before a thread has started.
const WORTH_BYTES: u64 = 64 * 1024;
/// The number of threads from which frames of zstd are decoded side by side. Its decoder is so fast that with fewer, texts that
/// wait in memory take more time than they save.
const ZSTD_THREADS_MIN: usize = 4;

/// The most bytes that are skipped at a time.
const SKIP_BYTES: usize = 64 * 1024;

/// The reader of the whole content, of which nothing has been taken.
pub(super) type Whole = Box<PeekReader<Layer<Descriptor>>>;

/// Reads the content of a packed file.
pub(super) struct InUnits {
    units: UnitsReader<FilePlaces>,
    /// The byte offsets of the beginning and the end of the file's content.
    start: u64,
    end: u64,
    rest: Rest,
    /// True if the whole is decoded on a thread of its own.
    ahead: bool,
}

/// The content behind the text that units have given.
enum Rest {
    /// Is given by units. The whole waits for the case that they are not all right.
    Units(Whole),
    Direct(Whole),
    DecodedAhead(ReadAhead),
    /// Has failed.
    Nothing,
}

/// A file that is read anywhere.
struct FilePlaces {
    file: File,
    progress: Progress,
    signals: Signals,
    /// The byte offset up to which the file counts as read; `None` while units are looked for, which reads ahead.
    counted_to: Option<u64>,
}

impl InUnits {
    /// Returns the content of a file in units; it begins at the byte offset `start`. Where it goes on as a whole, that is decoded
    /// on a thread of its own if `ahead` is true.
    ///
    /// # Errors
    ///
    /// Gives the whole back if it cannot be read in units, or has one alone.
    pub(super) fn new(
        whole: Whole,
        format: Format,
        start: u64,
        budget: &ThreadBudget,
        ahead: bool,
    ) -> Result<Self, Whole> {
        // With two threads, one that decodes the whole beside the other is faster: 1.20 against 1.10 times one thread.
        if format == Format::Zstd && budget.total() < ZSTD_THREADS_MIN {
            return Err(whole);
        }
        // A frame that needs no dictionary may be decoded to something else with one.
        if matches!(whole.get_ref(), Layer::Packed(decoder) if decoder.has_dictionary() && format == Format::Zstd)
        {
            return Err(whole);
        }
        let descriptor = whole.get_ref().bottom();
        let places = || -> io::Result<_> {
            let file = File::from(descriptor.as_fd().try_clone_to_owned()?);
            let (progress, signals) = (descriptor.progress().clone(), descriptor.signals().clone());
            let end = file.metadata()?.len().min(descriptor.limit());
            if end.saturating_sub(start) < WORTH_BYTES {
                return Ok(None);
            }
            let places = FilePlaces { file, progress, signals, counted_to: None };
            let Some(mut units) = UnitsReader::new(format, places, (start, end), budget)? else {
                return Ok(None);
            };
            // The whole has counted what it has read.
            units.data_mut().counted_to = Some(descriptor.position()?);
            Ok(Some((units, end)))
        };
        match places() {
            Ok(Some((units, end))) => Ok(Self { units, start, end, rest: Rest::Units(whole), ahead }),
            // An error is met again where the whole is read.
            Ok(None) | Err(_) => Err(whole),
        }
    }

    /// Goes on with the whole, behind the text that was given.
    fn go_on_whole(&mut self, mut whole: Whole) -> io::Result<Rest> {
        let GoOn { place, skip } = self.units.go_on();
        let places = self.units.data_mut();
        let counted_by_whole = whole.get_ref().bottom().position()?;
        let counted = places.counted_to.map_or(0, |to| to - counted_by_whole);
        places.progress.take_back_bytes(counted);
        if let (Some(place), Layer::Packed(decoder)) = (place, whole.get_mut()) {
            let start = self.start;
            decoder.go_on_at(place - start, |layer, position| {
                let descriptor = layer.bottom();
                descriptor.progress().take_back_bytes(descriptor.position()? - start);
                descriptor.progress().add_bytes(position);
                descriptor.set_position(start + position)
            })?;
            whole = Box::new(PeekReader::new(whole.into_inner()));
        }
        let mut buffer = vec![0; SKIP_BYTES];
        let mut left = skip;
        while left > 0 {
            let most = usize::try_from(left).map_or(SKIP_BYTES, |left| left.min(SKIP_BYTES));
            match whole.read(&mut buffer[..most]) {
                // The file has become another.
                Ok(0) => break,
                Ok(count) => left -= count as u64,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        if !self.ahead {
            return Ok(Rest::Direct(whole));
        }
        Ok(ReadAhead::start(whole).map_or_else(Rest::Direct, Rest::DecodedAhead))
    }
}

impl Read for InUnits {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.rest {
            Rest::Units(whole) => match self.units.read(buffer) {
                Ok(UnitsRead::Bytes(0)) if !buffer.is_empty() => {
                    // Others that read the file find its end.
                    whole.get_ref().bottom().set_position(self.end)?;
                    Ok(0)
                }
                Ok(UnitsRead::Bytes(count)) => Ok(count),
                Ok(UnitsRead::SomethingElse) | Err(_) => {
                    if let Rest::Units(whole) = std::mem::replace(&mut self.rest, Rest::Nothing) {
                        self.rest = self.go_on_whole(whole)?;
                    }
                    self.read(buffer)
                }
            },
            Rest::Direct(whole) => whole.read(buffer),
            Rest::DecodedAhead(ahead) => ahead.read(buffer),
            Rest::Nothing => Ok(0),
        }
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
        let end = place + length as u64;
        if let Some(counted_to) = self.counted_to.as_mut().filter(|to| **to < end) {
            self.progress.add_bytes(end - *counted_to);
            *counted_to = end;
        }
        Ok(length)
    }
}
