//! zstd, with the reference library.

use super::{CompressedFormat, Decode, Encode, Format, Step, StepOutcome};
use std::io;
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};
use zstd::stream::write::Encoder;

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Zstd,
    name: "zstd",
    extension: "zst",
    signatures: &[b"\x28\xb5\x2f\xfd"],
    has_skippable_frames: true,
    decoder: || Ok(Box::new(FrameSteps { decoder: Decoder::new()?, wanted: BEGINNING_BYTES })),
    encoder: || {
        let mut encoder = Encoder::new(Vec::new(), LEVEL)?;
        encoder.include_checksum(true)?;
        Ok(Box::new(encoder))
    },
};

/// The length of the shortest frame header with its signature; these bytes tell the length of the whole header.
const BEGINNING_BYTES: usize = 5;
/// The default level of zstd's own program.
const LEVEL: i32 = 3;

struct FrameSteps {
    decoder: Decoder<'static>,
    /// The number of bytes that the library asks for next: the rest of a header or a block.
    wanted: usize,
}

impl Decode for FrameSteps {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        // The input has no more bytes than the library asks for: a step that ends in damage does not report the bytes
        // that it has decoded before.
        let input = &input[..input.len().min(self.wanted)];
        let (mut input, mut output) = (InBuffer::around(input), OutBuffer::around(output));
        let state = match self.decoder.run(&mut input, &mut output) {
            Ok(0) => StepOutcome::End,
            Ok(next) => {
                self.wanted = next;
                StepOutcome::More
            }
            Err(error) => StepOutcome::Damaged(message(&error)),
        };
        Step { read: input.pos(), written: output.pos(), state }
    }
}

fn message(error: &io::Error) -> String {
    let message = error.to_string();
    if message.contains("too much memory") {
        return "it needs more than 128 MiB to decompress; unpack it with zstd -d --long=31".to_owned();
    }
    message.to_lowercase()
}

impl Encode for Encoder<'static, Vec<u8>> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        (*self).finish()
    }
}
