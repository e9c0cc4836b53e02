//! How far the rules of a field reach, in bytes. They make it possible to stream a line of any length.

use crate::catalog::CODE_DIGITS_MAX;

/// The longest identifier that can be a key.
pub(crate) const KEY_MAX_BYTES: usize = 32;

/// The longest run of blanks on each side of a separator, and before a key that says `code`.
pub(super) const BLANKS_MAX: usize = 16;

/// The longest colour sequence, `ESC [ ... m`, that a key may stand behind.
pub(super) const COLOR_MAX_BYTES: usize = 31;

/// How much of the token before a key that says `code` counts.
pub(super) const TOKEN_MAX_BYTES: usize = 48;

/// How far back from a key that says `code` its kind is looked for.
pub(crate) const TOKEN_REACH_BYTES: usize = BLANKS_MAX + TOKEN_MAX_BYTES;

/// The longest code, in digits.
pub(super) const DIGITS_MAX: usize = CODE_DIGITS_MAX;

/// No rule looks further back than this from a separator.
///
/// The furthest are a token before a key (16 blanks, `]`, a quote of two bytes, `code`, 16 blanks and
/// the token's 48 bytes) and a colour sequence before a long key (the same start, then 32 and 31).
pub(crate) const LOOK_BEHIND_BYTES: usize = 128;

/// No rule looks further ahead than this from a separator.
///
/// The furthest is `=>` or a full-width separator, 16 blanks, an escaped quote, `-`, 9 digits, the quote
/// again, and a comma with three digits and the byte behind them.
pub(crate) const LOOK_AHEAD_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reaches_cover_the_rules() {
        let to_key = BLANKS_MAX + "]".len() + "\\\"".len();
        assert!(to_key + "code".len() + BLANKS_MAX + TOKEN_MAX_BYTES < LOOK_BEHIND_BYTES);
        assert!(to_key + KEY_MAX_BYTES + COLOR_MAX_BYTES < LOOK_BEHIND_BYTES);
        let code = "\\\"".len() + "-".len() + DIGITS_MAX + "\\\"".len();
        assert!("：".len() + BLANKS_MAX + code + ",000x".len() < LOOK_AHEAD_BYTES);
    }
}
