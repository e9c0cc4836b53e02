//! The encoder of one layer: of a text in one go, or of its pieces side by side.

use super::even_blocks::EvenBlocks;
use super::formats::{Encode, JoinPieces, PackPieces, Packing, Piece};
use crate::program::system::side_work::SideWork;
use crate::program::system::thread_budget::ThreadBudget;
use std::io;
use std::sync::Arc;

/// An encoder of a layer, which gives the encoded bytes to `hand_on`. Equal texts become equal bytes, unless the flushes
/// are at different places.
pub(super) enum LayerEncoder {
    /// Encodes each block in memory.
    InOneGo { blocks: EvenBlocks, encoder: Box<dyn Encode> },
    /// Packs pieces on several threads. It cannot be flushed.
    InPieces(PiecesEncoder),
}

/// An encoder that cuts a text into pieces.
pub(super) struct PiecesEncoder {
    format: Arc<dyn PackPieces>,
    packing: SideWork<Piece, PackedPiece>,
    joiner: Box<dyn JoinPieces>,
    /// The piece that is being filled, behind `context` bytes of the text before it.
    bytes: Vec<u8>,
    context: usize,
    /// The encoded bytes that have not been handed on.
    member: Vec<u8>,
}

/// A packed piece, with its text.
struct PackedPiece {
    piece: Piece,
    packed: io::Result<Vec<u8>>,
}

impl LayerEncoder {
    /// Returns an encoder for one layer; `None` for plain data. If it `is_live`, it can be flushed.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for it.
    pub(super) fn new(packing: Packing, is_live: bool, budget: &ThreadBudget) -> io::Result<Option<Self>> {
        let in_one_go = |encoder| Self::InOneGo { blocks: EvenBlocks::new(), encoder };
        match packing.pieces() {
            Some(format) if !is_live => Ok(Some(Self::InPieces(PiecesEncoder::new(format, budget)))),
            _ => Ok(packing.encoder()?.map(in_one_go)),
        }
    }

    /// Encodes bytes.
    ///
    /// # Errors
    ///
    /// Fails where the library or `hand_on` does.
    pub(super) fn write(
        &mut self,
        bytes: &[u8],
        mut hand_on: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        match self {
            Self::InOneGo { blocks, encoder } => {
                blocks.add(bytes, |block| encode(&mut **encoder, block, &mut hand_on))
            }
            Self::InPieces(pieces) => pieces.write(bytes, hand_on),
        }
    }

    /// Encodes all bytes so far so that they can be decoded, and returns true, if any came since the last flush; encoders
    /// mark each flush in their output, also a flush with nothing before it.
    ///
    /// # Errors
    ///
    /// Fails where the library or `hand_on` does.
    pub(super) fn flush(&mut self, mut hand_on: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<bool> {
        let Self::InOneGo { blocks, encoder } = self else {
            return Ok(false);
        };
        if !blocks.take_dirty() {
            return Ok(false);
        }
        blocks.pass_on_rest(|block| encode(&mut **encoder, block, &mut hand_on))?;
        encoder.flush()?;
        take_output(&mut **encoder, hand_on)?;
        Ok(true)
    }

    /// Ends the member.
    ///
    /// # Errors
    ///
    /// Fails where the library or `hand_on` does.
    pub(super) fn finish(self, mut hand_on: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        match self {
            Self::InOneGo { mut blocks, mut encoder } => {
                blocks.pass_on_rest(|block| encode(&mut *encoder, block, &mut hand_on))?;
                hand_on(&encoder.finish()?)
            }
            Self::InPieces(pieces) => pieces.finish(hand_on),
        }
    }
}

impl PiecesEncoder {
    fn new(format: Arc<dyn PackPieces>, budget: &ThreadBudget) -> Self {
        let (joiner, packer) = (format.joiner(), Arc::clone(&format));
        let packing = SideWork::new("pack", budget, move |piece: Piece| {
            let packed = packer.pack(&piece);
            PackedPiece { piece, packed }
        })
        .on_up_to(format.threads_max());
        Self { format, packing, joiner, bytes: Vec::new(), context: 0, member: Vec::new() }
    }

    fn write(
        &mut self,
        mut bytes: &[u8],
        mut hand_on: impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        while !bytes.is_empty() {
            let full = self.context + self.format.piece_bytes();
            // A full piece waits for the next byte, because the last piece is packed as such.
            if self.bytes.len() == full {
                self.hand_over(false);
                self.take_packed(false, &mut hand_on)?;
                continue;
            }
            let (front, back) = bytes.split_at(bytes.len().min(full - self.bytes.len()));
            self.bytes.extend_from_slice(front);
            bytes = back;
        }
        Ok(())
    }

    fn finish(mut self, mut hand_on: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        self.hand_over(true);
        self.take_packed(true, &mut hand_on)?;
        self.joiner.finish(&mut self.member);
        hand_on(&self.member)
    }

    /// Hands the piece over to be packed, and begins another.
    fn hand_over(&mut self, is_last: bool) {
        let context = self.bytes.len().min(self.format.context_bytes());
        let mut next = Vec::new();
        if !is_last {
            next.reserve_exact(context + self.format.piece_bytes());
            next.extend_from_slice(&self.bytes[self.bytes.len() - context..]);
        }
        let bytes = std::mem::replace(&mut self.bytes, next);
        self.packing.push(Piece::new(bytes, self.context, is_last));
        self.context = context;
    }

    /// Hands on the pieces that are packed, or all of them.
    fn take_packed(
        &mut self,
        all: bool,
        hand_on: &mut impl FnMut(&[u8]) -> io::Result<()>,
    ) -> io::Result<()> {
        while let Some(PackedPiece { piece, packed }) =
            if all || self.packing.is_full() { self.packing.pop() } else { self.packing.pop_done() }
        {
            // Memory that does not suffice for several pieces at a time may suffice for one.
            let packed = packed.or_else(|_| self.format.pack(&piece))?;
            self.joiner.add(piece.text(), &packed, &mut self.member);
            hand_on(&self.member)?;
            self.member.clear();
        }
        Ok(())
    }
}

/// Encodes a block, and hands on the result.
fn encode(
    encoder: &mut dyn Encode,
    block: &[u8],
    hand_on: impl FnMut(&[u8]) -> io::Result<()>,
) -> io::Result<()> {
    encoder.write_all(block)?;
    take_output(encoder, hand_on)
}

/// Hands on the bytes that an encoder has encoded.
fn take_output(encoder: &mut dyn Encode, mut hand_on: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let encoded = encoder.output();
    let outcome = hand_on(encoded);
    encoded.clear();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::compression::formats::Format;
    use std::io::{Read, Write};

    /// Returns a text of this length: random numbers, and runs of equal bytes, which bzip2 makes longer at first.
    fn text_of(length: usize) -> Vec<u8> {
        let mut state = 1_u32;
        let mut text = Vec::with_capacity(length + 100);
        while text.len() < length {
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            match state >> 29 {
                0 => text.extend([b'a'; 4]),
                1 => text.extend([b'b'; 5]),
                _ => write!(text, "{} ", state >> 8).unwrap(),
            }
        }
        text.truncate(length);
        text
    }

    fn packed(packing: Packing, text: &[u8], write_bytes: usize, threads: usize) -> Vec<u8> {
        let budget = ThreadBudget::new(threads);
        let mut encoder = LayerEncoder::new(packing, false, &budget).unwrap().unwrap();
        let mut member = Vec::new();
        let mut hand_on = |bytes: &[u8]| {
            member.extend_from_slice(bytes);
            Ok(())
        };
        text.chunks(write_bytes).for_each(|bytes| encoder.write(bytes, &mut hand_on).unwrap());
        encoder.finish(&mut hand_on).unwrap();
        member
    }

    fn unpacked(format: Format, packed: &[u8]) -> Vec<u8> {
        let mut text = Vec::new();
        match format {
            Format::Gzip => flate2::read::GzDecoder::new(packed).read_to_end(&mut text).unwrap(),
            Format::Bzip2 => bzip2::read::BzDecoder::new(packed).read_to_end(&mut text).unwrap(),
            Format::Xz => liblzma::read::XzDecoder::new(packed).read_to_end(&mut text).unwrap(),
            _ => unreachable!("a format with pieces"),
        };
        text
    }

    #[test]
    fn pieces_are_joined_to_one_member_that_the_library_reads() {
        for format in [Format::Gzip, Format::Bzip2, Format::Xz] {
            for level in format.levels().unwrap() {
                let packing = Packing { format, level: Some(level) };
                let piece = packing.pieces().unwrap().piece_bytes();
                if piece > 4 << 20 {
                    // They differ from the others in the size of their pieces alone.
                    continue;
                }
                let lengths = [0, 1, piece - 1, piece, piece + 1, 2 * piece, 3 * piece + 1];
                for &length in if level == 1 { &lengths[..] } else { &lengths[4..5] } {
                    let text = text_of(length);
                    let expected = packed(packing, &text, piece, 1);
                    assert!(unpacked(format, &expected) == text, "{format:?} -{level} {length}");
                    for threads in [2, 5] {
                        let is_same = packed(packing, &text, 10_007, threads) == expected;
                        assert!(is_same, "{format:?} -{level} {length} {threads}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_block_of_bzip2_has_room_for_its_piece_whatever_the_text() {
        let packing = Packing { format: Format::Bzip2, level: Some(1) };
        let piece = packing.pieces().unwrap().piece_bytes();
        for run in [3, 4, 5, 255, 259, piece] {
            let text: Vec<u8> = (0..3 * piece).map(|at| (at / run) as u8).collect();
            assert!(unpacked(Format::Bzip2, &packed(packing, &text, piece, 1)) == text, "{run}");
        }
    }

    #[test]
    fn a_failure_of_the_writer_ends_the_encoder() {
        let packing = Packing::from(Format::Gzip);
        let mut encoder = LayerEncoder::new(packing, false, &ThreadBudget::new(3)).unwrap().unwrap();
        let outcome = encoder.write(&text_of(8 << 20), |_| Err(io::ErrorKind::StorageFull.into()));
        assert_eq!(outcome.unwrap_err().kind(), io::ErrorKind::StorageFull);
    }
}
