//! Holes of new files: blocks of zeros that are not written, and take no room on the disk. They read as zeros.

use rustix::fs::ftruncate;
use rustix::io::{Errno, pwrite};
use std::io::{self, ErrorKind};
use std::os::fd::BorrowedFd;

/// The bytes of a block. File systems have holes of whole blocks, most of this size.
const BLOCK_BYTES: usize = 4096;

/// The state of a new file in which blocks of zeros become holes.
#[derive(Debug, Default)]
pub(super) struct Holes {
    /// The byte offset up to which the file has been written, or left as a hole.
    end: u64,
    /// The number of zeros behind `end` that have been given and not written.
    zeros: u64,
}

impl Holes {
    /// Writes all bytes, but for zeros that may be part of a hole.
    ///
    /// # Errors
    ///
    /// Fails where the system does; the file is then of no use.
    pub(super) fn write(&mut self, file: BorrowedFd<'_>, bytes: &[u8]) -> io::Result<()> {
        let mut rest = bytes;
        while !rest.is_empty() {
            let (data, zeros) = data_and_zeros(rest, self.end + self.zeros);
            if data > 0 {
                self.settle_zeros(file)?;
                self.write_data(file, &rest[..data])?;
            }
            self.zeros += zeros as u64;
            rest = &rest[data + zeros..];
        }
        Ok(())
    }

    /// Ends the file, which may end with a hole.
    ///
    /// # Errors
    ///
    /// Fails where the system does.
    pub(super) fn finish(self, file: BorrowedFd<'_>) -> io::Result<()> {
        if self.zeros > 0 { Ok(ftruncate(file, self.end + self.zeros)?) } else { Ok(()) }
    }

    /// Makes a hole of the zeros that have not been written; writes them if they are too few for one.
    fn settle_zeros(&mut self, file: BorrowedFd<'_>) -> io::Result<()> {
        let zeros = std::mem::take(&mut self.zeros);
        match usize::try_from(zeros) {
            Ok(few) if few < BLOCK_BYTES => self.write_data(file, &[0; BLOCK_BYTES][..few]),
            _ => {
                self.end += zeros;
                Ok(())
            }
        }
    }

    fn write_data(&mut self, file: BorrowedFd<'_>, mut data: &[u8]) -> io::Result<()> {
        while !data.is_empty() {
            match pwrite(file, data, self.end) {
                Ok(0) => return Err(ErrorKind::WriteZero.into()),
                Ok(count) => {
                    self.end += count as u64;
                    data = &data[count..];
                }
                Err(Errno::INTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(())
    }
}

/// Returns the number of bytes before the first block of zeros, and the number of bytes of that block and those of zeros
/// right behind it. The first byte stands at the byte offset `at` of the file. A block that is cut by the beginning or the
/// end of the bytes counts as far as it is there.
fn data_and_zeros(bytes: &[u8], at: u64) -> (usize, usize) {
    let first = BLOCK_BYTES - (at % BLOCK_BYTES as u64) as usize;
    let (head, tail) = bytes.split_at(first.min(bytes.len()));
    let blocks = || [head].into_iter().chain(tail.chunks(BLOCK_BYTES));
    let is_zeros = |block: &&[u8]| block.iter().all(|&byte| byte == 0);
    let data = blocks().take_while(|block| !is_zeros(block)).map(<[u8]>::len).sum();
    let zeros = blocks().skip_while(|block| !is_zeros(block)).take_while(is_zeros).map(<[u8]>::len).sum();
    (data, zeros)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read;
    use std::os::fd::AsFd;

    #[test]
    fn what_is_read_back_is_what_was_written_in_pieces_of_any_size() {
        let mut text = b"start".to_vec();
        for (zeros, data) in
            [(1, 1), (4095, 10), (4096, 4096), (4097, 3), (20_000, 1), (8192, 8192), (3, 5000)]
        {
            text.resize(text.len() + zeros, 0);
            text.resize(text.len() + data, b'x');
        }
        for zeros_behind in [0, 1, 4096, 50_000] {
            text.resize(text.len() + zeros_behind, 0);
            for piece in [1, 7, 4095, 4096, 5000, usize::MAX] {
                let mut file = tempfile::tempfile().unwrap();
                let mut holes = Holes::default();
                for piece in text.chunks(piece.min(text.len())) {
                    holes.write(file.as_fd(), piece).unwrap();
                }
                holes.finish(file.as_fd()).unwrap();
                let mut read = Vec::new();
                file.read_to_end(&mut read).unwrap();
                assert!(read == text, "{zeros_behind} zeros behind, pieces of {piece}");
            }
        }
    }

    #[test]
    fn blocks_are_those_of_the_file() {
        let block = vec![0; BLOCK_BYTES];
        assert_eq!(data_and_zeros(b"", 5), (0, 0));
        assert_eq!(data_and_zeros(&block, 0), (0, BLOCK_BYTES));
        assert_eq!(data_and_zeros(&[&block[1..], b"x"].concat(), 0), (BLOCK_BYTES, 0));
        assert_eq!(data_and_zeros(&[&block[1..], b"x"].concat(), 1), (0, BLOCK_BYTES - 1));
        assert_eq!(data_and_zeros(&[b"x", &block[..]].concat(), 4095), (1, BLOCK_BYTES));
    }
}
