//! xz, with the reference library.

use super::xz_pieces::{XzPieces, encoder};
use super::{CompressedFormat, Decode, Encode, Format, Levels, Step, StepOutcome, WrittenIn, counted};
use crate::program::compression::signature::agrees_plainly;
use liblzma::stream::{Action, Error, Status, Stream};
use liblzma::write::XzEncoder;
use std::io;
use std::sync::Arc;

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Xz,
    name: "xz",
    unpack: "xz -d",
    extensions: &["xz"],
    begins: |bytes| agrees_plainly(bytes, b"\xfd7zXZ\0"),
    by_name: None,
    has_skippable_frames: false,
    decoder: |_| Ok(Box::new(Stream::new_stream_decoder(MEMORY_MAX_BYTES, 0)?)),
    writing: WrittenIn::As {
        // The program's default, 6, takes 94 MiB and twice the time to save a tenth of a log's size; level 2 takes 17 MiB.
        levels: Some(Levels { least: 0, default: 2, most: 9 }),
        encoder: |level| Ok(Box::new(encoder(level)?)),
        pieces: Some(|level| Arc::new(XzPieces { level })),
    },
};

/// The most memory of a decoder: a dictionary of 128 MiB, which is twice that of level 9, and 1 MiB for the rest.
pub(super) const MEMORY_MAX_BYTES: u64 = 129 << 20;

impl Decode for Stream {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        counted(
            self,
            |it| (it.total_in(), it.total_out()),
            |it| match it.process(input, output, Action::Run) {
                Ok(Status::StreamEnd) => StepOutcome::End,
                Ok(_) => StepOutcome::More,
                Err(Error::MemLimit) => StepOutcome::Refused(
                    "needs more than 128 MiB to decompress; unpack it with xz -d".to_owned(),
                ),
                Err(error) => StepOutcome::Damaged(error.to_string()),
            },
        )
    }
}

impl Encode for XzEncoder<Vec<u8>> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        (*self).finish()
    }
}
