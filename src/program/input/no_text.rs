//! Recognises content that is not text: archives, and data with NULs. Annotating it would destroy it.

use crate::program::compression::PeekReader;
use memchr::memchr;
use std::io::{self, Read};

/// The content that an input may have after decompression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Expected {
    /// Any bytes.
    Bytes,
    /// Any bytes but a tar or zip archive.
    NoArchive,
    /// Text: without NULs in its first bytes.
    Text,
}

/// The number of bytes that are examined.
const HEAD_BYTES: usize = 8 * 1024;
/// The size of a header of a tar archive.
const TAR_HEADER_BYTES: usize = 512;
/// The place of the checksum in the header, in octal digits.
const TAR_CHECKSUM: std::ops::Range<usize> = 148..156;
/// The byte offset of the signature in the header. The oldest archives have no signature.
const TAR_SIGNATURE_AT: usize = 257;

/// The first bytes of zip archives: with a file, empty, or split into several parts.
const ZIP_SIGNATURES: [&[u8]; 3] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"];
/// The first bytes of text that has NULs: UTF-16 in either byte order, and UTF-32 in little-endian order.
const BYTE_ORDER_MARKS: [&[u8]; 2] = [b"\xff\xfe", b"\xfe\xff"];

/// The judgement on the first bytes of an input.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    AsExpected,
    NoText,
    /// The examined bytes are all NULs: the bytes behind them decide, which [`is_text_behind_zeros`] examines.
    Zeros,
}

/// Judges content by its first bytes, and consumes none of them. If fewer bytes can be read, these decide; so do the
/// bytes up to a complete line if a read for more `can_wait`.
pub(super) fn verdict<R: Read>(rdr: &mut PeekReader<R>, expected: Expected, can_wait: bool) -> Verdict {
    if expected == Expected::Bytes {
        return Verdict::AsExpected;
    }
    let has_line = |here: &[u8]| can_wait && memchr(b'\n', here).is_some();
    let head = rdr.look_until(HEAD_BYTES, has_line);
    if is_archive(head) {
        return Verdict::NoText;
    }
    if expected == Expected::NoArchive || BYTE_ORDER_MARKS.iter().any(|mark| head.starts_with(mark)) {
        return Verdict::AsExpected;
    }
    match zeros_before(head) {
        0 if memchr(0, head).is_none() => Verdict::AsExpected,
        0 => Verdict::NoText,
        zeros if zeros == head.len() => Verdict::Zeros,
        zeros => text_behind(rdr.look(zeros + HEAD_BYTES), zeros),
    }
}

/// Consumes the NULs at the beginning, and returns true if text follows. A log begins with NULs if it was truncated
/// while a program goes on to write at its former end.
///
/// # Errors
///
/// Returns an error if the content cannot be read.
pub(super) fn is_text_behind_zeros<R: Read>(rdr: &mut PeekReader<R>) -> io::Result<bool> {
    loop {
        let here = rdr.peek()?;
        let (zeros, length) = (zeros_before(here), here.len());
        rdr.consume(zeros);
        if zeros < length || length == 0 {
            return Ok(text_behind(rdr.look(HEAD_BYTES), 0) == Verdict::AsExpected);
        }
    }
}

/// Judges the bytes of `head` behind the first `zeros` bytes, which are NULs. At most `HEAD_BYTES` are examined there.
fn text_behind(head: &[u8], zeros: usize) -> Verdict {
    let behind = &head[zeros..];
    if behind.is_empty() || memchr(0, behind).is_some() { Verdict::NoText } else { Verdict::AsExpected }
}

/// Returns the number of NULs at the beginning.
fn zeros_before(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|&&byte| byte == 0).count()
}

/// Returns true if a zip or tar archive begins here.
fn is_archive(head: &[u8]) -> bool {
    ZIP_SIGNATURES.iter().any(|signature| head.starts_with(signature)) || is_tar(head)
}

/// Returns true if a tar archive begins here: a header with a name, the right checksum, and the signature or, as in
/// the oldest archives, at least one NUL.
fn is_tar(head: &[u8]) -> bool {
    let Some(header) = head.first_chunk::<TAR_HEADER_BYTES>() else {
        return false;
    };
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
    is_right && header[0] != 0 && (has_signature || header.contains(&0))
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
        let mut header = vec![0; TAR_HEADER_BYTES];
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

    fn verdict_on(content: &[u8], expected: Expected) -> Verdict {
        verdict(&mut PeekReader::new(content), expected, false)
    }

    #[test]
    fn archives_are_told_wherever_text_or_no_archive_is_expected() {
        let tars = [&b"ustar\x0000"[..], b"ustar  \0", b""].map(tar_header);
        let zips = ZIP_SIGNATURES.map(<[u8]>::to_vec);
        for content in tars.iter().chain(&zips) {
            assert_eq!(verdict_on(content, Expected::Text), Verdict::NoText);
            assert_eq!(verdict_on(content, Expected::NoArchive), Verdict::NoText);
            assert_eq!(verdict_on(content, Expected::Bytes), Verdict::AsExpected);
        }
        for place in [0, 130, 149, 300] {
            let mut header = tars[0].clone();
            header[place] ^= 1;
            assert_eq!(verdict_on(&header, Expected::NoArchive), Verdict::AsExpected, "{place}");
        }
        assert_eq!(verdict_on(&tars[0][..511], Expected::NoArchive), Verdict::AsExpected);
    }

    #[test]
    fn a_nul_in_the_first_bytes_is_no_text_but_for_zeros_before_text_and_utf16() {
        use Verdict::{AsExpected, NoText, Zeros};
        let with_nul_at = |place: usize| {
            let mut text = b"ret=-1\n".repeat(2000);
            text[place] = 0;
            text
        };
        let cases = [
            (b"".to_vec(), AsExpected),
            (b"ret=-1\n".to_vec(), AsExpected),
            (with_nul_at(1), NoText),
            (with_nul_at(HEAD_BYTES - 1), NoText),
            (with_nul_at(HEAD_BYTES), AsExpected),
            (with_nul_at(0), AsExpected),
            ([&b"\0".repeat(1000)[..], &with_nul_at(HEAD_BYTES - 1)].concat(), NoText),
            ([&b"\0".repeat(1000)[..], &with_nul_at(HEAD_BYTES)].concat(), AsExpected),
            (b"\0".repeat(HEAD_BYTES - 1), Zeros),
            (b"\0".repeat(HEAD_BYTES + 1), Zeros),
            (b"\xff\xfer\0e\0t\0".to_vec(), AsExpected),
            (b"\xfe\xff\0r\0e\0t".to_vec(), AsExpected),
        ];
        for (content, expected) in cases {
            assert_eq!(verdict_on(&content, Expected::Text), expected, "{} bytes", content.len());
            assert_eq!(verdict_on(&content, Expected::NoArchive), AsExpected);
        }
    }

    #[test]
    fn what_stands_behind_zeros_decides() {
        for zeros in [1, HEAD_BYTES, 300_000] {
            let behind = |text: &[u8]| {
                let content = [&vec![0; zeros][..], text].concat();
                is_text_behind_zeros(&mut PeekReader::new(&content[..])).unwrap()
            };
            assert!(behind(b"ret=-1"));
            assert!(!behind(b"") && !behind(b"ret\0=-1"));
            assert!(behind(&[&b".".repeat(HEAD_BYTES)[..], b"\0"].concat()));
        }
    }
}
