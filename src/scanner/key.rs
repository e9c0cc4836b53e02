//! The part of a field before its separator: the key.

use super::before::may_begin_behind;
use super::byte_class::is_identifier;
use super::default_keys::{self, KEY_TABLE};
use super::invisible::{SEQUENCE_MAX_BYTES, invisible_before};
use super::key_set::KeySet;
use super::limits::{KEY_MAX_BYTES, REACH_BYTES};
use super::written::written_before;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    /// The key's row in the table of keys, or [`ADDED`](super::default_keys::ADDED).
    pub(super) number: usize,
    /// The byte offset where the key's identifier begins.
    pub(super) start: usize,
    /// True if the key is spelled `code`, in any case and without `_`.
    pub(super) spelled_code: bool,
}

impl Key {
    /// Returns the key that ends right before `end` and is wanted. Of several that the text before it allows, the
    /// longest.
    pub(super) fn ending_at(
        haystack: &[u8],
        end: usize,
        keys: &KeySet,
        is_wanted: impl Fn(&Self) -> bool,
    ) -> Option<Self> {
        let mut longest = None;
        keys.for_each_ending(&haystack[end.saturating_sub(KEY_MAX_BYTES)..end], |number, length| {
            let key = Self::new(number, end - length, end);
            if may_begin_behind(reach_before(haystack, key.start)) && is_wanted(&key) {
                longest = Some(key);
            }
        });
        longest
    }

    fn new(number: usize, start: usize, end: usize) -> Self {
        let spelled_code =
            number == default_keys::CODE && end - start == KEY_TABLE[default_keys::CODE].name.len();
        Self { number, start, spelled_code }
    }

    /// Returns true if `.` and blanks may join a code to the key.
    pub(super) fn takes_dot(&self) -> bool {
        KEY_TABLE.get(self.number).is_some_and(|row| row.takes_dot)
    }
}

/// Returns the text within which rules look before a key that begins at `start`.
pub(super) fn reach_before(haystack: &[u8], start: usize) -> &[u8] {
    &haystack[start.saturating_sub(REACH_BYTES)..start]
}

/// Returns the byte offset where the identifier that ends at `end` begins; `None` if there is none, or if it has more
/// than [`KEY_MAX_BYTES`].
///
/// The end of a written escape (`\n`, `\u0026`, `%26`) or of an invisible sequence (`ESC[31m`) is no part of the
/// identifier, although it looks like one.
pub(crate) fn identifier_start(haystack: &[u8], end: usize) -> Option<usize> {
    let run = count_back(haystack, end, KEY_MAX_BYTES + SEQUENCE_MAX_BYTES, is_identifier);
    let start = end - run;
    let is_end = |at: &usize| {
        let before = &haystack[..*at];
        written_before(before).is_some() || invisible_before(before).is_some()
    };
    let may_be_longer = matches!(
        haystack[..start].last(),
        Some(b'\\' | b'%' | b'#' | b'[' | b';' | b':' | b'?' | b'(' | b')')
    );
    let start = if may_be_longer { (start..end).find(is_end).unwrap_or(start) } else { start };
    (1..=KEY_MAX_BYTES).contains(&(end - start)).then_some(start)
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
