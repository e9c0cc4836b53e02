//! The rule for `code` with a word before it: another kind of code (`exit code: -1`).
//!
//! It is for a key spelled `code` (these four letters, any case) with 1 to 16 blanks (spaces, tabs) before it, and before
//! those a token (a run without blanks; its last 48 bytes count, as they stand, without invisible and notes). Text that
//! is a note, byte for byte, counts as nothing here. The token's word is the letters that it ends in.
//!
//! - None, where the token contains `Domain=`, or its word is, in any case, one of: abnormal close exit signal status.
//! - No positive code, where the word is one of the words below.
//! - No positive code, where no quote stands behind the key, the separator is a colon in any form, and there is a word
//!   (`exited with code: 1`, `Error Code: 1`).
//!
//! Choices, where this leaves room:
//!
//! - A note counts as nothing only where it is one, that is, behind its field.
//! - A letter that is written counts as a letter of the word. The `=` of `Domain=` must stand as it is.
//! - Where a letter of the word can be the second half of a character, there is a field if one reading has it. A `\`
//!   that begins a written escape is not read as a second half: away from the key an escape is only what it writes.
//!   `Domain=` is sought in the bytes as they stand.
//! - The bytes of a note do not count for how far the rule looks, so that annotating twice changes nothing.

use super::before::{Step, steps_before};
use super::invisible::ROW_MAX;
use super::parts::BLANKS_MAX;

const NONE_BEHIND: [&str; 5] = ["abnormal", "close", "exit", "signal", "status"];

const NONE_POSITIVE_BEHIND: &str = "area auth authorization country coupon currency http invitation invite language \
    phone post postal promo region response sms source verification verify zip";

const TOKEN_MAX_BYTES: usize = 48;

/// The end of a token, read backwards.
#[derive(Clone, Debug, Default)]
struct Token {
    /// Its last bytes, the last first.
    bytes: Vec<u8>,
    /// Its word, the last letter first.
    word: String,
    word_has_ended: bool,
}

/// Returns true if the text before a key makes it another kind of code. `is_with_colon` is true for a key without a
/// quote whose separator is a colon.
pub(super) fn is_other_kind(before: &[u8], is_negative: bool, is_with_colon: bool) -> bool {
    let mut tokens = Vec::new();
    token_ends(before, before.len(), (0, 0), &mut tokens);
    let decides = |token: &Token| {
        let word: String = token.word.chars().rev().collect();
        let bytes: Vec<u8> = token.bytes.iter().rev().copied().collect();
        let has_domain = bytes.windows(7).any(|part| part == b"Domain=");
        has_domain
            || NONE_BEHIND.contains(&&word[..])
            || !is_negative && NONE_POSITIVE_BEHIND.split_whitespace().any(|kind| kind == word)
            || !is_negative && is_with_colon && !word.is_empty()
    };
    tokens.iter().all(|token| token.as_ref().is_some_and(decides))
}

/// Adds the readings of the token before the blanks before a place; `None` for a reading without blanks or token.
/// `blanks` blanks stand behind the place, and between it and the first of them `row` invisible sequences.
fn token_ends(before: &[u8], at: usize, (blanks, row): (usize, usize), found: &mut Vec<Option<Token>>) {
    for step in steps_before(before, at, row < ROW_MAX) {
        match step {
            Step::Invisible { start, .. } => token_ends(before, start, (blanks, row + 1), found),
            Step::Char { char: ' ' | '\t', start, .. } if blanks < BLANKS_MAX => {
                token_ends(before, start, (blanks + 1, 0), found);
            }
            Step::Char { char, .. } if blanks > 0 && ![' ', '\t'].contains(&char) => {
                let mut tokens = Vec::new();
                read_token(before, at, row, Token::default(), &mut tokens);
                found.extend(tokens.into_iter().map(Some));
            }
            Step::Start | Step::Char { .. } => found.push(None),
        }
    }
}

/// Adds the readings of a token that goes on before a place.
fn read_token(before: &[u8], at: usize, row: usize, token: Token, found: &mut Vec<Token>) {
    let mut steps = steps_before(before, at, row < ROW_MAX);
    let is_only_escape = matches!(steps[0], Step::Invisible { .. } | Step::Char { is_written: true, .. });
    if is_only_escape || token.word_has_ended {
        // All readings have the same bytes before the word.
        steps.truncate(1);
    }
    for step in steps {
        let mut token = token.clone();
        match step {
            Step::Invisible { start, .. } => read_token(before, start, row + 1, token, found),
            Step::Char { char, start, .. } if ![' ', '\t'].contains(&char) => {
                token.bytes.extend(before[start..at].iter().rev());
                token.bytes.truncate(TOKEN_MAX_BYTES);
                token.word_has_ended |= !char.is_ascii_alphabetic();
                if !token.word_has_ended {
                    token.word.push(char.to_ascii_lowercase());
                }
                if token.bytes.len() == TOKEN_MAX_BYTES {
                    found.push(token);
                } else {
                    read_token(before, start, 0, token, found);
                }
            }
            Step::Start | Step::Char { .. } => found.push(token),
        }
    }
}
