//! Notes as fields in the line's own syntax, so that machines go on reading it: `"ret_category":"auth"`.

use super::texts::Texts;
use crate::catalog::{Catalog, Language};
use crate::field::{Field, NoteForm};
use crate::scanner;
use memchr::memmem;
use std::io::{self, Write};

/// A number of more bytes is none that a code is a part of.
const NUMBER_MAX_BYTES: usize = 64;

/// What the name of the first field has behind the key.
const CATEGORY: &str = "_category";

/// A category and a message for each entry, as fields whose names begin with the key: what stands around the key.
#[derive(Clone, Debug)]
struct Members {
    before: &'static str,
    /// From the first key to the second, with the category.
    middle: Texts,
    /// Behind the second key, with the message.
    tail: Texts,
}

/// The notes of a catalog as fields.
#[derive(Clone, Debug)]
pub(super) struct MemberNotes {
    json: Members,
    escaped_json: Members,
    key_value: Members,
}

/// The form of note that fits a field. `in_string` says whether its key stands within a string.
pub(crate) fn form_of(window: &[u8], field: &Field, in_string: bool) -> NoteForm {
    let behind_key = &window[field.start + scanner::identifier_length(&window[field.start..])..field.end];
    let separator = |quote: &[u8]| {
        let behind_quote = behind_key.strip_prefix(quote)?;
        behind_quote.iter().find(|byte| !matches!(byte, b' ' | b'\t'))
    };
    let is_pair = behind_key.starts_with(b"=") && !behind_key.starts_with(b"=>");
    match in_string {
        _ if separator(b"\"") == Some(&b':') => NoteForm::Json,
        _ if separator(b"\\\"") == Some(&b':') => NoteForm::EscapedJson,
        false if is_pair => NoteForm::KeyValue,
        _ => NoteForm::Text,
    }
}

/// Lets the note of a pattern's field have the form that fits what stands before its code, and the field begin with its
/// key, if that is one in double quotes. `in_string` says whether the code stands within a string. Elsewhere the code
/// could be a JSON value, behind which there is no place for a note.
pub(crate) fn fit_form(text: &[u8], field: &mut Field, in_string: bool) {
    let is_number = |byte: &u8| byte.is_ascii_digit() || b"+-.eE".contains(byte);
    let more_before =
        text[..field.start].iter().rev().take(NUMBER_MAX_BYTES).take_while(|&byte| is_number(byte)).count();
    let before = trim_blanks(&text[..field.start - more_before]);
    let quoted = before.strip_suffix(b":").map(trim_blanks).and_then(|key| key.strip_suffix(b"\""));
    let is_part = if in_string {
        is_in_escape(&text[..field.start])
    } else {
        text.get(field.end).is_some_and(is_number)
    };
    if is_part {
        field.form = NoteForm::Nothing;
    } else if let Some(key) = quoted {
        let (key, form) = match key.strip_suffix(b"\\") {
            Some(key) => (key, NoteForm::EscapedJson),
            None => (key, NoteForm::Json),
        };
        let length = key.iter().rev().take_while(|&&byte| scanner::is_identifier(byte)).count();
        let is_key = (1..=scanner::KEY_MAX_BYTES).contains(&length);
        (field.form, field.start) =
            if is_key { (form, key.len() - length) } else { (NoteForm::Nothing, field.start) };
    } else if !in_string && matches!(before, [] | [.., b',' | b'[' | b'\n']) {
        field.form = NoteForm::Nothing;
    }
}

/// Whether a JSON string that begins so goes on with digits of an escape, `\u0022`.
fn is_in_escape(text: &[u8]) -> bool {
    let digits = text.iter().rev().take(3).take_while(|byte| byte.is_ascii_hexdigit()).count();
    text[..text.len() - digits].ends_with(b"\\u")
}

fn trim_blanks(mut text: &[u8]) -> &[u8] {
    while let [rest @ .., b' ' | b'\t' | b'\r'] = text {
        text = rest;
    }
    text
}

impl Members {
    fn new(
        catalog: &Catalog,
        language: Language,
        before: &'static str,
        form: impl Fn(&str, &str) -> [String; 2],
    ) -> Self {
        let mut members = Self { before, middle: Texts::default(), tail: Texts::default() };
        for entry in catalog.entries() {
            let [middle, tail] = form(&entry.category().name_in(language), &entry.message_in(language));
            members.middle.push(&middle);
            members.tail.push(&tail);
        }
        members
    }

    fn pieces<'a>(&'a self, entry: usize, key: &'a [u8]) -> [&'a [u8]; 5] {
        [self.before.as_bytes(), key, self.middle.get(entry), key, self.tail.get(entry)]
    }

    /// How long the fields are, with any key, if the text begins with them.
    fn length_at(&self, entry: usize, text: &[u8]) -> Option<usize> {
        let rest = text.strip_prefix(self.before.as_bytes())?;
        let key = rest[..scanner::identifier_length(rest)].strip_suffix(CATEGORY.as_bytes())?;
        length_of_pieces(self.pieces(entry, key), text)
    }

    fn longest(&self) -> usize {
        self.before.len() + self.middle.longest() + self.tail.longest() + 2 * scanner::KEY_MAX_BYTES
    }
}

impl MemberNotes {
    pub(super) fn new(catalog: &Catalog, language: Language) -> Self {
        let json = Members::new(catalog, language, ",\"", |category, message| {
            let [category, message] = [category, message].map(json_string);
            [format!("{CATEGORY}\":{category},\""), format!("_message\":{message}")]
        });
        let escaped_json = Members::new(catalog, language, ",\\\"", |category, message| {
            let [category, message] = [category, message].map(|text| escaped(&json_string(text)));
            [format!("{CATEGORY}\\\":{category},\\\""), format!("_message\\\":{message}")]
        });
        let key_value = Members::new(catalog, language, " ", |category, message| {
            [format!("{CATEGORY}={} ", value(category)), format!("_message={}", quoted(message))]
        });
        Self { json, escaped_json, key_value }
    }

    fn members(&self, form: NoteForm) -> Option<&Members> {
        match form {
            NoteForm::Text | NoteForm::Nothing => None,
            NoteForm::Json => Some(&self.json),
            NoteForm::EscapedJson => Some(&self.escaped_json),
            NoteForm::KeyValue => Some(&self.key_value),
        }
    }

    /// What the note of a field is made of; nothing where it is text.
    pub(super) fn pieces<'a>(
        &'a self,
        form: NoteForm,
        entry: usize,
        window: &'a [u8],
        field: &Field,
    ) -> Option<[&'a [u8]; 5]> {
        if form == NoteForm::Nothing {
            return Some([b""; 5]);
        }
        let key = &window[field.start..][..scanner::identifier_length(&window[field.start..])];
        Some(self.members(form)?.pieces(entry, key))
    }

    fn all(&self) -> [&Members; 3] {
        [&self.json, &self.escaped_json, &self.key_value]
    }

    /// How long the note of an entry is, if the text begins with it, in any form and with any key.
    pub(super) fn length_at(&self, entry: usize, text: &[u8]) -> Option<usize> {
        self.all().into_iter().find_map(|members| members.length_at(entry, text))
    }

    /// Calls `on_place` with each place where a note could begin.
    pub(super) fn for_each_beginning(&self, text: &[u8], mut on_place: impl FnMut(usize)) {
        for suffix in memmem::find_iter(text, CATEGORY) {
            let key = text[..suffix].iter().rev().take_while(|&&byte| scanner::is_identifier(byte)).count();
            for members in self.all() {
                (suffix - key).checked_sub(members.before.len()).into_iter().for_each(&mut on_place);
            }
        }
    }

    /// How long the longest is, in bytes.
    pub(super) fn longest(&self) -> usize {
        self.all().map(Members::longest).into_iter().max().unwrap_or(0)
    }
}

pub(super) fn write_pieces(pieces: [&[u8]; 5], wtr: &mut impl Write) -> io::Result<()> {
    pieces.into_iter().try_for_each(|piece| wtr.write_all(piece))
}

/// How long the pieces are, if the text begins with them.
pub(super) fn length_of_pieces(pieces: [&[u8]; 5], text: &[u8]) -> Option<usize> {
    let rest = pieces.into_iter().try_fold(text, |rest, piece| rest.strip_prefix(piece))?;
    Some(text.len() - rest.len())
}

/// A text as a JSON string, with its quotes.
fn json_string(text: &str) -> String {
    serde_json::to_string(text).expect("a text has a JSON form")
}

/// A text within a JSON string.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}

/// A value of `key=value`, in quotes where it needs them.
fn value(text: &str) -> String {
    let needs_quotes = text.is_empty() || text.contains([' ', '"', '=', '\\', '\'']);
    if needs_quotes { quoted(text) } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", escaped(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_they_need_it() {
        assert_eq!(value("auth"), "auth");
        assert_eq!(value("auth/登录鉴权"), "auth/登录鉴权");
        assert_eq!(value("a b"), "\"a b\"");
        assert_eq!(value("a=\"b\""), "\"a=\\\"b\\\"\"");
        assert_eq!(quoted("a\\b"), "\"a\\\\b\"");
    }
}
