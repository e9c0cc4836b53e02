//! The part of a field behind its key: the separator and the code.

use super::byte_class::{carries_on, is_blank, is_digit};
use super::limits::{BLANKS_MAX, DIGITS_MAX};
use crate::catalog::code_at;
use std::ops::Range;

/// A code, and the end of the field that has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) value: i32,
    /// The end of the field: behind the code and its closing quote or bracket.
    pub(super) end: usize,
}

impl Code {
    /// Returns the code behind the separator at `separator`: `=`, `=>`, `:` or a full-width one. Returns `None` where
    /// there is no such separator or no code behind it.
    #[inline]
    pub(super) fn behind_separator(haystack: &[u8], separator: usize) -> Option<Self> {
        let mut at = separator + separator_length(&haystack[separator..])?;
        let blanks = haystack[at..].iter().take(BLANKS_MAX).take_while(|&&byte| is_blank(byte));
        at += blanks.count();
        let quote = opening_quote(&haystack[at..]);
        let (value, code_end) = number(haystack, at + quote.len())?;
        if !quote.is_empty() && !haystack[code_end..].starts_with(quote) {
            return None;
        }
        let end = code_end + quote.len();
        (!is_carried_on(&haystack[end..], value)).then_some(Self { value, end })
    }

    /// Returns the code in the bracket at `bracket`, right behind a key: `[-204]`. Only a negative code counts there.
    #[inline]
    pub(super) fn in_bracket(haystack: &[u8], bracket: usize) -> Option<Self> {
        let (value, code_end) = number(haystack, bracket + 1)?;
        if value > 0 || haystack.get(code_end) != Some(&b']') {
            return None;
        }
        let end = code_end + 1;
        (!is_carried_on(&haystack[end..], value)).then_some(Self { value, end })
    }
}

/// Returns the length in bytes of the separator that `rest` begins with.
#[inline]
fn separator_length(rest: &[u8]) -> Option<usize> {
    match rest {
        [b'=', b'>', ..] => Some(2),
        [b'=' | b':', ..] => Some(1),
        // U+FF1A and U+FF1D, the full-width colon and equals sign.
        [0xEF, 0xBC, 0x9A | 0x9D, ..] => Some(3),
        _ => None,
    }
}

/// Returns the quote that `rest` begins with, plain or escaped; empty if there is none.
#[inline]
fn opening_quote(rest: &[u8]) -> &[u8] {
    match rest {
        [b'"' | b'\'', ..] => &rest[..1],
        [b'\\', b'"' | b'\'', ..] => &rest[..2],
        _ => &[],
    }
}

/// Returns the code of a field that begins at `start`, with the byte offset of its end. The first digit must not be
/// `0`.
#[inline]
fn number(haystack: &[u8], start: usize) -> Option<(i32, usize)> {
    let first = start + usize::from(haystack.get(start) == Some(&b'-'));
    if haystack.get(first) == Some(&b'0') {
        return None;
    }
    code_at(haystack, start)
}

/// Returns the code that the whole text is, as [`number`] reads it.
pub(crate) fn code_of(text: &[u8]) -> Option<i32> {
    number(text, 0).filter(|&(_, end)| end == text.len()).map(|(code, _)| code)
}

/// Returns the codes that could end right before `end`, or before a closing quote or bracket there, each with its
/// range: for `-12`, the codes -12, 12 and 2. The text alone does not show how many of the digits belong to the code,
/// nor if the `-` does. The code with the most digits comes first.
pub(crate) fn codes_before(haystack: &[u8], end: usize) -> impl Iterator<Item = (Range<usize>, i32)> {
    let end = match haystack[..end] {
        [.., b'\\', b'"' | b'\''] => end - 2,
        [.., b'"' | b'\'' | b']'] => end - 1,
        _ => end,
    };
    let digits = haystack[..end].iter().rev().take(DIGITS_MAX).take_while(|&&byte| is_digit(byte)).count();
    let longest = end - digits;
    let first = longest - usize::from(digits > 0 && haystack[..longest].ends_with(b"-"));
    (first..end).filter_map(move |start| Some((start..end, code_of(&haystack[start..end])?)))
}

/// Returns true if bytes behind a text that follows a code could still make the code part of something longer: nothing
/// follows, or only `.`, `:`, or `,` and up to three digits.
pub(crate) fn is_undecided(rest: &[u8]) -> bool {
    match rest {
        [] | [b'.' | b':'] => true,
        [b',', digits @ ..] => digits.len() <= 3 && digits.iter().all(|&byte| is_digit(byte)),
        _ => false,
    }
}

/// Returns true if a text right behind a code could make the code part of something longer.
pub(crate) fn may_carry_on(text: &[u8]) -> bool {
    // A positive code is the one that more bytes carry on. A comma carries it on with three digits; the text may have
    // only the first of them.
    is_carried_on(text, 1) || matches!(text, [b',', next, ..] if is_digit(*next))
}

/// Returns true if the bytes right behind a code make it part of something longer: `5ms`, `1.2.3`, `1,000`.
#[inline]
fn is_carried_on(rest: &[u8], code: i32) -> bool {
    let Some(&next) = rest.first() else {
        return false;
    };
    let is_digit_at = |at: usize| rest.get(at).is_some_and(|&byte| is_digit(byte));
    match next {
        b'.' | b':' => is_digit_at(1),
        b',' => (1..=3).all(is_digit_at) && !is_digit_at(4),
        0x80.. => code > 0,
        _ => carries_on(next),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_up_to_nine_digits() {
        assert_eq!(number(b"-99999999", 0), Some((-99_999_999, 9)));
        assert_eq!(number(b"999999999", 0), Some((999_999_999, 9)));
        assert_eq!(number(b"-999999999x", 0), Some((-999_999_999, 10)));
        assert_eq!(number(b"-1000000000", 0), None);
        assert_eq!(number(b"-0", 0), None);
        assert_eq!(number(b"-", 0), None);
        assert_eq!(number(b"", 0), None);
    }
}
