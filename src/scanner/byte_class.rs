//! Classes of bytes that the rules of a field speak of, one table look-up each.

const LETTER: u8 = 1;
const DIGIT: u8 = 1 << 1;
const UNDERSCORE: u8 = 1 << 2;
const BLANK: u8 = 1 << 3;
const CARRIES_ON: u8 = 1 << 4;

static CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        table[byte] = match byte as u8 {
            b'a'..=b'z' | b'A'..=b'Z' => LETTER | CARRIES_ON,
            b'0'..=b'9' => DIGIT | CARRIES_ON,
            b'_' => UNDERSCORE | CARRIES_ON,
            b'%' | b'/' | b'+' | b'*' | b'^' | b'=' | b'~' | b'@' | b'$' | b'-' => CARRIES_ON,
            b' ' | b'\t' => BLANK,
            _ => 0,
        };
        byte += 1;
    }
    table
}

/// A letter, a digit or `_`.
#[inline]
pub(crate) fn is_identifier(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & (LETTER | DIGIT | UNDERSCORE) != 0
}

/// An ASCII letter.
#[inline]
pub(super) fn is_letter(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & LETTER != 0
}

/// `0` to `9`.
#[inline]
pub(super) fn is_digit(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & DIGIT != 0
}

/// A space or a tab.
#[inline]
pub(super) fn is_blank(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & BLANK != 0
}

/// A byte that, right behind a number, makes it part of something longer, whatever follows.
#[inline]
pub(super) fn carries_on(byte: u8) -> bool {
    CLASSES[usize::from(byte)] & CARRIES_ON != 0
}
