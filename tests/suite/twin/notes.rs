//! What is written of fields, by a naive reading of the options: notes in each form, and old notes.
//!
//! Colours of the line itself are left to the tests of those: no text with an escape byte is to be compared where
//! notes are in colour, or taken out. Where there are patterns, none with a note in it is, and forms are left out.

use super::{Field, Rules, field_with_key_end, is_other_kind};
use imsdk_annotate::{Catalog, Entry, Language, Severity};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// What is recognised, and how notes are written.
pub(crate) struct Style<'a> {
    pub(crate) rules: Rules<'a>,
    pub(crate) catalog: Catalog,
    /// Whether negative codes that the catalog lacks are fields.
    pub(crate) unknown: bool,
    pub(crate) patterns: Vec<&'a Regex>,
    pub(crate) template: &'a str,
    pub(crate) language: Language,
    pub(crate) as_fields: bool,
    pub(crate) color: bool,
    pub(crate) strip: bool,
}

/// A field, and how long the note is that it has already.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Found {
    pub(crate) start: usize,
    pub(crate) end: usize,
    pub(crate) code: i32,
    form: Form,
    old_note: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Text,
    Json,
    EscapedJson,
    KeyValue,
}

static COLOR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)^\x1B\[[0-9;:]{0,93}m").unwrap());

static COLON_BEHIND_QUOTE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"(?-u)^(\\?")[ \t]*:"#).unwrap());

static IN_SEQUENCE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)\x1B\[[0-9;:]{0,96}$").unwrap());

impl<'a> Style<'a> {
    pub(crate) fn new(catalog: Catalog) -> Self {
        Self {
            rules: Rules::default(),
            catalog,
            unknown: false,
            patterns: Vec::new(),
            template: " ({category}: {message})",
            language: Language::English,
            as_fields: false,
            color: false,
            strip: false,
        }
    }

    pub(crate) fn annotate_line(&self, line: &[u8]) -> Vec<u8> {
        let mut annotated = Vec::new();
        let mut written = 0;
        for field in self.fields(line) {
            let Some(entry) = self.catalog.get(field.code) else { continue };
            let had = field.old_note.unwrap_or(0);
            if self.strip == (had > 0) {
                annotated.extend_from_slice(&line[written..field.end]);
                written = field.end + had;
            }
            if !self.strip && had == 0 {
                annotated.extend(self.note(line, &field, entry));
            }
        }
        annotated.extend_from_slice(&line[written..]);
        annotated
    }

    /// The fields of a line, in their order.
    pub(crate) fn fields(&self, line: &[u8]) -> Vec<Found> {
        let mut fields = self.fields_of_keys(line);
        for regex in &self.patterns {
            for group in regex.captures_iter(line).filter_map(|captures| captures.name("code")) {
                let Some(code) = whole_code(group.as_bytes()) else { continue };
                if self.is_wanted(code) && !IN_SEQUENCE.is_match(&line[..group.start()]) {
                    let (start, end) = (group.start(), group.end());
                    fields.push(Found { start, end, code, form: Form::Text, old_note: None });
                }
            }
        }
        fields.sort_by_key(|field| field.start);
        let mut end = 0;
        fields.retain(|field| {
            let is_kept = field.start >= end;
            end = if is_kept { field.end } else { end };
            is_kept
        });
        fields
    }

    fn fields_of_keys(&self, line: &[u8]) -> Vec<Found> {
        let mut fields = Vec::new();
        // The line so far without its notes, and where in the line that goes on.
        let (mut plain, mut note_end) = (Vec::new(), 0);
        for key_end in 1..line.len() {
            let Some(field) = field_with_key_end(line, key_end, self.rules) else { continue };
            if field.start < note_end || !self.is_wanted(field.code) {
                continue;
            }
            let before = [&plain[..], &line[note_end..field.start]].concat();
            if field.spelled_code && is_other_kind(&before) {
                continue;
            }
            let Field { start, end, code, .. } = field;
            let mut found = Found { start, end, code, form: self.form(line, &field), old_note: None };
            if let Some(entry) = self.catalog.get(code) {
                found.old_note = self.old_note(line, &found, entry);
            }
            if let Some(length) = found.old_note {
                plain.extend_from_slice(&line[note_end..end]);
                note_end = end + length;
                if !self.strip && line[end..].starts_with(b"\x1b[0m") {
                    // What puts the line's colour back belongs to the note.
                    note_end += COLOR.find(&line[note_end..]).map_or(0, |found| found.len());
                }
            }
            fields.push(found);
        }
        fields
    }

    fn is_wanted(&self, code: i32) -> bool {
        self.catalog.get(code).is_some() || self.unknown && code < 0
    }

    fn form(&self, line: &[u8], field: &Field) -> Form {
        let behind_key = &line[field.key_end..field.end];
        let quote = COLON_BEHIND_QUOTE.captures(behind_key);
        match quote.map(|captures| captures[1].len()) {
            _ if !self.as_fields => Form::Text,
            Some(1) => Form::Json,
            Some(_) => Form::EscapedJson,
            None if behind_key.starts_with(b"=")
                && !behind_key.starts_with(b"=>")
                && !is_in_string(&line[..field.start]) =>
            {
                Form::KeyValue
            }
            None => Form::Text,
        }
    }

    /// How long the note of a field is that stands behind it.
    fn old_note(&self, line: &[u8], field: &Found, entry: &Entry) -> Option<usize> {
        let behind = &line[field.end..];
        let note = self.plain_note(line, field, entry);
        if behind.starts_with(&note) {
            return Some(note.len());
        }
        if field.form != Form::Text {
            return None;
        }
        let colored = colored(&note, entry.severity());
        let reset = [b"\x1b[0m", &colored[..]].concat();
        [colored, reset].iter().find(|note| behind.starts_with(note)).map(Vec::len)
    }

    fn note(&self, line: &[u8], field: &Found, entry: &Entry) -> Vec<u8> {
        let note = self.plain_note(line, field, entry);
        if self.color && !self.as_fields { colored(&note, entry.severity()) } else { note }
    }

    fn plain_note(&self, line: &[u8], field: &Found, entry: &Entry) -> Vec<u8> {
        let (category, message) = (entry.category().name_in(self.language), entry.message_in(self.language));
        let key: Vec<u8> =
            line[field.start..].iter().copied().take_while(|&byte| super::is_identifier(byte)).collect();
        let key = String::from_utf8(key).unwrap();
        let json = |text: &str| serde_json::to_string(text).unwrap();
        let escaped = |text: &str| text.replace('\\', r"\\").replace('"', r#"\""#);
        let member = |name: &str, text: &str| format!(",\"{key}_{name}\":{}", json(text));
        let members = member("category", &category) + &member("message", &message);
        match field.form {
            Form::Text => self.rendered(entry),
            Form::Json => members,
            Form::EscapedJson => escaped(&members),
            Form::KeyValue => {
                let quoted = |text: &str| format!("\"{}\"", escaped(text));
                let is_bare = !category.is_empty() && !category.contains([' ', '"', '=', '\\', '\'']);
                let category = if is_bare { category.to_string() } else { quoted(&category) };
                format!(" {key}_category={category} {key}_message={}", quoted(&message))
            }
        }
        .into_bytes()
    }

    /// What the template says of an entry.
    pub(crate) fn rendered(&self, entry: &Entry) -> String {
        let (category, message) = (entry.category().name_in(self.language), entry.message_in(self.language));
        let mut note = String::new();
        let mut rest = self.template;
        while let Some(char) = rest.chars().next() {
            let names = [
                ("{{", "{".into()),
                ("}}", "}".into()),
                ("{code}", entry.code().to_string()),
                ("{category}", category.to_string()),
                ("{severity}", entry.severity().name().to_owned()),
                ("{message}", message.to_string()),
                ("{explanation}", entry.explanation().to_owned()),
            ];
            let (text, length) = match names.into_iter().find(|(name, _)| rest.starts_with(name)) {
                Some((name, text)) => (text, name.len()),
                None => (char.into(), char.len_utf8()),
            };
            note.push_str(&text);
            rest = &rest[length..];
        }
        if self.as_fields { note.replace('"', "'").replace('\\', "/") } else { note }
    }
}

/// A note in colour: behind its blanks.
fn colored(note: &[u8], severity: Severity) -> Vec<u8> {
    let blanks = note.iter().take_while(|byte| b" \t".contains(byte)).count();
    let (blanks, text) = note.split_at(blanks);
    let parameter = match severity {
        Severity::Success => "32",
        Severity::Action => "33",
        Severity::Error => "31",
    };
    let color = format!("\x1b[{parameter}m");
    if text.is_empty() { note.to_vec() } else { [blanks, color.as_bytes(), text, b"\x1b[0m"].concat() }
}

/// Whether a line that begins so goes on within double quotes; one behind an odd number of backslashes is none.
fn is_in_string(before: &[u8]) -> bool {
    let is_quote = |&at: &usize| {
        let backslashes = before[..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
        before[at] == b'"' && backslashes % 2 == 0
    };
    (0..before.len()).filter(is_quote).count() % 2 == 1
}

/// The code that a text is, as behind a key.
fn whole_code(text: &[u8]) -> Option<i32> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let is_code =
        (1..=9).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit);
    is_code.then(|| super::parse(text))
}
