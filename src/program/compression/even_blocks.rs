//! Blocks of one size for an encoder, whatever the sizes of the writes.

use std::io::{self, Write};

/// Size of a block in bytes, which is the size of zstd's own blocks.
const BLOCK_BYTES: usize = 128 * 1024;

/// A writer that passes on blocks of exactly 128 KiB. An encoder's output depends on the pieces that it is given, and
/// these depend on reads and threads: with even blocks, equal texts become equal bytes.
///
/// A flush passes on the block as it is. Bytes that are left when the writer is dropped are lost: call
/// [`EvenBlocks::into_inner`].
#[derive(Debug)]
pub struct EvenBlocks<W> {
    wtr: W,
    block: Vec<u8>,
    /// True if something has been written since the last flush.
    is_dirty: bool,
}

impl<W: Write> EvenBlocks<W> {
    pub(super) fn new(wtr: W) -> Self {
        Self { wtr, block: Vec::with_capacity(BLOCK_BYTES), is_dirty: false }
    }

    /// Passes on the last block, which may be shorter, and returns the writer.
    ///
    /// # Errors
    ///
    /// Fails where the block cannot be written.
    pub(super) fn into_inner(mut self) -> io::Result<W> {
        self.hand_on()?;
        Ok(self.wtr)
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let outcome = self.wtr.write_all(&self.block);
        self.block.clear();
        outcome
    }
}

impl<W: Write> Write for EvenBlocks<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_dirty |= !bytes.is_empty();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (front, back) = rest.split_at(rest.len().min(BLOCK_BYTES - self.block.len()));
            self.block.extend_from_slice(front);
            if self.block.len() == BLOCK_BYTES {
                self.hand_on()?;
            }
            rest = back;
        }
        Ok(bytes.len())
    }

    /// Flushes if something was written since the last flush: encoders mark each flush in their output, also a flush
    /// with nothing before it.
    fn flush(&mut self) -> io::Result<()> {
        if std::mem::take(&mut self.is_dirty) {
            self.hand_on()?;
            self.wtr.flush()?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A writer that records the length of each write, and 0 for each flush.
    #[derive(Default)]
    struct Lengths(Vec<usize>);

    impl Write for Lengths {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.push(bytes.len());
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            self.0.push(0);
            Ok(())
        }
    }

    fn lengths(pieces: &[usize]) -> Vec<usize> {
        let mut blocks = EvenBlocks::new(Lengths::default());
        for &piece in pieces {
            if piece == 0 {
                blocks.flush().unwrap();
            } else {
                blocks.write_all(&vec![1; piece]).unwrap();
            }
        }
        blocks.into_inner().unwrap().0
    }

    #[test]
    fn blocks_are_even_whatever_the_pieces() {
        const SIZE: usize = BLOCK_BYTES;
        let expected = [SIZE, SIZE, 1];
        for pieces in [&[2 * SIZE + 1][..], &[SIZE, SIZE, 1], &[1, 2 * SIZE], &[SIZE - 1, SIZE + 1, 1]] {
            assert_eq!(lengths(pieces), expected, "{pieces:?}");
        }
        assert_eq!(lengths(&[7; SIZE / 7 + 1]), [SIZE, 7 - SIZE % 7]);
        assert_eq!(lengths(&[SIZE]), [SIZE]);
        assert!(lengths(&[]).is_empty());
    }

    #[test]
    fn a_flush_hands_on_and_marks_nothing_twice() {
        assert_eq!(lengths(&[0, 0, 1, 0, 0, 2]), [1, 0, 2]);
        assert_eq!(lengths(&[BLOCK_BYTES, 0]), [BLOCK_BYTES, 0]);
    }
}
