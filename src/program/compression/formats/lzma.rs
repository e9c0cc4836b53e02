//! lzma alone, the format before xz, with the reference library.

use super::xz::MEMORY_MAX_BYTES;
use super::{CompressedFormat, Format, WrittenIn};
use crate::program::compression::signature::agrees_plainly;
use liblzma::stream::Stream;

pub(super) const FORMAT: CompressedFormat = CompressedFormat {
    format: Format::Lzma,
    name: "lzma",
    unpack: "xz -d",
    extensions: &["lzma"],
    begins,
    by_name: None,
    has_skippable_frames: false,
    decoder: |_| Ok(Box::new(Stream::new_lzma_decoder(MEMORY_MAX_BYTES)?)),
    writing: WrittenIn::Instead(Format::Xz),
};

/// The length of the header: the properties, the size of the dictionary, the length, and the first byte of the data.
const HEADER_BYTES: usize = 14;
/// The limit for a length in the header; no files have larger ones.
const LENGTH_MAX: u64 = 1 << 38;

/// Compares bytes with the header, which has no signature but few plausible values.
fn begins(bytes: &[u8]) -> Option<bool> {
    let header = &bytes[..bytes.len().min(HEADER_BYTES)];
    agrees_plainly(header, b"\x5d\0\0")?;
    let is_wrong = header.contains(&b'\n')
        || header.get(3..5).is_some_and(|high| !is_dictionary(u16::from_le_bytes([high[0], high[1]])))
        || header.get(5..13).is_some_and(|length| {
            let length = u64::from_le_bytes(length.try_into().expect("eight bytes"));
            length != u64::MAX && length >= LENGTH_MAX
        })
        || header.get(13).is_some_and(|&first| first != 0);
    (!is_wrong).then_some(header.len() == HEADER_BYTES)
}

/// Returns true if a size can be that of a dictionary: `2^n` or `2^n + 2^(n-1)` bytes. `high` is the higher half of the
/// size; the lower half is 0.
fn is_dictionary(high: u16) -> bool {
    high.is_power_of_two() || high.is_multiple_of(3) && (high / 3).is_power_of_two()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lzma_is_taken_for_nothing_else() {
        for (place, byte) in [(0, b'\\'), (1, 1), (2, 1), (3, 5), (4, 3), (5, b'\n'), (10, 0x40), (13, 1)] {
            let mut data = *b"\x5d\0\0\x80\0\x46\0\0\0\0\0\0\0\0";
            assert_eq!(begins(&data), Some(true));
            data[place] = byte;
            assert_eq!(begins(&data), None, "{place}");
        }
    }
}
