//! bzip2, with libbz2-rs.

use super::bzip2_pieces::Bzip2Pieces;
use super::{CompressedFormat, Decode, Encode, Format, Levels, Step, StepOutcome, WrittenIn, counted};
use crate::program::compression::signature::agrees;
use bzip2::write::BzEncoder;
use bzip2::{Compression, Decompress, Status};
use std::io;
use std::sync::Arc;

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Bzip2,
    name: "bzip2",
    unpack: "bzip2 -d",
    extensions: &["bz2"],
    begins: |bytes| agrees(bytes, BLOCK).max(agrees(bytes, END)),
    by_name: None,
    has_skippable_frames: false,
    decoder: |_| Ok(Box::new(Bzip2Decoder::new())),
    writing: WrittenIn::As {
        // The level is the size of a block in units of 100 kB.
        levels: Some(Levels { least: 1, default: 9, most: 9 }),
        encoder: |level| Ok(Box::new(BzEncoder::new(Vec::new(), Compression::new(level)))),
        pieces: Some(|level| Arc::new(Bzip2Pieces { level })),
    },
};

/// `BZh` and the level, then the mark of a block, or the mark of the end of an empty stream.
const BLOCK: &[u8] = b"BZh?\x31\x41\x59\x26\x53\x59";
const END: &[u8] = b"BZh?\x17\x72\x45\x38\x50\x90";

/// The number of bytes of text that the library gives at a time. In front of damage it loses the text of its last step.
const STEP_BYTES: usize = 16 * 1024;

/// A decoder of a stream. The steps of the library do not depend on the buffers of the caller, so that the same text comes before
/// damage for any of them.
struct Bzip2Decoder {
    library: Decompress,
    /// The text of the last step of the library, of which the bytes before `start` have been written.
    text: Vec<u8>,
    start: usize,
    /// The outcome of the last step of the library, behind its text.
    outcome: StepOutcome,
}

impl Bzip2Decoder {
    fn new() -> Self {
        let library = Decompress::new(false);
        Self { library, text: Vec::with_capacity(STEP_BYTES), start: 0, outcome: StepOutcome::More }
    }

    /// Takes a step of the library, and returns the number of bytes that it read.
    fn step_of_library(&mut self, input: &[u8]) -> usize {
        self.text.resize(STEP_BYTES, 0);
        let text = &mut self.text;
        let Step { read, written, state } = counted(
            &mut self.library,
            |it| (it.total_in(), it.total_out()),
            |it| match it.decompress(input, text) {
                Ok(Status::StreamEnd) => StepOutcome::End,
                Ok(_) => StepOutcome::More,
                Err(_) => StepOutcome::Damaged("invalid data, or a checksum that does not fit".to_owned()),
            },
        );
        self.text.truncate(written);
        (self.start, self.outcome) = (0, state);
        read
    }
}

impl Decode for Bzip2Decoder {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let read = if self.start == self.text.len() { self.step_of_library(input) } else { 0 };
        let rest = &self.text[self.start..];
        let written = rest.len().min(output.len());
        output[..written].copy_from_slice(&rest[..written]);
        self.start += written;
        let state = if self.start < self.text.len() {
            StepOutcome::More
        } else {
            std::mem::replace(&mut self.outcome, StepOutcome::More)
        };
        Step { read, written, state }
    }
}

impl Encode for BzEncoder<Vec<u8>> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        (*self).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    /// Returns the text of a stream that is decoded into buffers of this size, and true if the stream is whole.
    fn decode(mut packed: &[u8], buffer_bytes: usize) -> (Vec<u8>, bool) {
        let (mut decoder, mut text, mut buffer) = (Bzip2Decoder::new(), Vec::new(), vec![0; buffer_bytes]);
        loop {
            let Step { read, written, state } = decoder.step(packed, &mut buffer);
            packed = &packed[read..];
            text.extend_from_slice(&buffer[..written]);
            match state {
                StepOutcome::More if written > 0 || !packed.is_empty() => {}
                state => return (text, matches!(state, StepOutcome::End)),
            }
        }
    }

    #[test]
    fn the_text_before_damage_does_not_depend_on_the_buffer() {
        let text: Vec<u8> =
            (0..20_000_u32).flat_map(|line| format!("{:x}\n", line * line).into_bytes()).collect();
        let mut encoder = BzEncoder::new(Vec::new(), Compression::new(1));
        encoder.write_all(&text).unwrap();
        let packed = encoder.finish().unwrap();
        let sizes = [1, 7000, STEP_BYTES - 1, STEP_BYTES, STEP_BYTES + 1, 1 << 20];
        for place in (0..packed.len()).step_by(packed.len() / 20) {
            let mut damaged = packed.clone();
            damaged[place] ^= 0x11;
            let expected = decode(&damaged, 64 * 1024);
            assert!(!expected.1, "{place}");
            for size in sizes {
                assert!(decode(&packed, size) == (text.clone(), true), "{size}");
                assert!(decode(&damaged, size) == expected, "{place} {size}");
            }
        }
    }
}
