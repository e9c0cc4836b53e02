//! Counts newlines, and finds them and the lines between them.

use fearless_simd::{Level, dispatch, prelude::*, u8x64};
use memchr::memrchr;
use std::ops::Range;

/// The bytes of a vector.
const VECTOR_BYTES: usize = 64;

/// The most vectors that are added up byte by byte: a sum of one byte goes no further.
const VECTORS_MAX: usize = u8::MAX as usize;

/// The number of vectors that are searched at once: a few lines of usual length.
const SEARCHED_VECTORS: usize = 16;

/// Returns the number of newlines in a text.
///
/// Adds comparisons up in vectors, which takes a third of the instructions that memchr takes for counting.
pub(crate) fn count_newlines(text: &[u8]) -> u64 {
    dispatch!(Level::new(), simd => simd.vectorize(
        #[inline(always)]
        || count_with(simd, text),
    ))
}

#[inline(always)]
fn count_with<S: Simd>(simd: S, text: &[u8]) -> u64 {
    let (newline, one, none) = (u8x64::splat(simd, b'\n'), u8x64::splat(simd, 1), u8x64::splat(simd, 0));
    let (vectors, rest) = text.as_chunks::<VECTOR_BYTES>();
    let mut count = rest.iter().filter(|&&byte| byte == b'\n').count() as u64;
    for vectors in vectors.chunks(VECTORS_MAX) {
        let mut sums = none;
        for vector in vectors {
            sums += u8x64::from_slice(simd, vector).simd_eq(newline).select(one, none);
        }
        count += sums.as_slice().iter().map(|&sum| u64::from(sum)).sum::<u64>();
    }
    count
}

/// Returns the byte offset at which the last lines of a text begin, at most `max` lines, and the number of these lines.
pub(super) fn last_lines(text: &[u8], max: usize) -> (usize, usize) {
    let (mut start, mut count) = (text.len(), 0);
    while count < max && start > 0 {
        start = memrchr(b'\n', &text[..start - 1]).map_or(0, |newline| newline + 1);
        count += 1;
    }
    (start, count)
}

/// Calls `on_newline` with the byte offset of each newline in a range of a text, in their order, until it returns an error.
#[inline(always)]
pub(super) fn for_each_newline<S: Simd, E>(
    simd: S,
    text: &[u8],
    range: Range<usize>,
    mut on_newline: impl FnMut(usize) -> Result<(), E>,
) -> Result<(), E> {
    let mut start = range.start;
    while start < range.end {
        let mut bits = match text[start..].first_chunk::<VECTOR_BYTES>() {
            Some(vector) => u8x64::from_slice(simd, vector).simd_eq(b'\n').to_bitmask(),
            None => bits_of_rest(&text[start..]),
        };
        if range.end - start < VECTOR_BYTES {
            bits &= (1 << (range.end - start)) - 1;
        }
        while bits != 0 {
            on_newline(start + bits.trailing_zeros() as usize)?;
            bits &= bits - 1;
        }
        start += VECTOR_BYTES;
    }
    Ok(())
}

/// Returns the bits of the newlines in a text that is shorter than a vector.
#[inline(never)]
fn bits_of_rest(rest: &[u8]) -> u64 {
    rest.iter().rev().fold(0, |bits, &byte| bits << 1 | u64::from(byte == b'\n'))
}

/// The byte offsets of the newlines in a text, in their order.
///
/// Searches a kilobyte at once, which takes a quarter of the instructions that memchr takes for a line of usual length.
pub(super) struct Newlines<'a> {
    text: &'a [u8],
    /// The byte offset of the first vector that was searched last.
    begin: usize,
    /// One bit for each byte of the vectors, without those that were returned.
    bits: [u64; SEARCHED_VECTORS],
    /// The number of the vector with the next newline.
    vector: usize,
}

impl<'a> Newlines<'a> {
    #[inline]
    pub(super) fn new(text: &'a [u8]) -> Self {
        let mut newlines = Self { text, begin: 0, bits: [0; SEARCHED_VECTORS], vector: 0 };
        newlines.search();
        newlines
    }

    /// Searches the vectors from `begin` on.
    fn search(&mut self) {
        let text = &self.text[self.begin..];
        dispatch!(Level::new(), simd => simd.vectorize(
            #[inline(always)]
            || find_with(simd, text, &mut self.bits),
        ));
    }
}

impl Iterator for Newlines<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        loop {
            let bits = self.bits.get_mut(self.vector);
            match bits {
                Some(0) => self.vector += 1,
                Some(bits) => {
                    let bit = bits.trailing_zeros() as usize;
                    *bits &= *bits - 1;
                    return Some(self.begin + self.vector * VECTOR_BYTES + bit);
                }
                None if self.text.len() - self.begin <= SEARCHED_VECTORS * VECTOR_BYTES => return None,
                None => {
                    self.begin += SEARCHED_VECTORS * VECTOR_BYTES;
                    self.vector = 0;
                    self.search();
                }
            }
        }
    }
}

/// Sets the bits of the newlines in the first vectors of a text, and clears all others.
#[inline(always)]
fn find_with<S: Simd>(simd: S, text: &[u8], bits: &mut [u64; SEARCHED_VECTORS]) {
    let (vectors, rest) = text.as_chunks::<VECTOR_BYTES>();
    for (number, bits) in bits.iter_mut().enumerate() {
        *bits = match vectors.get(number) {
            Some(vector) => u8x64::from_slice(simd, vector).simd_eq(b'\n').to_bitmask(),
            None if number == vectors.len() => bits_of_rest(rest),
            None => 0,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Returns the newlines that [`for_each_newline`] finds.
    fn newlines_in(text: &[u8], range: Range<usize>) -> Vec<usize> {
        let mut found = Vec::new();
        let mut on_newline = |newline| {
            found.push(newline);
            Ok::<(), std::convert::Infallible>(())
        };
        let Ok(()) =
            dispatch!(Level::new(), simd => for_each_newline(simd, text, range.clone(), &mut on_newline));
        found
    }

    #[test]
    fn all_newlines_are_counted_and_found() {
        for length in [
            0,
            1,
            63,
            64,
            65,
            1000,
            1023,
            1024,
            1025,
            VECTORS_MAX * VECTOR_BYTES - 1,
            2 * VECTORS_MAX * VECTOR_BYTES + 7,
        ] {
            assert_eq!(count_newlines(&vec![b'\n'; length]), length as u64);
            assert_eq!(count_newlines(&vec![0x8A; length]), 0);
            assert!(Newlines::new(&vec![b'\n'; length]).eq(0..length));
            for end in [0, 1, length / 2, length.saturating_sub(1), length] {
                let range = end.min(length) / 3..end.min(length);
                assert_eq!(newlines_in(&vec![b'\n'; length], range.clone()), range.collect::<Vec<_>>());
            }
            assert_eq!(Newlines::new(&vec![0x8A; length]).next(), None);
            for distance in [7, 130, 1500] {
                let text: Vec<u8> =
                    (0..length).map(|at| if at % distance == 3 { b'\n' } else { b'x' }).collect();
                assert_eq!(count_newlines(&text), (length + distance - 4) as u64 / distance as u64);
                assert!(Newlines::new(&text).eq((3..length).step_by(distance)));
                let expected: Vec<_> = (3..length).step_by(distance).collect();
                assert_eq!(newlines_in(&text, 0..length), expected);
            }
        }
    }
}
