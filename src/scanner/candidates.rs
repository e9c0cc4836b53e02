//! Finds the places behind a key where a separator, or something written or invisible before it, could begin, 64 bytes
//! at a time.
//!
//! Every field has such a place, and few bytes may stand around it. Before it stand the last two letters of a key
//! (`et`, `de`, or one of the letters with `_`), perhaps with a blank, a quote, `]` or a backslash between. At it stands
//! a separator, with `-`, a digit other than `0`, a blank, a quote or the like behind it; or what begins a written
//! escape or an invisible sequence, with a byte that may go on with it. [`PairClasses`] holds the possible pairs of
//! neighbouring bytes. For a block of 64 bytes, four shuffles look up each byte as the first and as the second of a
//! pair, by its lower and by its upper half. The result is three bit sets; shifts align them, and the bits that remain
//! are the candidates. There are hardly more candidates than fields.
//!
//! Blocks overlap, so that each block has all bytes that its candidates need. Looking at 4 bytes in 64 twice costs less
//! than carrying bits from one block to the next.
//!
//! A multi-pattern search for keys with their separators (Teddy, as in the aho-corasick crate) was the alternative. It
//! needs short patterns, and many, because underscores may stand anywhere in a key. Beyond 64 patterns the crate
//! replaces Teddy with an automaton at a twentieth of the speed (0.54 against 10 GB/s on a log with a field in each
//! line, both in cache), and each hit costs a call.

use super::pairs::{BETWEEN, FOLLOWS, KEY_END, PairClass, PairClasses};
use fearless_simd::{prelude::*, u8x64};
use std::ops::Range;

/// The bytes of a block: one for each bit of a `u64`.
const BLOCK_BYTES: usize = 64;

/// The bytes of a block before its first place: room for a quote and a key's last two bytes before the first separator.
const BEFORE_BYTES: usize = 3;

/// The places of a block, each of which has a bit. The byte behind the last place belongs to the block, too.
const BLOCK_PLACES: usize = BLOCK_BYTES - BEFORE_BYTES - 1;

/// Capacity: the most blocks with candidates that a search can list.
const BLOCKS_MAX: usize = 128;

/// The most bytes that are searched at a time. They are few enough to be still in the L1 cache when candidates are
/// confirmed and copied, and [`BLOCKS_MAX`] has room for all their blocks, a partial one at each end included.
pub(super) const STRETCH_BYTES: usize = (BLOCKS_MAX - 2) * BLOCK_PLACES;

/// The places of a stretch that could belong to fields, in ascending order.
#[derive(Debug)]
pub(crate) struct Candidates {
    blocks: [CandidateBits; BLOCKS_MAX],
    count: usize,
}

/// The candidates of one block.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CandidateBits {
    /// The place in the haystack that the lowest bit stands for.
    pub(super) start: usize,
    pub(super) bits: u64,
}

impl Default for Candidates {
    fn default() -> Self {
        Self { blocks: [CandidateBits::default(); BLOCKS_MAX], count: 0 }
    }
}

impl Candidates {
    /// Returns the candidates of the last search, block by block. Each block has at least one.
    pub(super) fn blocks(&self) -> &[CandidateBits] {
        &self.blocks[..self.count]
    }

    /// Searches for each place in the range behind a key at which a separator, or something written or invisible before
    /// it, could begin. Looks at bytes around the range, too.
    ///
    /// Finds such a place for every field. Most of the places found belong to fields.
    ///
    /// # Panics
    ///
    /// Panics if the range does not lie in the haystack, or is longer than [`STRETCH_BYTES`].
    // Inlined, with all functions that it calls, so that all are compiled with the instructions of the level. A closure
    // that is not inlined costs a call for each comparison, and with the calls most of the speed is lost.
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
        // The whole blocks within the range, one behind the other.
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

    /// Appends the candidates of a block, if it has any. Does so without a branch, because the outcome is hard to
    /// predict.
    #[inline(always)]
    fn push(&mut self, start: usize, bits: u64) {
        self.blocks[self.count % BLOCKS_MAX] = CandidateBits { start, bits };
        self.count += usize::from(bits != 0);
    }
}

/// Returns the bits of the first `places` places of a block.
#[inline(always)]
fn up_to(places: usize) -> u64 {
    if places < BLOCK_PLACES { (1 << places) - 1 } else { u64::MAX }
}

/// Returns the block whose places begin at `start`, where the haystack does not have all of its bytes. Missing bytes
/// are replaced with `.`, which is in no field.
#[inline(never)]
fn partial_block(haystack: &[u8], start: usize) -> [u8; BLOCK_BYTES] {
    let mut block = [b'.'; BLOCK_BYTES];
    let missing = BEFORE_BYTES.saturating_sub(start);
    let rest = &haystack[start + missing - BEFORE_BYTES..];
    let length = rest.len().min(BLOCK_BYTES - missing);
    block[missing..][..length].copy_from_slice(&rest[..length]);
    block
}

/// The tables of [`PairClasses`] in vector registers.
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

    /// Returns the class of each byte, given the lower and the upper halves of the bytes.
    #[inline(always)]
    fn classes(tables: [u8x64<S>; 2], lower: u8x64<S>, upper: u8x64<S>) -> u8x64<S> {
        tables[0].swizzle_dyn_within_blocks(lower) & tables[1].swizzle_dyn_within_blocks(upper)
    }

    /// Returns a bit for each pair that has at least one of the classes.
    #[inline(always)]
    fn bits(&self, pairs: u8x64<S>, class: PairClass) -> u64 {
        (pairs & class).simd_ne(u8x64::splat(self.simd, 0)).to_bitmask()
    }

    /// Returns a bit for each place of a block that could belong to a field. The lowest bit stands for the first place.
    #[inline(always)]
    fn places(&self, block: &[u8; BLOCK_BYTES]) -> u64 {
        let bytes = u8x64::from_slice(self.simd, block);
        let (lower, upper) = (bytes & 0x0F, bytes >> 4);
        let first = Self::classes(self.first, lower, upper);
        let second = Self::classes(self.second, lower, upper);
        let pairs = u8x64::splat(self.simd, 0).slide::<{ BLOCK_BYTES - 1 }>(first) & second;
        // A bit stands for the second byte of its pair.
        let follows = self.bits(pairs, FOLLOWS);
        let key_end = self.bits(pairs, KEY_END);
        let key_end_or_between = self.bits(pairs, KEY_END | BETWEEN);
        let behind_key = key_end | key_end_or_between & key_end_or_between << 1;
        follows >> (BEFORE_BYTES + 1) & behind_key >> (BEFORE_BYTES - 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Keys;
    use super::*;
    use fearless_simd::{Level, dispatch};

    /// Returns the places by the definition, a byte at a time.
    fn naive(pairs: &PairClasses, haystack: &[u8], range: Range<usize>) -> Vec<usize> {
        let class = |second: Option<usize>, class: PairClass| {
            let byte = |at: Option<usize>| at.and_then(|at| haystack.get(at)).copied().unwrap_or(b'.');
            second.is_some_and(|at| pairs.of(byte(at.checked_sub(1)), byte(Some(at))) & class != 0)
        };
        let is_candidate = |&at: &usize| {
            let (one, two) = (at.checked_sub(1), at.checked_sub(2));
            class(Some(at + 1), FOLLOWS)
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
