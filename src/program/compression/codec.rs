//! The libraries that decompress, each behind one step: some bytes in, some bytes out.

use super::format::Format;
use bzip2::{Decompress as Bunzip, Status as BzipStatus};
use flate2::{Decompress as Gunzip, FlushDecompress, Status as GzipStatus};
use liblzma::stream::{Action, Status as XzStatus, Stream as Unxz};
use std::io;
use zstd::stream::raw::{Decoder as Unzstd, InBuffer, Operation, OutBuffer};

/// The largest window of a gzip stream, as a power of two; every gzip program can write it.
const GZIP_WINDOW_BITS: u8 = 15;

/// The shortest header of a frame with the signature; it tells how long the header is.
const ZSTD_BEGINNING_BYTES: usize = 5;

/// Decompresses one member (gzip), frame (zstd) or stream (xz, bzip2).
pub(super) enum Codec {
    Gzip(Gunzip),
    /// With how much it wants next.
    Zstd(Unzstd<'static>, usize),
    Xz(Unxz),
    Bzip2(Bunzip),
}

/// What a step has done, also where it ended in damage.
pub(super) struct Step {
    pub(super) read: usize,
    pub(super) written: usize,
    pub(super) state: StepOutcome,
}

pub(super) enum StepOutcome {
    More,
    /// The member is whole; its checksums are right.
    End,
    Damaged(String),
}

impl Codec {
    /// # Errors
    ///
    /// Where there is no memory for it.
    ///
    /// # Panics
    ///
    /// For formats that have no codec here, plain and lz4.
    pub(super) fn new(format: Format) -> io::Result<Self> {
        Ok(match format {
            Format::Gzip => Self::Gzip(Gunzip::new_gzip(GZIP_WINDOW_BITS)),
            Format::Zstd => Self::Zstd(Unzstd::new()?, ZSTD_BEGINNING_BYTES),
            Format::Xz => Self::Xz(Unxz::new_stream_decoder(u64::MAX, 0)?),
            Format::Bzip2 => Self::Bzip2(Bunzip::new(false)),
            Format::Plain | Format::Lz4 => panic!("there is no codec for {}", format.name()),
        })
    }

    /// Goes on with the next bytes; with none, gives what it still has.
    pub(super) fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step {
        match self {
            Self::Gzip(gunzip) => counted(
                gunzip,
                |it| (it.total_in(), it.total_out()),
                |it| match it.decompress(input, output, FlushDecompress::None) {
                    Ok(GzipStatus::StreamEnd) => StepOutcome::End,
                    Ok(_) => StepOutcome::More,
                    Err(error) => StepOutcome::Damaged(error.message().unwrap_or("invalid data").to_owned()),
                },
            ),
            Self::Xz(unxz) => counted(
                unxz,
                |it| (it.total_in(), it.total_out()),
                |it| match it.process(input, output, Action::Run) {
                    Ok(XzStatus::StreamEnd) => StepOutcome::End,
                    Ok(_) => StepOutcome::More,
                    Err(error) => StepOutcome::Damaged(error.to_string()),
                },
            ),
            Self::Bzip2(bunzip) => counted(
                bunzip,
                |it| (it.total_in(), it.total_out()),
                |it| match it.decompress(input, output) {
                    Ok(BzipStatus::StreamEnd) => StepOutcome::End,
                    Ok(_) => StepOutcome::More,
                    Err(_) => {
                        StepOutcome::Damaged("invalid data, or a checksum that does not fit".to_owned())
                    }
                },
            ),
            Self::Zstd(unzstd, wanted) => {
                // No more than it wants, which is a block: a step that ends in damage tells of nothing that it
                // has decoded before that.
                let input = &input[..input.len().min(*wanted)];
                let (mut input, mut output) = (InBuffer::around(input), OutBuffer::around(output));
                let state = match unzstd.run(&mut input, &mut output) {
                    Ok(0) => StepOutcome::End,
                    Ok(next) => {
                        *wanted = next;
                        StepOutcome::More
                    }
                    Err(error) => StepOutcome::Damaged(zstd_message(&error)),
                };
                Step { read: input.pos(), written: output.pos(), state }
            }
        }
    }
}

/// A step of a library that counts for itself, whether or not it succeeds.
fn counted<C>(
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

fn zstd_message(error: &io::Error) -> String {
    let message = error.to_string();
    if message.contains("too much memory") {
        return "it needs more than 128 MiB to decompress; unpack it with zstd -d --long=31".to_owned();
    }
    message.to_lowercase()
}

/// What lz4's library found, which it tells by the names of its own types.
pub(super) fn lz4_message(error: &io::Error) -> &'static str {
    use lz4_flex::frame::Error;
    match error.get_ref().and_then(|inner| inner.downcast_ref()) {
        Some(Error::HeaderChecksumError | Error::BlockChecksumError | Error::ContentChecksumError) => {
            "a checksum does not fit"
        }
        Some(Error::ContentLengthError { .. }) => "the length is not what its header says",
        Some(Error::DictionaryNotSupported) => "it needs a dictionary, which is not supported",
        _ => "invalid data",
    }
}
