//! The interfaces of decoders and encoders, which each format implements.

use crate::program::system::heartbeat::beat;
use std::io::{self, Write};

/// The number of bytes that are packed in well under a second.
const PART_BYTES: usize = 64 * 1024;

/// A decoder of one member (gzip, zlib), frame (zstd, lz4) or stream (xz, bzip2, lzma, compress, brotli).
pub(in crate::program::compression) trait Decode: Send {
    /// Decodes the next bytes of the member; with an empty `input`, writes decoded bytes that have not been written
    /// yet. `output` must not be empty.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step;

    /// Returns the number of bytes that the next `input` must have, unless the data ends before. It is more than 1 only
    /// for a format whose members end where the next bytes are none of theirs.
    fn wanted(&self) -> usize {
        1
    }

    /// Returns true if the member is whole where the data ends now. It is true only for a format that has no mark of
    /// its end.
    fn may_end(&self) -> bool {
        false
    }
}

/// The outcome of a step, with the numbers of bytes that it read and wrote, also if it ended in damage.
pub(in crate::program::compression) struct Step {
    pub(in crate::program::compression) read: usize,
    pub(in crate::program::compression) written: usize,
    pub(in crate::program::compression) state: StepOutcome,
}

pub(in crate::program::compression) enum StepOutcome {
    More,
    /// The member is whole, and its checksums are right.
    End,
    /// The data is damaged, for the given reason.
    Damaged(String),
    /// The data may be whole, but cannot be read here: the text says, as a predicate, what it needs and what helps.
    Refused(String),
}

impl Step {
    pub(super) fn more(read: usize, written: usize) -> Self {
        Self { read, written, state: StepOutcome::More }
    }
}

/// An encoder of one member, into memory. The size of each write bounds the memory, if the output is taken after it.
pub(in crate::program::compression) trait Encode: Write + Send {
    /// Returns the encoded bytes, which the caller takes out.
    fn output(&mut self) -> &mut Vec<u8>;

    /// Ends the member, and returns the encoded bytes that have not been taken out.
    ///
    /// # Errors
    ///
    /// Fails where the library does.
    fn finish(self: Box<Self>) -> io::Result<Vec<u8>>;
}

/// A way to pack the pieces of a text independently of each other, so that several threads can, and to join them to one
/// member. The same text and the same pieces give the same bytes.
pub(in crate::program::compression) trait PackPieces: Send + Sync {
    /// Returns the number of bytes of each piece but the last, which may have fewer.
    fn piece_bytes(&self) -> usize;

    /// Returns the number of bytes before a piece that it is packed with.
    fn context_bytes(&self) -> usize {
        0
    }

    /// Returns the most threads that pack pieces beside the one that writes, because of the memory that each takes.
    fn threads_max(&self) -> usize {
        usize::MAX
    }

    /// Packs a piece. It is empty only if the whole text is.
    ///
    /// # Errors
    ///
    /// Fails where the library does, and where there is no memory.
    fn pack(&self, piece: &Piece) -> io::Result<Vec<u8>>;

    /// Returns a joiner for the pieces of a member.
    fn joiner(&self) -> Box<dyn JoinPieces>;
}

/// Joins packed pieces to one member.
pub(in crate::program::compression) trait JoinPieces: Send {
    /// Takes the next packed piece with its text, and adds what can be written of the member.
    fn add(&mut self, text: &[u8], packed: &[u8], member: &mut Vec<u8>);

    /// Adds the end of the member.
    fn finish(self: Box<Self>, member: &mut Vec<u8>);
}

/// A piece of a text, behind the text that it is packed with.
pub(in crate::program::compression) struct Piece {
    bytes: Vec<u8>,
    /// The length in bytes of the text before the piece.
    context: usize,
    /// True if no more pieces follow.
    pub(in crate::program::compression) is_last: bool,
}

impl Piece {
    /// Returns a piece of the bytes behind the first `context` ones.
    pub(in crate::program::compression) fn new(bytes: Vec<u8>, context: usize, is_last: bool) -> Self {
        Self { bytes, context, is_last }
    }

    pub(in crate::program::compression) fn context(&self) -> &[u8] {
        &self.bytes[..self.context]
    }

    pub(in crate::program::compression) fn text(&self) -> &[u8] {
        &self.bytes[self.context..]
    }
}

/// Packs a text as a member of its own, and tells meanwhile that the work goes on.
///
/// # Errors
///
/// Fails where the library does.
pub(super) fn pack_alone(mut encoder: impl Encode, text: &[u8]) -> io::Result<Vec<u8>> {
    for part in text.chunks(PART_BYTES) {
        encoder.write_all(part)?;
        beat();
    }
    Box::new(encoder).finish()
}

/// Runs a step of a library that counts its bytes itself, whether or not the step succeeds. `totals` returns the
/// numbers of bytes that the library has read and written so far.
pub(super) fn counted<C>(
    codec: &mut C,
    totals: impl Fn(&C) -> (u64, u64),
    step: impl FnOnce(&mut C) -> StepOutcome,
) -> Step {
    let before = totals(codec);
    let state = step(codec);
    let after = totals(codec);
    let bytes = |before: u64, after: u64| usize::try_from(after - before).expect("no more than a slice has");
    Step { read: bytes(before.0, after.0), written: bytes(before.1, after.1), state }
}
