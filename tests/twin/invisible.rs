//! Invisible sequences, which a terminal does not show and which count as nothing.
//!
//! Invisible is: `ESC [` (either may be written), then bytes 20 to 3F (hex), then one byte 40 to 7E, at most 64 bytes
//! as they stand (colours, `ESC[K`, `ESC[2K`, `ESC[1G`); or `ESC (` or `ESC )` and one byte. Up to 4 in a row. It may
//! stand before the key, between any two parts of a field, within blanks, and in the token of another kind of code;
//! behind a field only sequences count that end in `m` or `K`.
//!
//! Choices, where this leaves room:
//!
//! - The brackets of `ESC (` and `ESC )` may be written, too. The byte behind them is any of
//!   ASCII, also a control character.
//! - `ESC(K` ends in `K` like `ESC[K`.
//! - The fifth in a row is text: what stands there is ESC, a bracket and so on.

use super::written::char_at;

/// A row is at most this long.
pub(super) const ROW_MAX: usize = 4;

pub(super) const SEQUENCE_MAX_BYTES: usize = 64;

/// An invisible sequence.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sequence {
    pub(super) end: usize,
    pub(super) ends_in_m_or_k: bool,
}

/// Returns the invisible sequence that begins at a place.
pub(super) fn sequence_at(text: &[u8], at: usize) -> Option<Sequence> {
    let (escape, rest) = char_at(text, at)?;
    let (bracket, rest) = char_at(text, rest).filter(|_| escape == '\x1B')?;
    let last = match bracket {
        '[' => (rest..text.len()).find(|&at| !(0x20..=0x3F).contains(&text[at]))?,
        '(' | ')' => rest,
        _ => return None,
    };
    let byte = *text.get(last)?;
    let is_whole = match bracket {
        '[' => (0x40..=0x7E).contains(&byte) && last + 1 - at <= SEQUENCE_MAX_BYTES,
        _ => byte.is_ascii(),
    };
    is_whole.then_some(Sequence { end: last + 1, ends_in_m_or_k: b"mK".contains(&byte) })
}

/// Returns the place behind the invisible sequences at a place, of which at most four in a row count.
pub(super) fn behind_row(text: &[u8], at: usize) -> usize {
    (0..ROW_MAX).fold(at, |at, _| sequence_at(text, at).map_or(at, |sequence| sequence.end))
}

/// Returns the place behind the invisible sequences at a place that end in `m` or `K`, of which at most four in a row
/// count.
pub(super) fn behind_colors(text: &[u8], at: usize) -> usize {
    let color_at = |at| sequence_at(text, at).filter(|sequence| sequence.ends_in_m_or_k);
    (0..ROW_MAX).fold(at, |at, _| color_at(at).map_or(at, |sequence| sequence.end))
}
