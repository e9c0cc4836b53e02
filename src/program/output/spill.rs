//! Room on disk for output that is ahead of its turn and too large for memory.

use crate::program::system::temporary::temporary_file;
use std::fs::File;
use std::io::{self, Write};
use std::os::unix::fs::FileExt;

/// The number of bytes that are copied at a time.
const COPY_BYTES: usize = 256 * 1024;

/// A file without a name: it vanishes when the program ends, in any way.
#[derive(Debug)]
pub(super) struct Spill {
    file: File,
    length: u64,
}

impl Spill {
    /// Makes an empty file.
    ///
    /// # Errors
    ///
    /// Fails where no file can be made there.
    pub(super) fn create() -> io::Result<Self> {
        Ok(Self { file: temporary_file()?, length: 0 })
    }

    /// Adds bytes to the end. Where they cannot be written whole, the content stays as it was.
    pub(super) fn append(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all_at(bytes, self.length)?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Writes the content and empties the file. Its room on disk is kept: writing there a second time is faster than
    /// getting new room.
    pub(super) fn drain(&mut self, wtr: &mut impl Write) -> io::Result<()> {
        let mut buffer = vec![0; COPY_BYTES];
        let mut position = 0;
        while position < self.length {
            let left = usize::try_from(self.length - position).unwrap_or(usize::MAX);
            let count = left.min(COPY_BYTES);
            self.file.read_exact_at(&mut buffer[..count], position)?;
            wtr.write_all(&buffer[..count])?;
            position += count as u64;
        }
        self.length = 0;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_comes_back_once() {
        let mut spill = Spill::create().unwrap();
        for round in 1..4_u8 {
            let text = vec![round; COPY_BYTES + usize::from(round)];
            spill.append(&text[..10]).unwrap();
            spill.append(&text[10..]).unwrap();
            let mut all = Vec::new();
            spill.drain(&mut all).unwrap();
            assert!(all == text);
        }
    }
}
