//! Marks in a line, found for many bytes at once: blanks, between which its words stand, and what a time may stand behind.

use fearless_simd::{Level, dispatch, prelude::*, u8x64};

/// The number of bytes at the beginning of a line that are looked at.
pub(in crate::time) const LINE_MAX_BYTES: usize = 512;
/// The bytes of a vector.
const BLOCK_BYTES: usize = 64;
const BLOCKS: usize = LINE_MAX_BYTES / BLOCK_BYTES;

/// The marks of a line, one bit a byte.
#[derive(Default)]
pub(super) struct LineMarks {
    /// Bits of blanks, `{`, `[` and `=`.
    all: [u64; BLOCKS],
    /// Bits of `[` and `=`.
    brackets_and_equals: [u64; BLOCKS],
    /// The number of bytes before the newline, up to [`LINE_MAX_BYTES`].
    pub(super) length: usize,
    /// False if there are neither two digits with `:` or `.` between them nor six digits in a row: all times have some.
    pub(super) may_have_time: bool,
}

impl LineMarks {
    /// Finds the marks of the line that a text begins with. There must be none before.
    #[inline]
    pub(super) fn find(&mut self, text: &[u8]) {
        dispatch!(Level::new(), simd => simd.vectorize(
            #[inline(always)]
            || self.find_with(simd, text),
        ));
    }

    #[inline(always)]
    fn find_with<S: Simd>(&mut self, simd: S, text: &[u8]) {
        self.length = LINE_MAX_BYTES;
        for block in 0..BLOCKS {
            let rest = &text[block * BLOCK_BYTES..];
            // Missing bytes are taken for the newline.
            let bytes = match rest.first_chunk::<BLOCK_BYTES>() {
                Some(bytes) => u8x64::from_slice(simd, bytes),
                None => u8x64::from_slice(simd, &up_to_end(rest)),
            };
            let newlines = bytes.simd_eq(b'\n').to_bitmask();
            let blanks = bytes.simd_eq(b' ') | bytes.simd_eq(b'\t') | bytes.simd_eq(b'{');
            let brackets = bytes.simd_eq(b'[') | bytes.simd_eq(b'=');
            let is_before_newline = (newlines & newlines.wrapping_neg()).wrapping_sub(1);
            let digits = (bytes.simd_ge(b'0') & bytes.simd_le(b'9')).to_bitmask() & is_before_newline;
            let separators = (bytes.simd_eq(b':') | bytes.simd_eq(b'.')).to_bitmask();
            self.may_have_time |= may_have_time(digits, separators, newlines == 0);
            self.all[block] = (blanks | brackets).to_bitmask() & is_before_newline;
            self.brackets_and_equals[block] = brackets.to_bitmask() & is_before_newline;
            if newlines != 0 {
                self.length = block * BLOCK_BYTES + newlines.trailing_zeros() as usize;
                break;
            }
        }
    }

    /// Returns the byte offset of the first mark at or behind a byte offset.
    #[inline]
    pub(super) fn next(&self, at: usize) -> Option<usize> {
        self.next_bit(at, &self.all)
    }

    /// Returns the byte offset of the first `[` or `=` at or behind a byte offset.
    #[inline]
    pub(super) fn next_bracket_or_equals(&self, at: usize) -> Option<usize> {
        self.next_bit(at, &self.brackets_and_equals)
    }

    /// Returns the number of the first bit that is set at or behind a place.
    #[inline(always)]
    fn next_bit(&self, at: usize, bits_of: &[u64; BLOCKS]) -> Option<usize> {
        let mut block = at / BLOCK_BYTES;
        let mut bits = bits_of.get(block)? & u64::MAX << (at % BLOCK_BYTES);
        while bits == 0 {
            block += 1;
            if block * BLOCK_BYTES >= self.length {
                return None;
            }
            bits = *bits_of.get(block)?;
        }
        Some(block * BLOCK_BYTES + bits.trailing_zeros() as usize)
    }
}

/// Returns false if a block has none of the digits that all times have. `goes_on` is true if any bytes may follow.
#[inline(always)]
fn may_have_time(digits: u64, separators: u64, goes_on: bool) -> bool {
    // Moves the bits of the bytes behind each byte to that byte.
    let behind = |bits: u64, distance: u32| {
        let unknown = if goes_on { !(u64::MAX >> distance) } else { 0 };
        bits >> distance | unknown
    };
    let two = digits & behind(digits, 1);
    let four = two & behind(two, 2);
    let six = four & behind(two, 4);
    six | digits & behind(separators, 1) & behind(digits, 2) != 0
}

/// Returns the block in which a text ends, with newlines behind the text.
#[inline(never)]
fn up_to_end(text: &[u8]) -> [u8; BLOCK_BYTES] {
    let mut block = [b'\n'; BLOCK_BYTES];
    let length = text.len().min(BLOCK_BYTES);
    block[..length].copy_from_slice(&text[..length]);
    block
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_mark_of_a_line_is_found() {
        let mut random = 1_u64;
        for length in (0..600).chain(0..600) {
            let mut text: Vec<u8> = Vec::new();
            for _ in 0..length {
                random =
                    random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let choice = usize::try_from(random >> 33).unwrap() % 400;
                text.push(*b" \t{[=\n".get(choice).unwrap_or(&b"az09,\xFF\0:.\x0B"[choice % 10]));
            }
            let line = text.split(|&byte| byte == b'\n').next().unwrap();
            let line = &line[..line.len().min(LINE_MAX_BYTES)];
            let mut marks = LineMarks::default();
            marks.find(&text);
            assert_eq!(marks.length, line.len(), "{}", text.escape_ascii());
            let are_digits = |bytes: &[u8]| bytes.iter().all(u8::is_ascii_digit);
            let may_have_time = line.windows(6).any(are_digits)
                || line
                    .windows(3)
                    .any(|bytes| are_digits(&[bytes[0], bytes[2]]) && matches!(bytes[1], b':' | b'.'));
            // At the end of a block, more lines may have one.
            assert!(marks.may_have_time || !may_have_time, "{}", text.escape_ascii());
            if line.len() < BLOCK_BYTES {
                assert_eq!(marks.may_have_time, may_have_time, "{}", text.escape_ascii());
            }
            for at in 0..=LINE_MAX_BYTES {
                let find = |bytes: &[u8]| {
                    line.iter().skip(at).position(|byte| bytes.contains(byte)).map(|found| found + at)
                };
                assert_eq!(marks.next(at), find(b" \t{[="), "{at} {}", text.escape_ascii());
                assert_eq!(marks.next_bracket_or_equals(at), find(b"[="), "{at} {}", text.escape_ascii());
            }
        }
    }
}
