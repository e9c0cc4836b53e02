//! Frames of lz4. The library reads from a reader, and cannot go on after the reader has run out of bytes. So it is
//! given a frame in whole units: the header, then block after block.

use super::{CompressedFormat, Decode, Encode, Format, Step, StepOutcome, WrittenIn};
use crate::program::compression::signature::agrees_plainly;
use lz4_flex::frame::{Error, FrameDecoder, FrameEncoder, FrameInfo};
use std::io::{self, BufRead, Read};

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Lz4,
    name: "lz4",
    unpack: "lz4 -d",
    extensions: &["lz4"],
    begins: |bytes| agrees_plainly(bytes, b"\x04\x22\x4d\x18"),
    by_name: None,
    has_skippable_frames: true,
    decoder: |_| Ok(Box::new(FrameUnits::new())),
    writing: WrittenIn::As {
        // The library has one way to compress.
        levels: None,
        encoder: |_| {
            let info = FrameInfo::new().content_checksum(true);
            Ok(Box::new(FrameEncoder::with_frame_info(info, Vec::new())))
        },
        pieces: None,
    },
};

/// The length of the shortest header: the signature, two bytes of flags, and a checksum.
const SHORTEST_HEADER_BYTES: usize = 7;
/// Flags in the byte behind the signature.
const HAS_BLOCK_CHECKSUMS: u8 = 0x10;
const HAS_CONTENT_LENGTH: u8 = 0x08;
const HAS_CONTENT_CHECKSUM: u8 = 0x04;
const HAS_DICTIONARY: u8 = 0x01;
/// The number of bytes of the length before each block; a length of 0 stands behind the last block.
const LENGTH_BYTES: usize = 4;
/// The bit of that length which marks a block as not compressed.
const NOT_COMPRESSED: u32 = 1 << 31;
const CHECKSUM_BYTES: usize = 4;

/// A decoder of a frame, unit by unit.
struct FrameUnits {
    decoder: FrameDecoder<FrameUnit>,
    /// The kind of the unit that is being collected.
    kind: UnitKind,
    /// The number of bytes that the unit has, as far as is known.
    wanted: usize,
    /// The number of bytes that the library has decoded and that have not been written yet.
    decoded: usize,
    /// The first of the two bytes of flags in the header; `size_class` is from the second.
    flags: u8,
    size_class: u8,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum UnitKind {
    Header,
    /// A block, with the length before it and the checksum behind it.
    Block,
    /// The length 0, with the checksum of the content behind it.
    End,
}

/// The bytes of a unit; the library has read those before `read`.
#[derive(Default)]
struct FrameUnit {
    bytes: Vec<u8>,
    read: usize,
}

impl Read for FrameUnit {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = (&self.bytes[self.read..]).read(buffer)?;
        self.read += count;
        Ok(count)
    }
}

impl FrameUnits {
    fn new() -> Self {
        Self {
            decoder: FrameDecoder::new(FrameUnit::default()),
            kind: UnitKind::Header,
            wanted: SHORTEST_HEADER_BYTES,
            decoded: 0,
            flags: 0,
            size_class: 0,
        }
    }

    fn has(&self, flag: u8) -> bool {
        self.flags & flag != 0
    }

    /// Takes bytes of the input until the unit is whole. Returns the number of bytes taken, and true if the unit is
    /// whole.
    fn gather(&mut self, input: &[u8]) -> (usize, bool) {
        let mut taken = 0;
        loop {
            let unit = &mut self.decoder.get_mut().bytes;
            let missing = self.wanted - unit.len();
            unit.reserve_exact(missing);
            let count = missing.min(input.len() - taken);
            unit.extend_from_slice(&input[taken..taken + count]);
            taken += count;
            if unit.len() < self.wanted {
                return (taken, false);
            }
            let whole = self.unit_bytes();
            if whole == self.wanted {
                return (taken, true);
            }
            self.wanted = whole;
        }
    }

    /// Returns the number of bytes that the unit has according to its first bytes. A block that is larger than the
    /// header allows ends behind its length, where the library refuses it.
    fn unit_bytes(&mut self) -> usize {
        let unit = &self.decoder.get_ref().bytes;
        if self.kind == UnitKind::Header {
            (self.flags, self.size_class) = (unit[4], unit[5] >> 4 & 7);
            let length = if self.has(HAS_CONTENT_LENGTH) { 8 } else { 0 };
            let dictionary = if self.has(HAS_DICTIONARY) { 4 } else { 0 };
            return SHORTEST_HEADER_BYTES + length + dictionary;
        }
        let length = u32::from_le_bytes(unit[..LENGTH_BYTES].try_into().expect("a length has four bytes"));
        let checksum = if length == 0 {
            self.kind = UnitKind::End;
            HAS_CONTENT_CHECKSUM
        } else {
            HAS_BLOCK_CHECKSUMS
        };
        let length = (length & !NOT_COMPRESSED) as usize;
        // Classes are from 4 (64 KiB) to 7 (4 MiB).
        if length > 1 << (8 + 2 * self.size_class) {
            return LENGTH_BYTES;
        }
        LENGTH_BYTES + length + if self.has(checksum) { CHECKSUM_BYTES } else { 0 }
    }

    /// Lets the library decode the unit, which must be whole, and begins the next one, a block.
    fn decode_unit(&mut self) -> StepOutcome {
        // After a header there is no block yet, and the library decodes nothing.
        let outcome = self.decoder.fill_buf().map(<[u8]>::len);
        let unit = self.decoder.get_mut();
        unit.bytes.clear();
        unit.read = 0;
        match outcome {
            Err(error) if needs_dictionary(&error) => {
                let needs = "needs a dictionary, which is not read here; unpack it with lz4 -d -D FILE";
                return StepOutcome::Refused(needs.to_owned());
            }
            Err(error) => return StepOutcome::Damaged(message(&error).to_owned()),
            Ok(_) if self.kind == UnitKind::End => return StepOutcome::End,
            Ok(decoded) => self.decoded = decoded,
        }
        (self.kind, self.wanted) = (UnitKind::Block, LENGTH_BYTES);
        StepOutcome::More
    }
}

impl Decode for FrameUnits {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let mut read = 0;
        while self.decoded == 0 {
            let (taken, is_whole) = self.gather(&input[read..]);
            read += taken;
            let state = if is_whole { self.decode_unit() } else { return Step::more(read, 0) };
            if !matches!(state, StepOutcome::More) {
                return Step { read, written: 0, state };
            }
        }
        let written = self.decoder.read(output).expect("decoded bytes are given without reading");
        self.decoded -= written;
        Step::more(read, written)
    }
}

fn needs_dictionary(error: &io::Error) -> bool {
    matches!(error.get_ref().and_then(|inner| inner.downcast_ref()), Some(Error::DictionaryNotSupported))
}

/// Returns the library's finding in words; the library itself reports it with the names of its own types.
fn message(error: &io::Error) -> &'static str {
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(Error::HeaderChecksumError | Error::BlockChecksumError | Error::ContentChecksumError) => {
            "a checksum does not fit"
        }
        Some(Error::ContentLengthError { .. }) => "the length is not what its header says",
        _ => "invalid data",
    }
}

impl Encode for FrameEncoder<Vec<u8>> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        Ok((*self).finish()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lz4_flex::frame::{BlockMode, BlockSize};
    use std::io::Write;

    /// Returns a text with lines that repeat and lines that do not, of many blocks of 64 KiB.
    fn text() -> Vec<u8> {
        (0..60_000_u32).flat_map(|line| format!("ret=-{line} {:x}\n", line * 7919).into_bytes()).collect()
    }

    fn pack(info: FrameInfo, text: &[u8]) -> Vec<u8> {
        let mut encoder = FrameEncoder::with_frame_info(info, Vec::new());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// Decodes a frame from pieces of one size, into buffers of one size. Returns the text, the number of bytes that
    /// were taken, and the reason if the data is damaged or ends early.
    fn decode(packed: &[u8], piece_bytes: usize, buffer_bytes: usize) -> (Vec<u8>, usize, Option<String>) {
        let mut units = FrameUnits::new();
        let (mut text, mut taken, mut buffer) = (Vec::new(), 0, vec![0; buffer_bytes]);
        loop {
            let piece = &packed[taken..(taken + piece_bytes).min(packed.len())];
            let step = units.step(piece, &mut buffer);
            taken += step.read;
            text.extend_from_slice(&buffer[..step.written]);
            match step.state {
                StepOutcome::End => return (text, taken, None),
                StepOutcome::Damaged(why) | StepOutcome::Refused(why) => return (text, taken, Some(why)),
                StepOutcome::More if step.written == 0 && piece.is_empty() => {
                    return (text, taken, Some("ends early".to_owned()));
                }
                StepOutcome::More => {}
            }
        }
    }

    #[test]
    fn frames_of_any_form_are_decoded_from_pieces_of_any_size_and_no_byte_more_is_taken() {
        let text = text();
        for mode in [BlockMode::Independent, BlockMode::Linked] {
            for size in [BlockSize::Max64KB, BlockSize::Max256KB, BlockSize::Max1MB, BlockSize::Max4MB] {
                for flags in 0..8 {
                    let info = FrameInfo::new()
                        .block_mode(mode)
                        .block_size(size)
                        .block_checksums(flags & 1 != 0)
                        .content_checksum(flags & 2 != 0)
                        .content_size((flags & 4 != 0).then_some(text.len() as u64));
                    let mut packed = pack(info, &text);
                    let length = packed.len();
                    packed.extend_from_slice(b"\x04\x22\x4d\x18");
                    for (piece, buffer) in [(1, 4096), (65_536, 7), (usize::MAX / 2, 65_536)] {
                        let found = decode(&packed, piece, buffer);
                        assert!(found == (text.clone(), length, None), "{mode:?} {size:?} {flags} {piece}");
                    }
                }
            }
        }
        let empty = pack(FrameInfo::new(), b"");
        assert_eq!(decode(&empty, 1, 1), (Vec::new(), empty.len(), None));
    }

    #[test]
    fn a_frame_that_is_cut_anywhere_ends_early_there() {
        let packed = pack(FrameInfo::new().content_checksum(true), b"ret=-204\n");
        for length in 0..packed.len() {
            let (text, taken, why) = decode(&packed[..length], 3, 100);
            assert_eq!((taken, why.as_deref()), (length, Some("ends early")));
            assert!(b"ret=-204\n".starts_with(&text[..]));
        }
    }

    #[test]
    fn a_block_that_is_larger_than_the_header_allows_is_damage_behind_its_length() {
        let mut packed = pack(FrameInfo::new().block_size(BlockSize::Max64KB), b"ret=-204\n");
        packed[SHORTEST_HEADER_BYTES..][..LENGTH_BYTES].copy_from_slice(&65_537_u32.to_le_bytes());
        let place = SHORTEST_HEADER_BYTES + LENGTH_BYTES;
        assert_eq!(decode(&packed, 100, 100), (Vec::new(), place, Some("invalid data".to_owned())));
    }

    #[test]
    fn each_kind_of_damage_is_told() {
        let mut header = pack(FrameInfo::new(), b"x");
        header[6] ^= 1;
        let checksum = Some("a checksum does not fit".to_owned());
        assert_eq!(decode(&header, 100, 100), (Vec::new(), SHORTEST_HEADER_BYTES, checksum));
        let mut length = pack(FrameInfo::new().content_size(Some(0)), b"");
        length.splice(SHORTEST_HEADER_BYTES + 8..SHORTEST_HEADER_BYTES + 8, *b"\x01\0\0\x80x");
        assert_eq!(decode(&length, 100, 100).2.unwrap(), "the length is not what its header says");
    }
}
