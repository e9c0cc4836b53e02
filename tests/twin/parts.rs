//! The parts of a field between its key and its code: quotes, blanks, separators and brackets.

use super::invisible::behind_row;
use super::written::char_at;

pub(super) const BLANKS_MAX: usize = 16;

/// A backslash may stand this many times before a quote.
const BACKSLASHES_MAX: usize = 8;

/// Returns the places behind the quotes that a quote at a place can be.
///
/// A quote is `"` or `'`, as it is or written, with up to 8 backslashes (or `%5C`) before it; or doubled as it is
/// (`""ret""`).
///
/// Choices, where this leaves room: backslashes and `%5C` may be mixed, and the 8 of a written quote (`\u0022`) stand
/// besides the 8 before it.
pub(super) fn quotes(text: &[u8], at: usize) -> Vec<usize> {
    let rest = &text[at.min(text.len())..];
    let mut ends = Vec::new();
    if rest.starts_with(b"\"\"") || rest.starts_with(b"''") {
        ends.push(at + 2);
    }
    let mut place = at;
    for _ in 0..=BACKSLASHES_MAX {
        ends.extend(char_at(text, place).filter(|(char, _)| ['"', '\''].contains(char)).map(|(_, end)| end));
        let rest = &text[place.min(text.len())..];
        place += match rest {
            [b'\\', ..] => 1,
            [b'%', b'5', b'C' | b'c', ..] => 3,
            _ => break,
        };
    }
    ends
}

/// Returns the number of blanks (spaces and tabs) at a place, and the place behind them and what is invisible.
pub(super) fn blanks(text: &[u8], at: usize) -> (usize, usize) {
    let (mut count, mut place) = (0, behind_row(text, at));
    while let Some((' ' | '\t', end)) = char_at(text, place) {
        count += 1;
        place = behind_row(text, end);
    }
    (count, place)
}

/// Returns the place behind a character, as it is or written.
pub(super) fn behind_char(text: &[u8], at: usize, wanted: char) -> Option<usize> {
    char_at(text, at).filter(|&(char, _)| char == wanted).map(|(_, end)| end)
}

/// Returns the place behind a separator, and true if it is a colon.
///
/// A separator is `=`, `:`, `=>`, or the full-width `：` or `＝` (in UTF-8, written, or the bytes A3 BA, A3 BD of GBK).
///
/// Choice, where this leaves room: the bytes of GBK stand as they are, and are no separator where they are written.
pub(super) fn separator(text: &[u8], at: usize) -> Option<(usize, bool)> {
    let rest = &text[at.min(text.len())..];
    if rest.starts_with(b"\xA3\xBA") || rest.starts_with(b"\xA3\xBD") {
        return Some((at + 2, rest[1] == 0xBA));
    }
    match char_at(text, at)? {
        ('=', end) => Some((behind_char(text, end, '>').unwrap_or(end), false)),
        ('＝', end) => Some((end, false)),
        (':' | '：', end) => Some((end, true)),
        _ => None,
    }
}
