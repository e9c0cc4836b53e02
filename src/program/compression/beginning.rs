//! The first bytes of data, which tell the packing, whatever the name of the file.

use super::foreign::Foreign;
use super::formats::{CompressedFormat, FORMATS, Format};
use super::peek::PeekReader;
use super::signature::agrees_with;
use std::io::{self, Read};

/// The packing that the first bytes of data tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Beginning {
    /// Data of a known format, or plain data.
    Of(Format),
    /// A skippable frame, which both zstd and lz4 have.
    SkippableFrame,
    /// A known packing that this program does not read.
    Foreign(Foreign),
    /// Data that could still become one of the compressed formats. No complete line begins like that.
    Undecided,
}

/// The signature of a skippable frame, in which the first byte stands for `0x50` to `0x5f`.
const SKIPPABLE_FRAME: &[u8] = b"\x50\x2a\x4d\x18";

/// Returns the beginning of the data that a reader gives next, without taking it.
///
/// # Errors
///
/// Fails where the data cannot be read far enough to tell.
pub(crate) fn begins<R: Read>(rdr: &mut PeekReader<R>) -> io::Result<Beginning> {
    rdr.peek()?;
    loop {
        match beginning(rdr.buffer(), false) {
            Beginning::Undecided if rdr.read_more()? => {}
            Beginning::Undecided => return Ok(beginning(rdr.buffer(), true)),
            known => return Ok(known),
        }
    }
}

/// Returns true if data with these first bytes, of which no more are there yet, is packed in a way that is known.
pub(crate) fn begins_packed(bytes: &[u8]) -> bool {
    !matches!(beginning(bytes, true), Beginning::Of(Format::Plain) | Beginning::Undecided)
}

/// Returns the beginning of data with these first bytes; `at_end` is true if no more bytes follow.
///
/// An input that ends within the signature of a compressed format is of that format and cut off, unless it is text so
/// far. A zlib stream has to prove itself, so that a cut one which is too short for that is plain data.
fn beginning(bytes: &[u8], at_end: bool) -> Beginning {
    let mut undecided = false;
    for CompressedFormat { format, begins, .. } in &FORMATS {
        match begins(bytes) {
            Some(true) => return Beginning::Of(*format),
            Some(false) if at_end && bytes.len() > 1 && !bytes.is_ascii() && *format != Format::Zlib => {
                return Beginning::Of(*format);
            }
            Some(false) => undecided = true,
            None => {}
        }
    }
    for foreign in Foreign::all() {
        match foreign.agrees(bytes) {
            Some(true) => return Beginning::Foreign(foreign),
            partly => undecided |= partly.is_some(),
        }
    }
    match agrees_with(bytes, SKIPPABLE_FRAME, |byte, expected| match expected {
        0x50 => byte & 0xf0 == 0x50,
        _ => byte == expected,
    }) {
        Some(true) => Beginning::SkippableFrame,
        partly if (undecided || partly.is_some()) && !at_end => Beginning::Undecided,
        _ => Beginning::Of(Format::Plain),
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

    /// The first bytes of data of each format that is told by them.
    const BEGINNINGS: [&[u8]; 9] = [
        b"\x1f\x8b\x08\0",
        b"\x28\xb5\x2f\xfd",
        b"\xfd7zXZ\0\0",
        b"\x04\x22\x4d\x18",
        b"BZh91AY&SY",
        b"BZh1\x17\x72\x45\x38\x50\x90",
        b"\x1f\x9d\x90\x32",
        b"\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0",
        b"\x02\x21\x4c\x18",
    ];

    #[test]
    fn no_complete_line_is_undecided() {
        for data in BEGINNINGS {
            let is_known = |length: &usize| matches!(beginning(&data[..*length], false), Beginning::Of(_));
            let whole = (1..=data.len()).find(is_known).unwrap();
            for length in 0..whole {
                assert_eq!(beginning(&data[..length], false), Beginning::Undecided);
                let line = [&data[..length], b"\n"].concat();
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
}
