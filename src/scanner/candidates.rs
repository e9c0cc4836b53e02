//! Finds the places where a field's separator could be, many bytes at a time.
//!
//! Every field has a separator, and what stands before a separator is narrow: the last letters of a
//! key (`et`, `de`, or one of them with `_`), or a blank, quote or `]` that in turn stands behind such
//! letters. Vector comparisons turn 64 bytes into bit sets, shifts line them up, and what is left are
//! candidates, little more of them than there are fields.
//!
//! A multi-pattern search for keys with their separators (Teddy, as in the aho-corasick crate) was
//! the alternative. Underscores may stand anywhere in a key, so that the patterns are short and many;
//! past the 64 that Teddy takes it becomes an automaton, at a tenth of the speed (0.54 against
//! 10 GB/s on a log with a field in each line, both in cache), and each hit costs a call.

use fearless_simd::{Level, dispatch, prelude::*, u8x64};
use std::ops::Range;

/// Bytes that one round of comparisons looks at: as many as a `u64` has bits.
const BLOCK_BYTES: usize = 64;

/// What the comparisons say of up to 64 bytes, a bit for each, the first byte in the lowest bit.
#[derive(Clone, Copy, Default)]
struct Bits {
    t: u64,
    e: u64,
    d: u64,
    underscore: u64,
    /// Could stand between a key and its separator: a blank, a quote or `]`. Other bytes up to `'`
    /// count too: one comparison is cheaper than three, and the confirmation will tell.
    between: u64,
    /// Apart from `between`: one bit set less is no faster, as measured.
    backslash: u64,
    /// `=`, `:` or the first byte of a full-width one.
    separator: u64,
    bracket: u64,
}

/// What the bytes before a block say of its first ones.
#[derive(Clone, Copy, Default)]
struct Before {
    bits: Bits,
    key_end: u64,
}

impl Bits {
    #[inline(always)]
    fn of_block<S: Simd>(simd: S, block: &[u8]) -> Self {
        let bytes = u8x64::from_slice(simd, block);
        let lower = bytes | 0x20;
        Self {
            t: lower.simd_eq(b't').to_bitmask(),
            e: lower.simd_eq(b'e').to_bitmask(),
            d: lower.simd_eq(b'd').to_bitmask(),
            underscore: bytes.simd_eq(b'_').to_bitmask(),
            between: (bytes.simd_le(b'\'') | bytes.simd_eq(b']')).to_bitmask(),
            backslash: bytes.simd_eq(b'\\').to_bitmask(),
            separator: (bytes.simd_eq(b'=') | bytes.simd_eq(b':') | bytes.simd_eq(0xEF)).to_bitmask(),
            bracket: bytes.simd_eq(b'[').to_bitmask(),
        }
    }

    /// Bytes that could be the last of a key.
    #[inline(always)]
    fn key_end(self, before: Self) -> u64 {
        let behind = |bits: u64, bits_before: u64| bits << 1 | bits_before >> 63;
        let behind_e = behind(self.e | self.underscore, before.e | before.underscore);
        let behind_d = behind(self.d | self.underscore, before.d | before.underscore);
        self.t & behind_e | self.e & behind_d | self.underscore
    }

    /// The candidates among these bytes, given what stands before them and which could end a key.
    #[inline(always)]
    fn candidates(self, key_end: u64, before: Before) -> u64 {
        let key_end_1 = key_end << 1 | before.key_end >> 63;
        let between_1 = self.between << 1 | before.bits.between >> 63;
        let behind_key = key_end | self.between | self.backslash;
        let behind_key_before = before.key_end | before.bits.between | before.bits.backslash;
        let behind_key_2 = behind_key << 2 | behind_key_before >> 62;
        self.separator & (key_end_1 | (between_1 & behind_key_2)) | self.bracket & key_end_1
    }
}

/// Appends to `found` the offset, from `range.start` on, of each byte in the range at which a
/// separator (or the bracket in its place) could be. What stands before the range is looked at too.
///
/// Every separator of a field is found; most of what is found is none.
///
/// # Panics
///
/// When the range does not lie in the haystack, or is longer than `u32` can count.
pub(super) fn find(level: Level, haystack: &[u8], range: Range<usize>, found: &mut Vec<u32>) {
    assert!(u32::try_from(range.len()).is_ok(), "the range is longer than u32 can count");
    dispatch!(level, simd => find_at_level(simd, haystack, range, found));
}

// All of it must become one function for each level, compiled with that level's instructions: a closure
// that is not inlined costs a call for each comparison, and with that most of the speed.
#[inline(always)]
fn find_at_level<S: Simd>(simd: S, haystack: &[u8], range: Range<usize>, found: &mut Vec<u32>) {
    simd.vectorize(
        #[inline(always)]
        || {
            let mut before = state_before(simd, &haystack[..range.start]);
            let blocks = haystack[range].chunks_exact(BLOCK_BYTES);
            let rest = blocks.remainder();
            let mut base = 0;
            for block in blocks {
                let bits = Bits::of_block(simd, block);
                let key_end = bits.key_end(before.bits);
                push_places(bits.candidates(key_end, before), base, found);
                before = Before { bits, key_end };
                base += BLOCK_BYTES as u32;
            }
            if !rest.is_empty() {
                let mut block = [0; BLOCK_BYTES];
                block[..rest.len()].copy_from_slice(rest);
                let bits = Bits::of_block(simd, &block);
                push_places(bits.candidates(bits.key_end(before.bits), before), base, found);
            }
        },
    );
}

/// Appends the place of each bit that is set.
#[inline(always)]
fn push_places(mut bits: u64, base: u32, found: &mut Vec<u32>) {
    while bits != 0 {
        found.push(base + bits.trailing_zeros());
        bits &= bits - 1;
    }
}

/// What the last bytes of `haystack` say, in the place where those of a whole block would be.
/// Where there are none, letters stand for them that no key ends with.
#[inline(always)]
fn state_before<S: Simd>(simd: S, haystack: &[u8]) -> Before {
    let mut block = [b'x'; BLOCK_BYTES];
    let tail = &haystack[haystack.len().saturating_sub(3)..];
    block[BLOCK_BYTES - tail.len()..].copy_from_slice(tail);
    let bits = Bits::of_block(simd, &block);
    Before { bits, key_end: bits.key_end(Bits::default()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, a byte at a time.
    fn naive(haystack: &[u8], range: Range<usize>) -> Vec<u32> {
        let byte_at = |at: Option<usize>| at.map_or(b'x', |at| haystack[at].to_ascii_lowercase());
        let key_end = |at: Option<usize>| {
            let pair = (byte_at(at.and_then(|at| at.checked_sub(1))), byte_at(at));
            matches!(pair, (b'e' | b'_', b't') | (b'd' | b'_', b'e') | (_, b'_'))
        };
        let between = |at: Option<usize>| byte_at(at) <= b'\'' || byte_at(at) == b']';
        let is_candidate = |at: usize| {
            let (one, two) = (at.checked_sub(1), at.checked_sub(2));
            let behind_key = key_end(two) || between(two) || byte_at(two) == b'\\';
            match haystack[at] {
                b'=' | b':' | 0xEF => key_end(one) || between(one) && behind_key,
                b'[' => key_end(one),
                _ => false,
            }
        };
        range.clone().filter(|&at| is_candidate(at)).map(|at| (at - range.start) as u32).collect()
    }

    #[test]
    fn each_level_of_the_machine_finds_what_the_definition_says() {
        let level = Level::new();
        let mut levels = vec![level, Level::baseline()];
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        {
            levels.extend(level.as_sse4_2().map(Level::Sse4_2));
            levels.extend(level.as_avx2().map(Level::Avx2));
        }
        let alphabet = b"tTeEdD_]['\"\\ \t=:x-5\n\0\xEF\xBC\x9A\xFF(";
        let mut seed = 1_u64;
        let haystack: Vec<u8> = (0..400)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                alphabet[(seed >> 33) as usize % alphabet.len()]
            })
            .collect();
        for level in levels {
            for start in 1..140 {
                for end in [start, start + 1, start + 63, start + 64, start + 65, 400] {
                    let mut found = Vec::new();
                    find(level, &haystack, start..end, &mut found);
                    assert_eq!(found, naive(&haystack, start..end), "{level:?} {start}..{end}");
                }
            }
        }
    }

    #[test]
    fn nothing_stands_before_the_first_byte() {
        let mut found = Vec::new();
        find(Level::new(), b"=_=t=", 0..5, &mut found);
        assert_eq!(found, [2]);
    }
}
