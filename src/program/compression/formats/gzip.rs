//! gzip, with zlib-rs.

use super::{CompressedFormat, Decode, Encode, Format, Step, StepOutcome, counted};
use flate2::write::GzEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use std::io;

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Gzip,
    name: "gzip",
    extension: "gz",
    signatures: &[b"\x1f\x8b\x08"],
    has_skippable_frames: false,
    decoder: || Ok(Box::new(Decompress::new_gzip(WINDOW_BITS))),
    encoder: || Ok(Box::new(GzEncoder::new(Vec::new(), Compression::new(LEVEL)))),
};

/// The largest window of a stream, as a power of two; any gzip program writes and reads it.
const WINDOW_BITS: u8 = 15;
/// The default level of gzip's own program.
const LEVEL: u32 = 6;

impl Decode for Decompress {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        counted(
            self,
            |it| (it.total_in(), it.total_out()),
            |it| match it.decompress(input, output, FlushDecompress::None) {
                Ok(Status::StreamEnd) => StepOutcome::End,
                Ok(_) => StepOutcome::More,
                Err(error) => StepOutcome::Damaged(error.message().unwrap_or("invalid data").to_owned()),
            },
        )
    }
}

impl Encode for GzEncoder<Vec<u8>> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        (*self).finish()
    }
}
