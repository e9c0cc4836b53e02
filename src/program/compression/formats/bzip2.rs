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
    decoder: |_| Ok(Box::new(Decompress::new(false))),
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
