//! Blocks of xz streams, one stream behind the other. The index at the end of each tells where they are.

use super::{DataUnit, FindUnits, NextUnit, ReadPlaces, threads_for};
use crate::program::compression::formats::xz_index::{
    BlockSizes, HEAD_BYTES, add_end, are_ends_of_one, blocks_of, index_bytes,
};
use std::io;

/// The most bytes of the text of a block: threads hold two of them each. xz itself makes blocks of 24 MiB by default.
const BLOCK_TEXT_MAX_BYTES: u64 = 32 << 20;
/// The most bytes of all indexes.
const INDEX_MAX_BYTES: u64 = 16 << 20;
/// The most streams: each costs some reads before the first is decoded.
const STREAMS_MAX: usize = 10_000;
/// The most zeros behind a stream.
const ZEROS_MAX_BYTES: u64 = 64 * 1024;

/// The blocks of streams.
pub(super) struct XzBlocks {
    /// The streams that follow, the last one first.
    streams: Vec<XzStream>,
    /// The number of the next block in the next stream, and its byte offset, unless it is the first.
    block: usize,
    next: u64,
}

struct XzStream {
    /// The byte offset of the stream's beginning, and that behind it.
    start: u64,
    end: u64,
    head: [u8; HEAD_BYTES],
    blocks: Vec<BlockSizes>,
}

impl XzBlocks {
    /// Returns the blocks of the streams that the bytes from `start` to `end` are; `None` if they have no more than one block, or
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
        let (mut streams, mut before, mut index_left) = (Vec::new(), end, INDEX_MAX_BYTES);
        while before > start {
            let Some(end) = behind_text(data, start, before)? else {
                return Ok(None);
            };
            let stream = XzStream::before(data, start, end, &mut index_left)?;
            let Some(stream) = stream.filter(|_| streams.len() < STREAMS_MAX) else {
                return Ok(None);
            };
            before = stream.start;
            streams.push(stream);
        }
        let blocks = || streams.iter().flat_map(|stream| &stream.blocks);
        let can_be_held = |block: &BlockSizes| {
            block.text <= BLOCK_TEXT_MAX_BYTES && block.packed <= 2 * BLOCK_TEXT_MAX_BYTES
        };
        let is_worth_it = blocks().count() > 1 && blocks().all(can_be_held);
        Ok(is_worth_it.then(|| Box::new(Self { streams, block: 0, next: 0 }) as Box<dyn FindUnits>))
    }
}

impl XzStream {
    /// Returns the stream that ends at `end`, and does not begin before `start`; `None` if there is none, or its index has more than
    /// `index_left` bytes, of which those of the index are taken.
    fn before(
        data: &mut dyn ReadPlaces,
        start: u64,
        end: u64,
        index_left: &mut u64,
    ) -> io::Result<Option<Self>> {
        let (mut head, mut foot) = ([0; HEAD_BYTES], [0; HEAD_BYTES]);
        let Some(foot_start) = end.checked_sub(HEAD_BYTES as u64).filter(|&foot| foot > start) else {
            return Ok(None);
        };
        data.read_at(&mut foot, foot_start)?;
        let index_bytes =
            index_bytes(&foot).filter(|bytes| *bytes < foot_start - start && bytes <= index_left);
        let Some(index_bytes) = index_bytes else {
            return Ok(None);
        };
        *index_left -= index_bytes;
        let mut index = vec![0; index_bytes as usize];
        data.read_at(&mut index, foot_start - index_bytes)?;
        let Some(blocks) = blocks_of(&index) else {
            return Ok(None);
        };
        let length =
            blocks.iter().try_fold(HEAD_BYTES as u64, |length, block| length.checked_add(padded(*block)?));
        let stream_start = length.and_then(|length| (foot_start - index_bytes).checked_sub(length));
        let Some(stream_start) = stream_start.filter(|&at| at >= start) else {
            return Ok(None);
        };
        data.read_at(&mut head, stream_start)?;
        let stream = Self { start: stream_start, end, head, blocks };
        Ok(are_ends_of_one(&head, &foot).then_some(stream))
    }
}

/// Returns the end of what is before `end`, without zeros behind it; `None` if there is nothing, or too many zeros.
fn behind_text(data: &mut dyn ReadPlaces, start: u64, end: u64) -> io::Result<Option<u64>> {
    let (mut buffer, mut end) = ([0; 1024], end);
    let least = end.saturating_sub(ZEROS_MAX_BYTES).max(start);
    while end > least {
        let most = buffer.len().min(usize::try_from(end - least).unwrap_or(usize::MAX));
        let from = end - most as u64;
        let count = data.read_at(&mut buffer[..most], from)?;
        if let Some(last) = buffer[..count].iter().rposition(|&byte| byte != 0) {
            return Ok(Some(from + last as u64 + 1));
        }
        end = from;
    }
    Ok(None)
}

impl FindUnits for XzBlocks {
    fn threads_max(&self) -> usize {
        let blocks = self.streams.iter().flat_map(|stream| &stream.blocks);
        threads_for(blocks.map(|block| block.text).max().unwrap_or(0))
    }

    fn next(&mut self, data: &mut dyn ReadPlaces) -> io::Result<NextUnit> {
        let Some(stream) = self.streams.last() else {
            return Ok(NextUnit::End);
        };
        if self.block == 0 {
            self.next = stream.start + HEAD_BYTES as u64;
        }
        // A stream without blocks is a unit, too, so that its beginning is looked at.
        let blocks = stream.blocks.get(self.block..).unwrap_or_default();
        let unit_blocks = &blocks[..blocks.len().min(1)];
        let (length, text) = unit_blocks
            .first()
            .map_or((0, 0), |&block| (padded(block).unwrap_or(0) as usize, block.text as usize));
        let mut member = stream.head.to_vec();
        member.resize(HEAD_BYTES + length, 0);
        if data.read_at(&mut member[HEAD_BYTES..], self.next)? < length {
            return Ok(NextUnit::SomethingElse);
        }
        add_end(&stream.head, unit_blocks, &mut member);
        let mut end = None;
        self.next += length as u64;
        self.block += 1;
        if self.block >= stream.blocks.len() {
            end = Some(stream.end);
            self.block = 0;
            self.streams.pop();
        }
        Ok(NextUnit::Unit(DataUnit { member, text_bytes: text, end }))
    }
}

/// Returns the number of bytes that a block takes; `None` if it is too large a number.
fn padded(block: BlockSizes) -> Option<u64> {
    block.packed.checked_next_multiple_of(4)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A stream whose blocks have been left out: reads in them give zeros.
    struct WithoutBlocks {
        head: [u8; HEAD_BYTES],
        /// The byte offset of the index, and the index with the end behind it.
        index: (u64, Vec<u8>),
    }

    impl ReadPlaces for WithoutBlocks {
        fn read_at(&mut self, buffer: &mut [u8], place: u64) -> io::Result<usize> {
            for (byte, at) in buffer.iter_mut().zip(place..) {
                let behind = at.checked_sub(self.index.0).and_then(|at| self.index.1.get(at as usize));
                *byte = *behind.or_else(|| self.head.get(at as usize)).unwrap_or(&0);
            }
            Ok(buffer.len())
        }
    }

    /// Returns true if a stream with blocks of these sizes is read in units.
    fn has_units(blocks: &[BlockSizes]) -> bool {
        let head = *b"\xfd7zXZ\0\0\x04\xe6\xd6\xb4\x46";
        let start = blocks.iter().fold(HEAD_BYTES as u64, |at, block| at + padded(*block).unwrap());
        let mut index = Vec::new();
        add_end(&head, blocks, &mut index);
        let end = start + index.len() as u64;
        XzBlocks::find(&mut WithoutBlocks { head, index: (start, index) }, 0, end).unwrap().is_some()
    }

    #[test]
    fn blocks_that_are_too_large_to_be_held_are_no_units() {
        let small = BlockSizes { packed: 100, text: 1000 };
        let (packed, text) = (2 * BLOCK_TEXT_MAX_BYTES, BLOCK_TEXT_MAX_BYTES);
        assert!(has_units(&[small, small]) && !has_units(&[small]) && !has_units(&[]));
        assert!(has_units(&[small, BlockSizes { packed, text }]));
        assert!(!has_units(&[small, BlockSizes { packed: packed + 1, text }]));
        assert!(!has_units(&[BlockSizes { packed, text: text + 1 }, small]));
    }
}
