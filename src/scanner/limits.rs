//! The reach of the rules of a field, in bytes. These limits make it possible to stream a line of any length.

use crate::catalog::CODE_DIGITS_MAX;

/// The most bytes of an identifier that can be a key.
pub(crate) const KEY_MAX_BYTES: usize = 32;

/// The most blanks on each side of a separator, and before a key that is spelled `code`.
pub(super) const BLANKS_MAX: usize = 16;

/// The most bytes of a colour sequence, `ESC [ ... m`, that a key may stand behind.
pub(super) const COLOR_MAX_BYTES: usize = 31;

/// The most bytes that count of the token before a key that is spelled `code`.
pub(super) const TOKEN_MAX_BYTES: usize = 48;

/// The distance back from a key that is spelled `code` within which rule 3 looks for another kind of code.
pub(crate) const TOKEN_REACH_BYTES: usize = BLANKS_MAX + TOKEN_MAX_BYTES;

/// The most digits of a code.
pub(super) const DIGITS_MAX: usize = CODE_DIGITS_MAX;

/// The distance from a separator within which all rules look back.
///
/// The rules that reach furthest are that of the token before a key (16 blanks, `]`, a quote of two bytes, `code`, 16
/// blanks and the token's 48 bytes) and that of a colour sequence before a long key (the same up to the quote, then 32
/// and 31 bytes).
pub(crate) const LOOK_BEHIND_BYTES: usize = 128;

/// The distance from a separator within which all rules look ahead.
///
/// The rule that reaches furthest takes `=>` or a full-width separator, 16 blanks, an escaped quote, `-`, 9 digits, the
/// quote again, and a comma with three digits and the byte behind them.
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
