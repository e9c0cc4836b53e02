//! Blocks of bzip2 streams. Marks stand before them, which may begin at any bit.

use super::bytes_ahead::BytesAhead;
use super::{DataUnit, FindUnits, NextUnit, ReadPlaces};
use crate::program::compression::formats::bzip2_bits::{
    BLOCK, BitWriter, END, HEAD_BYTES, MARK_BYTES, aligned, combined,
};
use std::io;

/// The most bytes of a block: what cannot be made smaller takes a little more than it has itself, 900,000 bytes.
const BLOCK_MAX_BYTES: usize = 2 << 20;

/// The blocks of the streams in a part of packed data, one stream behind the other.
pub(super) struct Bzip2Blocks {
    /// The bytes from the one on in which the next mark or stream begins.
    ahead: BytesAhead,
    /// The bit in them at which it begins.
    bit: usize,
    /// The beginning of the stream; `None` between streams.
    head: Option<[u8; HEAD_BYTES]>,
    /// The checksum of the stream's blocks so far.
    checksum: u32,
}

/// A mark in a stream.
#[derive(Clone, Copy, PartialEq, Eq)]
enum StreamMark {
    Block,
    End,
}

impl Bzip2Blocks {
    pub(super) fn new(start: u64, end: u64) -> Self {
        Self { ahead: BytesAhead::new(start, end), bit: 0, head: None, checksum: 0 }
    }

    /// Drops the bytes before the next bit.
    fn drop_done(&mut self) {
        self.ahead.bytes.drain(..self.bit / 8);
        self.bit %= 8;
    }

    /// Returns the number at a bit; `None` if the bytes end before.
    fn number_at(&self, bit: usize, bits: usize) -> Option<u64> {
        let bytes = self.ahead.bytes.get(bit / 8..)?.first_chunk::<16>();
        let first = match bytes {
            Some(bytes) => u128::from_be_bytes(*bytes),
            None => {
                let rest = &self.ahead.bytes[bit / 8..];
                let mut bytes = [0; 16];
                bytes[..rest.len()].copy_from_slice(rest);
                u128::from_be_bytes(bytes)
            }
        };
        let is_there = bit + bits <= 8 * self.ahead.bytes.len();
        is_there.then(|| (first << (bit % 8) >> (128 - bits)) as u64)
    }

    fn mark_at(&self, bit: usize) -> Option<StreamMark> {
        let number = self.number_at(bit, 48)?;
        [(BLOCK, StreamMark::Block), (END, StreamMark::End)]
            .into_iter()
            .find(|(mark, _)| number == number_of(*mark))
            .map(|(_, mark)| mark)
    }

    /// Returns the bit of the first mark at or behind a bit, in the bytes that have been read.
    fn find_mark(&self, from: usize) -> Option<usize> {
        let bytes = &self.ahead.bytes[..];
        for at in from / 8..bytes.len().saturating_sub(6) {
            // The third byte of a mark tells, wherever in a byte it begins, that most places have none.
            if !MAY_BE_THIRD[usize::from(bytes[at + 2])] {
                continue;
            }
            let found = (8 * at..8 * at + 8).find(|&bit| bit >= from && self.mark_at(bit).is_some());
            if found.is_some() {
                return found;
            }
        }
        None
    }

    /// Begins the stream that begins here. Returns `None` if one does.
    fn begin(&mut self, data: &mut dyn ReadPlaces) -> io::Result<Option<NextUnit>> {
        self.drop_done();
        while self.ahead.bytes.len() < HEAD_BYTES + MARK_BYTES && self.ahead.read_more(data)? {}
        let Some((head, _)) = self.ahead.bytes.split_first_chunk() else {
            let is_end = self.ahead.bytes.is_empty() && self.ahead.are_all_read();
            return Ok(Some(if is_end { NextUnit::End } else { NextUnit::SomethingElse }));
        };
        if !matches!(head, [b'B', b'Z', b'h', b'1'..=b'9']) {
            return Ok(Some(NextUnit::SomethingElse));
        }
        (self.head, self.bit, self.checksum) = (Some(*head), 8 * HEAD_BYTES, 0);
        Ok(None)
    }

    /// Returns the block that begins here, as a stream, and goes on to the next mark.
    fn block(&mut self, head: [u8; HEAD_BYTES], data: &mut dyn ReadPlaces) -> io::Result<NextUnit> {
        let mut from = self.bit + 48;
        let end = loop {
            if let Some(end) = self.find_mark(from) {
                break end;
            }
            // The bytes at the end may have the beginning of a mark.
            from = from.max(8 * self.ahead.bytes.len().saturating_sub(7));
            if self.ahead.bytes.len() > BLOCK_MAX_BYTES || !self.ahead.read_more(data)? {
                return Ok(NextUnit::SomethingElse);
            }
        };
        let mut unit = head.to_vec();
        let block = aligned(&self.ahead.bytes, self.bit..end);
        let Some(checksum) = block[BLOCK.len()..].first_chunk().map(|sum| u32::from_be_bytes(*sum)) else {
            return Ok(NextUnit::SomethingElse);
        };
        let mut writer = BitWriter::default();
        writer.add(&block, end - self.bit, &mut unit);
        writer.end(checksum, &mut unit);
        self.checksum = combined(self.checksum, checksum);
        self.bit = end;
        self.drop_done();
        let text_bytes = 100_000 * usize::from(head[HEAD_BYTES - 1] - b'0');
        Ok(NextUnit::Unit(DataUnit { member: unit, text_bytes, end: None }))
    }
}

impl FindUnits for Bzip2Blocks {
    fn next(&mut self, data: &mut dyn ReadPlaces) -> io::Result<NextUnit> {
        loop {
            let Some(head) = self.head else {
                if let Some(other) = self.begin(data)? {
                    return Ok(other);
                }
                continue;
            };
            while self.number_at(self.bit, 80).is_none() && self.ahead.read_more(data)? {}
            match self.mark_at(self.bit) {
                Some(StreamMark::Block) => return self.block(head, data),
                Some(StreamMark::End) if self.number_at(self.bit + 48, 32) == Some(self.checksum.into()) => {
                    // The rest of the last byte is filled with zeros.
                    let after = self.bit + 80;
                    self.bit = after.next_multiple_of(8);
                    let is_rest_right =
                        self.bit == after || self.number_at(after, self.bit - after) == Some(0);
                    if !is_rest_right {
                        return Ok(NextUnit::SomethingElse);
                    }
                    self.head = None;
                }
                _ => return Ok(NextUnit::SomethingElse),
            }
        }
    }
}

/// True for each byte that can stand third in a mark, which begins at any bit of the first byte.
static MAY_BE_THIRD: [bool; 256] = {
    let mut may_be = [false; 256];
    let mut shift = 0;
    while shift < 8 {
        may_be[((number_of(BLOCK) >> (24 + shift)) & 0xFF) as usize] = true;
        may_be[((number_of(END) >> (24 + shift)) & 0xFF) as usize] = true;
        shift += 1;
    }
    may_be
};

const fn number_of(mark: [u8; 6]) -> u64 {
    u64::from_be_bytes([0, 0, mark[0], mark[1], mark[2], mark[3], mark[4], mark[5]])
}
