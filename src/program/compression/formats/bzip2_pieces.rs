//! Pieces of a bzip2 stream, as lbzip2 writes them: each is one block, and blocks are joined bit by bit.

use super::bzip2_bits::{BLOCK, BitWriter, END, HEAD_BYTES, MARK_BYTES, combined};
use super::codec::{JoinPieces, PackPieces, Piece, pack_alone};
use bzip2::Compression;
use bzip2::write::BzEncoder;
use std::io;

/// The size of a piece in bytes, for each unit of the level. A block has room for 100,000 bytes for each, less 19. Its
/// first step makes 5 bytes of 4 equal ones, so that 4/5 as many bytes always fit.
const PIECE_BYTES_OF_LEVEL: usize = 79_984;

/// The pieces of streams that are packed at a level.
pub(super) struct Bzip2Pieces {
    pub(super) level: u32,
}

struct Bzip2Joiner {
    is_begun: bool,
    /// The checksum of the blocks so far.
    checksum: u32,
    bits: BitWriter,
}

impl PackPieces for Bzip2Pieces {
    fn piece_bytes(&self) -> usize {
        PIECE_BYTES_OF_LEVEL * self.level as usize
    }

    fn pack(&self, piece: &Piece) -> io::Result<Vec<u8>> {
        pack_alone(BzEncoder::new(Vec::new(), Compression::new(self.level)), piece.text())
    }

    fn joiner(&self) -> Box<dyn JoinPieces> {
        Box::new(Bzip2Joiner { is_begun: false, checksum: 0, bits: BitWriter::default() })
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
            self.checksum = combined(self.checksum, checksum);
            self.bits.add(blocks, bits_before_end(blocks, checksum), member);
        }
    }

    fn finish(mut self: Box<Self>, member: &mut Vec<u8>) {
        self.bits.end(self.checksum, member);
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
    let mask = (1 << (8 * MARK_BYTES)) - 1;
    let padding = (0..8).find(|padding| last >> padding & mask == end).expect("a stream of one block");
    8 * (stream.len() - MARK_BYTES) - padding
}
