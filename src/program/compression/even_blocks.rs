//! Blocks of one size for an encoder, whatever the sizes of the writes.

use std::io;

/// Size of a block in bytes, which is the size of zstd's own blocks.
const BLOCK_BYTES: usize = 128 * 1024;

/// Collects bytes, and passes on blocks of exactly 128 KiB. An encoder's output depends on the pieces that it is given,
/// and these depend on reads and threads: with even blocks, equal texts become equal bytes.
#[derive(Debug)]
pub(super) struct EvenBlocks {
    block: Vec<u8>,
    /// True if bytes have been added since the last flush.
    is_dirty: bool,
}

impl EvenBlocks {
    pub(super) fn new() -> Self {
        Self { block: Vec::with_capacity(BLOCK_BYTES), is_dirty: false }
    }

    /// Adds bytes, and passes on each block that is full.
    ///
    /// # Errors
    ///
    /// Fails where `pass_on` does.
    pub(super) fn add(
        &mut self,
        bytes: &[u8],
        mut pass_on: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        self.is_dirty |= !bytes.is_empty();
        let mut rest = bytes;
        while !rest.is_empty() {
            let (front, back) = rest.split_at(rest.len().min(BLOCK_BYTES - self.block.len()));
            self.block.extend_from_slice(front);
            if self.block.len() == BLOCK_BYTES {
                self.pass_on_rest(&mut pass_on)?;
            }
            rest = back;
        }
        Ok(())
    }

    /// Passes on the block as it is, unless it is empty. At the end and before a flush, it may be shorter than others.
    ///
    /// # Errors
    ///
    /// Fails where `pass_on` does.
    pub(super) fn pass_on_rest(&mut self, pass_on: impl FnOnce(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let outcome = if self.block.is_empty() { Ok(()) } else { pass_on(&self.block) };
        self.block.clear();
        outcome
    }

    /// Returns true if bytes have been added since the last call.
    pub(super) fn take_dirty(&mut self) -> bool {
        std::mem::take(&mut self.is_dirty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the lengths of the blocks that pieces of these lengths become.
    fn lengths(pieces: &[usize]) -> Vec<usize> {
        let mut lengths = Vec::new();
        let mut pass_on = |block: &[u8]| {
            lengths.push(block.len());
            Ok(())
        };
        let mut blocks = EvenBlocks::new();
        for &piece in pieces {
            blocks.add(&vec![1; piece], &mut pass_on).unwrap();
        }
        blocks.pass_on_rest(&mut pass_on).unwrap();
        lengths
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
    fn blocks_are_dirty_from_the_first_byte_after_a_flush() {
        let mut blocks = EvenBlocks::new();
        for (bytes, is_dirty) in [(0, false), (1, true), (0, false), (BLOCK_BYTES, true), (0, false)] {
            blocks.add(&vec![1; bytes], |_| Ok(())).unwrap();
            assert_eq!(blocks.take_dirty(), is_dirty, "{bytes}");
        }
    }
}
