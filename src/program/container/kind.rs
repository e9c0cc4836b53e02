//! Tells archives by their first bytes.

use crate::program::compression::Format;
use std::ffi::OsStr;
use std::io;
use std::path::Path;

/// The kind of an archive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArchiveKind {
    Tar,
    Zip,
}

/// The number of first bytes that tell the kind of an archive: the size of a header of a tar archive.
pub(crate) const KIND_HEAD_BYTES: usize = 512;
/// The place of the checksum in the header, in octal digits.
const TAR_CHECKSUM: std::ops::Range<usize> = 148..156;
/// The byte offset of the signature in the header. The oldest archives have no signature.
const TAR_SIGNATURE_AT: usize = 257;

/// The first bytes of zip archives: with a file, empty, or split into several parts.
const ZIP_SIGNATURES: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];

impl ArchiveKind {
    /// Returns the kind of archive that the name of a file stands for, whatever the archive is packed in: `x.tar.gz`,
    /// `x.tgz`; `None` for any other name.
    pub(crate) fn of_name(path: &Path) -> Option<Self> {
        let bare = Format::Plain.rename(path);
        let extension = bare.extension().and_then(OsStr::to_str)?.to_ascii_lowercase();
        match &extension[..] {
            "tar" => Some(Self::Tar),
            "zip" => Some(Self::Zip),
            _ => None,
        }
    }

    /// Returns the error for content that has a name of this kind of archive and does not begin as one: its beginning is
    /// damaged, and annotating it would destroy the rest.
    pub(crate) fn does_not_begin(self) -> io::Error {
        io::Error::other(format!(
            "has the name of a {} archive, but does not begin as one; --no-archives takes it as it is",
            self.name()
        ))
    }

    /// Returns the name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Tar => "tar",
            Self::Zip => "zip",
        }
    }

    /// Returns the kind of the archive that begins with these bytes; `None` if no archive does.
    pub(crate) fn of(head: &[u8]) -> Option<Self> {
        if ZIP_SIGNATURES.iter().any(|signature| head.starts_with(signature)) {
            return Some(Self::Zip);
        }
        head.first_chunk().is_some_and(is_tar_header).then_some(Self::Tar)
    }
}

/// Returns true if a block is the header of a member of a tar archive: with the right checksum, and the signature or, as
/// in the oldest archives, a name and a NUL behind it.
pub(super) fn is_tar_header(header: &[u8; KIND_HEAD_BYTES]) -> bool {
    // Hardly any text has octal digits in this place, so that most files cost no sum.
    let Some(checksum) = octal(&header[TAR_CHECKSUM]) else {
        return false;
    };
    let counted = |place: usize, byte: u8| if TAR_CHECKSUM.contains(&place) { b' ' } else { byte };
    let bytes = || header.iter().enumerate().map(|(place, &byte)| counted(place, byte));
    let sum: i64 = bytes().map(i64::from).sum();
    // Some old programs added up signed bytes.
    let signed_sum: i64 = bytes().map(|byte| i64::from(byte.cast_signed())).sum();
    let is_right = [sum, signed_sum].contains(&checksum);
    let has_signature = header[TAR_SIGNATURE_AT..].starts_with(b"ustar");
    is_right && (has_signature || header[0] != 0 && header.contains(&0))
}

/// Parses octal digits, with spaces before and spaces or NULs behind them; returns `None` for any other text.
fn octal(field: &[u8]) -> Option<i64> {
    let text = str::from_utf8(field).ok()?.trim_start_matches(' ').trim_end_matches(['\0', ' ']);
    i64::from_str_radix(text, 8).ok().filter(|_| !text.starts_with(['+', '-']))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns a header as `tar` writes it, with `signature` in its place.
    fn tar_header(signature: &[u8]) -> Vec<u8> {
        let mut header = vec![0; KIND_HEAD_BYTES];
        let mut put = |place: usize, bytes: &[u8]| header[place..place + bytes.len()].copy_from_slice(bytes);
        put(0, "日志/a.log".as_bytes());
        put(100, b"0000644\0");
        put(124, b"00000000007\0");
        put(TAR_SIGNATURE_AT, signature);
        put(TAR_CHECKSUM.start, b"        ");
        let sum: u32 = header.iter().map(|&byte| u32::from(byte)).sum();
        header[TAR_CHECKSUM].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        header
    }

    #[test]
    fn names_tell_archives_in_any_packing() {
        let of_name = |name: &str| ArchiveKind::of_name(Path::new(name));
        for name in ["x.tar", "x.TAR", "a/x.tar.gz", "x.tgz", "x.tar.gz.xz"] {
            assert_eq!(of_name(name), Some(ArchiveKind::Tar), "{name}");
        }
        assert_eq!(of_name("x.zip"), Some(ArchiveKind::Zip));
        assert_eq!((of_name("x.log.gz"), of_name("tar"), of_name("x")), (None, None, None));
    }

    #[test]
    fn archives_are_told_by_their_first_bytes() {
        let tars = [&b"ustar\x0000"[..], b"ustar  \0", b""].map(tar_header);
        for content in &tars {
            assert_eq!(ArchiveKind::of(content), Some(ArchiveKind::Tar));
        }
        for content in ZIP_SIGNATURES {
            assert_eq!(ArchiveKind::of(content), Some(ArchiveKind::Zip));
        }
        for place in [0, 130, 149, 300] {
            let mut header = tars[0].clone();
            header[place] ^= 1;
            assert_eq!(ArchiveKind::of(&header), None, "{place}");
        }
        assert_eq!(ArchiveKind::of(&tars[0][..KIND_HEAD_BYTES - 1]), None);
        assert_eq!(ArchiveKind::of(b""), None);
        assert_eq!(ArchiveKind::of(b"PK and more\n"), None);
    }
}
