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

/// Which bytes could be the last of a key.
pub(super) trait KeyEnds: Copy {
    /// What a block says of the first bytes of the next.
    type Carry: Copy + Default;

    /// A bit for each byte of a block that could be the last of a key; `lower` are its letters in lower case.
    fn bits<S: Simd>(self, simd: S, lower: u8x64<S>, underscore: u64, carry: &mut Self::Carry) -> u64;
}

/// The ends of iMSDK's own keys: `et`, `de`, or one of them with `_`.
#[derive(Clone, Copy)]
pub(super) struct DefaultEnds;

/// The ends of other keys: one of these letters or digits, or `_`.
#[derive(Clone, Copy)]
pub(super) struct ChosenEnds<'a>(pub(super) &'a [u8]);

impl KeyEnds for DefaultEnds {
    /// Which bytes are `e` or `_`, and which `d` or `_`.
    type Carry = (u64, u64);

    #[inline(always)]
    fn bits<S: Simd>(self, _: S, lower: u8x64<S>, underscore: u64, carry: &mut Self::Carry) -> u64 {
        let t = lower.simd_eq(b't').to_bitmask();
        let e = lower.simd_eq(b'e').to_bitmask();
        let d = lower.simd_eq(b'd').to_bitmask();
        let before = std::mem::replace(carry, (e | underscore, d | underscore));
        let behind_e = carry.0 << 1 | before.0 >> 63;
        let behind_d = carry.1 << 1 | before.1 >> 63;
        t & behind_e | e & behind_d | underscore
    }
}

impl KeyEnds for ChosenEnds<'_> {
    type Carry = ();

    #[inline(always)]
    fn bits<S: Simd>(self, _: S, lower: u8x64<S>, underscore: u64, (): &mut ()) -> u64 {
        let mut bits = underscore;
        for &letter in self.0 {
            bits |= lower.simd_eq(letter).to_bitmask();
        }
        bits
    }
}

/// What the comparisons say of up to 64 bytes, a bit for each, the first byte in the lowest bit.
#[derive(Clone, Copy, Default)]
struct Bits {
    key_end: u64,
    /// Could stand between a key and its separator: a blank, a quote or `]`. Other bytes up to `'`
    /// count too: one comparison is cheaper than three, and the confirmation will tell.
    between: u64,
    /// Apart from `between`: one bit set less is no faster, as measured.
    backslash: u64,
    /// `=`, `:` or the first byte of a full-width one.
    separator: u64,
    bracket: u64,
}

impl Bits {
    #[inline(always)]
    fn of_block<S: Simd, K: KeyEnds>(simd: S, block: &[u8], key_ends: K, carry: &mut K::Carry) -> Self {
        let bytes = u8x64::from_slice(simd, block);
        let underscore = bytes.simd_eq(b'_').to_bitmask();
        Self {
            key_end: key_ends.bits(simd, bytes | 0x20, underscore, carry),
            between: (bytes.simd_le(b'\'') | bytes.simd_eq(b']')).to_bitmask(),
            backslash: bytes.simd_eq(b'\\').to_bitmask(),
            separator: (bytes.simd_eq(b'=') | bytes.simd_eq(b':') | bytes.simd_eq(0xEF)).to_bitmask(),
            bracket: bytes.simd_eq(b'[').to_bitmask(),
        }
    }

    /// The candidates among these bytes, given what stands before them.
    #[inline(always)]
    fn candidates(self, before: Self) -> u64 {
        let key_end_1 = self.key_end << 1 | before.key_end >> 63;
        let between_1 = self.between << 1 | before.between >> 63;
        let behind_key = self.key_end | self.between | self.backslash;
        let behind_key_before = before.key_end | before.between | before.backslash;
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
pub(super) fn find(
    level: Level,
    haystack: &[u8],
    range: Range<usize>,
    key_ends: impl KeyEnds,
    found: &mut Vec<u32>,
) {
    assert!(u32::try_from(range.len()).is_ok(), "the range is longer than u32 can count");
    dispatch!(level, simd => find_at_level(simd, haystack, range, key_ends, found));
}

// All of it must become one function for each level, compiled with that level's instructions: a closure
// that is not inlined costs a call for each comparison, and with that most of the speed.
#[inline(always)]
fn find_at_level<S: Simd, K: KeyEnds>(
    simd: S,
    haystack: &[u8],
    range: Range<usize>,
    key_ends: K,
    found: &mut Vec<u32>,
) {
    simd.vectorize(
        #[inline(always)]
        || {
            let mut carry = K::Carry::default();
            let mut before = bits_before(simd, &haystack[..range.start], key_ends, &mut carry);
            let blocks = haystack[range].chunks_exact(BLOCK_BYTES);
            let rest = blocks.remainder();
            let mut base = 0;
            for block in blocks {
                let bits = Bits::of_block(simd, block, key_ends, &mut carry);
                push_places(bits.candidates(before), base, found);
                before = bits;
                base += BLOCK_BYTES as u32;
            }
            if !rest.is_empty() {
                let mut block = [0; BLOCK_BYTES];
                block[..rest.len()].copy_from_slice(rest);
                let bits = Bits::of_block(simd, &block, key_ends, &mut carry);
                push_places(bits.candidates(before), base, found);
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
/// Where there are none, bytes stand for them that no key has.
#[inline(always)]
fn bits_before<S: Simd, K: KeyEnds>(simd: S, haystack: &[u8], key_ends: K, carry: &mut K::Carry) -> Bits {
    let mut block = [b'.'; BLOCK_BYTES];
    let tail = &haystack[haystack.len().saturating_sub(3)..];
    block[BLOCK_BYTES - tail.len()..].copy_from_slice(tail);
    Bits::of_block(simd, &block, key_ends, carry)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The definition, a byte at a time.
    fn naive(haystack: &[u8], range: Range<usize>, ends_key: impl Fn(u8, u8) -> bool) -> Vec<u32> {
        let byte_at = |at: Option<usize>| at.map_or(b'.', |at| haystack[at].to_ascii_lowercase());
        let key_end = |at: Option<usize>| {
            let (before, last) = (byte_at(at.and_then(|at| at.checked_sub(1))), byte_at(at));
            last == b'_' || ends_key(before, last)
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

    /// The last letters of other keys, or those of iMSDK.
    type ChosenOrDefault = Option<&'static [u8]>;

    #[test]
    fn each_level_of_the_machine_finds_what_the_definition_says() {
        let level = Level::new();
        let mut levels = vec![level, Level::baseline()];
        #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
        {
            levels.extend(level.as_sse4_2().map(Level::Sse4_2));
            levels.extend(level.as_avx2().map(Level::Avx2));
        }
        let is_default = |before, last| matches!((before, last), (b'e' | b'_', b't') | (b'd' | b'_', b'e'));
        let alphabet = b"tTeEdDsS_]['\"\\ \t=:x-5\n\0\xEF\xBC\x9A\xFF(";
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
                    let found = |key_ends: ChosenOrDefault| {
                        let mut found = Vec::new();
                        match key_ends {
                            None => find(level, &haystack, start..end, DefaultEnds, &mut found),
                            Some(ends) => find(level, &haystack, start..end, ChosenEnds(ends), &mut found),
                        }
                        found
                    };
                    let expected = naive(&haystack, start..end, is_default);
                    assert_eq!(found(None), expected, "{level:?} {start}..{end}");
                    let expected = naive(&haystack, start..end, |_, last| b"s5".contains(&last));
                    assert_eq!(found(Some(b"s5")), expected, "{level:?} {start}..{end}");
                }
            }
        }
    }

    #[test]
    fn nothing_stands_before_the_first_byte() {
        let mut found = Vec::new();
        find(Level::new(), b"=_=t=", 0..5, DefaultEnds, &mut found);
        assert_eq!(found, [2]);
    }
}
