//! The bytes of a zip archive, which several threads read at different places.

use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// Bytes that are read at a place, without a position that threads would share.
pub(crate) trait ReadAt: Send + Sync {
    /// Reads once at a byte offset, and returns the number of bytes; 0 is the end.
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize>;
}

/// The bytes of an archive, with a position of their own. Copies share the bytes.
#[derive(Clone)]
pub(crate) struct ZipBytes {
    bytes: Arc<dyn ReadAt>,
    /// The byte offset at which the archive begins.
    start: u64,
    length: u64,
    position: u64,
}

impl ZipBytes {
    /// Returns the `length` bytes from the byte offset `start` on.
    pub(crate) fn new(bytes: Arc<dyn ReadAt>, start: u64, length: u64) -> Self {
        Self { bytes, start, length, position: 0 }
    }
}

impl fmt::Debug for ZipBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZipBytes").field("length", &self.length).finish_non_exhaustive()
    }
}

impl Read for ZipBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.length.saturating_sub(self.position);
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let count = self.bytes.read_at(&mut buffer[..most], self.start + self.position)?;
        self.position += count as u64;
        Ok(count)
    }
}

impl Seek for ZipBytes {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(by) => self.length.checked_add_signed(by),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
        };
        self.position = position.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
