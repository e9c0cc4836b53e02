//! Notes by a naive reading of the options: in each form, with old notes recognised.
//!
//! Three kinds of text are out of scope. Where notes are in colour or stripped, a text must not have an escape byte:
//! other tests cover colours of lines. Where there are patterns or forms, a text must not have a note. Patterns and
//! forms together are not covered.

use super::forms::{Form, form_of};
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
    /// The parameters of the colours of error, action and success; empty for no colour.
    pub(crate) colors: [&'static str; 3],
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

/// The parameters of the colours of error, action and success by default.
pub(crate) const COLORS: [&str; 3] = ["31", "33", "32"];

static COLOR: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)^\x1B\[[0-9;:]{0,93}m").unwrap());

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
            colors: COLORS,
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
                if let Form::Json(quote) = found.form
                    && !objects.take(line, start..end, quote)
                {
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
        if self.as_fields { form_of(line, field) } else { Form::Text }
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
        let (blanks, text) = halves(&note);
        let behind_reset = behind.strip_prefix(b"\x1b[0m").unwrap_or(behind);
        let colored = behind_reset.strip_prefix(blanks)?;
        let color = COLOR.find(colored).map_or(0, |color| color.end());
        let behind_text = colored[color..].strip_prefix(text)?;
        let is_colored = color > 0 || behind_reset.len() < behind.len();
        let rest = if text.is_empty() { Some(colored) } else { behind_text.strip_prefix(b"\x1b[0m") };
        rest.filter(|_| is_colored).map(|rest| behind.len() - rest.len())
    }

    fn note(&self, line: &[u8], field: &Found, entry: &Entry) -> Vec<u8> {
        let note = self.plain_note(line, field, entry);
        if self.color && !self.as_fields { self.colored(&note, entry.severity()) } else { note }
    }

    /// Returns a note in colour. The colour begins behind the note's blanks.
    fn colored(&self, note: &[u8], severity: Severity) -> Vec<u8> {
        let [error, action, success] = self.colors;
        let parameters = match severity {
            Severity::Success => success,
            Severity::Action => action,
            Severity::Error => error,
            other => panic!("{other} has no colour"),
        };
        let (blanks, text) = halves(note);
        if text.is_empty() || parameters.is_empty() {
            return note.to_vec();
        }
        [blanks, format!("\x1b[{parameters}m").as_bytes(), text, b"\x1b[0m"].concat()
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
            Form::EscapedXmlText => xml(&xml(&self.rendered_raw(entry))),
            Form::EscapedAttribute => {
                let attribute =
                    |name: &str, text: &str| format!(" {key}_{name}=&quot;{}&quot;", xml(&xml(text)));
                attribute("category", &category) + &attribute("message", &message)
            }
            Form::Json(quote) => {
                quote.encoded(&(member("category", &category) + &member("message", &message)))
            }
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

/// Returns the blanks that a note begins with, and the text behind them.
fn halves(note: &[u8]) -> (&[u8], &[u8]) {
    note.split_at(note.iter().take_while(|byte| b" \t".contains(byte)).count())
}

/// Returns the code that the whole text is, by the rules for a code behind a key.
fn whole_code(text: &[u8]) -> Option<i32> {
    let digits = text.strip_prefix(b"-").unwrap_or(text);
    let is_code =
        (1..=9).contains(&digits.len()) && digits[0] != b'0' && digits.iter().all(u8::is_ascii_digit);
    is_code.then(|| super::parse(text))
}
