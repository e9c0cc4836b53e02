//! xz, with the reference library.

use super::{CompressedFormat, Decode, Encode, Format, Step, StepOutcome, counted};
use liblzma::stream::{Action, Status, Stream};
use liblzma::write::XzEncoder;
use std::io;

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Xz,
    name: "xz",
    extension: "xz",
    signatures: &[b"\xfd7zXZ\0"],
    has_skippable_frames: false,
    decoder: || Ok(Box::new(Stream::new_stream_decoder(u64::MAX, 0)?)),
    encoder: || Ok(Box::new(XzEncoder::new(Vec::new(), LEVEL))),
};

/// The level: the default, 6, takes 94 MiB and twice the time to save a tenth of a log's size; level 2 takes 17 MiB.
const LEVEL: u32 = 2;

impl Decode for Stream {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        counted(
            self,
            |it| (it.total_in(), it.total_out()),
            |it| match it.process(input, output, Action::Run) {
                Ok(Status::StreamEnd) => StepOutcome::End,
                Ok(_) => StepOutcome::More,
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
