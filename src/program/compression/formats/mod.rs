//! The compressed formats that are read, and mostly written: each has a file of its own and a row in [`FORMATS`].

mod brotli;
mod bzip2;
pub(super) mod bzip2_bits;
mod bzip2_pieces;
mod codec;
mod compress;
mod gzip;
mod gzip_pieces;
mod lz4;
mod lz4_legacy;
mod lzma;
mod names;
mod xz;
pub(super) mod xz_index;
mod xz_pieces;
mod zlib;
mod zstd;

use codec::counted;
pub(super) use codec::{Decode, Encode, JoinPieces, PackPieces, Piece, Step, StepOutcome};
use std::io;
use std::ops::RangeInclusive;
use std::sync::Arc;
pub use zstd::ZstdDictionary;

/// The format in which the bytes of a file are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Plain,
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Lz4,
    Lz4Legacy,
    Compress,
    Lzma,
    Zlib,
    Brotli,
}

/// A format to write, at a level or at the format's default.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Packing {
    pub format: Format,
    pub level: Option<u32>,
}

/// The formats that compress, in the order in which they are compared with the first bytes of an input: those with
/// signatures first. Data of skippable frames alone counts as the first format that has them.
pub(super) static FORMATS: [CompressedFormat; 10] = [
    gzip::FORMAT,
    zstd::FORMAT,
    xz::FORMAT,
    lz4::FORMAT,
    bzip2::FORMAT,
    compress::FORMAT,
    lz4_legacy::FORMAT,
    lzma::FORMAT,
    zlib::FORMAT,
    brotli::FORMAT,
];

/// The description of a compressed format.
pub(super) struct CompressedFormat {
    pub(super) format: Format,
    /// The name in messages.
    pub(super) name: &'static str,
    /// The command that unpacks it.
    pub(super) unpack: &'static str,
    /// The extensions of the format's files, without the point; the first is that of a new file. They are compared
    /// without regard to case.
    pub(super) extensions: &'static [&'static str],
    /// Compares the first bytes of data with the format's beginning. Returns `Some(true)` if they begin with it,
    /// `Some(false)` if they could become it with more bytes, and `None` if they differ from it. No complete line of
    /// text is the beginning of one.
    pub(super) begins: fn(&[u8]) -> Option<bool>,
    /// For a format that the name of a file tells, too, if its first bytes show nothing and are no text: returns true if
    /// these bytes can be of the format.
    pub(super) by_name: Option<fn(&[u8]) -> bool>,
    /// True if skippable frames may stand before, between and behind the format's members.
    pub(super) has_skippable_frames: bool,
    /// Returns a decoder of one member, with the dictionary of `--zstd-dictionary`. Fails where there is no memory for
    /// it.
    pub(super) decoder: fn(Option<&ZstdDictionary>) -> io::Result<Box<dyn Decode>>,
    pub(super) writing: WrittenIn,
}

/// The way in which an output is written that has the format of its input.
pub(super) enum WrittenIn {
    /// In the format itself.
    As {
        /// The levels; `None` if there is only one way to compress.
        levels: Option<Levels>,
        /// Returns an encoder of one member at a level. Fails where there is no memory for it.
        encoder: fn(u32) -> io::Result<Box<dyn Encode>>,
        /// Returns the way to pack pieces of a member at a level; `None` for a format that is packed as fast as lines are
        /// annotated, or whose members cannot be joined of pieces.
        pieces: Option<fn(u32) -> Arc<dyn PackPieces>>,
    },
    /// In the format that is nearest to it, because it is only read.
    Instead(Format),
}

/// The levels of compression that a format has.
#[derive(Clone, Copy)]
pub(super) struct Levels {
    least: u32,
    default: u32,
    most: u32,
}

impl From<Format> for Packing {
    fn from(format: Format) -> Self {
        Self { format, level: None }
    }
}

impl Packing {
    /// Returns the packings of an output: the one that is chosen, or without one those of its input, outermost first.
    pub(crate) fn chosen_or_kept(chosen: Option<Self>, of_input: &[Format]) -> Vec<Self> {
        chosen.map_or_else(|| of_input.iter().copied().map(Self::from).collect(), |chosen| vec![chosen])
    }

    /// Returns an encoder of one member, in the format that is written for this one; `None` for plain data.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for it.
    pub(super) fn encoder(self) -> io::Result<Option<Box<dyn Encode>>> {
        match self.format.written().writing() {
            Some(WrittenIn::As { levels, encoder, .. }) => encoder(self.level_of(*levels)).map(Some),
            _ => Ok(None),
        }
    }

    /// Returns the way to pack pieces of one member; `None` for a format that has none.
    pub(super) fn pieces(self) -> Option<Arc<dyn PackPieces>> {
        match self.format.written().writing() {
            Some(WrittenIn::As { levels, pieces, .. }) => pieces.map(|pieces| pieces(self.level_of(*levels))),
            _ => None,
        }
    }

    fn level_of(self, levels: Option<Levels>) -> u32 {
        self.level.or(levels.map(|levels| levels.default)).unwrap_or(0)
    }
}

impl Format {
    /// Returns the formats that are written, in the order of the table.
    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        Self::all_read().filter(|format| format.written() == *format)
    }

    /// Returns all formats that compress, in the order of the table.
    #[cfg(test)]
    pub(crate) fn all_read() -> impl Iterator<Item = Self> {
        FORMATS.iter().map(|compressed| compressed.format)
    }

    /// Returns the description of the format; `None` for plain data.
    fn compressed(self) -> Option<&'static CompressedFormat> {
        FORMATS.iter().find(|compressed| compressed.format == self)
    }

    fn writing(self) -> Option<&'static WrittenIn> {
        self.compressed().map(|compressed| &compressed.writing)
    }

    /// Returns the format in which an output is written that has this format: the format itself, or the nearest one to
    /// a format that is only read.
    pub(crate) fn written(self) -> Self {
        match self.writing() {
            Some(WrittenIn::Instead(format)) => *format,
            _ => self,
        }
    }

    /// Returns the levels of compression; `None` for plain data and for a format with one way to compress.
    pub(crate) fn levels(self) -> Option<RangeInclusive<u32>> {
        match self.writing() {
            Some(WrittenIn::As { levels: Some(levels), .. }) => Some(levels.least..=levels.most),
            _ => None,
        }
    }

    /// Returns the format's name in messages.
    pub(crate) fn name(self) -> &'static str {
        self.compressed().map_or("plain", |compressed| compressed.name)
    }

    /// Returns the command that unpacks the format.
    pub(super) fn unpack(self) -> &'static str {
        self.compressed().map_or("cat", |compressed| compressed.unpack)
    }

    /// Returns true if skippable frames may stand before, between and behind the format's members.
    pub(super) fn has_skippable_frames(self) -> bool {
        self.compressed().is_some_and(|compressed| compressed.has_skippable_frames)
    }

    /// Returns the format that data of skippable frames alone counts as: the first in the table that has them.
    pub(super) fn of_skippable_frames() -> Self {
        let has_them = FORMATS.iter().find(|compressed| compressed.has_skippable_frames);
        has_them.map_or(Self::Plain, |compressed| compressed.format)
    }

    /// Returns a decoder of one member, with the dictionary that zstd's frames may need.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for it.
    ///
    /// # Panics
    ///
    /// Panics for plain data.
    pub(super) fn decoder(self, dictionary: Option<&ZstdDictionary>) -> io::Result<Box<dyn Decode>> {
        (self.compressed().expect("plain data has no members").decoder)(dictionary)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_has_one_row_and_what_it_encodes_it_decodes() {
        for (index, format) in FORMATS.iter().enumerate() {
            for other in &FORMATS[..index] {
                assert_ne!(format.format, other.format);
                assert_ne!(format.name, other.name);
                assert!(format.extensions.iter().all(|extension| !other.extensions.contains(extension)));
            }
            let WrittenIn::As { levels, encoder, .. } = format.writing else {
                assert_eq!(format.format.written().written(), format.format.written());
                continue;
            };
            let mut encoder = encoder(levels.map_or(0, |levels| levels.default)).unwrap();
            encoder.write_all(b"ret=-204\n").unwrap();
            encoder.flush().unwrap();
            let mut packed = std::mem::take(encoder.output());
            packed.extend(encoder.finish().unwrap());
            assert_eq!((format.begins)(&packed), Some(true), "{}", format.name);

            let mut decoder = (format.decoder)(None).unwrap();
            let (mut text, mut taken, mut buffer) = (Vec::new(), 0, [0; 100]);
            loop {
                let Step { read, written, state } = decoder.step(&packed[taken..], &mut buffer);
                taken += read;
                text.extend_from_slice(&buffer[..written]);
                match state {
                    StepOutcome::More => {}
                    StepOutcome::End => break,
                    StepOutcome::Damaged(why) | StepOutcome::Refused(why) => panic!("{}: {why}", format.name),
                }
            }
            assert_eq!((&text[..], taken), (&b"ret=-204\n"[..], packed.len()), "{}", format.name);
        }
    }

    /// Files of skippable frames alone are empty zstd files to messages and to `--output-dir`, wherever the row stands.
    #[test]
    fn skippable_frames_alone_are_zstd() {
        assert_eq!(Format::of_skippable_frames(), Format::Zstd);
    }
}
