//! Written escapes: text that stands for a character where a program escapes, quotes or encodes what it logs, such as
//! `\n`, `\u003d`, `%3D`, `#011` and `&quot;`.

use super::byte_class::{is_digit, opens};

/// The most backslashes of a written escape: JSON within JSON doubles them at each level.
pub(crate) const BACKSLASHES_MAX: usize = 8;

const BACKSLASHES: u64 = u64::from_le_bytes([b'\\'; BACKSLASHES_MAX]);

/// The most digits of a number in `&#N;` and `&#xH;`.
const ENTITY_DIGITS_MAX: usize = 8;

/// The most bytes of a written escape: `\u{10ffff}` with all its backslashes.
pub(super) const WRITTEN_MAX_BYTES: usize = BACKSLASHES_MAX + "u{10ffff}".len();

/// The named entities, each with the character that it writes. `&nbsp;` counts as a space.
const ENTITIES: [(&[u8], u32); 6] =
    [(b"quot;", 0x22), (b"apos;", 0x27), (b"amp;", 0x26), (b"lt;", 0x3C), (b"gt;", 0x3E), (b"nbsp;", 0x20)];

/// A character as it stands, or as an escape writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Char {
    /// The number of the character; of a character that is written byte by byte (`%EF%BC%9A`), the first byte.
    pub(super) value: u32,
    /// The length in bytes of the text that writes it.
    pub(super) length: usize,
}

impl Char {
    /// Returns the character if it is ASCII; else 0xFF, which is in no class of bytes.
    #[inline]
    pub(super) fn ascii(self) -> u8 {
        u8::try_from(self.value).ok().filter(u8::is_ascii).unwrap_or(0xFF)
    }
}

/// Returns the character that a text begins with, written or as it is; `None` where the text is empty. Of a character
/// that is not ASCII and stands as it is, returns the first byte.
#[inline]
pub(super) fn char_at(text: &[u8]) -> Option<Char> {
    let byte = *text.first()?;
    let as_it_is = Char { value: u32::from(byte), length: 1 };
    Some(if opens(byte) { written_at(text).unwrap_or(as_it_is) } else { as_it_is })
}

/// Returns the character that the written escape at the beginning of a text writes, in its longest form.
pub(super) fn written_at(text: &[u8]) -> Option<Char> {
    match *text {
        [b'\\', ..] => {
            let count = count_backslashes(text);
            let Char { value, length } = behind_backslashes(&text[count..])?;
            Some(Char { value, length: count + length })
        }
        [b'%', high, low, ..] => char_of(hex_pair(high, low), 3),
        [b'#', b'x', high, low, ..] => char_of(hex_pair(high, low), 4),
        [b'#', a, b, c, ..] => {
            let value = octal(a, b, c)?;
            // rsyslog writes control characters and bytes that are not ASCII, and nothing else.
            let is_written = value < 0x20 || (0x7F..=0xFF).contains(&value);
            is_written.then_some(Char { value, length: 4 })
        }
        [b'&', b'#', b'x', ref rest @ ..] => entity(rest, 16, 3),
        [b'&', b'#', ref rest @ ..] => entity(rest, 10, 2),
        [b'&', ref rest @ ..] => {
            let &(name, value) = ENTITIES.iter().find(|(name, _)| rest.starts_with(name))?;
            Some(Char { value, length: 1 + name.len() })
        }
        [b'^', b'[', ..] => Some(Char { value: 0x1B, length: 2 }),
        _ => None,
    }
}

/// Returns the number of backslashes that a text begins with; at most [`BACKSLASHES_MAX`].
#[inline]
pub(super) fn count_backslashes(text: &[u8]) -> usize {
    match text.first_chunk() {
        Some(bytes) => ((u64::from_le_bytes(*bytes) ^ BACKSLASHES).trailing_zeros() / 8) as usize,
        None => text.iter().take_while(|&&byte| byte == b'\\').count(),
    }
}

/// Returns the number of backslashes that a text ends in; at most [`BACKSLASHES_MAX`].
#[inline]
pub(super) fn count_backslashes_before(text: &[u8]) -> usize {
    match text.last_chunk() {
        Some(bytes) => ((u64::from_le_bytes(*bytes) ^ BACKSLASHES).leading_zeros() / 8) as usize,
        None => text.iter().rev().take_while(|&&byte| byte == b'\\').count(),
    }
}

fn char_of(value: Option<u32>, length: usize) -> Option<Char> {
    value.map(|value| Char { value, length })
}

/// Returns the character of an escape, given the text behind its backslashes.
fn behind_backslashes(rest: &[u8]) -> Option<Char> {
    let value = match *rest.first()? {
        b'n' => 0x0A,
        b'r' => 0x0D,
        b't' => 0x09,
        b'b' => 0x08,
        b'f' => 0x0C,
        b'v' => 0x0B,
        b'a' => 0x07,
        b'e' => 0x1B,
        b'/' => 0x2F,
        b'0'..=b'7' => match *rest {
            [a, b, c, ..] if let Some(value) = octal(a, b, c) => return char_of(Some(value), 3),
            [b'0', ..] => 0x00,
            _ => return None,
        },
        b'x' => {
            let &[_, high, low, ..] = rest else { return None };
            return char_of(hex_pair(high, low), 3);
        }
        b'u' => return behind_u(&rest[1..]),
        _ => return None,
    };
    Some(Char { value, length: 1 })
}

/// Returns the character of `\uHHHH` or `\u{H}`, given the text behind the `u`.
fn behind_u(rest: &[u8]) -> Option<Char> {
    match *rest {
        [b'{', ref rest @ ..] => {
            let digits = rest.iter().take(7).take_while(|byte| byte.is_ascii_hexdigit()).count();
            let is_whole = (1..=6).contains(&digits) && rest.get(digits) == Some(&b'}');
            if is_whole { char_of(number(&rest[..digits], 16), digits + 3) } else { None }
        }
        [a, b, c, d, ..] => char_of(Some(hex_pair(a, b)? << 8 | hex_pair(c, d)?), 5),
        _ => None,
    }
}

/// Returns the character of an entity, given the text behind `before` bytes that begin it.
fn entity(rest: &[u8], radix: u32, before: usize) -> Option<Char> {
    let is_digit = |byte: &&u8| char::from(**byte).is_digit(radix);
    let digits = rest.iter().take(ENTITY_DIGITS_MAX).take_while(is_digit).count();
    if digits == 0 || rest.get(digits) != Some(&b';') {
        return None;
    }
    char_of(number(&rest[..digits], radix), before + digits + 1)
}

/// Returns the number that two hexadecimal digits write.
#[inline]
fn hex_pair(high: u8, low: u8) -> Option<u32> {
    const NONE: u8 = 0xF0;
    const VALUES: [u8; 256] = {
        let (mut values, mut byte) = ([NONE; 256], 0);
        while byte < 256 {
            values[byte] = match byte as u8 {
                digit @ b'0'..=b'9' => digit - b'0',
                letter @ (b'a'..=b'f' | b'A'..=b'F') => (letter | 0x20) - b'a' + 10,
                _ => NONE,
            };
            byte += 1;
        }
        values
    };
    let (high, low) = (VALUES[usize::from(high)], VALUES[usize::from(low)]);
    ((high | low) < 16).then_some(u32::from(high) << 4 | u32::from(low))
}

/// Returns the number that three octal digits write.
#[inline]
fn octal(a: u8, b: u8, c: u8) -> Option<u32> {
    let digits = [a, b, c].map(|byte| u32::from(byte ^ b'0'));
    digits.iter().all(|&digit| digit < 8).then(|| digits[0] << 6 | digits[1] << 3 | digits[2])
}

/// Returns the number that digits write; `None` where one is no digit.
fn number(digits: &[u8], radix: u32) -> Option<u32> {
    digits.iter().try_fold(0_u32, |value, &digit| {
        Some(value.wrapping_mul(radix).wrapping_add(char::from(digit).to_digit(radix)?))
    })
}

/// Returns the character of a written escape that ends at the end of a text, in its longest form, if there is one.
pub(super) fn written_before(text: &[u8]) -> Option<Char> {
    let (start, backslashed) = match text {
        [.., b'}'] => (brace_start(text)?, true),
        [.., b';'] => (ampersand(text)?, false),
        [.., b'^', b'['] => (text.len() - 2, false),
        _ => shorter_start(text)?,
    };
    let start = if backslashed { first_backslash(text, start) } else { start };
    written_at(&text[start..]).filter(|written| start + written.length == text.len())
}

/// Returns the first of the backslashes of an escape whose last backslash is at `last`.
pub(super) fn first_backslash(text: &[u8], last: usize) -> usize {
    last + 1 - count_backslashes_before(&text[..=last])
}

/// Returns the place of the backslash before `u{…}` at the end of a text.
fn brace_start(text: &[u8]) -> Option<usize> {
    let digits = text[..text.len() - 1].iter().rev().take(7).take_while(|byte| byte.is_ascii_hexdigit());
    let brace = text.len() - 1 - digits.count();
    text[..brace].ends_with(b"\\u{").then(|| brace - 3)
}

/// Returns the place of the `&` of an entity at the end of a text.
fn ampersand(text: &[u8]) -> Option<usize> {
    let most = "&#x".len() + ENTITY_DIGITS_MAX + ";".len();
    let tail = &text[text.len().saturating_sub(most)..];
    let at = tail.iter().rposition(|&byte| byte == b'&')?;
    Some(text.len() - tail.len() + at)
}

/// Returns the place where an escape of a fixed length could begin that ends at the end of a text, and true if it begins
/// with a backslash.
fn shorter_start(text: &[u8]) -> Option<(usize, bool)> {
    let byte = |before: usize| text.len().checked_sub(before).map(|at| text[at]);
    let at = |before: usize| text.len() - before;
    match (byte(2), byte(3), byte(4), byte(6)) {
        (Some(b'\\'), ..) => Some((at(2), true)),
        (_, Some(b'%'), ..) => Some((at(3), false)),
        (_, _, Some(b'#'), _) => Some((at(4), false)),
        (_, _, Some(b'\\'), _) => Some((at(4), true)),
        (_, _, _, Some(b'\\')) => Some((at(6), true)),
        _ => None,
    }
}

/// Returns true if a text is the beginning of a written escape: more bytes could make it one.
pub(super) fn is_begun(text: &[u8]) -> bool {
    let all =
        |text: &[u8], max: usize, is_digit: fn(&u8) -> bool| text.len() <= max && text.iter().all(is_digit);
    let count = count_backslashes(text);
    match &text[count..] {
        rest if count > 0 => match rest {
            [] => true,
            [b'u', b'{', digits @ ..] => all(digits, 6, u8::is_ascii_hexdigit),
            [b'u', digits @ ..] => all(digits, 3, u8::is_ascii_hexdigit),
            [b'x', digits @ ..] => all(digits, 1, u8::is_ascii_hexdigit),
            digits => all(digits, 2, |byte| matches!(byte, b'0'..=b'7')),
        },
        [b'%', digits @ ..] | [b'#', b'x', digits @ ..] => all(digits, 1, u8::is_ascii_hexdigit),
        [b'#', digits @ ..] => all(digits, 2, |byte| matches!(byte, b'0'..=b'7')),
        [b'&', b'#', b'x', digits @ ..] => all(digits, ENTITY_DIGITS_MAX, u8::is_ascii_hexdigit),
        [b'&', b'#', digits @ ..] => all(digits, ENTITY_DIGITS_MAX, |&byte| is_digit(byte)),
        [b'&', name @ ..] => {
            ENTITIES.iter().any(|(entity, _)| entity.len() > name.len() && entity.starts_with(name))
        }
        [b'^'] => true,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Escapes, each with the character that it writes.
    const ESCAPES: [(&str, u32); 28] = [
        (r"\n", 10),
        (r"\\\\\\\\n", 10),
        (r"\/", 47),
        (r"\0", 0),
        (r"\033", 27),
        (r"\101", 65),
        (r"\e", 27),
        (r"\u003d", 61),
        (r"\\u003D", 61),
        (r"\u{3d}", 61),
        (r"\u{00003d}", 61),
        (r"\uff1a", 0xFF1A),
        (r"\x3d", 61),
        (r"\\\\\\\\x3D", 61),
        ("#011", 9),
        ("#177", 127),
        ("#377", 255),
        ("#x1B", 27),
        ("%3D", 61),
        ("%ef", 0xEF),
        ("&#61;", 61),
        ("&#x3d;", 61),
        ("&#00061;", 61),
        ("&quot;", 34),
        ("&apos;", 39),
        ("&nbsp;", 32),
        ("&lt;", 60),
        ("^[", 27),
    ];

    #[test]
    fn an_escape_is_read_from_both_ends() {
        for (text, value) in ESCAPES {
            let expected = Some(Char { value, length: text.len() });
            assert_eq!(written_at(text.as_bytes()), expected, "{text}");
            assert_eq!(written_before(text.as_bytes()), expected, "{text}");
            assert_eq!(written_at(format!("{text}ret").as_bytes()), expected, "{text}");
            assert_eq!(written_before(format!("ret {text}").as_bytes()), expected, "{text}");
        }
    }

    #[test]
    fn other_text_is_no_escape() {
        for text in [
            "",
            "\\",
            "\\d",
            "\\u003",
            "\\u{}",
            "\\u{0000041}",
            "\\x1",
            "\\N",
            "#040",
            "#134",
            "#01",
            "#x1",
            "%2",
            "%g0",
            "&#;",
            "&#x;",
            "&#123456789;",
            "&amp",
            "&QUOT;",
            "^",
            "^]",
            r"\\\\\\\\\n",
        ] {
            assert_eq!(written_at(text.as_bytes()), None, "{text}");
        }
        for text in ["", "n", "u003d", "3D", ";", "}", "&61;", "{3d}", "\\8n"] {
            assert_eq!(written_before(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn an_escape_is_begun_by_each_of_its_beginnings() {
        for (text, _) in ESCAPES {
            for end in 1..text.len() {
                assert!(is_begun(&text.as_bytes()[..end]), "{text} {end}");
            }
        }
        for text in ["", " ", "\\q", "%g", "#9", "&x", "&#x3g", "a"] {
            assert!(!is_begun(text.as_bytes()), "{text}");
        }
    }
}
