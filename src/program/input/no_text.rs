//! Recognises content that is not text: archives, and data with NULs. Annotating it would destroy it.

use crate::program::compression::PeekReader;
use crate::program::container::ArchiveKind;
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
    if ArchiveKind::of(head).is_some() {
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

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict_on(content: &[u8], expected: Expected) -> Verdict {
        verdict(&mut PeekReader::new(content), expected, false)
    }

    #[test]
    fn archives_are_told_wherever_text_or_no_archive_is_expected() {
        let content = b"PK\x03\x04";
        assert_eq!(verdict_on(content, Expected::Text), Verdict::NoText);
        assert_eq!(verdict_on(content, Expected::NoArchive), Verdict::NoText);
        assert_eq!(verdict_on(content, Expected::Bytes), Verdict::AsExpected);
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
