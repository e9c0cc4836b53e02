//! brotli, with Dropbox's decoder in Rust. The format has no signature and no checksum: only the name of a file tells it.

use super::{CompressedFormat, Decode, Format, Step, StepOutcome, WrittenIn};
use brotli_decompressor::{BrotliDecompressStream, BrotliResult, BrotliState, StandardAlloc};

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Brotli,
    name: "brotli",
    unpack: "brotli -d",
    extensions: &["br"],
    begins: |_| None,
    by_name: Some(|_| true),
    has_skippable_frames: false,
    decoder: |_| {
        let alloc = StandardAlloc::default;
        // Strict: the window is that of the standard, at most 16 MiB. It grows with the content.
        Ok(Box::new(BrotliStream(Box::new(BrotliState::new_strict(alloc(), alloc(), alloc())))))
    },
    writing: WrittenIn::Instead(Format::Zstd),
};

struct BrotliStream(Box<BrotliState<StandardAlloc, StandardAlloc, StandardAlloc>>);

impl Decode for BrotliStream {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let (mut in_left, mut out_left) = (input.len(), output.len());
        let (mut read, mut written, mut total) = (0, 0, 0);
        let result = BrotliDecompressStream(
            &mut in_left,
            &mut read,
            input,
            &mut out_left,
            &mut written,
            output,
            &mut total,
            &mut self.0,
        );
        let state = match result {
            BrotliResult::ResultSuccess => StepOutcome::End,
            BrotliResult::NeedsMoreInput | BrotliResult::NeedsMoreOutput => StepOutcome::More,
            BrotliResult::ResultFailure => StepOutcome::Damaged("invalid data".to_owned()),
        };
        Step { read, written, state }
    }
}
