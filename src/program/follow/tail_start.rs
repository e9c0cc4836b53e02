//! The place before the end of a file at which following begins.

use super::bytes::{last_line_end, newlines, read_full};
use crate::program::encoding::CharEncoding;
use std::fs::File;
use std::io;

/// The number of bytes that are read at a time.
const BLOCK_BYTES: u64 = 64 * 1024;

/// Returns the byte offset at which the last `lines` whole lines of a file begin, of which `size` bytes are looked at: with 0,
/// the beginning of a last line without a newline, or the end.
///
/// # Errors
///
/// Fails where the file cannot be read.
pub(super) fn tail_start(file: &File, size: u64, lines: u64, encoding: CharEncoding) -> io::Result<u64> {
    let (mut end, mut left) = (size - size % unit_bytes(encoding), lines);
    let mut buffer = vec![0; BLOCK_BYTES as usize];
    while end > 0 {
        let start = (end - 1) / BLOCK_BYTES * BLOCK_BYTES;
        let block = &mut buffer[..(end - start) as usize];
        let count = read_full(file, block, start)?;
        let mut rest = &block[..count];
        while let Some(line_end) = last_line_end(rest, encoding) {
            if left == 0 {
                return Ok(start + line_end as u64);
            }
            left -= 1;
            rest = &rest[..line_end - unit_bytes(encoding) as usize];
        }
        end = start;
    }
    Ok(0)
}

/// Returns the number of lines that end before the byte offset `end`.
///
/// # Errors
///
/// Fails where the file cannot be read.
pub(super) fn lines_before(file: &File, end: u64, encoding: CharEncoding) -> io::Result<u64> {
    let (mut at, mut lines, mut buffer) = (0, 0, vec![0; BLOCK_BYTES as usize]);
    while at < end {
        let block = &mut buffer[..(end - at).min(BLOCK_BYTES) as usize];
        let count = read_full(file, block, at)?;
        if count == 0 {
            break;
        }
        lines += newlines(&block[..count], encoding);
        at += count as u64;
    }
    Ok(lines)
}

fn unit_bytes(encoding: CharEncoding) -> u64 {
    encoding.newline().len() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Write;

    #[test]
    fn the_last_lines_begin_behind_the_newline_before_them() {
        let long = "x".repeat(100_000);
        for (text, lines, expected) in [
            ("", 3, 0),
            ("a\nb\nc\n", 0, 6),
            ("a\nb\nc\n", 2, 2),
            ("a\nb\nc\n", 3, 0),
            ("a\nb\nc\n", 9, 0),
            ("a\nb\nc", 0, 4),
            ("a\nb\nc", 1, 2),
            (&format!("a\n{long}\nb\n"), 1, 100_003),
            (&format!("a\n{long}\nb\n"), 2, 2),
        ] {
            for encoding in [CharEncoding::Utf8, CharEncoding::Utf16Le, CharEncoding::Utf16Be] {
                let bytes: Vec<u8> = match encoding {
                    CharEncoding::Utf8 => text.as_bytes().to_vec(),
                    CharEncoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
                    _ => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
                };
                let mut file = tempfile::tempfile().unwrap();
                file.write_all(&bytes).unwrap();
                let (size, units) = (bytes.len() as u64, encoding.newline().len() as u64);
                let start = tail_start(&file, size, lines, encoding).unwrap();
                assert_eq!(start, expected * units, "{lines} {encoding:?}");
                let before = text[..expected as usize].matches('\n').count() as u64;
                assert_eq!(lines_before(&file, start, encoding).unwrap(), before);
            }
        }
    }
}
