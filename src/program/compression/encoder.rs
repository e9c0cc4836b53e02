//! Compresses what is written, in the formats that inputs come in.

use super::even_blocks::EvenBlocks;
use crate::program::compression::{Format, LAYERS_MAX};
use bzip2::write::BzEncoder;
use flate2::write::GzEncoder;
use liblzma::write::XzEncoder;
use lz4_flex::frame::{FrameEncoder, FrameInfo};
use std::io::{self, IoSlice, Write};
use zstd::stream::write::Encoder as ZstdEncoder;

/// The default of gzip's and of zstd's own programs.
const GZIP_LEVEL: u32 = 6;
const ZSTD_LEVEL: i32 = 3;
/// Of bzip2's levels, which are sizes of a block, the default.
const BZIP2_LEVEL: u32 = 9;
/// The default is 6, which takes 94 MiB and twice the time to save a tenth of a log's size; this takes 17 MiB.
const XZ_LEVEL: u32 = 2;

/// A writer that packs in layers, or not at all. Inputs have no more layers than this.
pub(crate) struct Packer<W: Write>(Encoder<Encoder<Encoder<W>>>);

impl<W: Write> Packer<W> {
    /// Packs in these formats, the outermost first.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for it.
    ///
    /// # Panics
    ///
    /// Panics where there are more than [`LAYERS_MAX`] formats.
    pub(crate) fn new(formats: &[Format], wtr: W) -> io::Result<Self> {
        assert!(formats.len() <= LAYERS_MAX, "{formats:?}");
        let format = |layer: usize| formats.get(layer).copied().unwrap_or(Format::Plain);
        let outermost = Encoder::new(format(0), wtr)?;
        Ok(Self(Encoder::new(format(2), Encoder::new(format(1), outermost)?)?))
    }

    /// Writes what ends each layer, and gives the writer back.
    ///
    /// # Errors
    ///
    /// Fails where a layer cannot be written.
    pub(crate) fn finish(self) -> io::Result<W> {
        self.0.finish()?.finish()?.finish()
    }
}

impl<W: Write> Write for Packer<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.0.write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// A writer that compresses, or does not. The same text in the same format becomes the same bytes, unless it is live and
/// flushed at other places.
pub enum Encoder<W: Write> {
    Plain(W),
    Compressed {
        blocks: Box<EvenBlocks<Compressor<W>>>,
        /// True if a reader may decode the output while it grows.
        is_live: bool,
    },
}

/// An encoder of one of the formats.
pub enum Compressor<W: Write> {
    Gzip(GzEncoder<W>),
    Zstd(ZstdEncoder<'static, W>),
    Xz(XzEncoder<W>),
    Bzip2(BzEncoder<W>),
    Lz4(Box<FrameEncoder<W>>),
}

impl<W: Write> Encoder<W> {
    /// Returns a writer that compresses as `format` says, and is not live.
    ///
    /// # Errors
    ///
    /// Where there is no memory for it.
    pub fn new(format: Format, wtr: W) -> io::Result<Self> {
        let compressor = match format {
            Format::Plain => return Ok(Self::Plain(wtr)),
            Format::Gzip => Compressor::Gzip(GzEncoder::new(wtr, flate2::Compression::new(GZIP_LEVEL))),
            Format::Zstd => {
                let mut encoder = ZstdEncoder::new(wtr, ZSTD_LEVEL)?;
                encoder.include_checksum(true)?;
                Compressor::Zstd(encoder)
            }
            Format::Xz => Compressor::Xz(XzEncoder::new(wtr, XZ_LEVEL)),
            Format::Bzip2 => Compressor::Bzip2(BzEncoder::new(wtr, bzip2::Compression::new(BZIP2_LEVEL))),
            Format::Lz4 => {
                let info = FrameInfo::new().content_checksum(true);
                Compressor::Lz4(Box::new(FrameEncoder::with_frame_info(info, wtr)))
            }
        };
        Ok(Self::Compressed { blocks: Box::new(EvenBlocks::new(compressor)), is_live: false })
    }

    /// Returns the writer, live or not. Where it compresses, a flush goes on to the encoder only if it is live, so that all before the
    /// flush can be decoded. That costs some bytes each time, and where flushes are depends on the pauses of the input.
    pub(crate) fn live(self, is_live: bool) -> Self {
        match self {
            Self::Plain(wtr) => Self::Plain(wtr),
            Self::Compressed { blocks, .. } => Self::Compressed { blocks, is_live },
        }
    }

    /// Writes what ends the compressed data, and gives the writer back.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be written.
    pub fn finish(self) -> io::Result<W> {
        match self {
            Self::Plain(wtr) => Ok(wtr),
            Self::Compressed { blocks, .. } => blocks.into_inner()?.finish(),
        }
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(wtr) => wtr.write(bytes),
            Self::Compressed { blocks, .. } => blocks.write(bytes),
        }
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        match self {
            Self::Plain(wtr) => wtr.write_vectored(slices),
            Self::Compressed { blocks, .. } => blocks.write_vectored(slices),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(wtr) => wtr.flush(),
            Self::Compressed { blocks, is_live: true } => blocks.flush(),
            Self::Compressed { is_live: false, .. } => Ok(()),
        }
    }
}

impl<W: Write> Compressor<W> {
    fn finish(self) -> io::Result<W> {
        match self {
            Self::Gzip(encoder) => encoder.finish(),
            Self::Zstd(encoder) => encoder.finish(),
            Self::Xz(encoder) => encoder.finish(),
            Self::Bzip2(encoder) => encoder.finish(),
            Self::Lz4(encoder) => encoder.finish().map_err(io::Error::from),
        }
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        match self {
            Self::Gzip(encoder) => encoder,
            Self::Zstd(encoder) => encoder,
            Self::Xz(encoder) => encoder,
            Self::Bzip2(encoder) => encoder,
            Self::Lz4(encoder) => encoder,
        }
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.as_writer().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.as_writer().flush()
    }
}
