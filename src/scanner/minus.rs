//! Finds minus signs behind which a code could begin, 128 bytes at a time.

use super::byte_class::is_identifier;
use fearless_simd::{i8x64, prelude::*, u8x64};
use std::hint::black_box;
use std::ops::Range;

/// The bytes of a vector.
const VECTOR_BYTES: usize = 64;

/// The bytes that are looked at together: two vectors, which share the cost of a loop.
const BLOCK_BYTES: usize = 2 * VECTOR_BYTES;

/// A block, with the byte before and the byte behind it.
type DashBlock = [u8; BLOCK_BYTES + 2];

/// The bytes whose places are listed before they are used.
const STRETCH_BYTES: usize = 16 * BLOCK_BYTES;

/// A list of places in a stretch. No two places are next to each other.
type Places = [u16; STRETCH_BYTES / 2];

/// Calls `on_minus` for each place in `range` that has a `-` with `1` to `9` behind it, and before it something that a
/// code can stand behind: no letter, digit or `_`, but for the last letter of an invisible sequence or a written escape.
/// Calls in ascending order.
// Inlined, with all functions that it calls, so that all are compiled with the instructions of the level.
#[inline(always)]
pub(super) fn for_each_minus<S: Simd>(
    simd: S,
    haystack: &[u8],
    range: Range<usize>,
    mut on_minus: impl FnMut(usize),
) {
    let mut places = [0; STRETCH_BYTES / 2];
    let mut start = range.start;
    if start == 0 && start < range.end {
        list_rest(haystack, 0..1, &mut on_minus);
        start = 1;
    }
    // The blocks that have a byte before and behind them.
    let whole =
        range.end.min(haystack.len().saturating_sub(1)).saturating_sub(start) / BLOCK_BYTES * BLOCK_BYTES;
    let end = start + whole;
    while start < end {
        let stretch = start..end.min(start + STRETCH_BYTES);
        let count = list(simd, &haystack[start - 1..=stretch.end], &mut places);
        places[..count].iter().for_each(|&place| on_minus(start + usize::from(place)));
        start = stretch.end;
    }
    list_rest(haystack, start..range.end, on_minus);
}

/// Lists the places of a stretch of whole blocks, and returns their number. `text` is the stretch with the byte before
/// and the byte behind it.
// No call is in this loop, so that all values stay in registers.
#[inline(always)]
fn list<S: Simd>(simd: S, text: &[u8], places: &mut Places) -> usize {
    // The values are hidden from the compiler, which would load them anew for each block.
    let minus = u8x64::splat(simd, black_box(b'-'));
    let to_sign = u8x64::splat(simd, black_box(0x80 - b'1'));
    let (mut rest, mut count) = (text, 0);
    while let Some(block) = rest.first_chunk() {
        for half in [0, VECTOR_BYTES] {
            let mut bits = minuses(simd, block, half, minus, to_sign);
            while bits != 0 {
                let at = half + bits.trailing_zeros() as usize % VECTOR_BYTES;
                bits &= bits - 1;
                if may_begin_code(block[at], block[at + 2]) {
                    places[count % places.len()] = (text.len() - rest.len() + at) as u16;
                    count += 1;
                }
            }
        }
        rest = &rest[BLOCK_BYTES..];
    }
    count
}

/// Returns a bit for each `-` of the half of a block that begins at `half`, if a byte from `1` to 0xB0 is behind it.
#[inline(always)]
fn minuses<S: Simd>(simd: S, block: &DashBlock, half: usize, minus: u8x64<S>, to_sign: u8x64<S>) -> u64 {
    let [bytes, behind] = [half + 1, half + 2].map(
        #[inline(always)]
        |at| u8x64::from_slice(simd, &block[at..at + VECTOR_BYTES]),
    );
    // The sign of the sum is the result: that takes one instruction, and a comparison two. More conditions would cost
    // more than they save.
    let sum: i8x64<S> = (behind + to_sign).bitcast();
    (bytes.simd_eq(minus) & sum.simd_lt(i8x64::splat(simd, 0))).to_bitmask()
}

/// Calls `on_minus` for the places of a range that is not in whole blocks.
fn list_rest(haystack: &[u8], range: Range<usize>, mut on_minus: impl FnMut(usize)) {
    for at in range.filter(|&at| haystack[at] == b'-') {
        let before = haystack[..at].last().copied().unwrap_or(b' ');
        if haystack.get(at + 1).is_some_and(|&behind| may_begin_code(before, behind)) {
            on_minus(at);
        }
    }
}

/// Returns true if a code could begin with a `-`, given the bytes before and behind it.
#[inline(always)]
fn may_begin_code(before: u8, behind: u8) -> bool {
    // Most of them stand in dates.
    if before.is_ascii_digit() || !matches!(behind, b'1'..=b'9') {
        return false;
    }
    // The ends of colours and `ESC[K`, and of `\t`.
    !is_identifier(before) || matches!(before, b'm' | b'K' | b't')
}

#[cfg(test)]
mod tests {
    use super::*;
    use fearless_simd::{Level, dispatch};

    const ENDS: [(u8, u8, bool); 14] = [
        (b' ', b'1', true),
        (b'/', b'9', true),
        (b':', b'5', true),
        (0xFF, b'2', true),
        (b'm', b'2', true),
        (b'c', b'5', false),
        (b'_', b'5', false),
        (b'0', b'1', false),
        (b'9', b'1', false),
        (b' ', b'0', false),
        (b' ', b' ', false),
        (b' ', b'a', false),
        (b' ', b'-', false),
        (b' ', 0xB1, false),
    ];

    fn found(haystack: &[u8], range: Range<usize>) -> Vec<usize> {
        let mut found = Vec::new();
        dispatch!(Level::new(), simd => for_each_minus(simd, haystack, range, |at| found.push(at)));
        found
    }

    #[test]
    fn minus_signs_are_found_at_every_place() {
        for length in [2, 3, 127, 128, 129, 130, 131, 400] {
            for at in 0..length {
                for (before, behind, is_one) in ENDS {
                    let mut text = vec![b'.'; length];
                    if at > 0 {
                        text[at - 1] = before;
                    }
                    text[at] = b'-';
                    if at + 1 < length {
                        text[at + 1] = behind;
                    }
                    let is_one = at + 1 < length && (is_one || at == 0 && matches!(behind, b'1'..=b'9'));
                    let expected = if is_one { vec![at] } else { Vec::new() };
                    assert_eq!(found(&text, 0..length), expected, "{length} {at}");
                    assert!(found(&text, 0..at).is_empty(), "{length} {at}");
                    assert_eq!(found(&text, at..at + 1), expected, "{length} {at}");
                    assert!(found(&text, at + 1..length).is_empty(), "{length} {at}");
                }
            }
        }
    }
}
