//! Pieces of a bzip2 stream, as lbzip2 writes them: each is one block, and blocks are joined bit by bit.

use super::codec::{JoinPieces, PackPieces, Piece};
use bzip2::Compression;
use bzip2::write::BzEncoder;
use std::io::{self, Write};

/// The size of a piece in bytes, for each unit of the level. A block has room for 100,000 bytes for each, less 19. Its
/// first step makes 5 bytes of 4 equal ones, so that 4/5 as many bytes always fit.
const PIECE_BYTES_OF_LEVEL: usize = 79_984;
/// The length of `BZh` and the level.
const HEAD_BYTES: usize = 4;
/// The mark of a block; a checksum follows it.
const BLOCK: [u8; 6] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
/// The mark of the end of a stream; the checksum of all blocks follows it.
const END: [u8; 6] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
const CHECKSUM_BYTES: usize = 4;

/// The pieces of streams that are packed at a level.
pub(super) struct Bzip2Pieces {
    pub(super) level: u32,
}

struct Bzip2Joiner {
    is_begun: bool,
    /// The checksum of the blocks so far.
    checksum: u32,
    /// The bits that do not fill a byte yet: the highest `bits` of it.
    byte: u8,
    bits: u32,
}

impl PackPieces for Bzip2Pieces {
    fn piece_bytes(&self) -> usize {
        PIECE_BYTES_OF_LEVEL * self.level as usize
    }

    fn pack(&self, piece: &Piece) -> io::Result<Vec<u8>> {
        let mut encoder = BzEncoder::new(Vec::new(), Compression::new(self.level));
        encoder.write_all(piece.text())?;
        encoder.finish()
    }

    fn joiner(&self) -> Box<dyn JoinPieces> {
        Box::new(Bzip2Joiner { is_begun: false, checksum: 0, byte: 0, bits: 0 })
    }
}

impl Bzip2Joiner {
    /// Adds the first `bits` bits of bytes.
    fn add_bits(&mut self, bytes: &[u8], bits: usize, member: &mut Vec<u8>) {
        let (whole, rest) = (bits / 8, bits % 8);
        member.reserve(whole + 1);
        for &byte in &bytes[..whole] {
            member.push(self.byte | byte >> self.bits);
            self.byte = if self.bits == 0 { 0 } else { byte << (8 - self.bits) };
        }
        if rest > 0 {
            let byte = bytes[whole] & 0xFF << (8 - rest);
            let all = u16::from(self.byte) << 8 | u16::from(byte) << (8 - self.bits);
            let [first, second] = all.to_be_bytes();
            self.bits += rest as u32;
            self.byte = first;
            if self.bits >= 8 {
                member.push(first);
                self.bits -= 8;
                self.byte = second;
            }
        }
    }
}

impl JoinPieces for Bzip2Joiner {
    fn add(&mut self, _: &[u8], packed: &[u8], member: &mut Vec<u8>) {
        if !self.is_begun {
            self.is_begun = true;
            member.extend_from_slice(&packed[..HEAD_BYTES]);
        }
        let blocks = &packed[HEAD_BYTES..];
        if let Some(block) = blocks.strip_prefix(&BLOCK) {
            let checksum = block.first_chunk().map_or(0, |bytes| u32::from_be_bytes(*bytes));
            self.checksum = self.checksum.rotate_left(1) ^ checksum;
            self.add_bits(blocks, bits_before_end(blocks, checksum), member);
        }
    }

    fn finish(mut self: Box<Self>, member: &mut Vec<u8>) {
        let checksum = self.checksum.to_be_bytes();
        self.add_bits(&END, 8 * END.len(), member);
        self.add_bits(&checksum, 8 * checksum.len(), member);
        if self.bits > 0 {
            member.push(self.byte);
        }
    }
}

/// Returns the number of bits before the mark of the end, which stands with the checksum of one block in the last bits
/// before at most 7 zeros.
///
/// # Panics
///
/// Panics if there is no such mark.
fn bits_before_end(stream: &[u8], checksum: u32) -> usize {
    let mut end = [0; 16];
    end[6..12].copy_from_slice(&END);
    end[12..].copy_from_slice(&checksum.to_be_bytes());
    let end = u128::from_be_bytes(end);
    let last = stream.last_chunk().map_or(0, |bytes| u128::from_be_bytes(*bytes));
    let mask = (1 << (8 * (END.len() + CHECKSUM_BYTES))) - 1;
    let padding = (0..8).find(|padding| last >> padding & mask == end).expect("a stream of one block");
    8 * (stream.len() - END.len() - CHECKSUM_BYTES) - padding
}
