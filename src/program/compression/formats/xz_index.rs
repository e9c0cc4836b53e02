//! The index of an xz stream, with the sizes of its blocks, and the ends of the stream around it, as
//! `xz-file-format.txt` of XZ Utils describes them.

use flate2::Crc;
use std::ops::Range;

/// The length of the beginning of a stream, and of its end.
pub(in crate::program::compression) const HEAD_BYTES: usize = 12;
/// The place of the flags in the beginning of a stream, which stand in its end, too.
const FLAGS: Range<usize> = 6..8;
const FLAGS_AT_END: Range<usize> = 8..10;

/// A block of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::program::compression) struct BlockSizes {
    /// The number of bytes of the block, without those that fill it up to 4.
    pub(in crate::program::compression) packed: u64,
    /// The number of bytes of its text.
    pub(in crate::program::compression) text: u64,
}

/// Returns the blocks that an index lists; `None` if it is not a whole index.
pub(in crate::program::compression) fn blocks_of(index: &[u8]) -> Option<Vec<BlockSizes>> {
    let (listed, sum) = index.split_last_chunk::<4>()?;
    if checksum(listed) != *sum {
        return None;
    }
    let mut rest = listed.strip_prefix(&[0])?;
    let count = take_number(&mut rest)?;
    let mut blocks = Vec::new();
    for _ in 0..count {
        blocks.push(BlockSizes { packed: take_number(&mut rest)?, text: take_number(&mut rest)? });
    }
    (rest.len() < 4 && rest.iter().all(|&byte| byte == 0)).then_some(blocks)
}

/// Returns the length of the index before the end of a stream; `None` if the bytes are not an end.
pub(in crate::program::compression) fn index_bytes(end: &[u8; HEAD_BYTES]) -> Option<u64> {
    let (sum, rest) = end.split_first_chunk::<4>()?;
    let units = rest.strip_suffix(b"YZ").filter(|rest| checksum(rest) == *sum)?;
    units.first_chunk().map(|units| 4 * (u64::from(u32::from_le_bytes(*units)) + 1))
}

/// Returns true if the beginning and the end of a stream have the same flags.
pub(in crate::program::compression) fn are_ends_of_one(
    head: &[u8; HEAD_BYTES],
    end: &[u8; HEAD_BYTES],
) -> bool {
    head[FLAGS] == end[FLAGS_AT_END]
}

/// Adds the index of blocks and the end of the stream that begins with `head`.
///
/// # Panics
///
/// Panics if the index would take more than 16 GiB.
pub(in crate::program::compression) fn add_end(head: &[u8], blocks: &[BlockSizes], stream: &mut Vec<u8>) {
    let mut index = vec![0];
    add_number(blocks.len() as u64, &mut index);
    for block in blocks {
        add_number(block.packed, &mut index);
        add_number(block.text, &mut index);
    }
    index.resize(index.len().next_multiple_of(4), 0);
    let units = u32::try_from(index.len() / 4).expect("an index takes less than 16 GiB");
    let end = [&units.to_le_bytes(), &head[FLAGS]].concat();
    stream.extend_from_slice(&index);
    stream.extend_from_slice(&checksum(&index));
    stream.extend_from_slice(&checksum(&end));
    stream.extend_from_slice(&end);
    stream.extend_from_slice(b"YZ");
}

/// Takes a number in units of 7 bits, the lowest first; the highest bit of a byte says that more follow.
fn take_number(rest: &mut &[u8]) -> Option<u64> {
    let mut number = 0;
    for shift in (0..63).step_by(7) {
        let (&byte, behind) = rest.split_first()?;
        *rest = behind;
        number |= u64::from(byte & 0x7F) << shift;
        if byte < 0x80 {
            return Some(number);
        }
    }
    None
}

/// Adds a number as [`take_number`] takes it.
fn add_number(mut number: u64, bytes: &mut Vec<u8>) {
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
}

fn checksum(bytes: &[u8]) -> [u8; 4] {
    let mut crc = Crc::new();
    crc.update(bytes);
    crc.sum().to_le_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_index_that_is_written_is_read() {
        for count in [0, 1, 2, 127, 128, 300] {
            let blocks: Vec<_> = (0..count)
                .map(|at| BlockSizes { packed: at * at + 20, text: (at * 77) << at.min(40) })
                .collect();
            let (mut stream, head) = (Vec::new(), [7; HEAD_BYTES]);
            add_end(&head, &blocks, &mut stream);
            let (index, end) = stream.split_last_chunk().unwrap();
            assert_eq!(index_bytes(end), Some(index.len() as u64));
            assert_eq!(blocks_of(index), Some(blocks), "{count}");
            for at in 0..index.len() {
                let mut other = index.to_vec();
                other[at] ^= 1;
                assert_eq!(blocks_of(&other), None, "{count} {at}");
            }
        }
    }
}
