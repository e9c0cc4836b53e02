//! gzip, with zlib-rs.

use super::gzip_pieces::GzipPieces;
use super::{CompressedFormat, Decode, Encode, Format, Levels, Step, StepOutcome, WrittenIn, counted};
use crate::program::compression::signature::agrees_plainly;
use flate2::write::GzEncoder;
use flate2::{Compression, Decompress, FlushDecompress, Status};
use std::io;
use std::sync::Arc;

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Gzip,
    name: "gzip",
    unpack: "gzip -d",
    extensions: &["gz"],
    begins: |bytes| agrees_plainly(bytes, b"\x1f\x8b\x08"),
    by_name: None,
    has_skippable_frames: false,
    decoder: |_| Ok(Box::new(Decompress::new_gzip(WINDOW_BITS))),
    writing: WrittenIn::As {
        // The levels of gzip's own program.
        levels: Some(Levels { least: 1, default: 6, most: 9 }),
        encoder: |level| Ok(Box::new(GzEncoder::new(Vec::new(), Compression::new(level)))),
        pieces: Some(|level| Arc::new(GzipPieces { level })),
    },
};

/// The largest window of a stream, as a power of two; any gzip program writes and reads it.
const WINDOW_BITS: u8 = 15;

impl Decode for Decompress {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        counted(
            self,
            |it| (it.total_in(), it.total_out()),
            |it| match it.decompress(input, output, FlushDecompress::None) {
                Ok(Status::StreamEnd) => StepOutcome::End,
                Ok(_) => StepOutcome::More,
                // Only a zlib stream can need one.
                Err(error) if error.needs_dictionary().is_some() => StepOutcome::Refused(
                    "needs a dictionary, which is not read here; unpack it with the program that packed it"
                        .to_owned(),
                ),
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
