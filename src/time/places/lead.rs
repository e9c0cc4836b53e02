//! Characters that may stand directly before a time, or before the word in its place.

use memchr::memrchr;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
const ESCAPE: u8 = 0x1B;

/// The most bytes of a colour.
const COLOR_MAX_BYTES: usize = 32;

/// Returns true if a text is a byte order mark.
pub(super) fn is_byte_order_mark(text: &[u8]) -> bool {
    text == BYTE_ORDER_MARK
}

/// Returns the length of the byte order mark that a text begins with, which some editors write. It is 0 if there is none.
pub(super) fn byte_order_mark_bytes(text: &[u8]) -> usize {
    if text.starts_with(BYTE_ORDER_MARK) { BYTE_ORDER_MARK.len() } else { 0 }
}

/// Returns the byte offset behind blanks, colours, opening brackets, quotes and the priorities of syslog (`<34>1 `), which
/// begin at a byte offset in any order.
pub(super) fn skip(text: &[u8], mut at: usize) -> usize {
    while let Some(byte) = text.get(at) {
        let length = match byte {
            b' ' | b'\t' | b'[' | b'(' | b'"' => 1,
            &ESCAPE => color_bytes(&text[at..]),
            b'<' => priority_bytes(&text[at..]),
            _ => 0,
        };
        if length == 0 {
            break;
        }
        at += length;
    }
    at
}

/// Returns the byte offset behind colours that begin at a byte offset.
pub(super) fn skip_colors(text: &[u8], mut at: usize) -> usize {
    while text.get(at) == Some(&ESCAPE) && color_bytes(&text[at..]) > 0 {
        at += color_bytes(&text[at..]);
    }
    at
}

/// Returns true if a text ends with a colour.
pub(super) fn ends_with_color(text: &[u8]) -> bool {
    let tail = &text[text.len().saturating_sub(COLOR_MAX_BYTES)..];
    let escape = if text.last() == Some(&b'm') { memrchr(ESCAPE, tail) } else { None };
    escape.is_some_and(|escape| color_bytes(&tail[escape..]) == tail.len() - escape)
}

/// Returns the length of the colour (ANSI SGR) that a text begins with: `ESC[1;31m`. It is 0 if there is none.
fn color_bytes(text: &[u8]) -> usize {
    let Some(parameters) = text.strip_prefix(b"\x1B[") else {
        return 0;
    };
    let length = parameters
        .iter()
        .take(COLOR_MAX_BYTES - 3)
        .take_while(|byte| matches!(byte, b'0'..=b'9' | b';' | b':'))
        .count();
    if parameters.get(length) == Some(&b'm') { length + 3 } else { 0 }
}

/// Returns the length of the priority that a text begins with, with the version that RFC 5424 has behind it: `<13>`,
/// `<34>1 `. It is 0 if there is none.
fn priority_bytes(text: &[u8]) -> usize {
    let digits = text.iter().skip(1).take(4).take_while(|byte| byte.is_ascii_digit()).count();
    if !(1..=3).contains(&digits) || text.get(digits + 1) != Some(&b'>') {
        return 0;
    }
    let version = if text[digits + 2..].starts_with(b"1 ") { 2 } else { 0 };
    digits + 2 + version
}
