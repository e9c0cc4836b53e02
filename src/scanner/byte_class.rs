//! Classes of bytes that the rules of a field speak of, one table look-up each.

const LETTER: u16 = 1;
const DIGIT: u16 = 1 << 1;
const UNDERSCORE: u16 = 1 << 2;
const BLANK: u16 = 1 << 3;
const CARRIES_ON: u16 = 1 << 4;
const ENDS_CODE: u16 = 1 << 5;
const PUNCTUATES: u16 = 1 << 6;
const BEFORE_KEY: u16 = 1 << 7;
const QUOTE: u16 = 1 << 8;
const SEPARATOR: u16 = 1 << 9;

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
            b' ' | b'\t' => BLANK | ENDS_CODE | BEFORE_KEY,
            b'.' | b',' | b':' => PUNCTUATES | ENDS_CODE | BEFORE_KEY,
            b'\\' => ENDS_CODE,
            b'"' | b'\'' => QUOTE | ENDS_CODE | BEFORE_KEY,
            b'[' => SEPARATOR | ENDS_CODE | BEFORE_KEY,
            0x80.. => BEFORE_KEY,
            _ => ENDS_CODE | BEFORE_KEY,
        };
        if matches!(byte as u8, b'%' | b'/' | b'+' | b'*' | b'^' | b'=' | b'~' | b'@') {
            table[byte] |= BEFORE_KEY;
        }
        if matches!(byte as u8, b'=' | b':') {
            table[byte] |= SEPARATOR;
        }
        byte += 1;
    }
    table
}

#[inline(always)]
fn has_class(byte: u8, classes: u16) -> bool {
    CLASSES[usize::from(byte)] & classes != 0
}

/// A letter, a digit or `_`.
#[inline]
pub(crate) fn is_identifier(byte: u8) -> bool {
    has_class(byte, LETTER | DIGIT | UNDERSCORE)
}

/// An ASCII letter.
#[inline]
pub(super) fn is_letter(byte: u8) -> bool {
    has_class(byte, LETTER)
}

/// `0` to `9`.
#[inline]
pub(super) fn is_digit(byte: u8) -> bool {
    has_class(byte, DIGIT)
}

/// A space or a tab.
#[inline]
pub(super) fn is_blank(byte: u8) -> bool {
    has_class(byte, BLANK)
}

/// A byte that, right behind a number, makes it part of something longer, whatever follows.
#[inline]
pub(super) fn carries_on(byte: u8) -> bool {
    has_class(byte, CARRIES_ON)
}

/// A byte that, right behind a number, ends it, unless it is one of those of [`punctuates`].
#[inline]
pub(super) fn ends_code(byte: u8) -> bool {
    has_class(byte, ENDS_CODE)
}

/// A byte that, right behind a number, may make it part of something longer where digits follow.
#[inline]
pub(super) fn punctuates(byte: u8) -> bool {
    has_class(byte, PUNCTUATES)
}

/// A byte that, right before an identifier, lets it be a key and has no part in it, whatever stands before.
#[inline]
pub(super) fn may_stand_before_key(byte: u8) -> bool {
    has_class(byte, BEFORE_KEY)
}

/// `"` or `'`.
#[inline]
pub(super) fn is_quote(byte: u8) -> bool {
    has_class(byte, QUOTE)
}

/// `=`, `:` or `[`.
#[inline]
pub(super) fn separates(byte: u8) -> bool {
    has_class(byte, SEPARATOR)
}
