//! Pieces of a gzip member, as pigz writes them: the blocks of each end on a byte, and go on from the text before it.

use super::codec::{JoinPieces, PackPieces, Piece};
use flate2::{Compress, Compression, Crc, FlushCompress, Status};
use std::io;

/// The size of a piece in bytes. The ends of its blocks take some 10 bytes.
const PIECE_BYTES: usize = 128 * 1024;
/// The size of the window of deflate in bytes: as far back as matches reach.
const WINDOW_BYTES: usize = 32 * 1024;
/// The room that is added each time the packed bytes need more.
const ROOM_BYTES: usize = 16 * 1024;

/// The pieces of members that are packed at a level.
pub(super) struct GzipPieces {
    pub(super) level: u32,
}

struct GzipJoiner {
    level: u32,
    is_begun: bool,
    /// The checksum and the length of the text.
    crc: Crc,
}

impl PackPieces for GzipPieces {
    fn piece_bytes(&self) -> usize {
        PIECE_BYTES
    }

    fn context_bytes(&self) -> usize {
        WINDOW_BYTES
    }

    fn pack(&self, piece: &Piece) -> io::Result<Vec<u8>> {
        let mut deflate = Compress::new(Compression::new(self.level), false);
        if !piece.context().is_empty() {
            deflate.set_dictionary(piece.context())?;
        }
        let flush = if piece.is_last { FlushCompress::Finish } else { FlushCompress::Sync };
        let text = piece.text();
        let mut packed = Vec::new();
        loop {
            packed.reserve(ROOM_BYTES);
            let read = usize::try_from(deflate.total_in()).expect("no more than a piece has");
            let status = deflate.compress_vec(&text[read..], &mut packed, flush)?;
            // Room that is left says that everything has been written.
            if status == Status::StreamEnd || !piece.is_last && packed.len() < packed.capacity() {
                return Ok(packed);
            }
        }
    }

    fn joiner(&self) -> Box<dyn JoinPieces> {
        Box::new(GzipJoiner { level: self.level, is_begun: false, crc: Crc::new() })
    }
}

impl JoinPieces for GzipJoiner {
    fn add(&mut self, text: &[u8], packed: &[u8], member: &mut Vec<u8>) {
        if !self.is_begun {
            self.is_begun = true;
            // Deflate, no flags, no time, how much was tried, and no system.
            let extra = match self.level {
                9 => 2,
                1 => 4,
                _ => 0,
            };
            member.extend_from_slice(&[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, extra, 0xFF]);
        }
        self.crc.update(text);
        member.extend_from_slice(packed);
    }

    fn finish(self: Box<Self>, member: &mut Vec<u8>) {
        member.extend_from_slice(&self.crc.sum().to_le_bytes());
        member.extend_from_slice(&self.crc.amount().to_le_bytes());
    }
}
