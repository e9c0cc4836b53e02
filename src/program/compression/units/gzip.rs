//! Members of gzip data, one behind the other, as bgzip writes them, and as `cat a.gz b.gz` does. No place tells where a member
//! ends, so that what looks like the beginning of one is searched for.

use super::bytes_ahead::BytesAhead;
use super::{
    BUNDLE_PACKED_BYTES, BUNDLE_TEXT_BYTES, DataUnit, FindUnits, NextUnit, PACKED_MAX_BYTES, ReadPlaces,
    TEXT_MAX_BYTES, threads_for,
};
use memchr::memmem;
use std::io;

/// The length of a member's beginning, without what its flags announce.
const HEAD_BYTES: usize = 10;
/// The length of the shortest member: its beginning, two bytes of deflate, and its end.
const MEMBER_MIN_BYTES: usize = HEAD_BYTES + 2 + 8;

/// The members in a part of packed data. Small ones are bundled to units, so that a unit is worth a thread.
pub(super) struct GzipMembers {
    /// The bytes from the one on that the next unit begins with.
    ahead: BytesAhead,
}

impl GzipMembers {
    /// Returns the members from `start` to `end`; `None` unless a second one begins soon behind the first. A large member is
    /// read as far as one that can be held, and not kept.
    ///
    /// # Errors
    ///
    /// Fails where the data cannot be read.
    pub(super) fn find(
        data: &mut dyn ReadPlaces,
        start: u64,
        end: u64,
    ) -> io::Result<Option<Box<dyn FindUnits>>> {
        let last = end.min(start + PACKED_MAX_BYTES as u64);
        let mut ahead = BytesAhead::new(start, last);
        let mut from = MEMBER_MIN_BYTES;
        while ahead.read_more(data)? {
            if find_beginning(&ahead.bytes, from).is_some() {
                return Ok(Some(Box::new(Self { ahead: BytesAhead::new(start, end) })));
            }
            // A beginning may be cut.
            let done = (ahead.bytes.len() + 1).saturating_sub(HEAD_BYTES);
            from = from.saturating_sub(done);
            ahead.bytes.drain(..done);
        }
        Ok(None)
    }

    /// Returns the end, in the bytes that have been read, of the member that begins at `from`: the next beginning, or the end
    /// of the data. Returns `None` if the member is too large to be held, or the data ends before its end.
    fn member_end(&mut self, from: usize, data: &mut dyn ReadPlaces) -> io::Result<Option<usize>> {
        let mut searched = from + MEMBER_MIN_BYTES;
        loop {
            if let Some(at) = find_beginning(&self.ahead.bytes, searched) {
                return Ok(Some(at).filter(|at| at - from <= PACKED_MAX_BYTES));
            }
            // A beginning may be cut.
            searched = searched.max((self.ahead.bytes.len() + 1).saturating_sub(HEAD_BYTES));
            if self.ahead.bytes.len() > from + PACKED_MAX_BYTES {
                return Ok(None);
            }
            if !self.ahead.read_more(data)? {
                return Ok(self.ahead.are_all_read().then_some(self.ahead.bytes.len()));
            }
        }
    }
}

impl FindUnits for GzipMembers {
    fn threads_max(&self) -> usize {
        threads_for(TEXT_MAX_BYTES as u64)
    }

    fn next(&mut self, data: &mut dyn ReadPlaces) -> io::Result<NextUnit> {
        while self.ahead.bytes.len() < MEMBER_MIN_BYTES && self.ahead.read_more(data)? {}
        if self.ahead.bytes.is_empty() && self.ahead.are_all_read() {
            return Ok(NextUnit::End);
        }
        // The lengths of the unit and of its text.
        let (mut length, mut text_bytes) = (0, 0);
        while length < BUNDLE_PACKED_BYTES
            && text_bytes < BUNDLE_TEXT_BYTES
            && is_beginning(&self.ahead.bytes[length..])
        {
            let Some(end) = self.member_end(length, data)? else {
                break;
            };
            // The last bytes of a member have the length of its text.
            let Some(claimed) =
                self.ahead.bytes[length..end].last_chunk().map(|bytes| u32::from_le_bytes(*bytes))
            else {
                break;
            };
            let together = text_bytes.saturating_add(claimed as usize);
            if together > TEXT_MAX_BYTES {
                break;
            }
            (length, text_bytes) = (end, together);
        }
        if length == 0 {
            return Ok(NextUnit::SomethingElse);
        }
        let rest = self.ahead.bytes.split_off(length);
        let end = Some(self.ahead.next - rest.len() as u64);
        let member = std::mem::replace(&mut self.ahead.bytes, rest);
        Ok(NextUnit::Unit(DataUnit { member, text_bytes, end }))
    }
}

/// Returns the first place at or behind `from` that looks like the beginning of a member.
fn find_beginning(bytes: &[u8], from: usize) -> Option<usize> {
    let rest = bytes.get(from..)?;
    memmem::find_iter(rest, b"\x1f\x8b\x08").map(|at| from + at).find(|&at| is_beginning(&bytes[at..]))
}

/// Returns true if bytes begin with what can be the beginning of a member: no flags that are reserved, and numbers for the
/// effort and the system that programs write. Some five of 10^12 places in packed data look like that.
fn is_beginning(bytes: &[u8]) -> bool {
    matches!(bytes.first_chunk(), Some([0x1F, 0x8B, 8, 0..0x20, _, _, _, _, 0 | 2 | 4, 0..=13 | 0xFF]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beginnings_are_found_at_each_place() {
        let head = *b"\x1f\x8b\x08\x04abcd\0\xff";
        assert!(is_beginning(&head));
        for (at, other) in [(0, 0), (1, 0), (2, 7), (3, 0x20), (8, 1), (8, 3), (9, 14), (9, 254)] {
            let mut different = head;
            different[at] = other;
            assert!(!is_beginning(&different), "{at} {other}");
        }
        for length in 0..HEAD_BYTES {
            assert!(!is_beginning(&head[..length]));
        }
        for before in 0..5 {
            let bytes = [&b"\x1f\x8b\x08\xff\x1f"[..before], &head].concat();
            for from in 0..=before {
                assert_eq!(find_beginning(&bytes, from), Some(before), "{before} {from}");
            }
            assert_eq!(find_beginning(&bytes, before + 1), None);
        }
        assert_eq!(find_beginning(&head, HEAD_BYTES + 1), None);
    }
}
