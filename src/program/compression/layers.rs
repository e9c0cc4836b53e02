//! The layers that an input is packed in: gzip within gzip, for example, as some log shippers leave it.

use super::beginning::{Beginning, begins};
use super::decoder::Decoder;
use super::formats::{FORMATS, Format, ZstdDictionary};
use super::peek::PeekReader;
use super::text::is_text;
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

/// The largest number of layers; data in more layers is refused.
const LAYERS_MAX: usize = 3;

/// The number of first bytes that tell text from data of a format that a name tells.
const NAMED_BYTES: usize = 64;

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

/// The settings for unpacking an input.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unpacking {
    /// True if data that this program cannot unpack is taken as it is.
    pub(crate) as_text: bool,
    /// The name of the input, which tells packings that have no signature; `None` if it has none.
    pub(crate) name: Option<PathBuf>,
    /// The dictionary that zstd's frames may need.
    pub(crate) dictionary: Option<ZstdDictionary>,
}

/// Unpacks the data of a reader layer by layer, until the content does not begin as packed data does.
///
/// # Errors
///
/// Fails where the first bytes cannot be read. Unless the data is to be taken as text, also fails where it is in a
/// packing that this program does not read, or in too many layers.
pub(crate) fn unpack<R: Read>(
    mut rdr: PeekReader<Layer<R>>,
    unpacking: &Unpacking,
) -> io::Result<Unpacked<R>> {
    let mut formats = Vec::new();
    let mut name = unpacking.name.clone().unwrap_or_default();
    loop {
        let format = match begins(&mut rdr) {
            Ok(Beginning::Of(Format::Plain) | Beginning::Undecided) => match by_name(&name, &mut rdr) {
                Some(format) => format,
                None => break,
            },
            Ok(Beginning::Foreign(_)) if unpacking.as_text => break,
            Ok(Beginning::Foreign(foreign)) => return Err(foreign.refusal(&formats)),
            Ok(Beginning::Of(format)) => format,
            Ok(Beginning::SkippableFrame) => Format::of_skippable_frames(),
            // The error is returned again when all that came before it has been read.
            Err(error) if !formats.is_empty() || begins_as_text(rdr.buffer()) => {
                rdr.put_back(error);
                break;
            }
            Err(error) => return Err(error),
        };
        if formats.len() == LAYERS_MAX {
            if unpacking.as_text {
                break;
            }
            return Err(too_many_layers(&formats));
        }
        let decoder = Decoder::new(rdr, format, formats.last().copied(), unpacking.dictionary.clone())?;
        formats.push(decoder.first_format());
        // A name that tells another format than the data has tells nothing of what is within.
        if Format::of_name(&name) == decoder.first_format() {
            name.set_extension("");
        } else {
            name.clear();
        }
        rdr = PeekReader::new(Layer::Packed(Box::new(decoder)));
    }
    Ok(Unpacked { rdr, formats })
}

/// Returns the format that a name tells for content; `None` if the name tells none, or the first bytes of the content are
/// text or cannot be of the format. Always as many bytes decide, however they come, but a complete line of text does not
/// wait for more.
fn by_name<R: Read>(name: &Path, rdr: &mut PeekReader<R>) -> Option<Format> {
    let named = Format::of_name(name);
    let is_this = FORMATS.iter().find(|row| row.format == named)?.by_name?;
    let is_line_of_text =
        |bytes: &[u8]| bytes.iter().position(|&byte| byte == b'\n').is_some_and(|end| is_text(&bytes[..end]));
    let bytes = rdr.look_until(NAMED_BYTES, is_line_of_text);
    (is_this(bytes) && !is_line_of_text(bytes) && !is_text(bytes)).then_some(named)
}

/// Returns true if the few bytes that could be read of an input could be the beginning of a text.
fn begins_as_text(bytes: &[u8]) -> bool {
    !bytes.is_empty() && is_text(bytes)
}

fn too_many_layers(formats: &[Format]) -> io::Error {
    let message = format!(
        "is packed in more than {LAYERS_MAX} layers, which are not read here; unpack the outermost with {}",
        formats[0].unpack()
    );
    io::Error::new(ErrorKind::Unsupported, message)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::compression::Encoder;
    use crate::program::system::thread_budget::ThreadBudget;
    use std::io::Write;

    fn pack(formats: &[Format], text: &[u8]) -> Vec<u8> {
        let mut encoder = Encoder::new(formats, Vec::new(), &ThreadBudget::new(1)).unwrap();
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    /// Returns the content of packed data and the formats of its layers, or the error.
    fn unpack_all(packed: &[u8], as_text: bool) -> Result<(Vec<u8>, Vec<Format>), String> {
        let rdr = PeekReader::new(Layer::Bottom(packed));
        let unpacking = Unpacking { as_text, ..Unpacking::default() };
        let mut unpacked = unpack(rdr, &unpacking).map_err(|error| error.to_string())?;
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
                    let mut unpacked =
                        unpack(PeekReader::new(Layer::Bottom(&packed[..])), &Unpacking::default()).unwrap();
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
        let lzop = b"\x89LZO\0\r\n\x1a";
        let message = "is packed with gzip, and in that with lzop, which is not read here; \
                       unpack it with gzip -d, then lzop -d";
        assert_eq!(unpack_all(&pack(&[Format::Gzip], lzop), false), Err(message.to_owned()));
        assert_eq!(unpack_all(&pack(&[Format::Gzip], lzop), true), Ok((lzop.to_vec(), vec![Format::Gzip])));
    }

    #[test]
    fn a_name_alone_tells_brotli_unless_there_is_text() {
        let brotli = b"\x0b\x02\x80hello\x03";
        let of_name = |name: &str, content: &[u8]| by_name(Path::new(name), &mut PeekReader::new(content));
        assert_eq!(of_name("a.log.br", brotli), Some(Format::Brotli));
        assert_eq!(of_name("a.log", brotli), None);
        assert_eq!(of_name("a.log.gz", brotli), None);
        for text in [&b""[..], b"ret=-1\r\n\tx\x1b[0m", "用户".as_bytes(), &"用户".as_bytes()[..4]] {
            assert_eq!(of_name("a.br", text), None);
        }
        // The name tells each layer.
        let name = Some(PathBuf::from("a.log.br.gz"));
        let packed = pack(&[Format::Gzip], brotli);
        let rdr = PeekReader::new(Layer::Bottom(&packed[..]));
        let mut unpacked = unpack(rdr, &Unpacking { name, ..Unpacking::default() }).unwrap();
        let mut text = String::new();
        unpacked.rdr.read_to_string(&mut text).unwrap();
        assert_eq!((&text[..], unpacked.formats), ("hello", vec![Format::Gzip, Format::Brotli]));
    }
}
