//! The text before a key: it decides if a key may begin at a place.

use super::byte_class::is_identifier;
use super::invisible::{ROW_MAX, color_length_before, invisible_before};
use super::second_half::is_second_half;
use super::written::written_before;

/// Returns true if an identifier may begin at the end of a text: the text can be read so that neither a letter, a digit
/// nor `_` stands at its end, nor a `$` or a `-` that is not written.
///
/// There may be several readings: `\r` before `et`, or `\` before `ret`; half a character, or a letter. One that allows
/// the identifier is enough.
pub(super) fn may_begin_behind(text: &[u8]) -> bool {
    begins_behind_plain_color(text) || may_begin(text, false, ROW_MAX)
}

/// Returns true if a colour ends the text, and before it stands a character that lets an identifier begin. Most colours
/// stand so, and this is a shorter way than that of [`may_begin`].
#[inline]
fn begins_behind_plain_color(text: &[u8]) -> bool {
    let before = &text[..text.len() - color_length_before(text)];
    before.len() < text.len()
        && invisible_before(before).is_none()
        && before
            .last()
            .is_none_or(|&last| !is_identifier(last) && !matches!(last, b'$' | b'-' | b';' | b'}'))
}

/// As [`may_begin_behind`]. Letters, digits and `_` may stand before the identifier if `behind_gap` is true: an
/// invisible sequence that moves the cursor stands between. Looks through up to `sequences` invisible sequences.
fn may_begin(text: &[u8], behind_gap: bool, sequences: usize) -> bool {
    let is_allowed = |byte: u8| behind_gap || !is_identifier(byte);
    let &[.., last] = text else {
        return true;
    };
    let written = match last {
        b'$' | b'-' => None,
        _ if !is_identifier(last) && !matches!(last, b';' | b'}') => return true,
        _ => written_before(text),
    };
    match written {
        Some(written) if is_allowed(written.ascii()) => return true,
        // The escape ends in `;` or `}`, and writes a letter, unless its first byte ends a character.
        Some(written) if !is_identifier(last) => {
            let begins_behind = &text[..=text.len() - written.length];
            return is_second_half(begins_behind) || may_begin_before_invisible(text, behind_gap, sequences);
        }
        _ if is_allowed(last) && !matches!(last, b'$' | b'-') => return true,
        _ => {}
    }
    is_second_half(text) || may_begin_before_invisible(text, behind_gap, sequences)
}

/// Returns true if an invisible sequence ends a text, and an identifier may begin behind the text before it.
fn may_begin_before_invisible(text: &[u8], behind_gap: bool, sequences: usize) -> bool {
    let Some(invisible) = invisible_before(text).filter(|_| sequences > 0) else {
        return false;
    };
    let before = &text[..text.len() - invisible.length];
    let behind_gap = behind_gap || !invisible.joins;
    // In `mESC[31mESC[0mret` the text before `ESC[0m` is read as `ESC[31m`, and not as a letter `m`.
    if sequences > 1 && invisible_before(before).is_some() {
        may_begin_before_invisible(before, behind_gap, sequences - 1)
    } else {
        may_begin(before, behind_gap, sequences - 1)
    }
}

/// Returns true if `<`, as it is or written, stands at the end of a text or before invisible sequences there.
pub(super) fn ends_in_less_than(mut text: &[u8]) -> bool {
    for _ in 0..=ROW_MAX {
        if text.ends_with(b"<") || written_before(text).is_some_and(|written| written.ascii() == b'<') {
            return true;
        }
        match invisible_before(text) {
            Some(invisible) => text = &text[..text.len() - invisible.length],
            None => return false,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_reading_is_enough() {
        for text in [
            &b""[..],
            b" ",
            b"\n",
            b"&",
            b"\\",
            b"a\\n",
            b"\\\\\\\\\\\\\\\\\\n",
            b"\\u0026",
            b"\\x0a",
            b"\\345",
            b"#011",
            b"%24",
            b"&#45;",
            b"&amp;",
            b";",
            b"}",
            b"\\0",
            b"\x1b[",
            b"\x1b[31m",
            b"\x1b(B",
            b"a\x1b[1G",
            b"a\\n\x1b[31m",
            b"\xE9F",
            b"\x81\x30\x84\x36",
            b"a \x1b[31m\x1b[32m\x1b[33m\x1b[34m",
            b"\xE9F\x1b[m",
            b"%E9",
            b"\xE9\\u{39}",
        ] {
            assert!(may_begin_behind(text), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn no_reading_is_none() {
        for text in [
            &b"a"[..],
            b"_",
            b"7",
            b"$",
            b"-",
            b"\\d",
            b"%41",
            b"&#65;",
            b"\\u{41}",
            b"\\u005f",
            b"$\x1b[31m",
            b"a\x1b[31m",
            b"%41\x1b[K",
            b"-\x1b[1G",
            b"\x1b[31",
            b" \x1b[31m\x1b[31m\x1b[32m\x1b[33m\x1b[34m",
            b"\xD6\xECF",
            b"\xD6\xEC\\u{39}",
            b"1m",
        ] {
            assert!(!may_begin_behind(text), "{}", text.escape_ascii());
        }
    }

    #[test]
    fn a_tag_may_be_written() {
        for text in
            [&b"<"[..], b"&lt;", b"\\u003c", b"%3C", b"<\x1b[31m", b"&lt;\x1b[31m\x1b[0m\x1b[1m\x1b[1m"]
        {
            assert!(ends_in_less_than(text), "{}", text.escape_ascii());
        }
        for text in [&b""[..], b"<a", b"< ", b"<\x1b[31m\x1b[0m\x1b[1m\x1b[1m\x1b[1m"] {
            assert!(!ends_in_less_than(text), "{}", text.escape_ascii());
        }
    }
}
