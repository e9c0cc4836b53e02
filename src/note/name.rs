//! The name of a value: the key in `"key":` or `key=` before it.

use crate::field::{JsonQuote, QuoteMark, Syntax};
use crate::scanner::{self, BACKSLASHES_MAX};
use std::ops::Range;

/// The most bytes of a number. A longer run is taken for no number.
const NUMBER_MAX_BYTES: usize = 64;

/// The most blanks, in bytes, between a name, its colon and its value.
pub(super) const BLANKS_MAX: usize = 200;

/// The name of a value: its key and its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ValueName {
    pub(super) key: Range<usize>,
    pub(super) kind: NameKind,
}

/// The way a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameKind {
    /// With quotes of this form.
    Json(JsonQuote),
    /// `key=`.
    Pair,
}

/// The kinds of text before a number.
pub(super) enum Before {
    /// A key that the names of members can begin with.
    ValueName(ValueName),
    /// A name in JSON that is no such key, or text that is too long to be looked through.
    OtherName,
    /// No name. Holds the end of the text, without blanks.
    Text(usize),
}

impl ValueName {
    /// Returns the name of the code that begins at `code_start`; `None` where it has none.
    pub(super) fn of_code(text: &[u8], code_start: usize) -> Option<Self> {
        match name_before(text, code_start) {
            Before::ValueName(name) => Some(name),
            Before::OtherName | Before::Text(_) => None,
        }
    }

    /// Returns the key, given the text that the name was found in.
    pub(super) fn key<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.key.clone()]
    }

    /// Returns the syntax that goes with the name; of pairs, one of several.
    pub(super) fn syntax(&self) -> Syntax {
        match self.kind {
            NameKind::Json(quote) => Syntax::Json(quote),
            NameKind::Pair => Syntax::KeyValue,
        }
    }
}

/// Returns the kind of text before the number that the code at `code_start` is, or is the end of.
pub(super) fn name_before(text: &[u8], code_start: usize) -> Before {
    let number = count_back(&text[..code_start], NUMBER_MAX_BYTES, is_number);
    let end = code_start - number;
    let pair_end = end - blanks_before(&text[..end]);
    if let Some(key_end) = pair_end.checked_sub(1).filter(|&at| text[at] == b'=') {
        let key_end = key_end - blanks_before(&text[..key_end]);
        if let Some(key_start) = scanner::identifier_start(text, key_end) {
            return Before::ValueName(ValueName { key: key_start..key_end, kind: NameKind::Pair });
        }
    }
    if number == NUMBER_MAX_BYTES || end - pair_end >= BLANKS_MAX {
        return Before::OtherName;
    }
    let Some(colon) = pair_end.checked_sub(1).filter(|&at| text[at] == b':') else {
        return Before::Text(pair_end);
    };
    let blanks = blanks_before(&text[..colon]);
    if blanks >= BLANKS_MAX {
        return Before::OtherName;
    }
    let name = &text[..colon - blanks];
    let Some((quote, length)) = JsonQuote::before(name) else {
        // A quote with more backslashes than are counted.
        return if name.ends_with(b"\"") { Before::OtherName } else { Before::Text(pair_end) };
    };
    let name = &name[..name.len() - length];
    match scanner::identifier_start(name, name.len()) {
        Some(key_start) => {
            Before::ValueName(ValueName { key: key_start..name.len(), kind: NameKind::Json(quote) })
        }
        None => Before::OtherName,
    }
}

/// Returns the syntax that goes with the bytes from a key's end to the end of its field: `":-204`, `="-204"`; `None`
/// where no members go with them, as where a colour is among them. A pair of a key and a quoted value is taken for an
/// attribute; outside a tag it is `key=value`.
pub(super) fn keyed_syntax(behind_key: &[u8]) -> Option<Syntax> {
    const PLAIN: JsonQuote = JsonQuote { backslashes: 0, mark: QuoteMark::Plain };
    match behind_key {
        // Nearly all fields: the separator and the code alone.
        [b'=', b'-' | b'0'..=b'9', ..] => return Some(Syntax::KeyValue),
        [b'"', b':', b'-' | b'0'..=b'9', ..] => return Some(Syntax::Json(PLAIN)),
        _ if scanner::has_invisible(behind_key) => return None,
        _ => {}
    }
    if let Some((quote, length)) = JsonQuote::at(behind_key) {
        let separator = behind_blanks(&behind_key[length..]);
        let is_written = quote.mark == QuoteMark::Percent && scanner::begins_with(separator, b':');
        return (is_written || separator.starts_with(b":")).then_some(Syntax::Json(quote));
    }
    let value = behind_blanks(behind_key).strip_prefix(b"=")?;
    let begins_with = scanner::begins_with;
    if begins_with(value, b'>') {
        return None;
    }
    let value = behind_blanks(value);
    match value {
        [b'"', ..] => Some(Syntax::Attribute),
        [b'\'' | b'\\', ..] => Some(Syntax::SingleQuotedAttribute),
        [b'&', ..] if begins_with(value, b'"') || begins_with(value, b'\'') => Some(Syntax::EscapedAttribute),
        _ => behind_key.starts_with(b"=").then_some(Syntax::KeyValue),
    }
}

/// Returns true if a name begins where the text before it ends: behind its quote in JSON, and in a tag behind a blank
/// or the quote of another value.
pub(super) fn name_is_whole(before: &[u8], syntax: Syntax) -> bool {
    match syntax {
        Syntax::Json(quote) => quote.ends(before),
        Syntax::EscapedAttribute => blanks_before(before) > 0,
        Syntax::KeyValue | Syntax::Attribute | Syntax::SingleQuotedAttribute => {
            matches!(before, [] | [.., b'"' | b'\'']) || blanks_before(before) > 0
        }
    }
}

/// Returns true if a byte can be a part of a number.
pub(super) fn is_number(byte: &u8) -> bool {
    byte.is_ascii_digit() || b"+-.eE".contains(byte)
}

/// Returns true if a byte is a space, a tab or a carriage return.
pub(super) fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// Counts the bytes of the blanks at the end of a text, each as it is or written as an escape: `\t`. Stops at
/// [`BLANKS_MAX`] or a little beyond.
fn blanks_before(text: &[u8]) -> usize {
    let mut count = 0;
    while count < BLANKS_MAX {
        let rest = &text[..text.len() - count];
        let letter = usize::from(matches!(rest, [.., b't' | b'n' | b'r']));
        let backslashes = count_back(&rest[..rest.len() - letter], BACKSLASHES_MAX, |&byte| byte == b'\\');
        count += match rest {
            [.., byte] if is_blank(byte) => 1,
            _ if letter > 0 && backslashes > 0 => letter + backslashes,
            _ => break,
        };
    }
    count
}

/// Returns a text without the blanks at its beginning.
fn behind_blanks(text: &[u8]) -> &[u8] {
    &text[blanks_behind(text)..]
}

/// Counts the bytes of the blanks at the beginning of a text, as [`blanks_before`] does.
pub(super) fn blanks_behind(text: &[u8]) -> usize {
    let mut count = 0;
    while count < BLANKS_MAX {
        let rest = &text[count..];
        let backslashes = rest.iter().take(BACKSLASHES_MAX).take_while(|&&byte| byte == b'\\').count();
        count += match (rest.first(), rest.get(backslashes)) {
            (Some(byte), _) if is_blank(byte) => 1,
            (_, Some(b't' | b'n' | b'r')) if backslashes > 0 => backslashes + 1,
            _ => break,
        };
    }
    count
}

/// Counts the bytes at the end of a text for which `class` returns true, up to `max`.
fn count_back(text: &[u8], max: usize, class: fn(&u8) -> bool) -> usize {
    text.iter().rev().take(max).take_while(|&byte| class(byte)).count()
}
