//! The values of keys that say whom or what a line is about: `7` in `ret=-204 openid=7`. Reports count them.
//!
//! A value has a key by rules 1 and 2 of the [scanner](super), and stands behind it by rules 4 and 5: `openid=7`,
//! `"openid":"7"`, `\"openid\": 7`, `openid[7]`, `<openid>7</openid>`, `openid%3D7`. It differs from a field in this:
//!
//! - The letters of the key may also have `-` or `.` between: `request_id` is `request-id` and `request.id`, too.
//! - One letter in lower case may stand before a key that begins in upper case: `openid` is `sOpenid`, too.
//! - The value ends before a quote, a blank, a control character, one of `, ; & | ) ] } <`, any of these as an escape
//!   writes it, or at 128 bytes.
//! - One `[` or `(` before the value is left out: `"openid":["7"]`.
//! - `-`, `0`, `null`, `(null)`, `nil`, `none` and `undefined`, in any case, are no value, and neither is another field
//!   behind blanks (`openid= uid=7`) or an object (`"openid":{`).

use super::before::may_begin_behind;
use super::byte_class::{is_blank, is_identifier, may_stand_before_key};
use super::invisible::skip;
use super::key::{identifier_length, reach_before};
use super::keys::KeyError;
use super::limits::{KEY_MAX_BYTES, REACH_BYTES};
use super::parts::{behind_char, quote_length, separator_at, skip_blanks};
use super::value_end::{VALUE_MAX_BYTES, value_length};
use super::written::char_at;
use memchr::memchr3;
use std::ops::Range;

/// The distance behind a key within which its value ends.
pub(crate) const VALUE_REACH_BYTES: usize = REACH_BYTES + VALUE_MAX_BYTES;

/// The letters and digits, the rarest in logs first.
const RAREST_FIRST: &[u8] = b"zqjxkvywbhgfpmulcdrsoniate9876543210";

/// Texts in the place of a value that mean that there is none, in lower case.
const NO_VALUES: [&[u8]; 6] = [b"-", b"0", b"null", b"nil", b"none", b"undefined"];

/// The most bytes of what stands where there is no value.
const NO_VALUE_MAX_BYTES: usize = b"undefined".len();

/// Finds the values of keys.
#[derive(Clone, Debug)]
pub(crate) struct ValueFinder {
    keys: Vec<ValueKey>,
}

/// A key whose values are looked for.
#[derive(Clone, Debug)]
struct ValueKey {
    /// The letters and digits of the key, in lower case.
    name: Box<[u8]>,
    /// The index in the name of the letter by which the key is looked for.
    rarest: usize,
    /// The rarest letter in lower and in upper case.
    cases: [u8; 2],
}

impl ValueFinder {
    /// Returns a finder of the values of any of the keys, in any case, with or without `_`, `-` and `.`.
    ///
    /// # Errors
    ///
    /// Returns an error if a name is too long, has other characters, or has neither a letter nor a digit.
    pub(crate) fn new<'n>(names: impl Iterator<Item = &'n str>) -> Result<Self, KeyError> {
        names.map(ValueKey::new).collect::<Result<_, _>>().map(|keys| Self { keys })
    }

    /// Returns the first value in a line whose key has its rarest letter in `range`. The line may end before the range does.
    /// Looks at up to [`REACH_BYTES`] before the key and [`VALUE_REACH_BYTES`] behind it.
    #[inline]
    pub(crate) fn first_value<'t>(&self, text: &'t [u8], range: Range<usize>) -> Option<&'t [u8]> {
        let values = self.keys.iter().filter_map(|key| key.first_value(text, range.clone()));
        values.min_by_key(|(key_start, _)| *key_start).map(|(_, value)| value)
    }
}

impl ValueKey {
    fn new(name: &str) -> Result<Self, KeyError> {
        if name.len() > KEY_MAX_BYTES {
            return Err(KeyError::TooLong { name: name.to_owned() });
        }
        let is_allowed = |byte: u8| is_identifier(byte) || joins(byte);
        let letters = name.bytes().filter(|&byte| !joins(byte)).map(|byte| byte.to_ascii_lowercase());
        let letters: Box<[u8]> = letters.collect();
        let rarity = |index: &usize| RAREST_FIRST.iter().position(|letter| *letter == letters[*index]);
        match (0..letters.len()).min_by_key(rarity) {
            Some(rarest) if name.bytes().all(is_allowed) => {
                let letter = letters[rarest];
                Ok(Self { name: letters, rarest, cases: [letter, letter.to_ascii_uppercase()] })
            }
            _ => Err(KeyError::NoIdentifier { name: name.to_owned() }),
        }
    }

    /// As [`ValueFinder::first_value`], with the byte offset of the key.
    #[inline]
    fn first_value<'t>(&self, text: &'t [u8], range: Range<usize>) -> Option<(usize, &'t [u8])> {
        let [lower, upper] = self.cases;
        let mut from = range.start;
        while let Some(found) = memchr3(lower, upper, b'\n', &text[from..range.end]) {
            let at = from + found;
            if text[at] == b'\n' {
                return None;
            }
            if let Some((start, key_end)) = self.key_around(text, at)
                && let Some(value) = value_behind(text, key_end)
            {
                return Some((start, value));
            }
            from = at + 1;
        }
        None
    }

    /// Returns the range of the key whose rarest letter is at `at`.
    #[inline]
    fn key_around(&self, text: &[u8], at: usize) -> Option<(usize, usize)> {
        // Nearly all keys stand as they are written here.
        let start = at.wrapping_sub(self.rarest);
        let end = start.wrapping_add(self.name.len());
        let (start, end) = match text.get(start..end) {
            Some(letters) if *letters == *self.name => (start, end),
            _ => self.letters_around(text, at)?,
        };
        let is_whole =
            end - start <= KEY_MAX_BYTES && !text.get(end).is_some_and(|&byte| is_identifier(byte));
        (is_whole && may_begin(text, start)).then_some((start, end))
    }

    /// Returns the range of the key's letters around the rarest, in any case and with `_`, `-` and `.` between.
    #[inline(never)]
    fn letters_around(&self, text: &[u8], at: usize) -> Option<(usize, usize)> {
        let (before, behind) = (&self.name[..self.rarest], &self.name[self.rarest + 1..]);
        let (mut start, mut end) = (at, at + 1);
        for &letter in behind {
            while text.get(end).is_some_and(|&byte| joins(byte)) {
                end += 1;
            }
            if !text.get(end)?.eq_ignore_ascii_case(&letter) {
                return None;
            }
            end += 1;
        }
        for &letter in before.iter().rev() {
            while text[..start].last().is_some_and(|&byte| joins(byte)) {
                start -= 1;
            }
            if !text[..start].last()?.eq_ignore_ascii_case(&letter) {
                return None;
            }
            start -= 1;
        }
        Some((start, end))
    }
}

/// Returns true if a byte may stand between the letters of a key.
fn joins(byte: u8) -> bool {
    matches!(byte, b'_' | b'-' | b'.')
}

/// Returns true if a key may begin at `start`, or one letter before it.
#[inline]
fn may_begin(text: &[u8], start: usize) -> bool {
    let begins_at = |start: usize| match text[..start].last() {
        Some(&before) => may_stand_before_key(before) || may_begin_behind(reach_before(text, start)),
        None => true,
    };
    let is_behind_letter =
        || text[..start].last().is_some_and(u8::is_ascii_lowercase) && text[start].is_ascii_uppercase();
    begins_at(start) || is_behind_letter() && begins_at(start - 1)
}

/// Returns the value of the key that ends at `key_end`.
#[inline]
fn value_behind(text: &[u8], key_end: usize) -> Option<&[u8]> {
    let text = &text[..text.len().min(key_end + VALUE_REACH_BYTES)];
    let start = match text[key_end..] {
        // Nearly all values stand so.
        [b'=', next, ..] if next.is_ascii_alphanumeric() => key_end + 1,
        _ => value_start(text, key_end)?,
    };
    let value = &text[start..][..value_length(&text[start..])];
    // Looks at the first byte before all else: most values begin with another.
    let may_be_none = value.len() <= NO_VALUE_MAX_BYTES
        && matches!(value.first(), Some(b'-' | b'0' | b'n' | b'N' | b'u' | b'U'));
    let is_none = value.is_empty()
        || value.starts_with(b"{")
        || may_be_none && NO_VALUES.iter().any(|none| value.eq_ignore_ascii_case(none))
        || is_blank(text[start - 1]) && is_field(value);
    (!is_none).then_some(value)
}

/// Returns true if a text is another field or begins one: `uid=7`, `uid:`.
fn is_field(text: &[u8]) -> bool {
    match text[identifier_length(text)..] {
        [b':'] => true,
        // A value in base64 may end in `=`.
        [b'=', next, ..] => next != b'=' && text[0] != b'=',
        _ => false,
    }
}

/// Returns the byte offset of the value behind the key that ends at `key_end`, behind quotes and invisible sequences.
fn value_start(text: &[u8], key_end: usize) -> Option<usize> {
    let mut at = skip(text, key_end);
    let quote = quote_length(&text[at..], char_at(&text[at..])?);
    at = skip(text, at + quote);
    let bracket = behind_char(text, at, b']');
    at = skip(text, bracket.unwrap_or(at));
    let is_bare = quote == 0 && bracket.is_none();
    let opening = [b'[', b'(', b'>'].into_iter().find_map(|byte| behind_char(text, at, byte));
    let behind = match opening.filter(|_| is_bare) {
        Some(behind) => behind,
        None => {
            (at, _) = skip_blanks(text, at)?;
            at + separator_at(&text[at..], char_at(&text[at..])?)?.length
        }
    };
    (at, _) = skip_blanks(text, skip(text, behind))?;
    // A list of one value: `["7"]`.
    if matches!(text.get(at), Some(b'[' | b'(')) {
        (at, _) = skip_blanks(text, skip(text, at + 1))?;
    }
    at += quote_length(&text[at..], char_at(&text[at..])?);
    Some(skip(text, at))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(keys: &[&str], line: &str) -> Option<String> {
        let finder = ValueFinder::new(keys.iter().copied()).unwrap();
        let value = finder.first_value(line.as_bytes(), 0..line.len());
        value.map(|value| String::from_utf8(value.to_vec()).unwrap())
    }

    #[test]
    fn a_value_stands_behind_its_key_in_many_forms() {
        for line in [
            "openid=7",
            "ret=-1 openid=7 x",
            "OpenID: 7",
            "open_id = 7,",
            "open-id=7;",
            "open.id=7|",
            "iOpenid=7",
            "sOpenId=7",
            "x.openid=7",
            "{\"openid\":\"7\"}",
            "{\"openid\":7}",
            "{\\\"openid\\\":7}",
            "{\\\"openid\\\":\\\"7\\\"}",
            "'openid' => '7'",
            "openid[7]",
            "openid(7)",
            "\"openid\":[\"7\"]",
            "openid=(7)",
            "openid={\"v\":9} openid=[ '7' ]",
            "<openid>7</openid>",
            "<openid>7",
            "[openid]: 7",
            "[openid: 7]",
            "?a=1&openid=7&b",
            "%3Fopenid%3D7%26b",
            "openid%3d%227%22",
            "openid\\u003d7\\u0026",
            "&quot;openid&quot;:&quot;7&quot;",
            "openid：7",
            "\\nopenid=7\\n",
            "\x1b[36mopenid\x1b[0m=\x1b[35m7\x1b[0m x",
            "openid=7\r\n",
            "openid=7\nopenid=8",
            "openid=7#011x",
            "openid= openid=7",
            "openid=- openid=7",
            "openid=null,openid=7",
            "openid=0 openid=NULL openid=7",
            "openid=undefined openid=(null) openid=\"\" openid=nil openid=None openid=7",
            "myopenid=8 openid=7",
            "openids=8 openid=7",
            "-openid=8 openid=7",
            "$openid=8 openid=7",
            "openid 8 openid=7",
            "aiopenid=8 openid=7",
            "iopenid=8 openid=7",
            "xOpenId8=9 openid=7",
        ] {
            assert_eq!(value(&["openid"], line).as_deref(), Some("7"), "{line}");
            assert_eq!(value(&["OPEN_ID"], line).as_deref(), Some("7"), "{line}");
        }
        for line in [
            "",
            "openid",
            "openid=",
            "openid:\n7",
            "openid=0",
            "\nopenid=7",
            "openid  7",
            "openid%3",
            "openid= uid=7",
            "openid: uid: 7",
            "openid=\\\"",
        ] {
            assert_eq!(value(&["openid"], line), None, "{line}");
        }
        for (line, expected) in [
            ("openid=a-b_c.d/e:f@g", "a-b_c.d/e:f@g"),
            ("openid=00", "00"),
            ("openid=用户 x", "用户"),
            ("openid=50%", "50%"),
            ("openid=a\\b", "a"),
            ("openid=a\\d", "a\\d"),
            ("openid: YWI=", "YWI="),
            ("openid: user:7", "user:7"),
            ("openid=a=7", "a=7"),
        ] {
            assert_eq!(value(&["openid"], line).as_deref(), Some(expected), "{line}");
        }
    }

    #[test]
    fn the_first_value_of_any_key_counts() {
        assert_eq!(value(&["uid", "openid"], "openid=7 uid=8").as_deref(), Some("7"));
        assert_eq!(value(&["openid", "uid"], "uid=8 openid=7").as_deref(), Some("8"));
        assert_eq!(value(&["uid", "openid"], "uid=- openid=7").as_deref(), Some("7"));
        assert_eq!(value(&["x-request-id"], "X-Request-Id: 7a").as_deref(), Some("7a"));
        assert_eq!(value(&["request_id"], "request.id=7a").as_deref(), Some("7a"));
        assert_eq!(value(&["9"], "a9=1 9=2").as_deref(), Some("2"));
    }

    #[test]
    fn a_value_is_cut_at_its_limit_and_a_key_at_the_end() {
        for length in [127, 128, 129] {
            let line = format!("openid={}", "7".repeat(length));
            assert_eq!(value(&["openid"], &line).map(|value| value.len()), Some(length.min(128)));
        }
        let finder = ValueFinder::new(["openid"].into_iter()).unwrap();
        let line = b"x openid=7";
        assert_eq!(finder.first_value(line, 0..3), None);
        assert_eq!(finder.first_value(line, 0..4), Some(&b"7"[..]));
    }

    #[test]
    fn a_key_has_letters_or_digits() {
        for name in ["", "_", "-.", "a b", "错误", "a="] {
            assert_eq!(
                ValueKey::new(name).err(),
                Some(KeyError::NoIdentifier { name: name.to_owned() }),
                "{name}"
            );
        }
        let name = "a".repeat(33);
        assert_eq!(ValueKey::new(&name).err(), Some(KeyError::TooLong { name }));
        assert!(ValueKey::new(&"a".repeat(32)).is_ok());
    }
}
