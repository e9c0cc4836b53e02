//! The forms of notes that are fields in the line's own syntax.

use super::Field;
use super::before::{backslashes_before, sequence_before};
use super::invisible::sequence_at;
use super::json_quotes::KeyQuote;
use super::parts::behind_char;
use regex::bytes::Regex;
use std::sync::LazyLock;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    XmlText,
    /// In XML that is text of other XML.
    EscapedXmlText,
    /// With the quote around its names.
    Json(KeyQuote),
    KeyValue,
    /// With the quote around its values.
    Attribute(char),
    EscapedAttribute,
    Nothing,
}

/// The place of a byte: outside of XML tags, in a tag, or in the value of an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Place {
    Outside,
    /// Outside of tags, in a line that begins with a tag.
    InContent,
    InTag,
    InValue,
}

macro_rules! regex {
    ($name:ident, $pattern:literal) => {
        static $name: LazyLock<Regex> = LazyLock::new(|| Regex::new(concat!("(?-u)", $pattern)).unwrap());
    };
}

regex!(BLANKS, r"^(?:[ \t\r]|\\{1,8}[tnr])*");
regex!(COLON, r"^(?:[ \t\r]|\\{1,8}[tnr])*:");
regex!(ENDS_IN_BLANK, r"(?:[ \t\r]|\\[tnr])$");
regex!(BEGINS_WITH_TAG, r"^[ \t\r\x0C]*<(?:[A-Za-z_]|!--)");
regex!(OPENS_VALUE, r"=[\\ \t]*$");
// An escape may write any letter of a name: `re\u0074`.
regex!(HAS_ESCAPED_NAME, r#"\\u00[3-7][^"]*"(?:[ \t\r]|\\{1,8}[tnr])*:"#);

/// Returns the form of a field's note, as if it were the first of its key in its object.
///
/// Members go with `"key":` in quotes of any form, and with `key=`, where the key is a whole name. Else the note is text,
/// but in a name.
pub(super) fn form_of(line: &[u8], field: &Field) -> Form {
    let behind_key = &line[field.key_end..field.end];
    let before = &line[..field.start];
    let in_string = is_in_string(before);
    let place = place(line, field.start);
    let text = match place {
        _ if in_string && is_in_name(line, field.end) => Form::Nothing,
        Place::InValue | Place::InContent => Form::XmlText,
        Place::Outside | Place::InTag => Form::Text,
    };
    if is_element(behind_key) {
        return match text {
            Form::Nothing => Form::Nothing,
            _ if behind_key.contains(&b'&') => Form::EscapedXmlText,
            _ => Form::XmlText,
        };
    }
    if (0..behind_key.len()).any(|at| sequence_at(behind_key, at).is_some()) {
        return text;
    }
    if let Some((quote, length)) = KeyQuote::at(behind_key) {
        let separator = behind_blanks(&behind_key[length..]);
        let has_colon =
            separator.starts_with(b":") || quote.is_of_url() && behind_char(separator, 0, ':').is_some();
        return match () {
            () if !has_colon || sequence_before(before, before.len()).is_some() => text,
            () if quote.ends(before) && !HAS_ESCAPED_NAME.is_match(line) => Form::Json(quote),
            () => Form::Nothing,
        };
    }
    let is_behind_blank = ENDS_IN_BLANK.is_match(before);
    let is_whole = is_behind_blank || before.is_empty() || before.ends_with(b"\"") || before.ends_with(b"'");
    match pair(behind_key) {
        Some(Form::EscapedAttribute) if is_behind_blank => Form::EscapedAttribute,
        Some(Form::EscapedAttribute) => Form::Nothing,
        None => text,
        Some(_) if place == Place::InValue => text,
        Some(Form::KeyValue) if in_string => text,
        Some(_) if place == Place::InTag && !is_whole => Form::Nothing,
        Some(form) if place == Place::InTag => form,
        Some(_) if in_string || !behind_key.starts_with(b"=") || KeyQuote::are_open_behind(before) => text,
        Some(_) if place == Place::InContent => Form::Attribute('"'),
        Some(_) => Form::KeyValue,
    }
}

/// Returns true if the key is an element of XML, given the field behind it.
fn is_element(behind_key: &[u8]) -> bool {
    behind_char(behind_key, super::behind_row(behind_key, 0), '>').is_some()
}

/// Returns the form of a pair in a tag, given the field behind its key: `="-204"`; `None` where it is no pair.
fn pair(behind_key: &[u8]) -> Option<Form> {
    let value = behind_blanks(behind_key).strip_prefix(b"=")?;
    if behind_char(value, 0, '>').is_some() {
        return None;
    }
    let value = behind_blanks(value);
    let is_quote = |quote| behind_char(value, 0, quote).is_some();
    match value.first() {
        Some(b'"') => Some(Form::Attribute('"')),
        Some(b'\'' | b'\\') => Some(Form::Attribute('\'')),
        Some(b'&') if is_quote('"') || is_quote('\'') => Some(Form::EscapedAttribute),
        _ => behind_key.starts_with(b"=").then_some(Form::KeyValue),
    }
}

fn behind_blanks(text: &[u8]) -> &[u8] {
    &text[BLANKS.find(text).unwrap().end()..]
}

/// Returns true if the bytes behind `before` are within double quotes. A quote behind an odd number of backslashes is
/// none.
fn is_in_string(before: &[u8]) -> bool {
    let is_quote = |&at: &usize| before[at] == b'"' && backslashes_before(&before[..at]).is_multiple_of(2);
    (0..before.len()).filter(is_quote).count() % 2 == 1
}

/// Returns the place of a byte of a line.
fn place(line: &[u8], to: usize) -> Place {
    let mut tag = None;
    let mut quote = None;
    for (at, &byte) in line[..to].iter().enumerate() {
        match (tag, quote) {
            (None, _) => {
                let begins = |&&next: &&u8| next.is_ascii_alphabetic() || next == b'_';
                tag = (byte == b'<' && line.get(at + 1).filter(begins).is_some()).then_some(at);
            }
            (Some(_), Some(open)) => quote = if byte == open { None } else { quote },
            (Some(_), None) if byte == b'>' => tag = None,
            (Some(_), None) if byte == b'"' || byte == b'\'' => {
                quote = OPENS_VALUE.is_match(&line[at.saturating_sub(8)..at]).then_some(byte);
            }
            _ => {}
        }
    }
    let begins_with_tag = BEGINS_WITH_TAG.is_match(line) && line[..to].contains(&b'<');
    match (tag, quote) {
        (None, _) if begins_with_tag => Place::InContent,
        (None, _) => Place::Outside,
        (_, None) => Place::InTag,
        _ => Place::InValue,
    }
}

/// Returns true if the string around a place is the name of a member, or the inner string that the next quote ends is.
fn is_in_name(line: &[u8], at: usize) -> bool {
    let quotes: Vec<usize> = (at..line.len()).filter(|&quote| line[quote] == b'"').collect();
    let closing = quotes.iter().find(|&&quote| backslashes_before(&line[..quote]).is_multiple_of(2));
    [quotes.first(), closing].into_iter().flatten().any(|&quote| COLON.is_match(&line[quote + 1..]))
}
