//! What stands before a separator: the key, and whether it is one.

use super::Keys;
use super::byte_class::{is_blank, is_identifier, is_letter};
use super::limits::{BLANKS_MAX, COLOR_MAX_BYTES, KEY_MAX_BYTES, TOKEN_MAX_BYTES};

/// The keys, as they read in lower case and without `_`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum KeyName {
    Ret,
    Code,
    RetCode,
    IRet,
    ErrCode,
    ErrorCode,
    ThirdRetCode,
    /// One that a user has added.
    Added,
}

/// A key in front of a separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Key {
    pub(super) name: KeyName,
    /// Where its identifier begins.
    pub(super) start: usize,
    /// Whether it is spelled `code`, in any case, without `_`.
    pub(super) spelled_code: bool,
    /// Whether a quote stands behind it.
    pub(super) quoted: bool,
}

/// Words that say, right before `code`, that it is another kind of code: `exit code: 1`.
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

/// The same for the error domains of Apple's systems: `Error Domain=NSURLErrorDomain Code=-1001`.
const OTHER_DOMAIN: &[u8] = b"Domain=";

impl Key {
    /// The key before the separator at `separator`: a quote, a `]` and blanks may stand between.
    #[inline(always)]
    pub(super) fn before_separator(haystack: &[u8], separator: usize, keys: &Keys) -> Option<Self> {
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

    /// The key that ends right before `end`, with nothing between.
    #[inline(always)]
    pub(super) fn ending_at(haystack: &[u8], end: usize, keys: &Keys) -> Option<Self> {
        if !keys.has_added() && !could_end_a_key(haystack, end) {
            return None;
        }
        let start = identifier_start(haystack, end)?;
        if matches!(byte_before(haystack, start), Some(b'$' | b'-')) {
            return None;
        }
        let identifier = &haystack[start..end];
        let name = if keys.has_added() && keys.is_added(identifier) {
            KeyName::Added
        } else if keys.defaults {
            KeyName::of_identifier(identifier)?
        } else {
            return None;
        };
        let spelled_code = match name {
            KeyName::Code => identifier.len() == 4,
            KeyName::Added => identifier.eq_ignore_ascii_case(b"code"),
            _ => false,
        };
        Some(Self { name, start, spelled_code, quoted: false })
    }
}

impl KeyName {
    /// In their order.
    pub(super) const ALL: [Self; 8] = [
        Self::Ret,
        Self::Code,
        Self::RetCode,
        Self::IRet,
        Self::ErrCode,
        Self::ErrorCode,
        Self::ThirdRetCode,
        Self::Added,
    ];

    /// Which key an identifier is.
    #[inline]
    fn of_identifier(identifier: &[u8]) -> Option<Self> {
        /// The letters of a name, packed as [`KeyName::of_identifier`] packs an identifier's.
        const fn packed(name: &[u8]) -> u128 {
            let mut letters = 0;
            let mut at = 0;
            while at < name.len() {
                letters = letters << 8 | name[at] as u128;
                at += 1;
            }
            letters
        }
        const RET: u128 = packed(b"ret");
        const CODE: u128 = packed(b"code");
        const RET_CODE: u128 = packed(b"retcode");
        const I_RET: u128 = packed(b"iret");
        const ERR_CODE: u128 = packed(b"errcode");
        const ERROR_CODE: u128 = packed(b"errorcode");
        const THIRD_RET_CODE: u128 = packed(b"thirdretcode");

        let mut letters: u128 = 0;
        for &byte in identifier.iter().filter(|&&byte| byte != b'_') {
            // No name fills the highest four bytes: what does will not be cut to a name.
            if letters >> 96 != 0 {
                return None;
            }
            letters = letters << 8 | u128::from(byte | 0x20);
        }
        Some(match letters {
            RET => Self::Ret,
            CODE => Self::Code,
            RET_CODE => Self::RetCode,
            I_RET => Self::IRet,
            ERR_CODE => Self::ErrCode,
            ERROR_CODE => Self::ErrorCode,
            THIRD_RET_CODE => Self::ThirdRetCode,
            _ => return None,
        })
    }
}

/// Whether the key at `key_start` is another kind of code than ours: 1 to 16 blanks stand before it,
/// and before those a token (a run without blanks; its last 48 bytes count) that contains `Domain=`,
/// or whose trailing letters are one of [`OTHER_KINDS`].
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

/// A cheap look at the last four bytes, which turns most candidates away: every default key ends in `ret`
/// or `code`, but for underscores.
#[inline]
fn could_end_a_key(haystack: &[u8], end: usize) -> bool {
    let Some(last) = haystack[..end].last_chunk::<4>() else {
        return end == 3;
    };
    // As one number: a comparison of bytes in memory would be a call, and wait for what was just stored.
    let lower = u32::from_le_bytes(*last) | 0x2020_2020;
    lower == u32::from_le_bytes(*b"code")
        || lower >> 8 == u32::from_le_bytes(*b"ret\0")
        || last.contains(&b'_')
}

/// Where the identifier that ends at `end` begins; `None` if there is none or it is too long.
///
/// The letter of an escape (`\n`, `\r`, `\t`) and a colour sequence before it are no part of it.
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

/// How many of the bytes from `at` on (digits, and an `m`) end a colour sequence that began before.
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

/// How long the identifier is that a text begins with.
pub(crate) fn identifier_length(text: &[u8]) -> usize {
    text.iter().take_while(|&&byte| is_identifier(byte)).count()
}

/// Returns the length of the identifier that a text ends with at `end`, up to one byte more than a key can have: a
/// longer one is none.
pub(crate) fn identifier_length_before(text: &[u8], end: usize) -> usize {
    count_back(text, end, KEY_MAX_BYTES + 1, is_identifier)
}

/// How many bytes right before `end` are of a class; at most `max`.
#[inline]
fn count_back(haystack: &[u8], end: usize, max: usize, class: impl Fn(u8) -> bool) -> usize {
    haystack[..end].iter().rev().take(max).take_while(|&&byte| class(byte)).count()
}

#[inline]
fn byte_before(haystack: &[u8], at: usize) -> Option<u8> {
    haystack[..at].last().copied()
}
