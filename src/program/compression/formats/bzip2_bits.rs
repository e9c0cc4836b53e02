//! Bits of bzip2 streams, whose blocks begin and end anywhere in a byte.

use std::ops::Range;

/// The length of `BZh` and the level.
pub(in crate::program::compression) const HEAD_BYTES: usize = 4;
/// The mark of a block; a checksum follows it.
pub(in crate::program::compression) const BLOCK: [u8; 6] = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
/// The mark of the end of a stream; the checksum of all blocks follows it.
pub(in crate::program::compression) const END: [u8; 6] = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
/// The length of a mark with its checksum.
pub(in crate::program::compression) const MARK_BYTES: usize = 10;

/// A stream that is written bit by bit.
#[derive(Default)]
pub(in crate::program::compression) struct BitWriter {
    /// The bits that do not fill a byte yet: the highest `count` ones.
    byte: u8,
    count: u32,
}

impl BitWriter {
    /// Adds the first `bits` bits of bytes to a stream.
    pub(in crate::program::compression) fn add(&mut self, bytes: &[u8], bits: usize, stream: &mut Vec<u8>) {
        let (whole, rest) = (bits / 8, bits % 8);
        stream.reserve(whole + 1);
        for &byte in &bytes[..whole] {
            stream.push(self.byte | byte >> self.count);
            self.byte = if self.count == 0 { 0 } else { byte << (8 - self.count) };
        }
        if rest > 0 {
            let byte = bytes[whole] & 0xFF << (8 - rest);
            let [first, second] =
                (u16::from(self.byte) << 8 | u16::from(byte) << (8 - self.count)).to_be_bytes();
            self.count += rest as u32;
            self.byte = first;
            if self.count >= 8 {
                stream.push(first);
                self.count -= 8;
                self.byte = second;
            }
        }
    }

    /// Ends a stream that has this checksum.
    pub(in crate::program::compression) fn end(&mut self, checksum: u32, stream: &mut Vec<u8>) {
        self.add(&END, 8 * END.len(), stream);
        self.add(&checksum.to_be_bytes(), 32, stream);
        if self.count > 0 {
            stream.push(self.byte);
        }
    }
}

/// Returns bits of a text, so that they begin with a byte; the last byte is filled with zeros.
pub(in crate::program::compression) fn aligned(text: &[u8], bits: Range<usize>) -> Vec<u8> {
    let (start, shift) = (bits.start / 8, bits.start % 8);
    let count = (bits.end - bits.start).div_ceil(8);
    let mut bytes: Vec<u8> = text[start..(start + count).min(text.len())].to_vec();
    if shift > 0 {
        let following = text[start + 1..].iter().chain([&0]);
        for (byte, next) in bytes.iter_mut().zip(following) {
            *byte = *byte << shift | next >> (8 - shift);
        }
    }
    if let (Some(last), rest @ 1..) = (bytes.last_mut(), (bits.end - bits.start) % 8) {
        *last &= 0xFF << (8 - rest);
    }
    bytes
}

/// Returns the checksum of a stream that has the checksum `so_far` and then a block with the checksum `of_block`.
pub(in crate::program::compression) fn combined(so_far: u32, of_block: u32) -> u32 {
    so_far.rotate_left(1) ^ of_block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bits_are_the_same_behind_bits_of_any_number() {
        let bytes = [0b1011_0010, 0b0110_1101, 0b1110_0001];
        for before in 0..17 {
            for count in 0..=24 {
                let (mut stream, mut writer) = (Vec::new(), BitWriter::default());
                writer.add(&[0xFF; 3], before, &mut stream);
                writer.add(&bytes, count, &mut stream);
                writer.end(7, &mut stream);
                let found = aligned(&stream, before..before + count);
                assert_eq!(found, aligned(&bytes, 0..count), "{before} {count}");
                let end = aligned(&stream, before + count..before + count + 80);
                assert_eq!(end, [&END[..], &[0, 0, 0, 7]].concat(), "{before} {count}");
            }
        }
    }
}
