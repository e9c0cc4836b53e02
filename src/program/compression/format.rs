//! The formats of compressed data, told by how the data begins, whatever the name.

use super::foreign::Foreign;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// How the bytes of a file are packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Plain,
    Gzip,
    Zstd,
    Xz,
    Bzip2,
    Lz4,
}

/// What the first bytes tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// The format is known.
    Of(Format),
    /// A skippable frame, which both zstd and lz4 have.
    SkippableFrame,
    /// The packing is known, and not read here.
    Foreign(Foreign),
    /// It could still become one of the compressed formats. No complete line begins like that.
    Undecided,
}

const SIGNATURES: [(Format, &[u8]); 6] = [
    (Format::Gzip, b"\x1f\x8b\x08"),
    (Format::Zstd, b"\x28\xb5\x2f\xfd"),
    (Format::Xz, b"\xfd7zXZ\0"),
    (Format::Lz4, b"\x04\x22\x4d\x18"),
    // `BZh`, the level (which stands for any), then what opens a block or ends a stream without one.
    (Format::Bzip2, b"BZh?\x31\x41\x59\x26\x53\x59"),
    (Format::Bzip2, b"BZh?\x17\x72\x45\x38\x50\x90"),
];

/// The first byte stands for `0x50` to `0x5f`.
const SKIPPABLE_FRAME: &[u8] = b"\x50\x2a\x4d\x18";

/// Looks at the first bytes of an input; `at_end` says that there are no more.
///
/// Where the input ends within what a compressed format begins with, it is of that format and cut off,
/// unless it is text so far.
pub(crate) fn beginning(bytes: &[u8], at_end: bool) -> Beginning {
    let mut undecided = false;
    for (format, signature) in SIGNATURES {
        match agrees(bytes, signature) {
            Some(true) => return Beginning::Of(format),
            Some(false) if at_end && bytes.len() > 1 && bytes.iter().any(|byte| !byte.is_ascii()) => {
                return Beginning::Of(format);
            }
            Some(false) => undecided = true,
            None => {}
        }
    }
    for foreign in Foreign::WITH_SIGNATURE {
        match foreign.agrees(bytes) {
            Some(true) => return Beginning::Foreign(foreign),
            partly => undecided |= partly.is_some(),
        }
    }
    match agrees(bytes, SKIPPABLE_FRAME) {
        Some(true) => Beginning::SkippableFrame,
        partly if (undecided || partly.is_some()) && !at_end => Beginning::Undecided,
        _ => Beginning::Of(Format::Plain),
    }
}

/// Whether the bytes begin with a signature: yes, as far as they go, or no (`None`).
fn agrees(bytes: &[u8], signature: &[u8]) -> Option<bool> {
    let same = |(index, (byte, expected)): (usize, (&u8, &u8))| match (index, expected) {
        (3, b'?') => (b'1'..=b'9').contains(byte),
        (0, 0x50) => byte & 0xf0 == 0x50,
        _ => byte == expected,
    };
    bytes.iter().zip(signature).enumerate().all(same).then_some(bytes.len() >= signature.len())
}

/// Returns whether the bytes begin with a signature of which each byte stands for itself, as [`agrees`] says it.
pub(crate) fn agrees_plainly(bytes: &[u8], signature: &[u8]) -> Option<bool> {
    let same = bytes.iter().zip(signature).all(|(byte, expected)| byte == expected);
    same.then_some(bytes.len() >= signature.len())
}

impl Format {
    /// How messages call it.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Gzip => "gzip",
            Self::Zstd => "zstd",
            Self::Xz => "xz",
            Self::Bzip2 => "bzip2",
            Self::Lz4 => "lz4",
        }
    }

    /// What the names of its files end with; empty where files are plain.
    pub(crate) fn extension(self) -> &'static str {
        match self {
            Self::Plain => "",
            Self::Gzip => "gz",
            Self::Zstd => "zst",
            Self::Xz => "xz",
            Self::Bzip2 => "bz2",
            Self::Lz4 => "lz4",
        }
    }

    /// The format that a file's name speaks of.
    pub(crate) fn of_name(path: &Path) -> Self {
        let extension = path.extension().and_then(OsStr::to_str).unwrap_or("").to_ascii_lowercase();
        let compressed = [Self::Gzip, Self::Zstd, Self::Xz, Self::Bzip2, Self::Lz4];
        compressed.into_iter().find(|format| format.extension() == extension).unwrap_or(Self::Plain)
    }

    /// The name that a file gets when it is packed in this format alone: the extensions of others are replaced, also of
    /// several layers (`x.log.gz.gz`).
    pub fn rename(self, path: &Path) -> PathBuf {
        let mut bare = path.to_owned();
        let mut layers = 0;
        while Self::of_name(&bare) != Self::Plain {
            bare.set_extension("");
            layers += 1;
        }
        if layers == 1 && Self::of_name(path) == self { path.to_owned() } else { self.append_to(&bare) }
    }

    /// The name with this format's extension behind it.
    pub(crate) fn append_to(self, path: &Path) -> PathBuf {
        let mut name = path.as_os_str().to_owned();
        if self != Self::Plain {
            name.push(".");
            name.push(self.extension());
        }
        name.into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signatures_are_known_once_they_are_whole() {
        let cases: [(&[u8], Beginning); 12] = [
            (b"\x1f\x8b\x08\0", Beginning::Of(Format::Gzip)),
            (b"\x28\xb5\x2f\xfd", Beginning::Of(Format::Zstd)),
            (b"\xfd7zXZ\0\0", Beginning::Of(Format::Xz)),
            (b"\x04\x22\x4d\x18", Beginning::Of(Format::Lz4)),
            (b"BZh91AY&SY..", Beginning::Of(Format::Bzip2)),
            (b"BZh1\x17\x72\x45\x38\x50\x90", Beginning::Of(Format::Bzip2)),
            (b"\x50\x2a\x4d\x18", Beginning::SkippableFrame),
            (b"\x5f\x2a\x4d\x18", Beginning::SkippableFrame),
            (b"BZh0\x31\x41\x59\x26\x53\x59", Beginning::Of(Format::Plain)),
            (b"BZh9 is text", Beginning::Of(Format::Plain)),
            (b"\x1f\x8b\x07", Beginning::Of(Format::Plain)),
            (b"ret=-1", Beginning::Of(Format::Plain)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(beginning(bytes, false), expected, "{}", bytes.escape_ascii());
            assert_eq!(beginning(bytes, true), expected, "{}", bytes.escape_ascii());
        }
    }

    #[test]
    fn no_complete_line_is_undecided() {
        for (_, signature) in SIGNATURES {
            for length in 0..signature.len() {
                let begun: Vec<u8> =
                    signature[..length].iter().map(|&byte| if byte == b'?' { b'9' } else { byte }).collect();
                assert_eq!(beginning(&begun, false), Beginning::Undecided);
                let line = [&begun[..], b"\n"].concat();
                assert_eq!(beginning(&line, false), Beginning::Of(Format::Plain));
            }
        }
    }

    #[test]
    fn what_is_cut_off_is_of_its_format_unless_it_is_text() {
        assert_eq!(beginning(b"\x1f\x8b", true), Beginning::Of(Format::Gzip));
        assert_eq!(beginning(b"\x28\xb5\x2f", true), Beginning::Of(Format::Zstd));
        assert_eq!(beginning(b"\x1f", true), Beginning::Of(Format::Plain));
        assert_eq!(beginning(b"BZh91AY&S", true), Beginning::Of(Format::Plain));
        assert_eq!(beginning(b"", true), Beginning::Of(Format::Plain));
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
