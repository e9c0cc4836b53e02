//! Blocks of an xz stream. The index at its end tells where they are.

use super::{DataUnit, FindUnits, NextUnit, ReadPlaces};
use crate::program::compression::formats::xz_index::{
    BlockSizes, HEAD_BYTES, add_end, are_ends_of_one, blocks_of, index_bytes,
};
use std::io;
use std::vec::IntoIter;

/// The most bytes of the text of a block: threads hold two of them each. xz itself makes blocks of 24 MiB by default.
const TEXT_MAX_BYTES: u64 = 32 << 20;
/// The memory that threads may take for decoding, in bytes.
const MEMORY_BYTES: u64 = 1 << 30;
/// The most bytes of an index.
const INDEX_MAX_BYTES: u64 = 16 << 20;

/// The blocks of a stream.
pub(super) struct XzBlocks {
    head: [u8; HEAD_BYTES],
    blocks: IntoIter<BlockSizes>,
    /// The byte offset of the next block.
    next: u64,
}

impl XzBlocks {
    /// Returns the blocks of the stream that the bytes from `start` to `end` are; `None` if it has no more than one block, or
    /// blocks that are too large to be held, or the bytes are something else.
    ///
    /// # Errors
    ///
    /// Fails where the data cannot be read.
    pub(super) fn find(
        data: &mut dyn ReadPlaces,
        start: u64,
        end: u64,
    ) -> io::Result<Option<Box<dyn FindUnits>>> {
        let (mut head, mut foot) = ([0; HEAD_BYTES], [0; HEAD_BYTES]);
        let Some(foot_start) = end.checked_sub(HEAD_BYTES as u64).filter(|&foot| foot > start) else {
            return Ok(None);
        };
        data.read_at(&mut head, start)?;
        data.read_at(&mut foot, foot_start)?;
        let index_bytes =
            index_bytes(&foot).filter(|&bytes| bytes < foot_start - start && bytes < INDEX_MAX_BYTES);
        let Some(index_bytes) = index_bytes else {
            return Ok(None);
        };
        let mut index = vec![0; index_bytes as usize];
        data.read_at(&mut index, foot_start - index_bytes)?;
        let blocks = blocks_of(&index).unwrap_or_default();
        let next = start + HEAD_BYTES as u64;
        let behind = blocks.iter().try_fold(next, |at, block| at.checked_add(padded(*block)?));
        let are_all = behind == Some(foot_start - index_bytes);
        let can_be_held =
            |block: &BlockSizes| block.text <= TEXT_MAX_BYTES && block.packed <= 2 * TEXT_MAX_BYTES;
        let is_worth_it = blocks.len() > 1 && blocks.iter().all(can_be_held);
        if are_all && is_worth_it && are_ends_of_one(&head, &foot) {
            Ok(Some(Box::new(Self { head, blocks: blocks.into_iter(), next })))
        } else {
            Ok(None)
        }
    }
}

impl FindUnits for XzBlocks {
    fn threads_max(&self) -> usize {
        let largest = self.blocks.as_slice().iter().map(|block| block.text).max().unwrap_or(0);
        // Each has a text, another that waits to be read, and a window.
        usize::try_from(MEMORY_BYTES / (3 * largest).max(1)).unwrap_or(usize::MAX)
    }

    fn next(&mut self, data: &mut dyn ReadPlaces) -> io::Result<NextUnit> {
        let Some(block) = self.blocks.next() else {
            return Ok(NextUnit::End);
        };
        let length = padded(block).unwrap_or(0) as usize;
        let mut unit = self.head.to_vec();
        unit.resize(HEAD_BYTES + length, 0);
        let count = data.read_at(&mut unit[HEAD_BYTES..], self.next)?;
        if count < length {
            return Ok(NextUnit::SomethingElse);
        }
        self.next += length as u64;
        add_end(&self.head, &[block], &mut unit);
        // No more than `TEXT_MAX_BYTES`.
        Ok(NextUnit::Unit(DataUnit { member: unit, text_bytes: block.text as usize }))
    }
}

/// Returns the number of bytes that a block takes; `None` if it is too large a number.
fn padded(block: BlockSizes) -> Option<u64> {
    block.packed.checked_next_multiple_of(4)
}
