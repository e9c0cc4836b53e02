//! Bytes of packed data from a place on, which are read as they are needed.

use super::ReadPlaces;
use std::io;

/// The number of bytes that are read at a time.
const READ_BYTES: usize = 256 * 1024;

/// The bytes from a place on, as far as they have been read. Those at their beginning can be taken away.
pub(super) struct BytesAhead {
    pub(super) bytes: Vec<u8>,
    /// The byte offset behind the bytes.
    pub(super) next: u64,
    /// The byte offset at which the data ends.
    end: u64,
}

impl BytesAhead {
    /// Returns the bytes from `start` on, of which none has been read, in data that ends at `end`.
    pub(super) fn new(start: u64, end: u64) -> Self {
        Self { bytes: Vec::new(), next: start, end }
    }

    /// Reads more bytes; returns false if there are none.
    ///
    /// # Errors
    ///
    /// Fails where the data cannot be read.
    pub(super) fn read_more(&mut self, data: &mut dyn ReadPlaces) -> io::Result<bool> {
        let most = READ_BYTES.min(usize::try_from(self.end - self.next).unwrap_or(usize::MAX));
        let length = self.bytes.len();
        self.bytes.resize(length + most, 0);
        let count = data.read_at(&mut self.bytes[length..], self.next)?;
        self.bytes.truncate(length + count);
        self.next += count as u64;
        Ok(count > 0)
    }

    /// Returns true if all bytes up to the end have been read.
    pub(super) fn are_all_read(&self) -> bool {
        self.next == self.end
    }
}
