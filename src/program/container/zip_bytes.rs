//! The bytes of a zip archive, which several threads read at different places.

use super::read_at::ReadAt;
use std::fmt;
use std::io::{self, Read, Seek, SeekFrom};
use std::sync::Arc;

/// The bytes of an archive, with a position of their own. Copies share the bytes.
#[derive(Clone)]
pub(crate) struct ZipBytes {
    bytes: Arc<dyn ReadAt>,
    /// The byte offset at which the archive begins.
    start: u64,
    length: u64,
    position: u64,
    patches: Arc<[Patch]>,
}

/// Bytes that are read in place of those of the archive, from a byte offset on.
#[derive(Clone, Debug)]
pub(super) struct Patch {
    pub(super) at: u64,
    pub(super) bytes: Box<[u8]>,
}

impl ZipBytes {
    /// Returns the `length` bytes from the byte offset `start` on.
    pub(crate) fn new(bytes: Arc<dyn ReadAt>, start: u64, length: u64) -> Self {
        Self { bytes, start, length, position: 0, patches: Arc::default() }
    }

    /// Returns the bytes with patches, in ascending order, none of which reaches into another or behind the end.
    pub(super) fn patched(self, patches: Vec<Patch>) -> Self {
        Self { patches: patches.into(), ..self }
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// Writes the patches over bytes that were read from the byte offset `from` on.
    fn patch(&self, read: &mut [u8], from: u64) {
        let first = self.patches.partition_point(|patch| patch.at + patch.bytes.len() as u64 <= from);
        let end = from + read.len() as u64;
        for Patch { at, bytes } in self.patches[first..].iter().take_while(|patch| patch.at < end) {
            let passed = from.saturating_sub(*at) as usize;
            let place = at.saturating_sub(from) as usize;
            let count = (bytes.len() - passed).min(read.len() - place);
            read[place..place + count].copy_from_slice(&bytes[passed..passed + count]);
        }
    }
}

impl fmt::Debug for ZipBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZipBytes").field("length", &self.length).finish_non_exhaustive()
    }
}

impl ReadAt for ZipBytes {
    fn read_at(&self, buffer: &mut [u8], position: u64) -> io::Result<usize> {
        let left = self.length.saturating_sub(position);
        let most = buffer.len().min(usize::try_from(left).unwrap_or(usize::MAX));
        if most == 0 {
            return Ok(0);
        }
        let count = self.bytes.read_at(&mut buffer[..most], self.start + position)?;
        self.patch(&mut buffer[..count], position);
        Ok(count)
    }
}

impl Read for ZipBytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.read_at(buffer, self.position)?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::container::Spool;
    use std::io::Write;

    #[test]
    fn patches_are_read_whatever_the_reads() {
        let mut spool = Spool::new();
        spool.write_all(b"..0123456789").unwrap();
        let patches = [(1, "ab"), (3, "cde"), (8, "fg")];
        let patches = patches.map(|(at, text)| Patch { at, bytes: text.as_bytes().into() });
        let bytes = ZipBytes::new(Arc::new(spool), 2, 10).patched(patches.to_vec());
        for size in 1..=12 {
            let (mut rdr, mut all) = (bytes.clone(), Vec::new());
            let mut buffer = vec![0; size];
            while let count @ 1.. = rdr.read(&mut buffer).unwrap() {
                all.extend_from_slice(&buffer[..count]);
            }
            assert_eq!(all, b"0abcde67fg", "{size}");
        }
    }
}
