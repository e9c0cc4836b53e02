//! Packings that this program does not read. They are recognised so that packed data is not taken for text, and refused
//! with the name of the program that unpacks them.

use super::formats::Format;
use super::signature::agrees_plainly;
use std::ffi::OsStr;
use std::io::{self, ErrorKind};
use std::path::Path;

/// A packing that this program does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    /// `.Z`, by compress.
    Compress,
    /// `.lzma`, the format before xz.
    Lzma,
    Lzop,
    /// Frames as lz4 first wrote them (`lz4 -l`).
    Lz4Legacy,
    SevenZip,
    Rar,
    /// Brotli has no signature: only the name of a file tells it.
    Brotli,
}

/// The length of the header of `.lzma`: the properties, the size of the dictionary, the length, and the first byte of
/// the data.
const LZMA_HEADER_BYTES: usize = 14;
/// The limit for a length in the header of `.lzma`; no files have larger ones.
const LZMA_LENGTH_MAX: u64 = 1 << 38;

/// The description of a packing that this program does not read.
struct ForeignPacking {
    foreign: Foreign,
    /// The name in messages.
    name: &'static str,
    /// The command that unpacks it.
    remedy: &'static str,
    /// Compares bytes with the packing's signature; returns the result as [`Foreign::agrees`] does. No signature has a
    /// newline, so that no complete line can be the beginning of one.
    agrees: fn(&[u8]) -> Option<bool>,
}

static PACKINGS: [ForeignPacking; 7] = [
    ForeignPacking {
        foreign: Foreign::Compress,
        name: "compress",
        remedy: "gzip -d",
        agrees: agrees_with_compress,
    },
    ForeignPacking { foreign: Foreign::Lzma, name: "lzma", remedy: "xz -d", agrees: agrees_with_lzma },
    ForeignPacking {
        foreign: Foreign::Lzop,
        name: "lzop",
        remedy: "lzop -d",
        // The signature goes on with a newline, which is left out.
        agrees: |bytes| agrees_plainly(bytes, b"\x89LZO\0\r"),
    },
    ForeignPacking {
        foreign: Foreign::Lz4Legacy,
        name: "lz4 in legacy frames",
        remedy: "lz4 -d",
        agrees: |bytes| agrees_plainly(bytes, b"\x02\x21\x4c\x18"),
    },
    ForeignPacking {
        foreign: Foreign::SevenZip,
        name: "7-Zip",
        remedy: "7z x",
        agrees: |bytes| agrees_plainly(bytes, b"7z\xbc\xaf\x27\x1c"),
    },
    ForeignPacking {
        foreign: Foreign::Rar,
        name: "rar",
        remedy: "unrar x",
        agrees: |bytes| agrees_plainly(bytes, b"Rar!\x1a\x07"),
    },
    ForeignPacking { foreign: Foreign::Brotli, name: "brotli", remedy: "brotli -d", agrees: |_| None },
];

impl Foreign {
    /// Returns all packings, in the order in which the beginning of data is compared with them.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        PACKINGS.iter().map(|packing| packing.foreign)
    }

    /// Compares the first bytes of data with the packing's signature. Returns `Some(true)` if they begin with it,
    /// `Some(false)` if they are only its beginning, and `None` if they differ from it.
    pub(super) fn agrees(self, bytes: &[u8]) -> Option<bool> {
        (self.packing().agrees)(bytes)
    }

    fn packing(self) -> &'static ForeignPacking {
        PACKINGS.iter().find(|packing| packing.foreign == self).expect("each packing has a row")
    }

    /// Returns the packing that the name of a file tells, for content that has no signature and is no text; `None` if
    /// the name tells none or the content is text.
    pub(crate) fn of_name(path: &Path, content: &[u8]) -> Option<Self> {
        let is_brotli = path.extension().and_then(OsStr::to_str) == Some("br");
        (is_brotli && !is_text(content)).then_some(Self::Brotli)
    }

    /// Returns the error that names the packing and the commands that unpack it, within layers of these formats,
    /// outermost first.
    pub(crate) fn refusal(self, within: &[Format]) -> io::Error {
        let names: String =
            within.iter().map(|format| format!("{}, and in that with ", format.name())).collect();
        let remedies: String = within.iter().map(|format| format!("{} -d, then ", format.name())).collect();
        let ForeignPacking { name, remedy, .. } = self.packing();
        let message = format!(
            "is packed with {names}{name}, which is not read here; unpack it with {remedies}{remedy}"
        );
        io::Error::new(ErrorKind::Unsupported, message)
    }
}

/// Compares bytes with the signature of compress. The third byte has a flag for blocks and the number of bits of the
/// longest codes: 9 to 16.
fn agrees_with_compress(bytes: &[u8]) -> Option<bool> {
    match bytes {
        [0x1f, 0x9d, 0x89..=0x90, ..] => Some(true),
        [0x1f, 0x9d, _, ..] => None,
        _ => agrees_plainly(bytes, b"\x1f\x9d\x90"),
    }
}

/// Compares bytes with the header of `.lzma`, which has no signature but few plausible values.
fn agrees_with_lzma(bytes: &[u8]) -> Option<bool> {
    let header = &bytes[..bytes.len().min(LZMA_HEADER_BYTES)];
    agrees_plainly(header, b"\x5d\0\0")?;
    let is_wrong = header.contains(&b'\n')
        || header.get(3..5).is_some_and(|high| !is_lzma_dictionary(u16::from_le_bytes([high[0], high[1]])))
        || header.get(5..13).is_some_and(|length| {
            let length = u64::from_le_bytes(length.try_into().expect("eight bytes"));
            length != u64::MAX && length >= LZMA_LENGTH_MAX
        })
        || header.get(13).is_some_and(|&first| first != 0);
    (!is_wrong).then_some(header.len() == LZMA_HEADER_BYTES)
}

/// Returns true if a size can be that of a dictionary: `2^n` or `2^n + 2^(n-1)` bytes. `high` is the higher half of the
/// size; the lower half is 0.
fn is_lzma_dictionary(high: u16) -> bool {
    high.is_power_of_two() || high.is_multiple_of(3) && (high / 3).is_power_of_two()
}

/// Returns true if the bytes could be the beginning of a text in UTF-8, with no control characters but those of logs.
fn is_text(bytes: &[u8]) -> bool {
    let text = match str::from_utf8(bytes) {
        Ok(text) => text,
        // The bytes end within a character.
        Err(error) if error.error_len().is_none() => {
            str::from_utf8(&bytes[..error.valid_up_to()]).unwrap_or("")
        }
        Err(_) => return false,
    };
    !text.chars().any(|char| char.is_control() && !matches!(char, '\t' | '\n' | '\r' | '\x1b'))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes of data of each packing, as its own program writes it.
    pub(super) const BEGINNINGS: [(Foreign, &[u8]); 8] = [
        (Foreign::Compress, b"\x1f\x9d\x90\x32\x60"),
        (Foreign::Lzma, b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0\x39"),
        (Foreign::Lzma, b"\x5d\0\0\x01\0\x46\0\0\0\0\0\0\0\0\x39"),
        (Foreign::Lzop, b"\x89LZO\0\r\n\x1a\n\x10\x40"),
        (Foreign::Lz4Legacy, b"\x02\x21\x4c\x18\x28\0\0\0"),
        (Foreign::SevenZip, b"7z\xbc\xaf\x27\x1c\0\x04"),
        (Foreign::Rar, b"Rar!\x1a\x07\0"),
        (Foreign::Rar, b"Rar!\x1a\x07\x01\0"),
    ];

    #[test]
    fn beginnings_are_known_once_they_are_whole_and_have_no_newline() {
        for (foreign, data) in BEGINNINGS {
            assert_eq!(foreign.agrees(data), Some(true), "{foreign:?}");
            let whole = (0..=data.len()).find(|&length| foreign.agrees(&data[..length]) == Some(true));
            for length in 0..whole.unwrap() {
                assert_eq!(foreign.agrees(&data[..length]), Some(false), "{foreign:?} {length}");
                assert_eq!(foreign.agrees(&[&data[..length], b"\n"].concat()), None, "{foreign:?} {length}");
            }
        }
    }

    #[test]
    fn lzma_is_taken_for_nothing_else() {
        for (place, byte) in [(0, b'\\'), (1, 1), (2, 1), (3, 5), (4, 3), (5, b'\n'), (10, 0x40), (13, 1)] {
            let mut data = *b"\x5d\0\0\x80\0\x46\0\0\0\0\0\0\0\0";
            assert_eq!(Foreign::Lzma.agrees(&data), Some(true));
            data[place] = byte;
            assert_eq!(Foreign::Lzma.agrees(&data), None, "{place}");
        }
    }

    #[test]
    fn a_name_alone_tells_brotli_unless_there_is_text() {
        let of_name = |name: &str, content: &[u8]| Foreign::of_name(Path::new(name), content);
        assert_eq!(of_name("a.log.br", b"\x0b\x02\x80hello\x03"), Some(Foreign::Brotli));
        assert_eq!(of_name("a.log", b"\x0b\x02\x80hello\x03"), None);
        for text in [&b""[..], b"ret=-1\r\n\tx\x1b[0m", "用户".as_bytes(), &"用户".as_bytes()[..4]] {
            assert_eq!(of_name("a.br", text), None);
        }
    }

    #[test]
    fn the_refusal_says_what_unpacks_all_layers() {
        let within = [Format::Gzip, Format::Xz];
        assert_eq!(
            Foreign::Lzop.refusal(&[]).to_string(),
            "is packed with lzop, which is not read here; unpack it with lzop -d"
        );
        assert_eq!(
            Foreign::Rar.refusal(&within).to_string(),
            "is packed with gzip, and in that with xz, and in that with rar, which is not read here; \
             unpack it with gzip -d, then xz -d, then unrar x"
        );
    }
}
