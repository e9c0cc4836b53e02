//! The part of a field before its separator: the key.

use super::byte_class::{is_blank, is_identifier};
use super::default_keys::{self, KEY_TABLE};
use super::key_set::KeySet;
use super::limits::{BLANKS_MAX, COLOR_MAX_BYTES, KEY_MAX_BYTES};

/// A key in front of a separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The key's row in the table of keys, or [`ADDED`](super::default_keys::ADDED).
    pub(super) number: usize,
    /// The byte offset where the key's identifier begins.
    pub(super) start: usize,
    /// True if the key is spelled `code`, in any case and without `_`.
    pub(super) spelled_code: bool,
    /// True if a quote stands behind the key.
    pub(super) quoted: bool,
}

impl Key {
    /// Returns the key before the separator at `separator`. Blanks, a `]` and a quote may stand between the two.
    #[inline(always)]
    pub(super) fn before_separator(haystack: &[u8], separator: usize, keys: &KeySet) -> Option<Self> {
        let mut end = separator - count_back(haystack, separator, BLANKS_MAX, is_blank);
        if byte_before(haystack, end) == Some(b']') {
            end -= 1;
        }
        let quoted = matches!(byte_before(haystack, end), Some(b'"' | b'\''));
        if quoted {
            end -= 1;
            if byte_before(haystack, end) == Some(b'\\') {
                end -= 1;
            }
        }
        Self::ending_at(haystack, end, keys).map(|key| Self { quoted, ..key })
    }

    /// Returns the key that ends right before `end`, with nothing between.
    #[inline(always)]
    pub(super) fn ending_at(haystack: &[u8], end: usize, keys: &KeySet) -> Option<Self> {
        if !keys.could_end_before(haystack, end) {
            return None;
        }
        let start = identifier_start(haystack, end)?;
        if matches!(byte_before(haystack, start), Some(b'$' | b'-')) {
            return None;
        }
        let identifier = &haystack[start..end];
        let number = keys.number_of(identifier)?;
        let spelled_code =
            number == default_keys::CODE && identifier.len() == KEY_TABLE[default_keys::CODE].name.len();
        Some(Self { number, start, spelled_code, quoted: false })
    }
}

/// Returns the byte offset where the identifier that ends at `end` begins; `None` if there is none, or if it has more
/// than [`KEY_MAX_BYTES`].
///
/// The letter of an escape (`\n`, `\r`, `\t`) and a colour sequence before the identifier are no part of it.
#[inline]
pub(crate) fn identifier_start(haystack: &[u8], end: usize) -> Option<usize> {
    // The digits and the `m` of a colour sequence look like a part of the identifier.
    let run_max = KEY_MAX_BYTES + COLOR_MAX_BYTES;
    let run = count_back(haystack, end, run_max, is_identifier);
    let mut start = end - run;
    match byte_before(haystack, start) {
        Some(b'\\') if run > 0 && matches!(haystack[start], b'n' | b'r' | b't') => start += 1,
        Some(b'[' | b';' | b':') => start += color_tail(haystack, start),
        _ => {}
    }
    (1..=KEY_MAX_BYTES).contains(&(end - start)).then_some(start)
}

/// Returns the number of bytes from `at` on (digits and an `m`) that end a colour sequence that began before `at`.
fn color_tail(haystack: &[u8], at: usize) -> usize {
    let digits = haystack[at..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    if haystack.get(at + digits) != Some(&b'm') {
        return 0;
    }
    let is_parameter = |byte| matches!(byte, b'0'..=b'9' | b';' | b':');
    let parameters = count_back(haystack, at, COLOR_MAX_BYTES, is_parameter);
    let introduced = haystack[..at - parameters].ends_with(b"\x1b[");
    let length = "\x1b[".len() + parameters + digits + "m".len();
    if introduced && length <= COLOR_MAX_BYTES { digits + 1 } else { 0 }
}

/// Returns the length in bytes of the identifier that a text begins with.
pub(crate) fn identifier_length(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| is_identifier(byte)).count()
}

/// Returns the length in bytes of the identifier that ends at `end`. Stops at [`KEY_MAX_BYTES`] and one byte: a longer
/// identifier is no key.
pub(crate) fn identifier_length_before(text: &[u8], end: usize) -> usize {
    count_back(text, end, KEY_MAX_BYTES + 1, is_identifier)
}

/// Counts the bytes of a class right before `end`; at most `max`.
#[inline]
pub(super) fn count_back(haystack: &[u8], end: usize, max: usize, class: impl Fn(u8) -> bool) -> usize {
    haystack[..end].iter().rev().take(max).take_while(|&&byte| class(byte)).count()
}

#[inline]
fn byte_before(haystack: &[u8], at: usize) -> Option<u8> {
    haystack[..at].last().copied()
}
