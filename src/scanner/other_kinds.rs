//! Look-alikes: text before `code` that says that it is another kind of code than iMSDK's: `exit code: 1`.

use super::byte_class::{is_blank, is_letter, opens};
use super::invisible::{ROW_MAX, invisible_before};
use super::key::{count_back, reach_before};
use super::limits::{BLANKS_MAX, TOKEN_MAX_BYTES};
use super::second_half::is_second_half;
use super::written::written_before;
use crate::field::{Checks, FoundField};
use std::borrow::Cow;

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

/// The token before a `code`: a run without blanks, with 1 to 16 blanks behind it.
struct Token<'t> {
    /// The last bytes of the token, without invisible sequences.
    bytes: Cow<'t, [u8]>,
    /// The number of letters that the token ends in. Written escapes count as the characters that they write.
    word: usize,
}

/// Returns true if a supposed field whose key is spelled `code` is another kind of code than iMSDK's (rule 3 of the
/// [scanner](super)), given the text before the key, without notes.
pub(crate) fn is_other_kind(before: &[u8], field: &FoundField) -> bool {
    let text = reach_before(before, before.len());
    if !may_end_in_blank(text) {
        return false;
    }
    let token = if is_plain(text) { plain_token(text) } else { token(text) };
    token.is_some_and(|token| token.rules_out(field))
}

/// Returns true if the end of a text could be a blank: as it is, written (`\t`, `%20`, `&nbsp;`), or before an invisible
/// sequence.
#[inline]
pub(crate) fn may_end_in_blank(text: &[u8]) -> bool {
    matches!(text, [.., b' ' | b'\t' | b';' | b'}' | b'0' | b'9' | b't'] | [.., 0x20..=0x3F | b'[' | b'b' | b'B' | b'}', _])
}

/// Returns true if the part of a text that [`plain_token`] looks at has neither written escapes nor invisible sequences,
/// nor characters that are not ASCII.
fn is_plain(text: &[u8]) -> bool {
    let most = BLANKS_MAX + 1 + TOKEN_MAX_BYTES + 1;
    let tail = &text[text.len().saturating_sub(most)..];
    !tail.iter().any(|&byte| opens(byte) || !byte.is_ascii())
}

/// Returns the token of a text without written escapes and invisible sequences.
fn plain_token(text: &[u8]) -> Option<Token<'_>> {
    let blanks = count_back(text, text.len(), BLANKS_MAX, is_blank);
    let end = text.len() - blanks;
    let length = count_back(text, end, TOKEN_MAX_BYTES, |byte| !is_blank(byte) && byte != b'\n');
    let bytes = &text[end - length..end];
    let word = count_back(bytes, length, length, is_letter);
    (blanks > 0).then_some(Token { bytes: bytes.into(), word })
}

/// Returns the token of a text.
fn token(text: &[u8]) -> Option<Token<'static>> {
    let (mut rest, mut blanks) = (without_invisible(text), 0);
    while blanks < BLANKS_MAX
        && let Some(length) = blank_before(rest)
    {
        blanks += 1;
        rest = without_invisible(&rest[..rest.len() - length]);
    }
    if blanks == 0 {
        return None;
    }
    let (mut bytes, mut word, mut in_word) = (Vec::with_capacity(TOKEN_MAX_BYTES), 0, true);
    while bytes.len() < TOKEN_MAX_BYTES
        && let Some(&byte) = rest.last()
        && byte != b'\n'
        && blank_before(rest).is_none()
    {
        let written = written_before(rest);
        let length = written.map_or(1, |written| written.length);
        let next = written.map_or(byte, |written| written.ascii());
        // A letter may be half a character; then the word begins behind it.
        in_word &= is_letter(next) && !(written.is_none() && is_second_half(rest));
        let start = rest.len() - length;
        bytes.extend(rest[start..].iter().rev().take(TOKEN_MAX_BYTES - bytes.len()));
        word = if in_word { bytes.len() } else { word };
        rest = without_invisible(&rest[..start]);
    }
    bytes.reverse();
    Some(Token { bytes: bytes.into(), word })
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
    match text.last()? {
        b' ' | b'\t' => Some(1),
        _ => written_before(text).filter(|written| is_blank(written.ascii())).map(|written| written.length),
    }
}

impl Token<'_> {
    fn rules_out(&self, field: &FoundField) -> bool {
        let word = &self.bytes[self.bytes.len() - self.word..];
        let is_one_of = |kinds: &[&[u8]]| kinds.iter().any(|kind| word.eq_ignore_ascii_case(kind));
        if is_one_of(&OTHER_KINDS) || self.bytes.windows(OTHER_DOMAIN.len()).any(|part| part == OTHER_DOMAIN) {
            return true;
        }
        field.code > 0 && (is_one_of(&OTHER_POSITIVE_KINDS) || field.checks.has(Checks::BARE_COLON) && !word.is_empty())
    }
}
