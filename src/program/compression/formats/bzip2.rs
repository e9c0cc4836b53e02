//! bzip2, with libbz2-rs.

use super::{CompressedFormat, Decode, Encode, Format, Step, StepOutcome, counted};
use bzip2::write::BzEncoder;
use bzip2::{Compression, Decompress, Status};
use std::io;

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Bzip2,
    name: "bzip2",
    extension: "bz2",
    // `BZh` and the level, then the mark of a block, or the mark of the end of an empty stream.
    signatures: &[b"BZh?\x31\x41\x59\x26\x53\x59", b"BZh?\x17\x72\x45\x38\x50\x90"],
    has_skippable_frames: false,
    decoder: || Ok(Box::new(Decompress::new(false))),
    encoder: || Ok(Box::new(BzEncoder::new(Vec::new(), Compression::new(LEVEL)))),
};

/// The default level, which is the size of a block in units of 100 kB.
const LEVEL: u32 = 9;

impl Decode for Decompress {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        counted(
            self,
            |it| (it.total_in(), it.total_out()),
            |it| match it.decompress(input, output) {
                Ok(Status::StreamEnd) => StepOutcome::End,
                Ok(_) => StepOutcome::More,
                Err(_) => StepOutcome::Damaged("invalid data, or a checksum that does not fit".to_owned()),
            },
        )
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
