//! Reads at places of files, and newlines in the encoding of a text.

use crate::program::encoding::CharEncoding;
use memchr::{memchr_iter, memrchr, memrchr_iter};
use rustix::io::{Errno, pread};
use std::fs::File;
use std::io;

/// Reads into the whole buffer, as far as the file goes, and returns the number of bytes.
///
/// # Errors
///
/// Fails where the file cannot be read.
pub(super) fn read_full(file: &File, buffer: &mut [u8], at: u64) -> io::Result<usize> {
    let mut count = 0;
    while count < buffer.len() {
        match pread(file, &mut buffer[count..], at + count as u64) {
            Ok(0) => break,
            Ok(more) => count += more,
            Err(Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(count)
}

/// Returns the byte offset behind the last newline of a text, which must begin with a whole unit of its encoding.
pub(super) fn last_line_end(text: &[u8], encoding: CharEncoding) -> Option<usize> {
    let newline = encoding.newline();
    if newline.len() == 1 {
        return memrchr(b'\n', text).map(|at| at + 1);
    }
    let at = |found: usize| found - newline.iter().position(|&byte| byte == b'\n').unwrap_or(0).min(found);
    let mut found = memrchr_iter(b'\n', text).map(at);
    found.find(|&at| at % 2 == 0 && text[at..].starts_with(newline)).map(|at| at + newline.len())
}

/// Returns the number of newlines of a text, which must begin with a whole unit of its encoding.
pub(super) fn newlines(text: &[u8], encoding: CharEncoding) -> u64 {
    let newline = encoding.newline();
    if newline.len() == 1 {
        return memchr_iter(b'\n', text).count() as u64;
    }
    text.chunks_exact(newline.len()).filter(|unit| *unit == newline).count() as u64
}
