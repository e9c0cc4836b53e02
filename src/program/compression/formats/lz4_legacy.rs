//! Frames as lz4 first wrote them (`lz4 -l`), and as Linux packs its kernels: blocks of 8 MiB without checksums.

use super::{CompressedFormat, Decode, Format, Step, StepOutcome, WrittenIn};
use crate::program::compression::signature::agrees_plainly;
use lz4_flex::block::decompress_into;

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Lz4Legacy,
    name: "lz4 legacy",
    unpack: "lz4 -d",
    // Files are named as those of lz4's frames are.
    extensions: &[],
    begins: |bytes| agrees_plainly(bytes, SIGNATURE),
    by_name: None,
    has_skippable_frames: false,
    decoder: |_| Ok(Box::new(LegacyFrame::new())),
    writing: WrittenIn::Instead(Format::Lz4),
};

const SIGNATURE: &[u8] = b"\x02\x21\x4c\x18";
/// The most bytes that a block holds.
const CONTENT_MAX_BYTES: usize = 8 << 20;
/// The most bytes of a block: its content, and one byte more for each 255, if nothing could be compressed.
const BLOCK_MAX_BYTES: usize = CONTENT_MAX_BYTES + CONTENT_MAX_BYTES / 255 + 16;
/// The number of bytes of the length before each block.
const LENGTH_BYTES: usize = 4;

/// A decoder, block by block. Memory: a block and its content, 16 MiB.
struct LegacyFrame {
    /// The number of bytes of the signature that have been taken.
    signature: usize,
    /// The length of the block that is being collected; `None` between blocks.
    length: Option<usize>,
    block: Vec<u8>,
    /// The content of the last block, of which `written..content_bytes` has not been written.
    content: Vec<u8>,
    content_bytes: usize,
    written: usize,
}

impl LegacyFrame {
    fn new() -> Self {
        Self {
            signature: 0,
            length: None,
            block: Vec::new(),
            content: Vec::new(),
            content_bytes: 0,
            written: 0,
        }
    }

    /// Takes bytes until a block is whole. Returns the number of bytes taken; `None` for them if the frame ends before
    /// them.
    fn gather(&mut self, input: &[u8]) -> Option<usize> {
        if self.signature < SIGNATURE.len() {
            let count = input.len().min(SIGNATURE.len() - self.signature);
            self.signature += count;
            return Some(count);
        }
        let Some(length) = self.length else {
            let length = u32::from_le_bytes(*input.first_chunk()?) as usize;
            // No block follows, but zeros, the signature of another frame, or text.
            if length == 0 || length > BLOCK_MAX_BYTES {
                return None;
            }
            self.length = Some(length);
            return Some(LENGTH_BYTES);
        };
        let count = input.len().min(length - self.block.len());
        self.block.extend_from_slice(&input[..count]);
        Some(count)
    }

    /// Decodes the block, if it is whole. Returns false if it is damaged.
    fn decode(&mut self) -> bool {
        if self.length != Some(self.block.len()) {
            return true;
        }
        self.content.resize(CONTENT_MAX_BYTES, 0);
        let outcome = decompress_into(&self.block, &mut self.content);
        (self.content_bytes, self.written) = (*outcome.as_ref().unwrap_or(&0), 0);
        self.block.clear();
        self.length = None;
        outcome.is_ok()
    }
}

impl Decode for LegacyFrame {
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        let mut read = 0;
        while self.written == self.content_bytes {
            let rest = &input[read..];
            if rest.is_empty() || read > 0 && rest.len() < self.wanted() {
                return Step::more(read, 0);
            }
            let Some(count) = self.gather(rest) else {
                return Step { read, written: 0, state: StepOutcome::End };
            };
            read += count;
            if !self.decode() {
                let state = StepOutcome::Damaged("invalid data in a block".to_owned());
                return Step { read, written: 0, state };
            }
        }
        let count = output.len().min(self.content_bytes - self.written);
        output[..count].copy_from_slice(&self.content[self.written..][..count]);
        self.written += count;
        Step::more(read, count)
    }

    /// The next length, or the signature of another frame, is seen at once, because only its value tells which it is.
    fn wanted(&self) -> usize {
        if self.signature == SIGNATURE.len() && self.length.is_none() { LENGTH_BYTES } else { 1 }
    }

    fn may_end(&self) -> bool {
        self.signature == SIGNATURE.len() && self.length.is_none()
    }
}
