//! The layers that an input is packed in: gzip within gzip, for example, as some log shippers leave it.

use super::beginning::{Beginning, begins};
use super::decoder::Decoder;
use super::formats::Format;
use super::peek::PeekReader;
use std::io::{self, ErrorKind, Read};

/// The largest number of layers; data in more layers is refused.
const LAYERS_MAX: usize = 3;

/// The bytes of an input as they are, or the content of one of its layers.
pub(crate) enum Layer<R: Read> {
    Bottom(R),
    Packed(Box<Decoder<Self>>),
}

impl<R: Read> Layer<R> {
    /// Returns the reader of the input itself, below all layers.
    pub(crate) fn bottom(&self) -> &R {
        match self {
            Self::Bottom(rdr) => rdr,
            Self::Packed(decoder) => decoder.get_ref().bottom(),
        }
    }

    /// Returns the reader of the input itself, below all layers.
    pub(crate) fn bottom_mut(&mut self) -> &mut R {
        match self {
            Self::Bottom(rdr) => rdr,
            Self::Packed(decoder) => decoder.get_mut().bottom_mut(),
        }
    }

    /// Returns the reader of the input itself; bytes that layers have read ahead are lost.
    pub(crate) fn into_bottom(self) -> R {
        match self {
            Self::Bottom(rdr) => rdr,
            Self::Packed(decoder) => decoder.into_inner().into_bottom(),
        }
    }
}

impl<R: Read> Read for Layer<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Bottom(rdr) => rdr.read(buffer),
            Self::Packed(decoder) => decoder.read(buffer),
        }
    }
}

/// A reader of the content of the innermost layer, and the formats of the layers, outermost first.
pub(crate) struct Unpacked<R: Read> {
    pub(crate) rdr: PeekReader<Layer<R>>,
    pub(crate) formats: Vec<Format>,
}

/// Unpacks the data of a reader layer by layer, until the content does not begin as packed data does. With `as_text`,
/// data that this program cannot unpack is taken as it is.
///
/// # Errors
///
/// Fails where the first bytes cannot be read. Without `as_text`, also fails where data is in a packing that this
/// program does not read, or in too many layers.
pub(crate) fn unpack<R: Read>(mut rdr: PeekReader<Layer<R>>, as_text: bool) -> io::Result<Unpacked<R>> {
    let mut formats = Vec::new();
    loop {
        let format = match begins(&mut rdr) {
            Ok(Beginning::Of(Format::Plain) | Beginning::Undecided) => break,
            Ok(Beginning::Foreign(_)) if as_text => break,
            Ok(Beginning::Foreign(foreign)) => return Err(foreign.refusal(&formats)),
            Ok(Beginning::Of(format)) => format,
            Ok(Beginning::SkippableFrame) => Format::of_skippable_frames(),
            // The error is returned again when all that was unpacked before it has been read.
            Err(error) if !formats.is_empty() => {
                rdr.put_back(error);
                break;
            }
            Err(error) => return Err(error),
        };
        if formats.len() == LAYERS_MAX {
            if as_text {
                break;
            }
            return Err(too_many_layers(&formats));
        }
        let decoder = Decoder::new(rdr, format, formats.last().copied())?;
        formats.push(decoder.format());
        rdr = PeekReader::new(Layer::Packed(Box::new(decoder)));
    }
    Ok(Unpacked { rdr, formats })
}

fn too_many_layers(formats: &[Format]) -> io::Error {
    let message = format!(
        "is packed in more than {LAYERS_MAX} layers, which are not read here; unpack the outermost with {} -d",
        formats[0].name()
    );
    io::Error::new(ErrorKind::Unsupported, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::compression::Encoder;
    use std::io::Write;

    fn pack(formats: &[Format], text: &[u8]) -> Vec<u8> {
        let mut encoder = Encoder::new(formats, Vec::new()).unwrap();
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// Returns the content of packed data and the formats of its layers, or the error.
    fn unpack_all(packed: &[u8], as_text: bool) -> Result<(Vec<u8>, Vec<Format>), String> {
        let rdr = PeekReader::new(Layer::Bottom(packed));
        let mut unpacked = unpack(rdr, as_text).map_err(|error| error.to_string())?;
        let mut text = Vec::new();
        unpacked.rdr.read_to_end(&mut text).map_err(|error| error.to_string())?;
        Ok((text, unpacked.formats))
    }

    #[test]
    fn three_layers_of_any_formats_are_unpacked_and_no_more() {
        use Format::{Bzip2, Gzip, Lz4, Xz, Zstd};
        let text = b"ret=-1\nret=-204 and a line that is cut";
        for formats in
            [&[][..], &[Gzip, Gzip], &[Zstd, Xz], &[Lz4, Lz4, Lz4], &[Bzip2, Lz4, Zstd], &[Xz, Gzip, Bzip2]]
        {
            let found = unpack_all(&pack(formats, text), false);
            assert_eq!(found, Ok((text.to_vec(), formats.to_vec())));
        }
        let four = pack(&[Gzip, Xz, Gzip, Lz4], text);
        assert_eq!(
            unpack_all(&four, false).unwrap_err(),
            "is packed in more than 3 layers, which are not read here; unpack the outermost with gzip -d"
        );
        assert_eq!(unpack_all(&four, true), Ok((pack(&[Lz4], text), vec![Gzip, Xz, Gzip])));
    }

    #[test]
    fn damage_is_told_of_the_layer_that_has_it_and_what_comes_before_it_is_unpacked() {
        let text: Vec<u8> =
            (0..30_000_u32).flat_map(|line| format!("{:x}\n", line * line).into_bytes()).collect();
        let formats: Vec<Format> = Format::all().collect();
        for &outer in &formats {
            for &inner in &formats {
                let cut = pack(&[inner], &text);
                let cut = &cut[..cut.len() - 2];
                for (packed, expected) in [
                    (
                        pack(&[outer], cut),
                        format!(
                            "{} data within {} data ends early, at byte {} of what that holds",
                            inner.name(),
                            outer.name(),
                            cut.len()
                        ),
                    ),
                    {
                        let packed = pack(&[outer, inner], &text);
                        let length = packed.len() - 2;
                        let expected = format!("{} data ends early, at byte {length}", outer.name());
                        (packed[..length].to_vec(), expected)
                    },
                ] {
                    let mut unpacked = unpack(PeekReader::new(Layer::Bottom(&packed[..])), false).unwrap();
                    let mut found = Vec::new();
                    let error = unpacked.rdr.read_to_end(&mut found).unwrap_err();
                    assert_eq!(error.to_string(), expected);
                    assert!(text.starts_with(&found), "{outer:?} {inner:?}");
                }
            }
        }
    }

    #[test]
    fn what_is_not_read_here_is_refused_in_any_layer() {
        let legacy = b"\x02\x21\x4c\x18\x28\0\0\0";
        let message = "is packed with gzip, and in that with lz4 in legacy frames, which is not read here; \
                       unpack it with gzip -d, then lz4 -d";
        assert_eq!(unpack_all(&pack(&[Format::Gzip], legacy), false), Err(message.to_owned()));
        assert_eq!(
            unpack_all(&pack(&[Format::Gzip], legacy), true),
            Ok((legacy.to_vec(), vec![Format::Gzip]))
        );
    }
}
