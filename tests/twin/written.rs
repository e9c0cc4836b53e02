//! Written escapes: the characters that a log writes in other characters, such as `\u0022` and `%22` for a quote.
//!
//! A written escape counts as the character that it writes. Written escapes are: a backslash and one of
//! `n r t b f v a e 0 /`; `\uHHHH` and `\u{H}` to `\u{HHHHHH}`; `\xHH`; a backslash and three octal digits; `#` and
//! three octal digits, 000 to 037, 177, 200 to 377; `#xHH`; `%HH` (a character of several bytes: several); `&#N;`
//! `&#xH;`; `&quot;` `&apos;` `&amp;` `&lt;` `&gt;` `&nbsp;` (a blank); `^[` (ESC). Hex digits are in either case. A
//! form with a backslash may have up to 8 of them.
//!
//! Choices, where this leaves room:
//!
//! - Several bytes of one character may be written in any of the forms that write a byte (`%HH`, `\xHH`, `#xHH`, octal
//!   digits), also mixed. Bytes that are no character count as one that is not ASCII.
//! - `N` and the `H` of `&#xH;` are 1 to 8 digits. A number that no character has counts as one that is not ASCII.
//! - Only `&nbsp;` itself is a blank; U+00A0 in another form is not.

/// A character that is not ASCII and of which nothing else matters.
pub(super) const OTHER: char = '\u{FFFD}';

/// A backslash may stand this many times in a form that has one.
const BACKSLASHES_MAX: usize = 8;

/// No form is longer: 4 bytes of a character, each with 8 backslashes and 3 octal digits.
pub(super) const FORM_MAX_BYTES: usize = 4 * (BACKSLASHES_MAX + 3);

/// The character that a form writes.
#[derive(Clone, Copy, Debug)]
enum Writes {
    Char(char),
    /// A byte, which may be a part of a character.
    Byte(u8),
}

/// Returns the character at a place and the place behind it. A written escape is what it writes, in its longest form.
/// A byte that is no part of valid UTF-8 is one character.
pub(super) fn char_at(text: &[u8], at: usize) -> Option<(char, usize)> {
    let longest = forms(text, at).into_iter().max_by_key(|&(_, end)| end);
    longest.or_else(|| plain_at(text, at))
}

/// Returns the character that stands at a place as it is, and the place behind it.
pub(super) fn plain_at(text: &[u8], at: usize) -> Option<(char, usize)> {
    text.get(at)?;
    let whole = (1..=4).filter_map(|length| text.get(at..at + length)).find_map(one_char);
    Some(whole.map_or((OTHER, at + 1), |char| (char, at + char.len_utf8())))
}

/// Returns the character that bytes are, if they are exactly one.
fn one_char(bytes: &[u8]) -> Option<char> {
    let mut chars = std::str::from_utf8(bytes).ok()?.chars();
    chars.next().filter(|_| chars.next().is_none())
}

/// Returns each character that a written escape at a place can be, with the place behind it.
pub(super) fn forms(text: &[u8], at: usize) -> Vec<(char, usize)> {
    let mut found = Vec::new();
    for (writes, end) in single_forms(text, at) {
        match writes {
            Writes::Char(char) => found.push((char, end)),
            Writes::Byte(byte) if byte.is_ascii() => found.push((byte.into(), end)),
            Writes::Byte(byte) => {
                found.push((OTHER, end));
                found.extend(char_of_bytes(text, &[byte], end));
            }
        }
    }
    found
}

/// Returns the character that begins with the given bytes and goes on with bytes written at a place.
fn char_of_bytes(text: &[u8], bytes: &[u8], at: usize) -> Option<(char, usize)> {
    if let Some(char) = one_char(bytes) {
        return Some((char, at));
    }
    if bytes.len() == 4 {
        return None;
    }
    single_forms(text, at).into_iter().find_map(|(writes, end)| match writes {
        Writes::Byte(byte) => char_of_bytes(text, &[bytes, &[byte]].concat(), end),
        Writes::Char(_) => None,
    })
}

/// Returns what the forms that begin at a place write, with the places behind them.
fn single_forms(text: &[u8], at: usize) -> Vec<(Writes, usize)> {
    let rest = &text[at.min(text.len())..];
    let mut found = Vec::new();
    match rest.first() {
        Some(b'\\') => found.extend(backslash_forms(rest)),
        Some(b'#') => {
            found.extend(
                number(&rest[1..], 3, 8).and_then(octal_of_rsyslog).map(|byte| (Writes::Byte(byte), 4)),
            );
            if rest.get(1) == Some(&b'x') {
                found.extend(hex_byte(&rest[2..]).map(|writes| (writes, 4)));
            }
        }
        Some(b'%') => found.extend(hex_byte(&rest[1..]).map(|writes| (writes, 3))),
        Some(b'&') => found.extend(entity(rest)),
        Some(b'^') if rest.get(1) == Some(&b'[') => found.push((Writes::Char('\x1B'), 2)),
        _ => {}
    }
    found.into_iter().map(|(writes, length)| (writes, at + length)).collect()
}

/// Returns what the forms with a backslash at the beginning of a text write, with their lengths.
fn backslash_forms(text: &[u8]) -> Vec<(Writes, usize)> {
    let backslashes = text.iter().take_while(|&&byte| byte == b'\\').count();
    if backslashes > BACKSLASHES_MAX {
        return Vec::new();
    }
    let rest = &text[backslashes..];
    let mut found = Vec::new();
    let letters = b"nrtbfvae0/".iter().zip("\n\r\t\x08\x0C\x0B\x07\x1B\0/".chars());
    found.extend(
        letters.filter(|(letter, _)| rest.first() == Some(letter)).map(|(_, char)| (Writes::Char(char), 1)),
    );
    // Numbers over 377 write no byte.
    let octal = |number| u8::try_from(number).map_or(Writes::Char(OTHER), Writes::Byte);
    found.extend(number(rest, 3, 8).map(|number| (octal(number), 3)));
    if rest.first() == Some(&b'x') {
        found.extend(hex_byte(&rest[1..]).map(|writes| (writes, 3)));
    }
    if rest.first() == Some(&b'u') {
        found.extend(number(&rest[1..], 4, 16).map(|number| (char_of(number), 5)));
        for length in 1..=6 {
            if rest.get(1) == Some(&b'{') && rest.get(2 + length) == Some(&b'}') {
                found.extend(number(&rest[2..], length, 16).map(|number| (char_of(number), 3 + length)));
            }
        }
    }
    found.into_iter().map(|(writes, length)| (writes, backslashes + length)).collect()
}

/// Returns what an entity at the beginning of a text writes, with its length.
fn entity(text: &[u8]) -> Option<(Writes, usize)> {
    let named =
        [("&quot;", '"'), ("&apos;", '\''), ("&amp;", '&'), ("&lt;", '<'), ("&gt;", '>'), ("&nbsp;", ' ')];
    if let Some((name, char)) = named.into_iter().find(|(name, _)| text.starts_with(name.as_bytes())) {
        return Some((Writes::Char(char), name.len()));
    }
    [(&b"&#"[..], 10), (b"&#x", 16)].into_iter().find_map(|(begin, base)| {
        let rest = text.strip_prefix(begin)?;
        let length = (1..=8).find(|&length| rest.get(length) == Some(&b';'))?;
        Some((char_of(number(rest, length, base)?), begin.len() + length + 1))
    })
}

/// Returns what two hex digits at the beginning of a text write.
fn hex_byte(text: &[u8]) -> Option<Writes> {
    number(text, 2, 16).map(|number| Writes::Byte(number.try_into().unwrap()))
}

fn octal_of_rsyslog(number: u32) -> Option<u8> {
    u8::try_from(number).ok().filter(|byte| matches!(byte, 0..=0o37 | 0o177 | 0o200..=0o377))
}

fn char_of(number: u32) -> Writes {
    Writes::Char(char::from_u32(number).unwrap_or(OTHER))
}

/// Returns the number that the first `count` bytes of a text are.
fn number(text: &[u8], count: usize, base: u32) -> Option<u32> {
    let mut digits = text.get(..count)?.iter().map(|&byte| char::from(byte).to_digit(base));
    digits.try_fold(0, |number, digit| Some(number * base + digit?))
}
