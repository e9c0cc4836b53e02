//! Bare zlib streams, with zlib-rs. Two bytes begin them, which could as well begin a text; so content is asked for proof.

use super::{CompressedFormat, Format, WrittenIn};
use crate::program::compression::text::has_control;
use flate2::{Decompress, FlushDecompress, Status};

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Zlib,
    name: "zlib",
    unpack: "pigz -d",
    extensions: &["zz", "zlib"],
    begins,
    by_name: Some(has_header),
    has_skippable_frames: false,
    decoder: |_| Ok(Box::new(Decompress::new(true))),
    writing: WrittenIn::Instead(Format::Gzip),
};

/// The number of bytes that prove a stream, unless it is whole with fewer.
const PROOF_BYTES: usize = 64;
/// The most bytes that a part of the proof is decoded to.
const STEP_BYTES: usize = 4096;

/// Compares bytes with the beginning of a stream: a header that zlib itself writes (`78 01`, `78 5e`, `78 9c`, `78 da`),
/// and content that is no text and can be decoded as far as [`PROOF_BYTES`].
///
/// A first line without control characters is text, whatever the encoding (in GBK, `78 9c` begins one), so that no
/// complete line waits for more. Random bytes behind the header pass once in a million times.
fn begins(bytes: &[u8]) -> Option<bool> {
    let bytes = &bytes[..bytes.len().min(PROOF_BYTES)];
    match bytes {
        [] | [0x78] => return Some(false),
        [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..] => {}
        _ => return None,
    }
    let line = bytes.iter().position(|&byte| byte == b'\n').map_or(bytes, |end| &bytes[..end]);
    let is_line = line.len() < bytes.len() || bytes.len() == PROOF_BYTES;
    if is_line && !has_control(line) {
        return None;
    }
    let mut decoder = Decompress::new(true);
    let mut output = [0; STEP_BYTES];
    loop {
        let rest = &bytes[usize::try_from(decoder.total_in()).expect("no more than a slice has")..];
        let written = decoder.total_out();
        match decoder.decompress(rest, &mut output, FlushDecompress::None) {
            Ok(Status::StreamEnd) => return Some(true),
            Ok(_) if decoder.total_out() > written => {}
            Ok(_) => return Some(bytes.len() == PROOF_BYTES),
            Err(error) if error.needs_dictionary().is_some() => return Some(true),
            Err(_) => return None,
        }
    }
}

/// Returns true if bytes begin with the header of any stream: the method is deflate, the window is at
/// most 32 KiB, and the checksum of the two bytes is right.
fn has_header(bytes: &[u8]) -> bool {
    matches!(*bytes, [method, flags, ..] if method & 0x0f == 8
        && method >> 4 <= 7
        && u16::from_be_bytes([method, flags]).is_multiple_of(31))
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::write::ZlibEncoder;
    use std::io::Write;

    fn pack(level: u32, text: &[u8]) -> Vec<u8> {
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::new(level));
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn streams_of_any_level_and_length_prove_themselves() {
        for level in 0..=9 {
            for lines in [0, 1, 3, 2000] {
                let text: String =
                    (0..lines).map(|line: u32| format!("{:x} ret=-204\n", line * line)).collect();
                let packed = pack(level, text.as_bytes());
                assert_eq!(begins(&packed), Some(true), "{level} {lines}");
                assert!(has_header(&packed));
                let whole = packed.len().min(PROOF_BYTES);
                // A first line may look like a text's before the whole proof is there.
                let early = (0..whole).filter(|&length| begins(&packed[..length]) == Some(true)).count();
                assert_eq!(early, 0, "{level} {lines}");
            }
        }
    }

    #[test]
    fn text_is_no_stream() {
        let gbk = [&b"x\x9c\xc4\xe3"[..], &[0xba, 0xc3].repeat(60), b"\n"].concat();
        let lines: [&[u8]; 6] =
            [b"x\n", b"x^2 ret=-1\n", b"x\x9c\n", &gbk, "xڀ ret=-1\n".as_bytes(), b"x\x01\x02\x03 ret=-1\n"];
        for line in lines {
            assert_eq!(begins(line), None, "{}", line.escape_ascii());
        }
        let long = [&b"x^"[..], &[b'a'; 100]].concat();
        assert_eq!(begins(&long), None);
        let mut damaged = pack(6, b"ret=-204\n");
        *damaged.last_mut().unwrap() ^= 1;
        assert_eq!(begins(&damaged), None);
    }
}
