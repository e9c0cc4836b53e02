//! The compressed formats that are read and written: each has a file of its own and a row in [`FORMATS`].

mod bzip2;
mod gzip;
mod lz4;
mod xz;
mod zstd;

use std::ffi::OsStr;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The format in which the bytes of a file are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Plain,
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Lz4,
}

/// The formats that compress, in the order in which signatures are compared with the first bytes of an input. Data of
/// skippable frames alone counts as the first format that has them.
pub(super) static FORMATS: [CompressedFormat; 5] =
    [gzip::FORMAT, zstd::FORMAT, xz::FORMAT, lz4::FORMAT, bzip2::FORMAT];

/// The description of a compressed format.
pub(super) struct CompressedFormat {
    pub(super) format: Format,
    /// The name in messages, which is also the name of the program that unpacks the format with `-d`.
    pub(super) name: &'static str,
    /// The extension of the format's files, without the point.
    pub(super) extension: &'static str,
    /// The beginnings of the format's data, in which `?` stands for a digit that is not `0`. None has a newline.
    pub(super) signatures: &'static [&'static [u8]],
    /// True if skippable frames may stand before, between and behind the format's members.
    pub(super) has_skippable_frames: bool,
    /// Returns a decoder of one member. Fails where there is no memory for it.
    pub(super) decoder: fn() -> io::Result<Box<dyn Decode>>,
    /// Returns an encoder of one member. Fails where there is no memory for it.
    pub(super) encoder: fn() -> io::Result<Box<dyn Encode>>,
}

impl Format {
    /// Returns the formats that compress, in the order of the table.
    #[cfg(test)]
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        FORMATS.iter().map(|compressed| compressed.format)
    }

    /// Returns the description of the format; `None` for plain data.
    fn compressed(self) -> Option<&'static CompressedFormat> {
        FORMATS.iter().find(|compressed| compressed.format == self)
    }

    /// Returns the format's name in messages.
    pub(crate) fn name(self) -> &'static str {
        self.compressed().map_or("plain", |compressed| compressed.name)
    }

    /// Returns the extension of the format's files, without the point; empty for plain data.
    pub(crate) fn extension(self) -> &'static str {
        self.compressed().map_or("", |compressed| compressed.extension)
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

    /// Returns a decoder of one member.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for it.
    ///
    /// # Panics
    ///
    /// Panics for plain data.
    pub(super) fn decoder(self) -> io::Result<Box<dyn Decode>> {
        (self.compressed().expect("plain data has no members").decoder)()
    }

    /// Returns an encoder of one member; `None` for plain data.
    ///
    /// # Errors
    ///
    /// Fails where there is no memory for it.
    pub(super) fn encoder(self) -> io::Result<Option<Box<dyn Encode>>> {
        self.compressed().map(|compressed| (compressed.encoder)()).transpose()
    }

    /// Returns the format that the extension of a file's name stands for; plain for any other name.
    pub(crate) fn of_name(path: &Path) -> Self {
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or("").to_ascii_lowercase();
        let of_extension = FORMATS.iter().find(|compressed| compressed.extension == extension);
        of_extension.map_or(Self::Plain, |compressed| compressed.format)
    }

    /// Returns the name that a file gets when it is packed in this format alone. The extensions of all other formats
    /// are replaced, also of several layers (`x.log.gz.gz`).
    pub fn rename(self, path: &Path) -> PathBuf {
        let mut bare = path.to_owned();
        let mut layers = 0;
        while Self::of_name(&bare) != Self::Plain {
            bare.set_extension("");
            layers += 1;
        }
        if layers == 1 && Self::of_name(path) == self { path.to_owned() } else { self.append_to(&bare) }
    }

    /// Returns the name with this format's extension added.
    pub(crate) fn append_to(self, path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        if self != Self::Plain {
            name.push(".");
            name.push(self.extension());
        }
        name.into()
    }
}

/// A decoder of one member (gzip), frame (zstd, lz4) or stream (xz, bzip2).
pub(super) trait Decode: Send {
    /// Decodes the next bytes of the member; with an empty `input`, writes decoded bytes that have not been written
    /// yet. `output` must not be empty.
    fn step(&mut self, input: &[u8], output: &mut [u8]) -> Step;
}

/// The outcome of a step, with the numbers of bytes that it read and wrote, also if it ended in damage.
pub(super) struct Step {
    pub(super) read: usize,
    pub(super) written: usize,
    pub(super) state: StepOutcome,
}

pub(super) enum StepOutcome {
    More,
    /// The member is whole, and its checksums are right.
    End,
    /// The data is damaged, for the given reason.
    Damaged(String),
}

impl Step {
    fn more(read: usize, written: usize) -> Self {
        Self { read, written, state: StepOutcome::More }
    }
}

/// An encoder of one member, into memory. The size of each write bounds the memory, if the output is taken after it.
pub(super) trait Encode: Write + Send {
    /// Returns the encoded bytes, which the caller takes out.
    fn output(&mut self) -> &mut Vec<u8>;

    /// Ends the member, and returns the encoded bytes that have not been taken out.
    ///
    /// # Errors
    ///
    /// Fails where the library does.
    fn finish(self: Box<Self>) -> io::Result<Vec<u8>>;
}

/// Runs a step of a library that counts its bytes itself, whether or not the step succeeds. `totals` returns the
/// numbers of bytes that the library has read and written so far.
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_has_one_row_and_what_it_encodes_it_decodes() {
        for (index, format) in FORMATS.iter().enumerate() {
            for other in &FORMATS[..index] {
                assert_ne!(format.format, other.format);
                assert_ne!(format.name, other.name);
                assert_ne!(format.extension, other.extension);
            }
            let mut encoder = (format.encoder)().unwrap();
            encoder.write_all(b"ret=-204\n").unwrap();
            encoder.flush().unwrap();
            let mut packed = std::mem::take(encoder.output());
            packed.extend(encoder.finish().unwrap());
            let is_any = |(&byte, &expected): (&u8, &u8)| expected == b'?' || byte == expected;
            let begins = |signature: &&[u8]| packed.iter().zip(*signature).all(is_any);
            assert!(format.signatures.iter().any(begins), "{}", format.name);

            let mut decoder = (format.decoder)().unwrap();
            let (mut text, mut taken, mut buffer) = (Vec::new(), 0, [0; 100]);
            loop {
                let Step { read, written, state } = decoder.step(&packed[taken..], &mut buffer);
                taken += read;
                text.extend_from_slice(&buffer[..written]);
                match state {
                    StepOutcome::More => {}
                    StepOutcome::End => break,
                    StepOutcome::Damaged(why) => panic!("{}: {why}", format.name),
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

    #[test]
    fn names_follow_the_format() {
        let renamed = |name: &str, format: Format| {
            format.rename(Path::new(name)).into_os_string().into_string().unwrap()
        };
        assert_eq!(renamed("a/x.log.1.gz", Format::Zstd), "a/x.log.1.zst");
        assert_eq!(renamed("x.log.gz", Format::Plain), "x.log");
        assert_eq!(renamed("x.log.gz", Format::Gzip), "x.log.gz");
        assert_eq!(renamed("x.log", Format::Plain), "x.log");
        assert_eq!(renamed("x.log.1", Format::Gzip), "x.log.1.gz");
        assert_eq!(renamed("a.GZ", Format::Gzip), "a.GZ");
        assert_eq!(renamed("x.log.gz.gz", Format::Plain), "x.log");
        assert_eq!(renamed("x.log.gz.gz", Format::Gzip), "x.log.gz");
        assert_eq!(renamed("x.log.gz.xz", Format::Zstd), "x.log.zst");
        assert_eq!(Format::of_name(Path::new("a.GZ")), Format::Gzip);
        assert_eq!(Format::of_name(Path::new("a")), Format::Plain);
    }
}
