//! Characters that may stand directly before a time, or before the word in its place.

use memchr::memrchr;

const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";
pub(super) const ESCAPE: u8 = 0x1B;

/// The most bytes of a colour.
const COLOR_MAX_BYTES: usize = 32;

/// Returns the length of the address that a text begins with, of up to 15 bytes: `255.255.255.255`. Returns `None` if a text
/// begins with more than three digits, which could be a date, or it has fewer than 16 bytes.
#[inline(always)]
pub(super) fn address_bytes(text: &[u8]) -> Option<usize> {
    let (&head, _) = text.split_first_chunk::<16>()?;
    if !head[1..4].contains(&b'.') {
        return None;
    }
    // The two halves of the bytes at once.
    let (halves, _) = head.as_chunks::<8>();
    let [first, second] = [first_behind_address(halves[0]), first_behind_address(halves[1])];
    if first < 8 { Some(first) } else { Some(8 + second).filter(|&length| length < 16) }
}

/// Returns the number of digits and points that a text begins with.
#[inline(always)]
fn first_behind_address(text: [u8; 8]) -> usize {
    const ALL: u64 = 0x0101_0101_0101_0101;
    let text = u64::from_le_bytes(text);
    let digits = text ^ (ALL * 0x30);
    let points = text ^ (ALL * 0x2E);
    // A byte of more than 9 sets its highest bit in the sum, unless that is set already; in a byte behind such a one, the bit
    // does not count. So does a byte of more than 0 in the other sum.
    let no_digits = digits | digits.wrapping_add(ALL * 0x76);
    let no_points = points | points.wrapping_add(ALL * 0x7F);
    ((no_digits & no_points & (ALL * 0x80)).trailing_zeros() / 8) as usize
}

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
#[inline]
pub(super) fn skip(text: &[u8], mut at: usize) -> usize {
    // Most words begin with a letter.
    if text.get(at).is_some_and(u8::is_ascii_alphanumeric) {
        return at;
    }
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
