//! Packed data whose parts can be decoded side by side, because none needs the text before it.

mod bzip2;
mod reader;
mod xz;

pub(crate) use reader::{UnitsRead, UnitsReader};

use super::formats::Format;
use std::io;

/// Reads packed data anywhere.
pub(crate) trait ReadPlaces: Send {
    /// Reads at a byte offset, and returns the number of bytes; fewer than asked for only at the end.
    ///
    /// # Errors
    ///
    /// Fails where the data cannot be read.
    fn read_at(&mut self, buffer: &mut [u8], place: u64) -> io::Result<usize>;
}

/// Finds the units of packed data, which are members of the data's format by themselves.
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
    /// The unit, as a member of the data's format.
    member: Vec<u8>,
    /// The number of bytes that its text most likely has.
    text_bytes: usize,
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
        Format::Bzip2 => Ok(Some(Box::new(bzip2::Bzip2Blocks::new(start, end)))),
        Format::Xz => xz::XzBlocks::find(data, start, end),
        _ => Ok(None),
    }
}
