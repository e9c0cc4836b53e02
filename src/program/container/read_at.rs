//! Reads at places, which several threads do side by side.

use std::io::{self, ErrorKind};

/// Bytes that are read at a place, without a position that threads would share.
pub(crate) trait ReadAt: Send + Sync {
    /// Reads once at a byte offset, and returns the number of bytes; 0 is the end.
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize>;

    /// Reads at a byte offset until the buffer is full or the bytes end, and returns the number of bytes.
    fn fill_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let mut length = 0;
        while length < buffer.len() {
            match self.read_at(&mut buffer[length..], position + length as u64) {
                Ok(0) => break,
                Ok(count) => length += count,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
        Ok(length)
    }
}
