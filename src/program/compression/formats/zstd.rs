//! zstd, with the reference library.

use super::{CompressedFormat, Decode, Encode, Format, Levels, Step, StepOutcome, WrittenIn};
use crate::program::compression::signature::agrees_plainly;
use std::io;
use std::sync::Arc;
use zstd::stream::raw::{Decoder, InBuffer, Operation, OutBuffer};
use zstd::stream::write::Encoder;
use zstd::zstd_safe::{get_dict_id_from_dict, get_dict_id_from_frame};

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Zstd,
    name: "zstd",
    unpack: "zstd -d",
    extensions: &["zst"],
    begins: |bytes| agrees_plainly(bytes, b"\x28\xb5\x2f\xfd"),
    by_name: None,
    has_skippable_frames: true,
    decoder: |dictionary| Ok(Box::new(FrameSteps::new(dictionary.cloned())?)),
    writing: WrittenIn::As {
        // The levels of zstd's own program, without the ones for which it asks --ultra.
        levels: Some(Levels { least: 1, default: 3, most: 19 }),
        encoder: |level| {
            let mut encoder = Encoder::new(Vec::new(), level.cast_signed())?;
            encoder.include_checksum(true)?;
            Ok(Box::new(encoder))
        },
        pieces: None,
    },
};

/// The length of the shortest frame header with its signature; these bytes tell the length of the whole header.
const BEGINNING_BYTES: usize = 5;
/// The length of the longest frame header with its signature.
const HEADER_MAX_BYTES: usize = 18;

/// A dictionary that frames may need (`zstd -D FILE`). Clones share its bytes.
#[derive(Clone, Debug)]
pub struct ZstdDictionary(Arc<[u8]>);

impl ZstdDictionary {
    pub(crate) fn new(bytes: &[u8]) -> Self {
        Self(bytes.into())
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }
}

struct FrameSteps {
    decoder: Decoder<'static>,
    dictionary: Option<ZstdDictionary>,
    /// The number of bytes that the library asks for next: the rest of a header or a block.
    wanted: usize,
    /// The first bytes of the frame, up to the longest header.
    header: Vec<u8>,
}

impl FrameSteps {
    fn new(dictionary: Option<ZstdDictionary>) -> io::Result<Self> {
        let decoder =
            Decoder::with_dictionary(dictionary.as_ref().map_or(&[], |ZstdDictionary(bytes)| bytes))?;
        Ok(Self { decoder, dictionary, wanted: BEGINNING_BYTES, header: Vec::new() })
    }

    /// Returns the outcome of a step that failed.
    fn failed(&self, error: &io::Error) -> StepOutcome {
        let message = error.to_string();
        if message.contains("too much memory") {
            let needs = "needs more than 128 MiB to decompress; unpack it with zstd -d --long=31";
            return StepOutcome::Refused(needs.to_owned());
        }
        if !message.contains("Dictionary mismatch") {
            return StepOutcome::Damaged(message.to_lowercase());
        }
        let needed = get_dict_id_from_frame(&self.header).map_or(0, u32::from);
        StepOutcome::Refused(match &self.dictionary {
            None => format!("needs dictionary {needed}; give it with --zstd-dictionary"),
            Some(ZstdDictionary(given)) => {
                let given =
                    get_dict_id_from_dict(given).map_or("has no number".to_owned(), |id| format!("is {id}"));
                format!("needs dictionary {needed}, and the one of --zstd-dictionary {given}")
            }
        })
    }
}

impl Decode for FrameSteps {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        // The input has no more bytes than the library asks for: a step that ends in damage does not report the bytes
        // that it has decoded before.
        let input = &input[..input.len().min(self.wanted)];
        let missing = HEADER_MAX_BYTES - self.header.len();
        self.header.extend_from_slice(&input[..input.len().min(missing)]);
        let (mut input, mut output) = (InBuffer::around(input), OutBuffer::around(output));
        let state = match self.decoder.run(&mut input, &mut output) {
            Ok(0) => StepOutcome::End,
            Ok(next) => {
                self.wanted = next;
                StepOutcome::More
            }
            Err(error) => self.failed(&error),
        };
        Step { read: input.pos(), written: output.pos(), state }
    }
}

impl Encode for Encoder<'static, Vec<u8>> {
    fn output(&mut self) -> &mut Vec<u8> {
        self.get_mut()
    }

    fn finish(self: Box<Self>) -> io::Result<Vec<u8>> {
        (*self).finish()
    }
}
