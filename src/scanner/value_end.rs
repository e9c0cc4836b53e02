//! The end of a value of a key.

use super::parts::quote_length;
use super::written::char_at;

/// The most bytes of a value; what follows does not count.
pub(super) const VALUE_MAX_BYTES: usize = 128;

/// Returns the length in bytes of the value that a text begins with.
#[inline]
pub(super) fn value_length(text: &[u8]) -> usize {
    let text = &text[..text.len().min(VALUE_MAX_BYTES)];
    let mut length = 0;
    while let Some(&byte) = text.get(length) {
        match VALUE_BYTES[usize::from(byte)] {
            ValueByte::Within => {}
            ValueByte::Opens if !is_end_written(&text[length..]) => {}
            ValueByte::Opens | ValueByte::Ends => break,
        }
        length += 1;
    }
    length
}

/// Returns true if a text begins with a written escape for what ends a value, or with a quote behind backslashes.
#[cold]
fn is_end_written(text: &[u8]) -> bool {
    char_at(text)
        .is_some_and(|first| quote_length(text, first) > 0 || first.length > 1 && ends_value(first.ascii()))
}

/// Returns true if a byte ends a value.
const fn ends_value(byte: u8) -> bool {
    byte <= b' ' || matches!(byte, b'"' | b'\'' | b',' | b';' | b'&' | b'|' | b')' | b']' | b'}' | b'<')
}

/// The part that a byte has in a value.
#[derive(Clone, Copy)]
enum ValueByte {
    Within,
    /// An escape that the byte begins may write the end of the value.
    Opens,
    Ends,
}

static VALUE_BYTES: [ValueByte; 256] = value_bytes();

const fn value_bytes() -> [ValueByte; 256] {
    let mut table = [ValueByte::Within; 256];
    let mut byte = 0;
    while byte < table.len() {
        table[byte] = match byte as u8 {
            byte if ends_value(byte) => ValueByte::Ends,
            b'\\' | b'#' | b'%' | b'^' => ValueByte::Opens,
            _ => ValueByte::Within,
        };
        byte += 1;
    }
    table
}
