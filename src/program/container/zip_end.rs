//! Finds the end of a zip archive: the record behind the list of members, with which readers begin.

use super::read_at::ReadAt;
use super::zip_bytes::ZipBytes;
use memchr::memmem;
use std::io;

/// The size of the record of the end, without its comment.
const RECORD_BYTES: usize = 22;
/// The size of what says, directly before the record, where that of zip64 is.
const LOCATOR64_BYTES: usize = 20;
const RECORD64_BYTES: usize = 56;
/// The largest size of what stands behind the list: the record of the end, with a comment, and those of zip64.
const END_MAX_BYTES: u64 = (RECORD_BYTES + 65_535 + LOCATOR64_BYTES + RECORD64_BYTES) as u64;
const RECORD_SIGNATURE: &[u8] = b"PK\x05\x06";
const RECORD64_SIGNATURE: &[u8] = b"PK\x06\x06";
const LOCATOR64_SIGNATURE: &[u8] = b"PK\x06\x07";
/// The first bytes of the list, in front of its first member.
const LIST_SIGNATURE: &[u8; 4] = b"PK\x01\x02";

/// Returns the number of members that the end of an archive says the list has, so that a list that is too long is not
/// read; 0 if there is no end, or if it contradicts itself, which reading the list reports.
///
/// # Errors
///
/// Returns an error if the end cannot be read.
pub(super) fn listed_members(bytes: &ZipBytes) -> io::Result<u64> {
    let (end, _) = end_of(bytes, 0, bytes.length())?;
    let Some(at) = memmem::rfind(&end, RECORD_SIGNATURE) else { return Ok(0) };
    let count = number(&end, at + 10, 2).unwrap_or(0);
    let at64 = memmem::rfind(&end[..at], RECORD64_SIGNATURE);
    let count64 = at64.and_then(|at| number(&end, at + 32, 8)).unwrap_or(0);
    Ok(count.max(count64))
}

/// Returns true if the bytes from one byte offset to another end with a zip archive that has members, whatever stands
/// before it: a record of the end, and a list of members where the record says.
///
/// # Errors
///
/// Returns an error if the bytes cannot be read.
pub(crate) fn ends_as_zip(bytes: &dyn ReadAt, start: u64, end: u64) -> io::Result<bool> {
    let (tail, tail_start) = end_of(bytes, start, end)?;
    for at in memmem::find_iter(&tail, RECORD_SIGNATURE) {
        let before64 = at.checked_sub(LOCATOR64_BYTES);
        if before64.is_some_and(|at| tail[at..].starts_with(LOCATOR64_SIGNATURE)) {
            return Ok(true);
        }
        let list_bytes = number(&tail, at + 12, 4).filter(|_| at + RECORD_BYTES <= tail.len());
        let list = list_bytes.and_then(|bytes| (tail_start + at as u64).checked_sub(bytes));
        let mut signature = [0; LIST_SIGNATURE.len()];
        if let Some(list) = list
            && list >= start
            && bytes.fill_at(&mut signature, list)? == signature.len()
            && signature == *LIST_SIGNATURE
        {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns the last ones of the bytes from one byte offset to another, in which the end of an archive stands, and the byte
/// offset at which they begin.
fn end_of(bytes: &dyn ReadAt, start: u64, end: u64) -> io::Result<(Vec<u8>, u64)> {
    let tail_start = end.saturating_sub(END_MAX_BYTES).max(start);
    let mut tail = vec![0; end.saturating_sub(tail_start) as usize];
    let count = bytes.fill_at(&mut tail, tail_start)?;
    tail.truncate(count);
    Ok((tail, tail_start))
}

/// Returns the number in `count` bytes from a place on, the lowest byte first; `None` if there are fewer bytes.
fn number(bytes: &[u8], at: usize, count: usize) -> Option<u64> {
    let field = bytes.get(at..at + count)?;
    Some(field.iter().rev().fold(0, |number, &byte| number << 8 | u64::from(byte)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::program::container::Spool;
    use std::io::Write;

    fn ends(content: &[u8], start: u64) -> bool {
        let mut spool = Spool::new();
        spool.write_all(content).unwrap();
        ends_as_zip(&spool, start, content.len() as u64).unwrap()
    }

    /// Returns the end of an archive whose list has `list` bytes.
    fn end_of_zip(list: u32, comment: &[u8]) -> Vec<u8> {
        let mut record = [0; RECORD_BYTES];
        record[..4].copy_from_slice(RECORD_SIGNATURE);
        record[12..16].copy_from_slice(&list.to_le_bytes());
        record[20..].copy_from_slice(&(comment.len() as u16).to_le_bytes());
        [&record[..], comment].concat()
    }

    #[test]
    fn an_archive_is_found_by_its_end_with_any_comment_and_anything_before_it() {
        for list_bytes in [46, 100_000] {
            let mut list = vec![b'.'; list_bytes];
            list[..4].copy_from_slice(LIST_SIGNATURE);
            for comment in [0, 1, 65_535] {
                let end = end_of_zip(list_bytes as u32, &vec![b'c'; comment]);
                for before in [0, 1, 70_000] {
                    let content = [&vec![b'b'; before][..], &list, &end].concat();
                    assert!(ends(&content, 0) && ends(&content, before as u64), "{comment} {before}");
                    assert!(!ends(&content, before as u64 + 1), "{comment} {before}");
                    assert!(!ends(&content[..before + list_bytes + RECORD_BYTES - 1], 0));
                }
            }
        }
    }

    #[test]
    fn a_signature_alone_is_no_end() {
        assert!(!ends(b"", 0) && !ends(RECORD_SIGNATURE, 0));
        let empty = end_of_zip(0, b"");
        assert!(!ends(&empty, 0));
        assert!(!ends(&[b"PK\x01\x03", &end_of_zip(4, b"")[..]].concat(), 0));
        assert!(ends(&[&LIST_SIGNATURE[..], &end_of_zip(4, b"")].concat(), 0));
        assert!(!ends(&end_of_zip(u32::MAX, b""), 0));
        let locator = [LOCATOR64_SIGNATURE, &[0; 16]].concat();
        assert!(ends(&[&locator, &end_of_zip(u32::MAX, b"")[..]].concat(), 0));
    }
}
