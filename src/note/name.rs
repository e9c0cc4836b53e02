//! The name of a value: the key in `"key":` or `key=` before it.

use crate::field::Syntax;
use crate::scanner;
use std::ops::Range;

/// The most bytes of a number. A longer run is taken for no number.
const NUMBER_MAX_BYTES: usize = 64;

/// The most blanks, in bytes, between a name, its colon and its value.
pub(super) const BLANKS_MAX: usize = 200;

/// The most backslashes before a quote that ends a name.
pub(super) const BACKSLASHES_MAX: usize = 8;

/// The name of a value: its key and its kind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ValueName {
    pub(super) key: Range<usize>,
    pub(super) kind: NameKind,
}

/// The way a name is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NameKind {
    Json,
    EscapedJson,
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
    /// Returns the name of the code that begins at `code_start`, behind the quote that opens the code; `None` where it
    /// has none.
    pub(super) fn of_code(text: &[u8], code_start: usize, quote: &[u8]) -> Option<Self> {
        match name_before(text, code_start, quote) {
            Before::ValueName(name) => Some(name),
            Before::OtherName | Before::Text(_) => None,
        }
    }

    /// Returns the key, given the text that the name was found in.
    pub(super) fn key<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.key.clone()]
    }

    /// Returns the syntaxes that members can have behind a value of this name.
    pub(super) fn syntaxes(&self) -> &'static [Syntax] {
        match self.kind {
            NameKind::Json => &[Syntax::Json],
            NameKind::EscapedJson => &[Syntax::EscapedJson],
            NameKind::Pair => &[Syntax::KeyValue, Syntax::Attribute, Syntax::SingleQuotedAttribute],
        }
    }
}

/// Returns the kind of text before the number that the code at `code_start` is, or is the end of. `quote` opens the
/// number; it is empty where nothing does.
pub(super) fn name_before(text: &[u8], code_start: usize, quote: &[u8]) -> Before {
    let Some(before) = text[..code_start].strip_suffix(quote) else {
        return Before::Text(code_start);
    };
    let number = if quote.is_empty() { count_back(before, NUMBER_MAX_BYTES, is_number) } else { 0 };
    let end = before.len() - number;
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
    let Some(name) = text[..colon - blanks].strip_suffix(b"\"") else {
        return Before::Text(pair_end);
    };
    let (name, kind) = match name.strip_suffix(b"\\") {
        Some(name) => (name, NameKind::EscapedJson),
        None => (name, NameKind::Json),
    };
    match scanner::identifier_start(name, name.len()) {
        Some(key_start) => Before::ValueName(ValueName { key: key_start..name.len(), kind }),
        None => Before::OtherName,
    }
}

/// Returns true if a name begins where the text before it ends: behind its quote in JSON, and in a tag behind a blank
/// or the quote of another value.
pub(super) fn name_is_whole(before: &[u8], syntax: Syntax) -> bool {
    let without = |quote: &[u8]| before.strip_suffix(quote).is_some_and(|rest| !rest.ends_with(b"\\"));
    match syntax {
        Syntax::Json => without(b"\""),
        Syntax::EscapedJson => without(b"\\\""),
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
