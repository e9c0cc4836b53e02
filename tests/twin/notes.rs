//! Notes by a naive reading of the options: in each form, with old notes recognised.
//!
//! Three kinds of text are out of scope. Where notes are in colour or stripped, a text must not have an escape byte:
//! other tests cover colours of lines. Where there are patterns or forms, a text must not have a note. Patterns and
//! forms together are not covered.

use super::objects::Objects;
use super::{Field, Line, Rules};
use imsdk_annotate::{Catalog, Entry, Language, Severity};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// The options for recognising fields and writing notes.
pub(crate) struct Style<'a> {
    pub(crate) rules: Rules<'a>,
    pub(crate) catalog: Catalog,
    /// True if negative codes that the catalog lacks are fields.
    pub(crate) unknown: bool,
    pub(crate) patterns: Vec<&'a Regex>,
    pub(crate) template: &'a str,
    pub(crate) language: Language,
    pub(crate) as_fields: bool,
    pub(crate) color: bool,
    pub(crate) strip: bool,
}

/// A field, with the length of the note that already stands behind it.
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
    XmlText,
    Json,
    EscapedJson,
    KeyValue,
    /// With the quote around its values.
    Attribute(char),
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

static COLOR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)^\x1B\[[0-9;:]{0,93}m").unwrap());

static COLON_BEHIND_QUOTE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"(?-u)^(\\?")[ \t]*:"#).unwrap());

static PAIR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r#"(?-u)^[ \t]*=(?:[^>]|$)"#).unwrap());

static QUOTED_PAIR: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?-u)^[ \t]*=[ \t]*(?P<quote>\\?["'])"#).unwrap());

static BEGINS_WITH_TAG: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?-u)^[ \t\r\x0C]*<(?:[A-Za-z_]|!--)").unwrap());

static BEFORE_ATTRIBUTE: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"(?-u)(?:^|[ \t\r"']|\\{1,8}[tnr])$"#).unwrap());

static OPENS_VALUE: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)=[\\ \t]*$").unwrap());

static COLON: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)^(?:[ \t\r]|\\{1,8}[tnr])*:").unwrap());

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

    /// Returns the fields of a line, in their order.
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
        let mut objects = Objects::default();
        let content = line.strip_suffix(b"\n").unwrap_or(line);
        let note_behind = |field: &Field| self.old_note_of(line, field);
        let mut notes = Vec::new();
        // The end of the last field or note.
        let mut last_end = 0;
        for key_end in 1..=content.len() {
            let read = Line { content, notes: &notes, note_behind: &note_behind };
            let Some(field) = read.field_with_key_end(key_end, self.rules) else { continue };
            if field.start < last_end || !self.is_wanted(field.code) {
                continue;
            }
            let Field { start, end, code, .. } = field;
            let mut found = Found { start, end, code, form: self.form(line, &field), old_note: None };
            if let Some(entry) = self.catalog.get(code) {
                let is_escaped = found.form == Form::EscapedJson;
                if (is_escaped || found.form == Form::Json) && !objects.take(line, start..end, is_escaped) {
                    found.form = Form::Nothing;
                }
                found.old_note = self.old_note(line, &found, entry);
            }
            last_end = end;
            if let Some(length) = found.old_note {
                last_end = end + length;
                if !self.strip && line[end..].starts_with(b"\x1b[0m") {
                    // The sequence that restores the line's colour belongs to the note.
                    last_end += COLOR.find(&line[last_end..]).map_or(0, |found| found.len());
                }
                notes.push(end..last_end);
            }
            fields.push(found);
        }
        fields
    }

    fn is_wanted(&self, code: i32) -> bool {
        self.catalog.get(code).is_some() || self.unknown && code < 0
    }

    fn form(&self, line: &[u8], field: &Field) -> Form {
        if !self.as_fields {
            return Form::Text;
        }
        let behind_key = &line[field.key_end..field.end];
        let before = &line[..field.start];
        let (in_string, place) = (is_in_string(before), place(before));
        if let Some(captures) = COLON_BEHIND_QUOTE.captures(behind_key) {
            let (form, quote) =
                if captures[1].len() == 1 { (Form::Json, "\"") } else { (Form::EscapedJson, "\\\"") };
            let is_whole = before.strip_suffix(quote.as_bytes()).is_some_and(|rest| !rest.ends_with(b"\\"));
            return if is_whole { form } else { Form::Nothing };
        }
        let is_whole = place != Place::InTag || BEFORE_ATTRIBUTE.is_match(before);
        if PAIR.is_match(behind_key) && place != Place::InValue {
            match QUOTED_PAIR.captures(behind_key) {
                pair if !is_whole && (pair.is_some() || behind_key[0] == b'=' && !in_string) => {
                    return Form::Nothing;
                }
                Some(pair) if place == Place::InTag => {
                    return Form::Attribute(if &pair["quote"] == b"\"" { '"' } else { '\'' });
                }
                _ if behind_key[0] == b'=' && !in_string && place == Place::InContent => {
                    return Form::Attribute('"');
                }
                _ if behind_key[0] == b'=' && !in_string => return Form::KeyValue,
                _ => {}
            }
        }
        match place {
            _ if in_string && is_in_name(line, field.end) => Form::Nothing,
            Place::InValue | Place::InContent => Form::XmlText,
            Place::Outside | Place::InTag => Form::Text,
        }
    }

    /// Returns the length of the note that already stands behind a field, as if it were the first of its key in its
    /// object.
    fn old_note_of(&self, line: &[u8], field: &Field) -> Option<usize> {
        let &Field { start, end, code, .. } = field;
        let found = Found { start, end, code, form: self.form(line, field), old_note: None };
        self.old_note(line, &found, self.catalog.get(code)?)
    }

    /// Returns the length of the note that already stands behind a field.
    fn old_note(&self, line: &[u8], field: &Found, entry: &Entry) -> Option<usize> {
        let behind = &line[field.end..];
        let note = self.plain_note(line, field, entry);
        if field.form == Form::Nothing {
            return None;
        }
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
        let json = |text: &str| {
            let text = serde_json::to_string(text).unwrap().replace("--", "-\\u002d");
            ["<", ">", "&", "'"]
                .into_iter()
                .fold(text, |text, char| text.replace(char, &format!("\\u{:04x}", char.as_bytes()[0])))
        };
        let escaped = |text: &str| text.replace('\\', r"\\").replace('"', r#"\""#);
        let member = |name: &str, text: &str| format!(",\"{key}_{name}\":{}", json(text));
        let members = member("category", &category) + &member("message", &message);
        let xml = |text: &str| {
            let escapes = [
                ("&", "&amp;"),
                ("<", "&lt;"),
                (">", "&gt;"),
                ("\"", "&quot;"),
                ("'", "&apos;"),
                ("\\", "&#92;"),
                ("\t", " "),
                ("--", "-&#45;"),
            ];
            escapes.into_iter().fold(text.to_owned(), |text, (char, escape)| text.replace(char, escape))
        };
        match field.form {
            Form::Nothing => String::new(),
            Form::Text => self.rendered(entry),
            Form::XmlText => xml(&self.rendered_raw(entry)),
            Form::Attribute(quote) => {
                let attribute = |name: &str, text: &str| format!(" {key}_{name}={quote}{}{quote}", xml(text));
                attribute("category", &category) + &attribute("message", &message)
            }
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

    /// Returns the note of an entry by the template. Where notes are fields, the note is safe within a string.
    pub(crate) fn rendered(&self, entry: &Entry) -> String {
        let note = self.rendered_raw(entry);
        if self.as_fields { note.replace('"', "'").replace(['\\'], "/").replace('\t', " ") } else { note }
    }

    fn rendered_raw(&self, entry: &Entry) -> String {
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
        note
    }
}

/// Returns a note in colour. The colour begins behind the note's blanks.
fn colored(note: &[u8], severity: Severity) -> Vec<u8> {
    let blanks = note.iter().take_while(|byte| b" \t".contains(byte)).count();
    let (blanks, text) = note.split_at(blanks);
    let parameter = match severity {
        Severity::Success => "32",
        Severity::Action => "33",
        Severity::Error => "31",
        other => panic!("{other} has no colour"),
    };
    let color = format!("\x1b[{parameter}m");
    if text.is_empty() { note.to_vec() } else { [blanks, color.as_bytes(), text, b"\x1b[0m"].concat() }
}

/// Returns true if the bytes behind `before` are within double quotes. A quote behind an odd number of backslashes is
/// none.
fn is_in_string(before: &[u8]) -> bool {
    let is_quote = |&at: &usize| {
        let backslashes = before[..at].iter().rev().take_while(|&&byte| byte == b'\\').count();
        before[at] == b'"' && backslashes % 2 == 0
    };
    (0..before.len()).filter(is_quote).count() % 2 == 1
}

/// Returns the place of the byte behind `before`.
fn place(before: &[u8]) -> Place {
    let mut tag = None;
    let mut quote = None;
    for (at, &byte) in before.iter().enumerate() {
        match (tag, quote) {
            (None, _) => {
                let begins = |&&next: &&u8| next.is_ascii_alphabetic() || next == b'_';
                tag = (byte == b'<' && before.get(at + 1).filter(begins).is_some()).then_some(at);
            }
            (Some(_), Some(open)) => quote = if byte == open { None } else { quote },
            (Some(_), None) if byte == b'>' => tag = None,
            (Some(_), None) if byte == b'"' || byte == b'\'' => {
                quote = OPENS_VALUE.is_match(&before[at.saturating_sub(8)..at]).then_some(byte);
            }
            _ => {}
        }
    }
    match (tag, quote) {
        (None, _) if BEGINS_WITH_TAG.is_match(before) => Place::InContent,
        (None, _) => Place::Outside,
        (_, None) => Place::InTag,
        _ => Place::InValue,
    }
}

/// Returns true if the string around a place is the name of a member, or the inner string that the next quote ends is.
fn is_in_name(line: &[u8], at: usize) -> bool {
    let quotes: Vec<usize> = (at..line.len()).filter(|&quote| line[quote] == b'"').collect();
    let closing = quotes.iter().find(|&&quote| {
        let backslashes = line[at..quote].iter().rev().take_while(|&&byte| byte == b'\\').count();
        backslashes % 2 == 0
    });
    [quotes.first(), closing].into_iter().flatten().any(|&quote| COLON.is_match(&line[quote + 1..]))
}

/// Returns the code that the whole text is, by the rules for a code behind a key.
fn whole_code(text: &[u8]) -> Option<i32> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let is_code =
        (1..=9).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit);
    is_code.then(|| super::parse(text))
}
