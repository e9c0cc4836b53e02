//! A writer that compresses, in the formats that inputs come in.

use super::formats::{Format, Packing};
use super::layer_encoder::LayerEncoder;
use crate::program::system::thread_budget::ThreadBudget;
use std::io::{self, IoSlice, Write};
use std::sync::{Arc, OnceLock};

/// The formats of an input, outermost first; empty until the input has been opened.
pub(crate) type InputFormats = Arc<OnceLock<Vec<Format>>>;

/// A writer that packs in layers, or passes on plain data. Equal texts in the same formats become equal bytes, unless
/// the writer is live and the flushes are at different places.
pub struct Encoder<W: Write> {
    /// The layers, the outermost first; none for plain data.
    layers: Vec<LayerEncoder>,
    wtr: W,
    /// True if a reader may decode the output while it grows.
    is_live: bool,
    /// The source of the layers; `None` once they are there.
    awaited: Option<AwaitedLayers>,
}

/// The layers of an output that is packed as its input is, before the input has been opened.
struct AwaitedLayers {
    formats: InputFormats,
    budget: ThreadBudget,
}

impl<W: Write> Encoder<W> {
    /// Returns a writer that packs in these formats, the outermost first, on the caller's thread and on spare ones.
    /// `Format::Plain` adds no layer; in place of a format that is only read, the nearest one is written.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for an encoder.
    pub fn new<P: Copy + Into<Packing>>(packings: &[P], wtr: W, budget: &ThreadBudget) -> io::Result<Self> {
        Self::with_layers(packings, wtr, false, budget)
    }

    /// Returns a writer as [`Encoder::new`] does, which a reader may decode while it grows. It passes a flush on to its
    /// encoders, so that all bytes before the flush can be decoded. A flush costs some bytes, and its place depends on
    /// the pauses of the input.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for an encoder.
    pub(crate) fn live<P: Copy + Into<Packing>>(packings: &[P], wtr: W) -> io::Result<Self> {
        Self::with_layers(packings, wtr, true, &ThreadBudget::new(1))
    }

    fn with_layers<P: Copy + Into<Packing>>(
        packings: &[P],
        wtr: W,
        is_live: bool,
        budget: &ThreadBudget,
    ) -> io::Result<Self> {
        let layer = |&packing: &P| LayerEncoder::new(packing.into(), is_live, budget).transpose();
        let layers = packings.iter().filter_map(layer).collect::<io::Result<_>>()?;
        Ok(Self { layers, wtr, is_live, awaited: None })
    }

    /// Returns a writer that packs in the formats of an input, which must be known before the first byte is written. A reader may
    /// decode the output while it grows if `is_live` is true, as with [`Encoder::live`].
    pub(crate) fn as_input(formats: &InputFormats, wtr: W, is_live: bool, budget: &ThreadBudget) -> Self {
        let budget = if is_live { ThreadBudget::new(1) } else { budget.clone() };
        let awaited = Some(AwaitedLayers { formats: Arc::clone(formats), budget });
        Self { layers: Vec::new(), wtr, is_live, awaited }
    }

    /// Makes the layers that the input has, once it has been opened.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for an encoder.
    fn settle(&mut self) -> io::Result<()> {
        if let Some(AwaitedLayers { formats, budget }) = &self.awaited
            && let Some(formats) = formats.get()
        {
            let layer = |&format: &Format| LayerEncoder::new(format.into(), self.is_live, budget).transpose();
            self.layers = formats.iter().filter_map(layer).collect::<io::Result<_>>()?;
            self.awaited = None;
        }
        Ok(())
    }

    /// Ends the compressed data of each layer, and returns the inner writer.
    ///
    /// # Errors
    ///
    /// Fails where the end of the data cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.settle()?;
        let Self { mut layers, mut wtr, .. } = self;
        while let Some(layer) = layers.pop() {
            layer.finish(|encoded| write_all(encoded, &mut layers, &mut wtr))?;
        }
        Ok(wtr)
    }
}

impl<W: Write> Write for Encoder<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.settle()?;
        if self.layers.is_empty() {
            return self.wtr.write(bytes);
        }
        write_all(bytes, &mut self.layers, &mut self.wtr)?;
        Ok(bytes.len())
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        self.settle()?;
        if self.layers.is_empty() {
            return self.wtr.write_vectored(slices);
        }
        slices.iter().map(|slice| self.write(slice)).sum()
    }

    fn flush(&mut self) -> io::Result<()> {
        self.settle()?;
        if self.layers.is_empty() || self.is_live { flush(&mut self.layers, &mut self.wtr) } else { Ok(()) }
    }
}

/// Writes bytes through layers, from the innermost outwards, to a writer.
fn write_all(bytes: &[u8], layers: &mut [LayerEncoder], wtr: &mut impl Write) -> io::Result<()> {
    match layers.split_last_mut() {
        None => wtr.write_all(bytes),
        Some((layer, outer)) => layer.write(bytes, |encoded| write_all(encoded, outer, wtr)),
    }
}

/// Flushes layers, from the innermost outwards, and the writer. A layer to which nothing was written since its last
/// flush ends the flush.
fn flush(layers: &mut [LayerEncoder], wtr: &mut impl Write) -> io::Result<()> {
    let Some((layer, outer)) = layers.split_last_mut() else {
        return wtr.flush();
    };
    if layer.flush(|encoded| write_all(encoded, outer, wtr))? { flush(outer, wtr) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pack(formats: &[Format], pieces: &[&[u8]], is_live: bool) -> Vec<u8> {
        let mut encoder = if is_live {
            Encoder::live(formats, Vec::new()).unwrap()
        } else {
            Encoder::new(formats, Vec::new(), &ThreadBudget::new(3)).unwrap()
        };
        for piece in pieces {
            encoder.write_all(piece).unwrap();
            encoder.flush().unwrap();
        }
        encoder.finish().unwrap()
    }

    #[test]
    fn layers_give_the_bytes_that_one_encoder_after_the_other_gives() {
        use Format::{Bzip2, Gzip, Lz4, Plain, Xz, Zstd};
        let text: Vec<u8> = (0..60_000_u32)
            .flat_map(|line| format!("{:x}\n", line.wrapping_mul(line)).into_bytes())
            .collect();
        let pieces = text.chunks(7000).collect::<Vec<_>>();
        for formats in [&[][..], &[Plain], &[Gzip], &[Gzip, Zstd], &[Xz, Plain, Lz4], &[Lz4, Bzip2, Gzip]] {
            let one_by_one =
                formats.iter().rev().fold(text.clone(), |inner, &format| pack(&[format], &[&inner], false));
            assert!(pack(formats, &pieces, false) == one_by_one, "{formats:?}");
            assert!(pack(formats, &[&text], false) == one_by_one, "{formats:?}");
        }
    }

    #[test]
    fn a_live_writer_can_be_decoded_up_to_each_flush() {
        for formats in [&[Format::Plain][..], &[Format::Gzip], &[Format::Zstd, Format::Gzip]] {
            let mut encoder = Encoder::live(formats, Vec::new()).unwrap();
            let mut length = 0;
            for _ in 0..2 {
                encoder.write_all(b"ret=-1\n").unwrap();
                assert_eq!(encoder.wtr.len() > length, formats == [Format::Plain], "{formats:?}");
                encoder.flush().unwrap();
                assert!(encoder.wtr.len() > length, "{formats:?}");
                length = encoder.wtr.len();
                encoder.flush().unwrap();
                assert_eq!(encoder.wtr.len(), length, "a flush with nothing before it: {formats:?}");
            }
        }
    }
}
