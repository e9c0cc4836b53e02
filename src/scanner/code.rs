//! The part of a field behind its key: quote, separator and code.

use super::behind::CodeEnd;
use super::byte_class::{is_digit, is_letter};
use super::invisible::skip;
use super::limits::DIGITS_MAX;
use super::parts::{
    Separator, behind_char, behind_wrapper, plain_quote_length, quote_length, separator_at, skip_blanks,
};
use super::written::{Char, char_at};
use crate::catalog::code_at;
use std::ops::Range;

/// The most blanks between `.` and a code.
const DOT_BLANKS_MAX: usize = 4;

/// A code behind a key, with the way in which it is joined to the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Code {
    pub(super) value: i32,
    /// The end of the field: behind the code and its closing quote or bracket.
    pub(super) end: usize,
    pub(super) form: CodeForm,
    /// True if a quote stands behind the key.
    pub(super) quoted_key: bool,
    /// True if the separator is a colon in any form, and no quote stands behind the key.
    pub(super) bare_colon: bool,
    /// True if the text ends within what decides about the code.
    pub(super) is_undecided: bool,
}

/// The way in which a code is joined to its key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CodeForm {
    /// `=`, `:`, `=>`, or a full-width `：` or `＝`.
    Separated,
    /// `[-204]` or `(-204)`, right behind the key.
    Bracket,
    /// `. -905`, behind some keys.
    Dot,
    /// `>-204`, in an element of XML: `<ret>-204</ret>`.
    Element,
}

impl Code {
    /// Returns the code behind the key that ends at `key_end`.
    pub(super) fn behind_key(text: &[u8], key_end: usize) -> Option<Self> {
        let mut at = key_end;
        // Looks for a quote as it is first: nearly all are.
        let mut quote = plain_quote_length(&text[at..]);
        if quote == 0 {
            at = skip(text, at);
            quote = quote_length(&text[at..], char_at(&text[at..])?);
        }
        if quote > 0 {
            at = skip(text, at + quote);
        }
        let mut next = char_at(&text[at..])?;
        let bracketed = next.value == u32::from(b']');
        if bracketed {
            at = skip(text, at + next.length);
            next = char_at(&text[at..])?;
        }
        let form = if quote > 0 || bracketed { CodeForm::Separated } else { CodeForm::begun_by(next) };
        if form != CodeForm::Separated {
            return Self::behind_bare_key(text, at + next.length, form, next.value);
        }
        if matches!(next.value, 0x20 | 0x09) {
            (at, _) = skip_blanks(text, at)?;
            next = char_at(&text[at..])?;
        }
        let Separator { length, is_colon } = separator_at(&text[at..], next)?;
        let (at, _) = skip_blanks(text, skip(text, at + length))?;
        let (value, end, is_closed) = value_at(text, at)?;
        let quoted_key = quote > 0;
        let CodeEnd { ends, is_undecided } = CodeEnd::new(&text[end..], is_closed, value);
        let bare_colon = is_colon && !quoted_key;
        ends.then_some(Self { value, end, form, quoted_key, bare_colon, is_undecided })
    }

    /// Returns the negative code that a bracket, a `.` with 1 to 4 blanks, or `>` joins to a key without a quote. The
    /// code, or its blanks, begin at `at` or behind invisible sequences there.
    fn behind_bare_key(text: &[u8], at: usize, form: CodeForm, opening: u32) -> Option<Self> {
        let mut at = skip(text, at);
        if form == CodeForm::Dot {
            let (behind, blanks) = skip_blanks(text, at)?;
            at = if (1..=DOT_BLANKS_MAX).contains(&blanks) { behind } else { return None };
        }
        let (value, mut end) = negative_at(text, at)?;
        if form == CodeForm::Bracket {
            let closing = if opening == u32::from(b'[') { b']' } else { b')' };
            end = behind_char(text, skip(text, end), closing)?;
        }
        // The caller looks for the `<` behind an element, because a note may stand before it.
        let CodeEnd { ends, is_undecided } = CodeEnd::new(&text[end..], form == CodeForm::Bracket, value);
        (ends || form == CodeForm::Element).then_some(Self {
            value,
            end,
            form,
            quoted_key: false,
            bare_colon: false,
            is_undecided,
        })
    }
}

impl CodeForm {
    /// Returns the form that a character right behind a bare key begins.
    fn begun_by(next: Char) -> Self {
        match u8::try_from(next.value) {
            Ok(b'[' | b'(') => Self::Bracket,
            Ok(b'.') => Self::Dot,
            Ok(b'>') => Self::Element,
            _ => Self::Separated,
        }
    }
}

/// Returns the code at `at`, in quotes, in a wrapper (`int(-204)`) or as it is, with the end of the field, and true if a
/// quote or a parenthesis closes it.
#[inline]
fn value_at(text: &[u8], at: usize) -> Option<(i32, usize, bool)> {
    let quote = match plain_quote_length(&text[at..]) {
        0 => quote_length(&text[at..], char_at(&text[at..])?),
        quote => quote,
    };
    if quote > 0 {
        let quote = &text[at..][..quote];
        let (value, end) = number(text, skip(text, at + quote.len()))?;
        let end = skip(text, end);
        return text[end..].starts_with(quote).then_some((value, end + quote.len(), true));
    }
    match text[at] {
        byte if is_letter(byte) => {
            let at = skip(text, behind_wrapper(text, at)?);
            let (value, end) = negative_at(text, at)?;
            Some((value, behind_char(text, skip(text, end), b')')?, true))
        }
        b'-' => negative_at(text, at).map(|(value, end)| (value, end, false)),
        _ => number(text, at).map(|(value, end)| (value, end, false)),
    }
}

/// Returns the negative code at `at`, with the byte offset of its end. `.0` behind it belongs to it.
fn negative_at(text: &[u8], at: usize) -> Option<(i32, usize)> {
    let (value, end) = number(text, at).filter(|&(value, _)| value < 0)?;
    Some((value, if text[end..].starts_with(b".0") { end + 2 } else { end }))
}

/// Returns the code of a field that begins at `start`, with the byte offset of its end. The first digit must not be
/// `0`.
#[inline]
pub(super) fn number(haystack: &[u8], start: usize) -> Option<(i32, usize)> {
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

/// Returns the codes that could end right before `end`, each with its range: for `-12`, the codes -12, 12 and 2. The text
/// alone does not show how many of the digits belong to the code, nor if the `-` does. The code with the most digits
/// comes first.
pub(crate) fn codes_before(haystack: &[u8], end: usize) -> impl Iterator<Item = (Range<usize>, i32)> {
    let digits = haystack[..end].iter().rev().take(DIGITS_MAX).take_while(|&&byte| is_digit(byte)).count();
    let longest = end - digits;
    let first = longest - usize::from(digits > 0 && haystack[..longest].ends_with(b"-"));
    (first..end).filter_map(move |start| Some((start..end, code_of(&haystack[start..end])?)))
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

    #[test]
    fn the_codes_that_end_at_a_place_are_found() {
        let codes: Vec<_> = codes_before(b"x-12", 4).map(|(_, code)| code).collect();
        assert_eq!(codes, [-12, 12, 2]);
        assert_eq!(codes_before(b"-12 ", 4).next(), None);
    }
}
