//! Pieces of an xz stream: each is packed as a stream of its own with one block, and the blocks are joined with an index
//! of all.

use super::codec::{JoinPieces, PackPieces, Piece, pack_alone};
use super::xz_index::{BlockSizes, HEAD_BYTES, add_end, blocks_of, index_bytes};
use liblzma::stream::{Check, Stream};
use liblzma::write::XzEncoder;
use std::io;

/// The distance that the matches of each level reach back, in units of 256 KiB.
const WINDOWS: [usize; 10] = [1, 4, 8, 16, 16, 32, 32, 64, 128, 256];
/// The smallest and the largest size of a piece in bytes. Between them it is three times as far as matches reach, as xz
/// itself has it.
const PIECE_MIN_BYTES: usize = 1 << 20;
const PIECE_MAX_BYTES: usize = 24 << 20;

/// The memory of an encoder of each level in MiB, as the manual of xz has it.
const ENCODER_MIB: [usize; 10] = [3, 9, 17, 32, 48, 94, 94, 186, 370, 674];
/// The memory that threads may take for packing, in bytes.
const MEMORY_BYTES: usize = 1 << 30;

/// The pieces of streams that are packed at a level.
pub(super) struct XzPieces {
    pub(super) level: u32,
}

#[derive(Default)]
struct XzJoiner {
    /// The beginning of the stream.
    head: Vec<u8>,
    blocks: Vec<BlockSizes>,
}

/// Returns an encoder of a stream at a level.
///
/// # Errors
///
/// Fails where there is no memory for it.
pub(super) fn encoder(level: u32) -> io::Result<XzEncoder<Vec<u8>>> {
    Ok(XzEncoder::new_stream(Vec::new(), Stream::new_easy_encoder(level, Check::Crc64)?))
}

impl PackPieces for XzPieces {
    fn piece_bytes(&self) -> usize {
        (3 * (WINDOWS[self.level as usize] << 18)).clamp(PIECE_MIN_BYTES, PIECE_MAX_BYTES)
    }

    fn threads_max(&self) -> usize {
        let each = (ENCODER_MIB[self.level as usize] << 20) + 2 * self.piece_bytes();
        MEMORY_BYTES / each
    }

    fn pack(&self, piece: &Piece) -> io::Result<Vec<u8>> {
        pack_alone(encoder(self.level)?, piece.text())
    }

    fn joiner(&self) -> Box<dyn JoinPieces> {
        Box::<XzJoiner>::default()
    }
}

impl JoinPieces for XzJoiner {
    fn add(&mut self, _: &[u8], packed: &[u8], member: &mut Vec<u8>) {
        if self.head.is_empty() {
            self.head = packed[..HEAD_BYTES].to_vec();
            member.extend_from_slice(&self.head);
        }
        let (rest, end) = packed.split_last_chunk().expect("a stream has an end");
        let index_bytes = index_bytes(end).expect("the end is right") as usize;
        let (block, index) = rest.split_at(rest.len() - index_bytes);
        self.blocks.extend(blocks_of(index).expect("the index is right"));
        member.extend_from_slice(&block[HEAD_BYTES..]);
    }

    fn finish(self: Box<Self>, member: &mut Vec<u8>) {
        add_end(&self.head, &self.blocks, member);
    }
}
