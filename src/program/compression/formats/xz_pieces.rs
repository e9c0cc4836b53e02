//! Pieces of an xz stream: each is packed as a stream of its own with one block, and the blocks are joined with an index
//! of all. `xz-file-format.txt` of XZ Utils says how an index and the end of a stream are written.

use super::codec::{JoinPieces, PackPieces, Piece};
use flate2::Crc;
use liblzma::write::XzEncoder;
use std::io::{self, Write};

/// The length of the beginning of a stream, and of its end.
const HEAD_BYTES: usize = 12;
/// How far back the matches of each level reach, in units of 256 KiB.
const WINDOWS: [usize; 10] = [1, 4, 8, 16, 16, 32, 32, 64, 128, 256];
/// The smallest and the largest size of a piece in bytes. Between them it is three times as far as matches reach, as xz
/// itself has it.
const PIECE_MIN_BYTES: usize = 1 << 20;
const PIECE_MAX_BYTES: usize = 24 << 20;

/// The pieces of streams that are packed at a level.
pub(super) struct XzPieces {
    pub(super) level: u32,
}

#[derive(Default)]
struct XzJoiner {
    /// The beginning of the stream.
    head: Vec<u8>,
    /// The records of the blocks, as they stand in an index.
    records: Vec<u8>,
    blocks: u64,
}

impl PackPieces for XzPieces {
    fn piece_bytes(&self) -> usize {
        (3 * (WINDOWS[self.level as usize] << 18)).clamp(PIECE_MIN_BYTES, PIECE_MAX_BYTES)
    }

    fn pack(&self, piece: &Piece) -> io::Result<Vec<u8>> {
        let mut encoder = XzEncoder::new(Vec::new(), self.level);
        encoder.write_all(piece.text())?;
        encoder.finish()
    }

    fn joiner(&self) -> Box<dyn JoinPieces> {
        Box::<XzJoiner>::default()
    }
}

impl JoinPieces for XzJoiner {
    fn add(&mut self, text: &[u8], packed: &[u8], member: &mut Vec<u8>) {
        if self.blocks == 0 {
            self.head = packed[..HEAD_BYTES].to_vec();
            member.extend_from_slice(&self.head);
        }
        if text.is_empty() {
            return;
        }
        let (rest, end) = packed.split_at(packed.len() - HEAD_BYTES);
        let (block, index) = rest.split_at(rest.len() - index_bytes(end));
        // In front stand a zero and the number of blocks, 1; behind the record stand zeros and a checksum.
        let record = &index[2..];
        let number_end =
            |from: usize| from + record[from..].iter().take_while(|&&byte| byte >= 0x80).count() + 1;
        self.records.extend_from_slice(&record[..number_end(number_end(0))]);
        self.blocks += 1;
        member.extend_from_slice(&block[HEAD_BYTES..]);
    }

    fn finish(self: Box<Self>, member: &mut Vec<u8>) {
        let start = member.len();
        member.push(0);
        add_number(self.blocks, member);
        member.extend_from_slice(&self.records);
        while !(member.len() - start).is_multiple_of(4) {
            member.push(0);
        }
        add_checksum(start, member);
        let index_bytes = member.len() - start;
        let mut end = Vec::new();
        let units = u32::try_from(index_bytes / 4 - 1).expect("an index takes less than 16 GiB");
        end.extend_from_slice(&units.to_le_bytes());
        // The flags of the stream stand behind its signature, too.
        end.extend_from_slice(&self.head[6..8]);
        member.extend_from_slice(&checksum(&end));
        member.extend_from_slice(&end);
        member.extend_from_slice(b"YZ");
    }
}

/// Returns the length of the index before the end of a stream.
fn index_bytes(end: &[u8]) -> usize {
    let units = end[4..].first_chunk().map_or(0, |bytes| u32::from_le_bytes(*bytes));
    4 * (units as usize + 1)
}

/// Adds a number in units of 7 bits, the lowest first; the highest bit of a byte says that more follow.
fn add_number(mut number: u64, member: &mut Vec<u8>) {
    while number >= 0x80 {
        member.push(number as u8 | 0x80);
        number >>= 7;
    }
    member.push(number as u8);
}

/// Adds the checksum of the bytes from `start` on.
fn add_checksum(start: usize, member: &mut Vec<u8>) {
    let checksum = checksum(&member[start..]);
    member.extend_from_slice(&checksum);
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum().to_le_bytes()
}
