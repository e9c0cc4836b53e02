//! The text behind a code: it decides if the number goes on.

use super::byte_class::{carries_on, is_digit, is_identifier, leaves_open, opens};
use super::invisible::{self, skip_joining};
use super::written::char_at;

/// Returns true if the text behind a field lets it be one: the line ends, or the next character does not carry the
/// number on. Behind a closing quote or bracket (`is_closed`), only a letter, a digit or `_` does.
#[inline]
pub(super) fn ends_field(text: &[u8], is_closed: bool, code: i32) -> bool {
    let Some((next, rest)) = next_char(text) else {
        return true;
    };
    match next {
        0x80.. => code < 0,
        _ if is_closed => !is_identifier(next),
        b',' => !is_group_of_three(rest),
        b'.' | b':' => !begins_with_digit(rest),
        _ => !carries_on(next),
    }
}

/// Returns the next character of a text, as it is or written, and the text behind it. Looks through invisible sequences
/// behind which text goes on. A character that is not ASCII is 0xFF.
#[inline]
fn next_char(text: &[u8]) -> Option<(u8, &[u8])> {
    let text = &text[skip_joining(text, 0)..];
    let next = char_at(text)?;
    Some((next.ascii(), &text[next.length..]))
}

fn begins_with_digit(text: &[u8]) -> bool {
    next_char(text).is_some_and(|(next, _)| is_digit(next))
}

/// Returns true if a text begins with exactly three digits, as in `1,000`.
fn is_group_of_three(mut text: &[u8]) -> bool {
    for _ in 0..3 {
        match next_char(text) {
            Some((next, rest)) if is_digit(next) => text = rest,
            _ => return false,
        }
    }
    !begins_with_digit(text)
}

/// Returns true if bytes behind a text that follows a code could still make the code part of something longer: the text
/// ends within what decides.
#[inline]
pub(crate) fn is_undecided(text: &[u8]) -> bool {
    match text.first() {
        Some(&next) if !leaves_open(next) && !opens(next) => false,
        _ => is_undecided_behind(text),
    }
}

fn is_undecided_behind(text: &[u8]) -> bool {
    let Some((next, rest)) = next_char_if_whole(text) else {
        return true;
    };
    match next {
        b',' => {
            let mut text = rest;
            for _ in 0..4 {
                match next_char_if_whole(text) {
                    None => return true,
                    Some((next, rest)) if is_digit(next) => text = rest,
                    Some(_) => return false,
                }
            }
            false
        }
        b'.' | b':' => next_char_if_whole(rest).is_none(),
        _ => false,
    }
}

/// Returns the next character as [`next_char`] does, or `None` where more bytes could change it.
fn next_char_if_whole(text: &[u8]) -> Option<(u8, &[u8])> {
    let visible = &text[skip_joining(text, 0)..];
    if visible.is_empty() || invisible::is_begun(visible) { None } else { next_char(text) }
}

/// Returns true if a text right behind a code could make the code part of something longer.
pub(crate) fn may_carry_on(text: &[u8]) -> bool {
    // A positive code is the one that more bytes carry on. A comma carries it on with three digits; the text may have
    // only the first of them.
    !ends_field(text, false, 1) || matches!(text, [b',', next, ..] if is_digit(*next))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_carries_a_number_on_may_be_written_or_colored() {
        for text in [
            "",
            " ",
            "\n",
            ")",
            ".",
            ". ",
            ".x",
            ":x",
            ",20",
            ",2000",
            ",x",
            "\\n",
            "\\",
            "%26",
            "%2c",
            "&x",
            "&#59;",
            "#",
            "\x1b[0m",
            "\x1b[0m,",
            "\x1b[1Gx",
            "^[[0m ",
            "#033[0m",
            "&nbsp;",
            "%0A",
            "\x1b[0m\x1b[0m\x1b[0m\x1b[0m\x1b[0mx",
        ] {
            assert!(ends_field(text.as_bytes(), false, 5), "{text}");
        }
        for text in [
            "x",
            "_",
            "5",
            "%",
            "%2",
            "%%",
            "%g0",
            "%2F",
            "\\/",
            "\\u0041",
            "&#x2F;",
            ".5",
            ":5",
            ",200",
            "%2C205",
            "%2E5",
            "%250",
            "\x1b[31mx",
            "\x1b[31m%",
            ".\x1b[31m5",
            "^2",
            "\x1b[0m\x1b[0m\x1b[0m\x1b[0mx",
        ] {
            assert!(!ends_field(text.as_bytes(), false, -5), "{text}");
        }
        for text in ["失", "%E3%80%82", "\\u3002", "\x1b[31m，"] {
            assert!(
                ends_field(text.as_bytes(), false, -5) && !ends_field(text.as_bytes(), false, 5),
                "{text}"
            );
            assert!(!ends_field(text.as_bytes(), true, 5), "{text}");
        }
        for text in ["%", "/", "-", ".5", "=", "%2F"] {
            assert!(ends_field(text.as_bytes(), true, 5), "{text}");
        }
        for text in ["x", "_", "5", "%41", "\x1b[Kx"] {
            assert!(!ends_field(text.as_bytes(), true, -5), "{text}");
        }
    }

    #[test]
    fn a_text_that_ends_within_what_decides_is_undecided() {
        for text in [
            "", ".", ":", ",", ",1", ",12", ",123", "\\", "\\u00", "%2", "&", "&#6", "&am", "#", "#0",
            "\x1b", "\x1b[3", "^", "^[", "^[[0", "\x1b[0m", "\x1b[0m.", ".%3", ",1\\",
        ] {
            assert!(is_undecided(text.as_bytes()), "{text}");
        }
        for text in [
            " ", "\n", ". ", ".5", ",x", ",1x", ",1234", "\\n", "\\q", "%26", "&x", "&#65;", "\x1b[1G", "x",
            ")",
        ] {
            assert!(!is_undecided(text.as_bytes()), "{text}");
        }
    }
}
