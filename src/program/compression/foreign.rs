//! Packings that this program does not read. They are recognised so that packed data is not taken for text, and refused
//! with the name of the program that unpacks them.

use super::formats::Format;
use super::signature::agrees_plainly;
use std::io::{self, ErrorKind};

/// A packing that this program does not read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Foreign {
    Lzop,
    SevenZip,
    Rar,
}

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

static PACKINGS: [ForeignPacking; 3] = [
    ForeignPacking {
        foreign: Foreign::Lzop,
        name: "lzop",
        remedy: "lzop -d",
        // The signature goes on with a newline, which is left out.
        agrees: |bytes| agrees_plainly(bytes, b"\x89LZO\0\r"),
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

    /// Returns the packing's name in messages.
    pub(super) fn name(self) -> &'static str {
        self.packing().name
    }

    /// Returns the command that unpacks it.
    pub(super) fn remedy(self) -> &'static str {
        self.packing().remedy
    }

    /// Returns the error that names the packing and the commands that unpack it, within layers of these formats,
    /// outermost first.
    pub(crate) fn refusal(self, within: &[Format]) -> io::Error {
        let names: String =
            within.iter().map(|format| format!("{}, and in that with ", format.name())).collect();
        let remedies: String = within.iter().map(|format| format!("{}, then ", format.unpack())).collect();
        let ForeignPacking { name, remedy, .. } = self.packing();
        let message = format!(
            "is packed with {names}{name}, which is not read here; unpack it with {remedies}{remedy}"
        );
        io::Error::new(ErrorKind::Unsupported, message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first bytes of data of each packing, as its own program writes it.
    pub(super) const BEGINNINGS: [(Foreign, &[u8]); 4] = [
        (Foreign::Lzop, b"\x89LZO\0\r\n\x1a\n\x10\x40"),
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
