//! Look-alikes: words that say, right before `code`, that it is another kind of code than iMSDK's: `exit code: 1`.

use super::byte_class::{is_blank, is_letter};
use super::key::count_back;
use super::limits::{BLANKS_MAX, TOKEN_MAX_BYTES};

/// Words that make a `code` right behind them another kind of code: `exit code: 1`.
const OTHER_KINDS: [&[u8]; 26] = [
    b"abnormal",
    b"area",
    b"auth",
    b"authorization",
    b"close",
    b"country",
    b"coupon",
    b"currency",
    b"exit",
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
    b"signal",
    b"sms",
    b"source",
    b"status",
    b"verification",
    b"verify",
    b"zip",
];

/// The same for an error domain of Apple's systems: `Error Domain=NSURLErrorDomain Code=-1001`.
const OTHER_DOMAIN: &[u8] = b"Domain=";

/// Returns true if the key at `key_start` is another kind of code than iMSDK's (rule 3 of the [scanner](super)): 1 to
/// 16 blanks stand before it, and before the blanks a token (a run without blanks, of which the last 48 bytes count)
/// that contains `Domain=`, or whose trailing letters are one of [`OTHER_KINDS`].
pub(crate) fn is_other_kind(haystack: &[u8], key_start: usize) -> bool {
    let token_end = key_start - count_back(haystack, key_start, BLANKS_MAX, is_blank);
    if token_end == key_start {
        return false;
    }
    let in_token = |byte| !is_blank(byte) && byte != b'\n';
    let token_start = token_end - count_back(haystack, token_end, TOKEN_MAX_BYTES, in_token);
    let token = &haystack[token_start..token_end];
    let word = &token[token.len() - count_back(token, token.len(), token.len(), is_letter)..];
    OTHER_KINDS.iter().any(|kind| word.eq_ignore_ascii_case(kind))
        || token.windows(OTHER_DOMAIN.len()).any(|part| part == OTHER_DOMAIN)
}
