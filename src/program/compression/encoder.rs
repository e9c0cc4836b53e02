//! Writers that compress, in the formats that inputs come in.

use super::even_blocks::EvenBlocks;
use super::formats::{Encode, Format};
use super::layers::LAYERS_MAX;
use std::io::{self, IoSlice, Write};

/// A writer that packs in layers, or not at all. It has at most as many layers as an input may have.
pub(crate) struct Packer<W: Write>(Encoder<Encoder<Encoder<W>>>);

impl<W: Write> Packer<W> {
    /// Returns a writer that packs in these formats, the outermost first.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for an encoder.
    ///
    /// # Panics
    ///
    /// Panics if there are more than [`LAYERS_MAX`] formats.
    pub(crate) fn new(formats: &[Format], wtr: W) -> io::Result<Self> {
        assert!(formats.len() <= LAYERS_MAX, "{formats:?}");
        let format = |layer: usize| formats.get(layer).copied().unwrap_or(Format::Plain);
        let outermost = Encoder::new(format(0), wtr)?;
        Ok(Self(Encoder::new(format(2), Encoder::new(format(1), outermost)?)?))
    }

    /// Ends the data of each layer, and returns the inner writer.
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

/// A writer that compresses, or passes on plain data. Equal texts in the same format become equal bytes, unless the
/// writer is live and the flushes are at different places.
pub enum Encoder<W: Write> {
    Plain(W),
    Compressed {
        blocks: Box<EvenBlocks<Compressor<W>>>,
        /// True if a reader may decode the output while it grows.
        is_live: bool,
    },
}

/// A writer that encodes each block in memory, and then writes the result.
pub struct Compressor<W: Write> {
    encoder: Box<dyn Encode>,
    wtr: W,
}

impl<W: Write> Encoder<W> {
    /// Returns a writer that compresses in `format`, and is not live.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for the encoder.
    pub fn new(format: Format, wtr: W) -> io::Result<Self> {
        let Some(encoder) = format.encoder()? else {
            return Ok(Self::Plain(wtr));
        };
        let compressor = Compressor { encoder, wtr };
        Ok(Self::Compressed { blocks: Box::new(EvenBlocks::new(compressor)), is_live: false })
    }

    /// Returns the writer, live or not. A writer that compresses passes a flush on to the encoder only if it is live,
    /// so that all bytes before the flush can be decoded. A flush costs some bytes, and its place depends on the pauses
    /// of the input.
    pub(crate) fn live(self, is_live: bool) -> Self {
        match self {
            Self::Plain(wtr) => Self::Plain(wtr),
            Self::Compressed { blocks, .. } => Self::Compressed { blocks, is_live },
        }
    }

    /// Ends the compressed data, and returns the inner writer.
    ///
    /// # Errors
    ///
    /// Fails where the end of the data cannot be written.
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
    fn hand_on(&mut self) -> io::Result<()> {
        let encoded = self.encoder.output();
        let outcome = self.wtr.write_all(encoded);
        encoded.clear();
        outcome
    }

    fn finish(mut self) -> io::Result<W> {
        let encoded = self.encoder.finish()?;
        self.wtr.write_all(&encoded)?;
        Ok(self.wtr)
    }
}

impl<W: Write> Write for Compressor<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.encoder.write_all(bytes)?;
        self.hand_on()?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.encoder.flush()?;
        self.hand_on()?;
        self.wtr.flush()
    }
}
