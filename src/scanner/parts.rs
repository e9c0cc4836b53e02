//! The parts that stand between a key and its code: quotes, blanks, separators and brackets, each as it is or written.

use super::byte_class::{is_identifier, opens};
use super::invisible::skip;
use super::limits::BLANKS_MAX;
use super::written::{BACKSLASHES_MAX, Char, char_at, count_backslashes};

/// The most bytes of the name of a wrapper.
const WRAPPER_MAX_BYTES: usize = 10;

/// The names that may stand before a negative code in parentheses, in lower case: `int(-204)`.
const WRAPPERS: [&[u8]; 12] = [
    b"int",
    b"integer",
    b"long",
    b"i32",
    b"i64",
    b"int32",
    b"int64",
    b"some",
    b"optional",
    b"number",
    b"numberint",
    b"numberlong",
];

/// A separator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Separator {
    /// The length in bytes.
    pub(super) length: usize,
    /// True for `:` and the full-width `：`, in any form.
    pub(super) is_colon: bool,
}

/// Returns the length in bytes of the quote that a text begins with, if no part of it is written: `"` or `'`, doubled or
/// with up to 8 backslashes before it. Returns 0 where there is none.
#[inline]
pub(super) fn plain_quote_length(text: &[u8]) -> usize {
    match text {
        [b'"', b'"', ..] | [b'\'', b'\'', ..] => 2,
        [b'"' | b'\'', ..] => 1,
        [b'\\', ..] => {
            let count = count_backslashes(text);
            if matches!(text.get(count), Some(b'"' | b'\'')) { count + 1 } else { 0 }
        }
        _ => 0,
    }
}

/// Returns the length in bytes of the quote that a text begins with, given its first character; 0 where there is none.
/// The quote and the backslashes before it (as they are, or `%5C`) may be written.
#[inline]
pub(super) fn quote_length(text: &[u8], first: Char) -> usize {
    if matches!(first.value, 0x22 | 0x27 | 0x5C) { written_quote_length(text) } else { 0 }
}

fn written_quote_length(text: &[u8]) -> usize {
    let mut at = 0;
    for _ in 0..=BACKSLASHES_MAX {
        match char_at(&text[at..]) {
            Some(Char { value: 0x22 | 0x27, length }) if at > 0 || length > 1 => return at + length,
            Some(Char { value: 0x22 | 0x27, .. }) => return plain_quote_length(text),
            Some(Char { value: 0x5C, length: 1 }) => at += 1,
            _ if matches!(text[at..], [b'%', b'5', b'C' | b'c', ..]) => at += 3,
            _ if text[at..].starts_with(b"\\") => at += 1,
            _ => return 0,
        }
    }
    0
}

/// Returns the byte offset behind the character at `at` if it is `wanted`, as it is or written.
#[inline]
pub(super) fn behind_char(text: &[u8], at: usize, wanted: u8) -> Option<usize> {
    let next = char_at(text.get(at..)?)?;
    (next.value == u32::from(wanted)).then_some(at + next.length)
}

/// Returns the byte offset behind blanks at `at`, with the number of blanks. Invisible sequences may stand between and
/// behind them. `None` where there are more than [`BLANKS_MAX`].
#[inline]
pub(super) fn skip_blanks(text: &[u8], mut at: usize) -> Option<(usize, usize)> {
    let mut count = 0;
    loop {
        match text.get(at) {
            Some(b' ' | b'\t') => at += 1,
            Some(&byte) if opens(byte) => match char_at(&text[at..]) {
                Some(Char { value: 0x20 | 0x09, length }) => at += length,
                _ => return Some((at, count)),
            },
            _ => return Some((at, count)),
        }
        count += 1;
        at = skip(text, at);
        if count > BLANKS_MAX {
            return None;
        }
    }
}

/// Returns the separator that a text begins with, given its first character: `=`, `:`, `=>`, or the full-width `：` or
/// `＝`.
#[inline]
pub(super) fn separator_at(text: &[u8], first: Char) -> Option<Separator> {
    let length = first.length;
    match first.value {
        0x3D => {
            let arrow = match text.get(length) {
                Some(&byte) if byte == b'>' || opens(byte) => {
                    behind_char(&text[length..], 0, b'>').unwrap_or(0)
                }
                _ => 0,
            };
            Some(Separator { length: length + arrow, is_colon: false })
        }
        0x3A => Some(Separator { length, is_colon: true }),
        // U+FF1A and U+FF1D, the full-width colon and equals sign.
        value @ (0xFF1A | 0xFF1D) => Some(Separator { length, is_colon: value == 0xFF1A }),
        0xEF | 0xA3 => full_width(text),
        _ => None,
    }
}

/// Returns the full-width separator that a text begins with: its bytes in GBK, or in UTF-8, each as it is or written.
fn full_width(text: &[u8]) -> Option<Separator> {
    if let [0xA3, last @ (0xBA | 0xBD), ..] = *text {
        return Some(Separator { length: 2, is_colon: last == 0xBA });
    }
    let mut length = 0;
    for byte in [0xEF, 0xBC] {
        length = behind_char(text, length, byte)?;
    }
    let last = char_at(&text[length..]).filter(|last| matches!(last.value, 0x9A | 0x9D))?;
    Some(Separator { length: length + last.length, is_colon: last.value == 0x9A })
}

/// Returns the byte offset behind the name of a wrapper and its parenthesis, `int(`, at `at`.
pub(super) fn behind_wrapper(text: &[u8], at: usize) -> Option<usize> {
    let rest = &text[at..];
    let length = rest.iter().take(WRAPPER_MAX_BYTES + 1).take_while(|&&byte| is_identifier(byte)).count();
    let behind = behind_char(text, skip(text, at + length), b'(')?;
    let is_wrapper = WRAPPERS.iter().any(|wrapper| rest[..length].eq_ignore_ascii_case(wrapper));
    is_wrapper.then_some(behind)
}

/// Returns true if a text begins with this character, as it is or written.
pub(crate) fn begins_with(text: &[u8], wanted: u8) -> bool {
    behind_char(text, 0, wanted).is_some()
}

/// Returns true if `<`, as it is or written, stands at the beginning of a text or behind invisible sequences there.
pub(super) fn begins_with_less_than(text: &[u8]) -> bool {
    behind_char(text, skip(text, 0), b'<').is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quote(text: &str) -> usize {
        char_at(text.as_bytes()).map_or(0, |first| quote_length(text.as_bytes(), first))
    }

    #[test]
    fn quotes_may_be_escaped_doubled_and_written() {
        for (text, length) in [
            ("\"", 1),
            ("'", 1),
            ("\"\"", 2),
            ("''", 2),
            ("\\\"", 2),
            ("\\\\\\\\\\\\\\\\\"", 9),
            ("%22", 3),
            ("%5C%22", 6),
            ("%5c\"", 4),
            ("\\u0022", 6),
            ("\\\\\\u0027", 8),
            ("&quot;", 6),
            ("&#39;", 5),
            ("\\042", 4),
            ("\"'", 1),
        ] {
            assert_eq!(quote(text), length, "{text}");
            assert_eq!(quote(&format!("{text}:-1")), length, "{text}");
            assert!([0, length].contains(&plain_quote_length(text.as_bytes())), "{text}");
        }
        for text in ["", "\\", "\\\\\\\\\\\\\\\\\\\"", "x\"", "%5C", "%23", "\\n"] {
            assert_eq!(quote(text), 0, "{text}");
        }
    }

    fn separator(text: &[u8]) -> Option<Separator> {
        separator_at(text, char_at(text)?)
    }

    #[test]
    fn separators_may_be_written() {
        for (text, length, is_colon) in [
            ("=", 1, false),
            ("=>", 2, false),
            ("=&gt;", 5, false),
            ("\\u003d\\u003e", 12, false),
            (":", 1, true),
            ("%3A", 3, true),
            ("：", 3, true),
            ("＝", 3, false),
            ("\\uff1a", 6, true),
            ("&#65309;", 8, false),
            ("%EF%BC%9A", 9, true),
            ("\\xef\\xbc\\x9d", 12, false),
        ] {
            assert_eq!(separator(text.as_bytes()), Some(Separator { length, is_colon }), "{text}");
        }
        assert_eq!(separator(b"\xA3\xBA-1"), Some(Separator { length: 2, is_colon: true }));
        assert_eq!(separator(b"\xA3\xBD-1"), Some(Separator { length: 2, is_colon: false }));
        for text in ["", ">", "!", "%253D", "；", "%3", "%A3%BA"] {
            assert_eq!(separator(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn up_to_16_blanks_are_skipped() {
        for blank in [" ", "\t", "\\t", "%20", "&nbsp;", "\\u0020", "#011", " \x1b[31m"] {
            for (count, expected) in [(0, true), (16, true), (17, false)] {
                let text = blank.repeat(count);
                let found = skip_blanks(text.as_bytes(), 0);
                assert_eq!(found, expected.then_some((text.len(), count)), "{blank:?} {count}");
            }
        }
    }
}
