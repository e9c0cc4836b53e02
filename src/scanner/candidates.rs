//! Finds the places where a field's separator could be, many bytes at a time.
//!
//! Every field has a separator, and what stands around a separator is narrow: before it the last two letters of a key
//! (`et`, `de`, or one of them with `_`), perhaps with a blank, quote or `]` between; behind it `-`, a digit that is
//! not `0`, a blank or a quote. [`PairClasses`] says so of two bytes beside each other. Of 64 bytes each is looked up
//! with its neighbour, as one half and the other, which takes four shuffles; that makes three bit sets, shifts line
//! them up, and what is left are candidates, hardly more of them than there are fields.
//!
//! Blocks overlap, so that each has all that its candidates need: carrying bits from one to the next costs more than
//! looking at 4 bytes in 64 twice.
//!
//! A multi-pattern search for keys with their separators (Teddy, as in the aho-corasick crate) was
//! the alternative. Underscores may stand anywhere in a key, so that the patterns are short and many;
//! past the 64 that Teddy takes it becomes an automaton, at a tenth of the speed (0.54 against
//! 10 GB/s on a log with a field in each line, both in cache), and each hit costs a call.

use super::pairs::{BETWEEN, KEY_END, PairClass, PairClasses, SEPARATED};
use fearless_simd::{prelude::*, u8x64};
use std::ops::Range;

/// Bytes that are looked at together: as many as a `u64` has bits.
const BLOCK_BYTES: usize = 64;

/// How much of a block is there for what stands before the separators that it tells of: a quote, and a key's last two.
const BEFORE_BYTES: usize = 3;

/// How many places a block tells of. The byte behind the last one belongs to the block, too.
const BLOCK_PLACES: usize = BLOCK_BYTES - BEFORE_BYTES - 1;

/// How many blocks with candidates there is room for.
const BLOCKS_MAX: usize = 128;

/// How much is searched at a time: little enough to be still in the nearest cache when candidates are confirmed and
/// copied, and no more than there is room for, with a block at each end that is not whole.
pub(super) const STRETCH_BYTES: usize = (BLOCKS_MAX - 2) * BLOCK_PLACES;

/// Places where separators could be, in their order.
#[derive(Debug)]
pub(crate) struct Candidates {
    blocks: [CandidateBits; BLOCKS_MAX],
    count: usize,
}

/// A few places.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CandidateBits {
    /// Where the first bit stands for.
    pub(super) start: usize,
    pub(super) bits: u64,
}

impl Default for Candidates {
    fn default() -> Self {
        Self { blocks: [CandidateBits::default(); BLOCKS_MAX], count: 0 }
    }
}

impl Candidates {
    /// Those of the last search, some in each.
    pub(super) fn blocks(&self) -> &[CandidateBits] {
        &self.blocks[..self.count]
    }

    /// Searches for each byte in the range at which a separator (or the bracket in its place) could be. What stands
    /// around the range is looked at too.
    ///
    /// Every separator of a field is found; most of what is found is one.
    ///
    /// # Panics
    ///
    /// When the range does not lie in the haystack, or is longer than [`STRETCH_BYTES`].
    // Inlined, with all that it calls, to be compiled with the instructions of the level: a closure that is not costs a
    // call for each comparison, and with that most of the speed.
    #[inline(always)]
    pub(super) fn find<S: Simd>(
        &mut self,
        simd: S,
        pairs: &PairClasses,
        haystack: &[u8],
        range: Range<usize>,
    ) {
        assert!(range.len() <= STRETCH_BYTES && range.end <= haystack.len(), "more than there is room for");
        self.count = 0;
        let search = BlockSearch::new(simd, pairs);
        let mut start = range.start;
        if start < BEFORE_BYTES && start < range.end {
            self.push(start, search.places(&partial_block(haystack, start)) & up_to(range.end - start));
            start += BLOCK_PLACES;
        }
        // All blocks that are whole and lie in the range, one behind the other.
        let whole = range.end.min(haystack.len() - 1).saturating_sub(start) / BLOCK_PLACES * BLOCK_PLACES;
        let mut rest = if whole == 0 { &[][..] } else { &haystack[start - BEFORE_BYTES..start + whole + 1] };
        while let Some(block) = rest.first_chunk() {
            self.push(start, search.places(block));
            start += BLOCK_PLACES;
            rest = &rest[BLOCK_PLACES..];
        }
        if start < range.end {
            self.push(start, search.places(&partial_block(haystack, start)) & up_to(range.end - start));
        }
    }

    /// Appends the places, if there are any. There is no branch in that: whether there are is hard to predict.
    #[inline(always)]
    fn push(&mut self, start: usize, bits: u64) {
        self.blocks[self.count % BLOCKS_MAX] = CandidateBits { start, bits };
        self.count += usize::from(bits != 0);
    }
}

/// The bits of the first places.
#[inline(always)]
fn up_to(places: usize) -> u64 {
    if places < BLOCK_PLACES { (1 << places) - 1 } else { u64::MAX }
}

/// The block that tells of the places from `start` on, where the haystack has not all of it. Bytes stand for what is
/// missing that no field has.
#[inline(never)]
fn partial_block(haystack: &[u8], start: usize) -> [u8; BLOCK_BYTES] {
    let mut block = [b'.'; BLOCK_BYTES];
    let missing = BEFORE_BYTES.saturating_sub(start);
    let rest = &haystack[start + missing - BEFORE_BYTES..];
    let length = rest.len().min(BLOCK_BYTES - missing);
    block[missing..][..length].copy_from_slice(&rest[..length]);
    block
}

/// The classes of pairs in vectors.
struct BlockSearch<S: Simd> {
    simd: S,
    first: [u8x64<S>; 2],
    second: [u8x64<S>; 2],
}

impl<S: Simd> BlockSearch<S> {
    #[inline(always)]
    fn new(simd: S, pairs: &PairClasses) -> Self {
        let PairClasses { first, second } = pairs;
        Self {
            simd,
            first: [u8x64::from_slice(simd, &first.lower), u8x64::from_slice(simd, &first.upper)],
            second: [u8x64::from_slice(simd, &second.lower), u8x64::from_slice(simd, &second.upper)],
        }
    }

    /// The classes of bytes, of which these are the lower and the upper halves.
    #[inline(always)]
    fn classes(tables: [u8x64<S>; 2], lower: u8x64<S>, upper: u8x64<S>) -> u8x64<S> {
        tables[0].swizzle_dyn_within_blocks(lower) & tables[1].swizzle_dyn_within_blocks(upper)
    }

    /// A bit for each byte that has one of the classes.
    #[inline(always)]
    fn bits(&self, pairs: u8x64<S>, class: PairClass) -> u64 {
        (pairs & class).simd_ne(u8x64::splat(self.simd, 0)).to_bitmask()
    }

    /// The places of a block where a separator could be, a bit for each, the first one in the lowest bit.
    #[inline(always)]
    fn places(&self, block: &[u8; BLOCK_BYTES]) -> u64 {
        let bytes = u8x64::from_slice(self.simd, block);
        let (lower, upper) = (bytes & 0x0F, bytes >> 4);
        let first = Self::classes(self.first, lower, upper);
        let second = Self::classes(self.second, lower, upper);
        let pairs = u8x64::splat(self.simd, 0).slide::<{ BLOCK_BYTES - 1 }>(first) & second;
        // A bit is where the second byte of the pair is.
        let separated = self.bits(pairs, SEPARATED);
        let key_end = self.bits(pairs, KEY_END);
        let key_end_or_between = self.bits(pairs, KEY_END | BETWEEN);
        let before_separator = key_end | key_end_or_between & key_end_or_between << 1;
        separated >> (BEFORE_BYTES + 1) & before_separator >> (BEFORE_BYTES - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Keys;
    use super::*;
    use fearless_simd::{Level, dispatch};

    /// The definition, a byte at a time.
    fn naive(pairs: &PairClasses, haystack: &[u8], range: Range<usize>) -> Vec<usize> {
        let class = |second: Option<usize>, class: PairClass| {
            let byte = |at: Option<usize>| at.and_then(|at| haystack.get(at)).copied().unwrap_or(b'.');
            second.is_some_and(|at| pairs.of(byte(at.checked_sub(1)), byte(Some(at))) & class != 0)
        };
        let is_candidate = |&at: &usize| {
            let (one, two) = (at.checked_sub(1), at.checked_sub(2));
            class(Some(at + 1), SEPARATED)
                && (class(one, KEY_END) || class(one, BETWEEN) && class(two, KEY_END | BETWEEN))
        };
        range.filter(is_candidate).collect()
    }

    fn found(level: Level, pairs: &PairClasses, haystack: &[u8], range: Range<usize>) -> Vec<usize> {
        let mut candidates = Candidates::default();
        dispatch!(level, simd => simd.vectorize(|| candidates.find(simd, pairs, haystack, range)));
        let places = |block: &CandidateBits| {
            let CandidateBits { start, bits } = *block;
            (0..64).filter(move |bit| bits >> bit & 1 != 0).map(move |bit| start + bit)
        };
        candidates.blocks().iter().flat_map(places).collect()
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
        let alphabet = b"tTeEdDsS_]['\"\\ \t=:x-50\n\0\xEF\xBC\x9A\xFF(";
        let mut seed = 1_u64;
        let haystack: Vec<u8> = (0..400)
            .map(|_| {
                seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                alphabet[(seed >> 33) as usize % alphabet.len()]
            })
            .collect();
        let mut keys = Keys::none();
        keys.add("s").unwrap();
        keys.add("x5").unwrap();
        for pairs in [PairClasses::new(Keys::default().names()), PairClasses::new(keys.names())] {
            for level in &levels {
                for start in 0..140 {
                    let ends = [0, 1, 59, 60, 61, 119, 120, 121].map(|length| start + length);
                    for end in ends.into_iter().chain([399, 400]) {
                        let found = found(*level, &pairs, &haystack, start..end);
                        assert_eq!(found, naive(&pairs, &haystack, start..end), "{level:?} {start}..{end}");
                    }
                }
            }
        }
    }

    #[test]
    fn there_is_room_for_a_candidate_at_each_place() {
        let pairs = PairClasses::new(Keys::default().names());
        let haystack = "_=1".repeat(STRETCH_BYTES).into_bytes();
        for start in [0, 1, 2, 3, 4] {
            let range = start..start + STRETCH_BYTES;
            let found = found(Level::new(), &pairs, &haystack, range.clone());
            assert_eq!(found, naive(&pairs, &haystack, range));
        }
    }
}
