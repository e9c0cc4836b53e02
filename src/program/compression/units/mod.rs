//! Packed data whose parts can be decoded side by side, because none needs the text before it.

mod bytes_ahead;
mod bzip2;
mod gzip;
mod reader;
mod xz;
mod zstd;

pub(crate) use reader::{GoOn, UnitsRead, UnitsReader};

use super::formats::Format;
use std::io;

/// The most bytes of a member that can be held, and of its text. Data whose first member is larger is read as a whole.
const PACKED_MAX_BYTES: usize = 8 << 20;
const TEXT_MAX_BYTES: usize = 64 << 20;
/// The number of bytes from which on a unit is worth a thread, packed and of its text: smaller members are bundled.
const BUNDLE_PACKED_BYTES: usize = 1 << 20;
const BUNDLE_TEXT_BYTES: usize = 4 << 20;
/// The memory that threads may take for decoding, in bytes.
const MEMORY_BYTES: u64 = 1 << 30;

/// Reads packed data anywhere.
pub(crate) trait ReadPlaces: Send {
    /// Reads at a byte offset, and returns the number of bytes; fewer than asked for only at the end.
    ///
    /// # Errors
    ///
    /// Fails where the data cannot be read.
    fn read_at(&mut self, buffer: &mut [u8], place: u64) -> io::Result<usize>;
}

/// Finds the units of packed data, which are whole members of the data's format, one or several, directly behind each other.
trait FindUnits: Send {
    /// Returns the most threads that decode units beside the one that reads, because of the memory that each takes.
    fn threads_max(&self) -> usize {
        usize::MAX
    }

    /// Returns the next unit.
    ///
    /// # Errors
    ///
    /// Fails where the data cannot be read.
    fn next(&mut self, data: &mut dyn ReadPlaces) -> io::Result<NextUnit>;
}

/// A part of packed data that can be decoded by itself.
struct DataUnit {
    /// The unit, as one or several members of the data's format.
    member: Vec<u8>,
    /// The number of bytes that its text most likely has.
    text_bytes: usize,
    /// The byte offset behind the unit, if a decoder of the whole can go on there, between two members.
    end: Option<u64>,
}

/// The next thing in packed data.
enum NextUnit {
    Unit(DataUnit),
    /// The end of the data. All of it was in units.
    End,
    /// Something that is no unit: damage, perhaps, or data that only a decoder of the whole understands.
    SomethingElse,
}

/// Returns a finder of the units of packed data in the bytes from `start` to `end`; `None` if it has no more than one.
///
/// # Errors
///
/// Fails where the data cannot be read.
fn finder(
    format: Format,
    data: &mut dyn ReadPlaces,
    start: u64,
    end: u64,
) -> io::Result<Option<Box<dyn FindUnits>>> {
    match format {
        Format::Gzip => gzip::GzipMembers::find(data, start, end),
        Format::Zstd => zstd::ZstdFrames::find(data, start, end),
        Format::Bzip2 => Ok(Some(Box::new(bzip2::Bzip2Blocks::new(start, end)))),
        Format::Xz => xz::XzBlocks::find(data, start, end),
        _ => Ok(None),
    }
}

/// Returns the most threads that decode units whose texts have up to this number of bytes. Each holds a text, another that
/// waits to be read, and a window.
fn threads_for(text_bytes: u64) -> usize {
    usize::try_from(MEMORY_BYTES / (3 * text_bytes).max(1)).unwrap_or(usize::MAX)
}
