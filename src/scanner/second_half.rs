//! Second halves of characters: in GBK, Big5 and GB18030, an ASCII byte can end a character of several bytes.

use std::ops::RangeInclusive;

/// The bytes that can begin a character of several bytes, or continue one.
const LEADING: RangeInclusive<u8> = 0x80..=0xFE;

/// The most leading bytes in a row that are counted.
const RUN_MAX: usize = 63;

/// Returns true if the last byte of a text may be read as the end of a character of several bytes: a byte 40 to 7E (hex)
/// behind an odd number of leading bytes that are not valid UTF-8 (the second byte of a pair, as in `朱镕ret` in GBK),
/// or a digit that ends a character of four bytes of GB18030.
#[inline]
pub(super) fn is_second_half(text: &[u8]) -> bool {
    match text {
        [.., lead, 0x40..=0x7E] if LEADING.contains(lead) => ends_in_odd_run(&text[..text.len() - 1]),
        [.., 0x81..=0xFE, b'0'..=b'9', 0x81..=0xFE, b'0'..=b'9'] => true,
        _ => false,
    }
}

/// Returns the number of backslashes that a text ends in. A byte that looks like a backslash and ends a character of
/// several bytes is none.
pub(crate) fn backslashes_before(text: &[u8]) -> usize {
    let count = text.iter().rev().take_while(|&&byte| byte == b'\\').count();
    let first = text.len() - count;
    count - usize::from(count > 0 && is_second_half(&text[..=first]))
}

/// Returns the number of leading bytes that a text begins with; `None` if there are too many to be counted.
#[inline]
pub(super) fn leading_count(text: &[u8]) -> Option<usize> {
    let count = text.iter().take(RUN_MAX + 1).take_while(|&byte| LEADING.contains(byte)).count();
    (count <= RUN_MAX).then_some(count)
}

/// Returns true if the last byte of several texts, one behind the other, may be read as a
/// [second half](is_second_half).
pub(super) fn is_second_half_of(texts: &[&[u8]]) -> bool {
    // The bytes of a run that is counted, one byte before it, and the byte behind it.
    let end = |text: &&[u8]| text[text.len().saturating_sub(RUN_MAX + 2)..].to_vec();
    is_second_half(&texts.iter().map(end).collect::<Vec<_>>().concat())
}

#[inline(never)]
fn ends_in_odd_run(text: &[u8]) -> bool {
    let count = text.iter().rev().take(RUN_MAX + 1).take_while(|&byte| LEADING.contains(byte)).count();
    count <= RUN_MAX && count % 2 == 1 && std::str::from_utf8(&text[text.len() - count..]).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_odd_run_that_is_not_utf_8_begins_a_character() {
        assert!(is_second_half(b"\xD6\xEC\xE9F"));
        assert!(is_second_half(b"\xE9\\"));
        assert!(!is_second_half(b"\xD6\xECF"));
        assert!(!is_second_half("失F".as_bytes()));
        assert!(!is_second_half(b"\xE9 "));
        assert!(!is_second_half(b"F") && !is_second_half(b""));
        let run = |count: usize| [&b"\xE9".repeat(count)[..], b"F"].concat();
        assert!(is_second_half(&run(63)) && !is_second_half(&run(64)) && !is_second_half(&run(65)));
    }

    #[test]
    fn a_digit_ends_four_bytes() {
        assert!(is_second_half(b"\x81\x30\x84\x36"));
        assert!(!is_second_half(b"\x30\x84\x36") && !is_second_half(b"\x80\x30\x84\x36"));
    }
}
