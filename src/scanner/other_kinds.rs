//! Look-alikes: text before `code` that says that it is another kind of code than iMSDK's: `exit code: 1`.

use super::byte_class::{is_blank, is_letter};
use super::invisible::{ROW_MAX, invisible_before};
use super::key::reach_before;
use super::limits::{BLANKS_MAX, TOKEN_MAX_BYTES};
use super::second_half::is_second_half;
use super::written::{Char, written_before};
use crate::field::{Checks, FoundField};
use memchr::memchr;

/// Words behind which no `code` is iMSDK's: `exit code: -1`.
const OTHER_KINDS: [&[u8]; 5] = [b"abnormal", b"close", b"exit", b"signal", b"status"];

/// Words behind which no positive `code` is iMSDK's: `zip code: 5`.
const OTHER_POSITIVE_KINDS: [&[u8]; 21] = [
    b"area",
    b"auth",
    b"authorization",
    b"country",
    b"coupon",
    b"currency",
    b"http",
    b"invitation",
    b"invite",
    b"language",
    b"phone",
    b"post",
    b"postal",
    b"promo",
    b"region",
    b"response",
    b"sms",
    b"source",
    b"verification",
    b"verify",
    b"zip",
];

/// An error domain of Apple's systems: `Error Domain=NSURLErrorDomain Code=-1001`.
const OTHER_DOMAIN: &[u8] = b"Domain=";

/// The most letters of a word that is looked for, and one more.
const WORD_MAX_BYTES: usize = 14;

/// Returns true if a supposed field whose key is spelled `code` is another kind of code than iMSDK's (rule 3 of the
/// [scanner](super)), given the text before the key, without notes.
pub(crate) fn is_other_kind(before: &[u8], field: &FoundField) -> bool {
    let text = reach_before(before, before.len());
    if !may_end_in_blank(text) {
        return false;
    }
    let Some(token) = before_blanks(text) else {
        return false;
    };
    let mut letters = [0; WORD_MAX_BYTES];
    let (word, may_be_half) = word_at_end_of(token, &mut letters);
    // A word whose first letter may be half a character is a kind only if it is one without the letter, too.
    let readings = [word, &word[usize::from(may_be_half)..]];
    let is_one_of = |kinds: &[&[u8]]| {
        readings.iter().all(|word| kinds.iter().any(|kind| word.eq_ignore_ascii_case(kind)))
    };
    let is_other_positive_kind = || {
        is_one_of(&OTHER_POSITIVE_KINDS)
            || field.checks.has(Checks::BARE_COLON) && readings.iter().all(|word| !word.is_empty())
    };
    is_one_of(&OTHER_KINDS) || field.code > 0 && is_other_positive_kind() || names_other_domain(token)
}

/// Returns true if the end of a text could be a blank: as it is, written (`\t`, `%20`, `&nbsp;`), or before an invisible
/// sequence.
#[inline]
pub(crate) fn may_end_in_blank(text: &[u8]) -> bool {
    matches!(
        text,
        [.., b' ' | b'\t' | b';' | b'}' | b'0' | b'9' | b't']
            | [.., 0x20..=0x3F | b'[' | b'b' | b'B' | b'}', _]
    )
}

/// Returns the part of a text before the 1 to 16 blanks that it ends in; `None` where it ends in none.
fn before_blanks(text: &[u8]) -> Option<&[u8]> {
    let (mut rest, mut blanks) = (without_invisible(text), 0);
    while blanks < BLANKS_MAX
        && let Some(length) = blank_before(rest)
    {
        blanks += 1;
        rest = without_invisible(&rest[..rest.len() - length]);
    }
    (blanks > 0).then_some(rest)
}

/// Returns the letters that a text ends in, without invisible sequences, as far as `letters` has room. Written escapes
/// count as the characters that they write. Returns true with them if the first letter may be half a character.
fn word_at_end_of<'l>(text: &[u8], letters: &'l mut [u8]) -> (&'l [u8], bool) {
    let (mut rest, mut start, mut may_be_half) = (text, letters.len(), false);
    while start > 0
        && let Some(next) = last_char(rest)
        && is_letter(next.ascii())
    {
        start -= 1;
        letters[start] = next.ascii();
        may_be_half = next.length == 1 && is_second_half(rest);
        rest = without_invisible(&rest[..rest.len() - next.length]);
    }
    (&letters[start..], may_be_half)
}

/// Returns true if the last bytes of a token, without invisible sequences, name an error domain of Apple's systems.
fn names_other_domain(token: &[u8]) -> bool {
    if memchr(OTHER_DOMAIN[0], token).is_none() {
        return false;
    }
    let (mut bytes, mut rest) = (Vec::<u8>::with_capacity(TOKEN_MAX_BYTES), token);
    while bytes.len() < TOKEN_MAX_BYTES
        && let Some(next) = last_char(rest)
        && rest.last() != Some(&b'\n')
        && blank_before(rest).is_none()
    {
        let start = rest.len() - next.length;
        bytes.extend(rest[start..].iter().rev().take(TOKEN_MAX_BYTES - bytes.len()));
        rest = without_invisible(&rest[..start]);
    }
    bytes.windows(OTHER_DOMAIN.len()).any(|part| part.iter().rev().eq(OTHER_DOMAIN))
}

/// Returns the character that a text ends in, written or as it is.
fn last_char(text: &[u8]) -> Option<Char> {
    let byte = *text.last()?;
    let may_be_written = byte.is_ascii_alphanumeric() || matches!(byte, b';' | b'}' | b'/' | b'[');
    let written = if may_be_written { written_before(text) } else { None };
    Some(written.unwrap_or(Char { value: u32::from(byte), length: 1 }))
}

/// Returns a text without the invisible sequences at its end, up to [`ROW_MAX`] of them.
fn without_invisible(mut text: &[u8]) -> &[u8] {
    for _ in 0..ROW_MAX {
        match invisible_before(text) {
            Some(invisible) => text = &text[..text.len() - invisible.length],
            None => break,
        }
    }
    text
}

/// Returns the length in bytes of the blank at the end of a text, as it is or written.
fn blank_before(text: &[u8]) -> Option<usize> {
    last_char(text).filter(|last| is_blank(last.ascii())).map(|last| last.length)
}
