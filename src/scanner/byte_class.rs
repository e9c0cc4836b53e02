//! The classes of bytes that the rules of a field refer to. A test for a class is one table look-up.

const LETTER: u16 = 1;
const DIGIT: u16 = 1 << 1;
const UNDERSCORE: u16 = 1 << 2;
const BLANK: u16 = 1 << 3;
const CARRIES_ON: u16 = 1 << 4;
const ENDS_CODE: u16 = 1 << 5;
const LEAVES_OPEN: u16 = 1 << 6;
const BEFORE_KEY: u16 = 1 << 7;
const QUOTE: u16 = 1 << 8;
const SEPARATOR: u16 = 1 << 9;
const BETWEEN: u16 = 1 << 10;
const OPENS: u16 = 1 << 11;
const DECIDES: u16 = 1 << 12;

/// The classes of each byte, as a set of bits.
static CLASSES: [u16; 256] = classes();

const fn classes() -> [u16; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER | CARRIES_ON,
            b'0'..=b'9' => DIGIT | CARRIES_ON,
            b'_' => UNDERSCORE | CARRIES_ON,
            b'%' | b'/' | b'+' | b'*' | b'^' | b'=' | b'~' | b'@' | b'$' | b'-' => CARRIES_ON,
            b' ' | b'\t' => BLANK | ENDS_CODE | BEFORE_KEY | BETWEEN,
            b'.' | b',' | b':' => LEAVES_OPEN | ENDS_CODE | BEFORE_KEY,
            // A written escape or an invisible sequence may begin with one of these.
            b'\\' => OPENS | LEAVES_OPEN | ENDS_CODE | BEFORE_KEY | BETWEEN,
            b'&' => OPENS | LEAVES_OPEN | ENDS_CODE | BEFORE_KEY,
            b'#' | 0x1B => OPENS | BEFORE_KEY,
            // A written letter may end in one of these.
            b';' | b'}' => ENDS_CODE,
            b'"' | b'\'' => QUOTE | ENDS_CODE | BEFORE_KEY | BETWEEN,
            b']' => ENDS_CODE | BEFORE_KEY | BETWEEN,
            b'[' => SEPARATOR | ENDS_CODE | BEFORE_KEY,
            0x80.. => BEFORE_KEY,
            _ => ENDS_CODE | BEFORE_KEY,
        };
        if matches!(byte as u8, b'%' | b'/' | b'+' | b'*' | b'^' | b'=' | b'~' | b'@') {
            table[byte] |= BEFORE_KEY;
        }
        if matches!(byte as u8, b'%' | b'^') {
            table[byte] |= OPENS;
        }
        if matches!(
            byte as u8,
            b'0'..=b'9' | b'\\' | b'&' | b'#' | b'%' | b'^' | 0x1B | b'u' | b'x' | b'e' | b'/'
        ) {
            table[byte] |= DECIDES;
        }
        if matches!(byte as u8, b'=' | b':') {
            table[byte] |= SEPARATOR;
        }
        byte += 1;
    }
    table
}

/// Returns true if a byte has at least one of the classes.
#[inline(always)]
fn has_class(byte: u8, classes: u16) -> bool {
    CLASSES[usize::from(byte)] & classes != 0
}

/// Returns true if a byte is an ASCII letter, an ASCII digit or `_`.
#[inline]
pub(crate) fn is_identifier(byte: u8) -> bool {
    has_class(byte, LETTER | DIGIT | UNDERSCORE)
}

/// Returns true if a byte is an ASCII letter.
#[inline]
pub(super) fn is_letter(byte: u8) -> bool {
    has_class(byte, LETTER)
}

/// Returns true if a byte is one of `0` to `9`.
#[inline]
pub(super) fn is_digit(byte: u8) -> bool {
    has_class(byte, DIGIT)
}

/// Returns true if a byte is a space or a tab.
#[inline]
pub(super) fn is_blank(byte: u8) -> bool {
    has_class(byte, BLANK)
}

/// Returns true if a byte right behind a number makes the number part of something longer, whatever follows: `5m`.
#[inline]
pub(super) fn carries_on(byte: u8) -> bool {
    has_class(byte, CARRIES_ON)
}

/// Returns true if a byte right behind a number ends the number; a byte that [`leaves_open`] if it does, only where the
/// next byte does not [decide](decides).
#[inline]
pub(super) fn ends_code(byte: u8) -> bool {
    has_class(byte, ENDS_CODE)
}

/// Returns true if the number may go on behind a byte right behind it, which depends on the byte that follows: `5.2`,
/// `5\u0030`, `5&#48;`.
#[inline]
pub(super) fn leaves_open(byte: u8) -> bool {
    has_class(byte, LEAVES_OPEN)
}

/// Returns true if a byte may carry a number on behind a byte that leaves it open.
#[inline]
pub(super) fn decides(byte: u8) -> bool {
    has_class(byte, DECIDES)
}

/// Returns true if a byte right before an identifier is no part of the identifier and lets it be a key, whatever stands
/// before the byte.
#[inline]
pub(super) fn may_stand_before_key(byte: u8) -> bool {
    has_class(byte, BEFORE_KEY)
}

/// Returns true if a byte may stand between a key and its separator as it is: a blank, a quote, `]` or a backslash.
#[inline]
pub(super) fn may_stand_between(byte: u8) -> bool {
    has_class(byte, BETWEEN)
}

/// Returns true if a byte is `"` or `'`.
#[inline]
pub(super) fn is_quote(byte: u8) -> bool {
    has_class(byte, QUOTE)
}

/// Returns true if a written escape or an invisible sequence could begin with a byte: `\`, `&`, `#`, `%`, `^` or ESC.
#[inline]
pub(super) fn opens(byte: u8) -> bool {
    has_class(byte, OPENS)
}

/// Returns true if a byte is `=`, `:` or `[`.
#[inline]
pub(super) fn separates(byte: u8) -> bool {
    has_class(byte, SEPARATOR)
}
