//! The form of a note that fits its field: members where the line has a syntax for them, else text that does not
//! break the syntax around it.

use super::members::SUFFIXES;
use crate::field::{Field, Members, NoteForm, Syntax};
use crate::line_quotes::LineQuotes;
use crate::line_tags::{LineTags, TagPlace};
use crate::scanner;
use memchr::{memchr, memmem, memrchr};
use std::collections::BTreeSet;
use std::ops::Range;

/// A number of more bytes is none that a code is a part of.
const NUMBER_MAX_BYTES: usize = 64;

/// The longest run of blanks between a name, its colon and its value.
const BLANKS_MAX: usize = 200;

/// The most keys of one line whose members are told apart. In a line with more, no note is members.
const KEYS_MAX: usize = 1024;

/// The backslashes before a quote that ends a name, at most.
const BACKSLASHES_MAX: usize = 8;

/// Finds the form for the fields of a text of whole lines without notes, in their order.
#[derive(Debug)]
pub(crate) struct FormFinder<'t> {
    text: &'t [u8],
    /// All before has been looked at.
    looked_up_to: usize,
    quotes: LineQuotes,
    tags: LineTags,
    closing: Closing,
    names: Names<'t>,
}

/// The quotes behind the place of a string that was looked at last. Each is looked for once.
#[derive(Clone, Copy, Debug, Default)]
struct Closing {
    /// The end of the line, without its newline.
    line_end: usize,
    /// The next quote, escaped or not, or the end of the line.
    next: usize,
    /// Whether a colon behind that quote makes the text before it the name of a member.
    next_ends_name: bool,
    /// The end of the string, behind its quote, or the end of the line.
    string_end: usize,
    /// Whether a colon behind the string makes it the name of a member.
    string_is_name: bool,
}

/// The members that a line has itself.
#[derive(Debug, Default)]
struct Names<'t> {
    /// The line that was looked at last ends here.
    line_end: usize,
    /// The keys before each of [`SUFFIXES`].
    keys: [BTreeSet<&'t [u8]>; 2],
    /// Whether the line has more keys than are told apart.
    is_full: bool,
    /// Whether the text has any such name; `None` until that was asked.
    are_any: Option<bool>,
}

/// The name of a value: where its key is, and what kind of name it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Name {
    key: Range<usize>,
    kind: NameKind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum NameKind {
    Json,
    EscapedJson,
    /// `key=`
    Pair,
}

/// What stands before a number.
enum Before {
    /// A name that members can take up.
    Name(Name),
    /// A name in JSON that they cannot, or something that is too long to be looked through.
    OtherName,
    /// No name; the text up to here, without blanks.
    Text(usize),
}

impl<'t> FormFinder<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            looked_up_to: 0,
            quotes: LineQuotes::default(),
            tags: LineTags::default(),
            closing: Closing::default(),
            names: Names::default(),
        }
    }

    /// Gives the field of a key the form of its note.
    pub(crate) fn fit_keyed(&mut self, field: &mut Field) {
        let (is_in_string, place) = self.advance(field.start);
        let key_end = field.start + scanner::identifier_length(&self.text[field.start..field.end]);
        let behind_key = &self.text[key_end..field.end];
        let syntax = match keyed_syntax(behind_key) {
            Some(Syntax::KeyValue | Syntax::Attribute | Syntax::SingleQuotedAttribute)
                if place == TagPlace::InValue =>
            {
                None
            }
            Some(Syntax::KeyValue | Syntax::Attribute | Syntax::SingleQuotedAttribute)
                if place != TagPlace::InTag =>
            {
                let is_pair = !is_in_string && behind_key.starts_with(b"=");
                // What has a meaning in XML must be escaped there, too.
                let is_escaped = place == TagPlace::InContent;
                is_pair.then_some(if is_escaped { Syntax::Attribute } else { Syntax::KeyValue })
            }
            Some(Syntax::KeyValue) if is_in_string => None,
            syntax => syntax,
        };
        match syntax {
            Some(syntax) => self.fit_members(field, syntax),
            None => field.form = self.text_form(field, is_in_string, place),
        }
    }

    /// Gives the field of a pattern the form of its note. Where its code is a value that cannot have a note behind
    /// it, it gets none.
    pub(crate) fn fit_pattern(&mut self, field: &mut Field) {
        let (is_in_string, place) = self.advance(field.start);
        if self.is_part_of_more(field, is_in_string) {
            field.form = NoteForm::Nothing;
            return;
        }
        match name_before(self.text, field.start, b"") {
            Before::Name(Name { kind: NameKind::Pair, .. }) => {
                field.form = self.text_form(field, is_in_string, place);
            }
            Before::Name(Name { key, kind }) => match u8::try_from(field.start - key.start) {
                Ok(name_before) => {
                    field.name_before = name_before;
                    let is_escaped = kind == NameKind::EscapedJson;
                    self.fit_members(field, if is_escaped { Syntax::EscapedJson } else { Syntax::Json });
                }
                Err(_) => field.form = NoteForm::Nothing,
            },
            Before::OtherName => field.form = NoteForm::Nothing,
            Before::Text(end) => {
                let is_value = if is_in_string {
                    self.is_element_of_string(field, end)
                } else {
                    matches!(self.text[..end], [] | [.., b',' | b'[' | b'\n'])
                };
                field.form =
                    if is_value { NoteForm::Nothing } else { self.text_form(field, is_in_string, place) };
            }
        }
    }

    /// Looks at the line up to a place, not before the last one. Returns whether that is within a string, and where in
    /// a tag it is.
    fn advance(&mut self, to: usize) -> (bool, TagPlace) {
        if let Some(newline) = memrchr(b'\n', &self.text[self.looked_up_to.min(to)..to]) {
            let start = self.looked_up_to + newline + 1;
            (self.quotes, self.tags) = (LineQuotes::beginning_at(start), LineTags::beginning_at(start));
        }
        self.looked_up_to = self.looked_up_to.max(to);
        (self.quotes.advance(self.text, to), self.tags.advance(self.text, to))
    }

    fn fit_members(&mut self, field: &mut Field, syntax: Syntax) {
        let key_start = field.name_start();
        let key = &self.text[key_start..][..scanner::identifier_length(&self.text[key_start..field.end])];
        match self.names.missing(self.text, field.start, key) {
            Some(members) => (field.members, field.form) = (members, NoteForm::Members(syntax)),
            None => field.form = NoteForm::Nothing,
        }
    }

    /// The form of a note that is text.
    fn text_form(&mut self, field: &Field, is_in_string: bool, place: TagPlace) -> NoteForm {
        if is_in_string && self.is_in_name(field.end) {
            NoteForm::Nothing
        } else if matches!(place, TagPlace::InValue | TagPlace::InContent) {
            NoteForm::XmlText
        } else {
            NoteForm::Text
        }
    }

    /// Whether the string around a place is the name of a member, or the string within it is: where a string holds
    /// JSON, the next quote ends the inner string.
    fn is_in_name(&mut self, at: usize) -> bool {
        let (text, closing) = (self.text, &mut self.closing);
        if at > closing.line_end || closing.line_end == 0 {
            closing.line_end = memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline);
        }
        let line = &text[..closing.line_end];
        if at > closing.next || closing.next == 0 {
            closing.next = memchr(b'"', &line[at..]).map_or(line.len(), |quote| at + quote);
            closing.next_ends_name = is_before_colon(line, closing.next + 1);
        }
        if at >= closing.string_end {
            let end = end_of_string(line, at);
            closing.string_end = end.unwrap_or(line.len());
            closing.string_is_name = end.is_some_and(|end| is_before_colon(line, end));
        }
        closing.next_ends_name || closing.string_is_name
    }

    /// Whether the code is a part of a number, or of an escape in a string, `\u0022`.
    fn is_part_of_more(&self, field: &Field, is_in_string: bool) -> bool {
        let behind = &self.text[field.end..];
        let is_in_escape = is_in_string && is_in_escape(&self.text[..field.start]);
        is_in_escape || goes_on_as_number(behind) || !is_in_string && behind.first().is_some_and(is_number)
    }

    /// Whether the number of a field, before which the text ends at `before`, is an element of an array in a
    /// string that holds JSON.
    fn is_element_of_string(&self, field: &Field, before: usize) -> bool {
        let is_first_or_next = self.text[..before].ends_with(b"[") || self.text[..before].ends_with(b",");
        let blanks = blanks_behind(&self.text[field.end..]);
        let is_last_or_more = matches!(self.text.get(field.end + blanks), Some(b']' | b','));
        let holds_json = matches!(self.text.get(self.quotes.string_start()), Some(b'[' | b'{'));
        is_first_or_next && is_last_or_more && holds_json
    }
}

impl<'t> Names<'t> {
    /// The members that are to be written for a key: those that its line does not have. `None` where it has both.
    fn missing(&mut self, text: &'t [u8], at: usize, key: &[u8]) -> Option<Members> {
        let has_name = |suffix: &str| memmem::find(text, suffix.as_bytes()).is_some();
        if !*self.are_any.get_or_insert_with(|| SUFFIXES.into_iter().any(has_name)) {
            return Some(Members::Both);
        }
        if at >= self.line_end {
            self.read_line(text, at);
        }
        match [0, 1].map(|suffix| self.is_full || self.keys[suffix].contains(key)) {
            [false, false] => Some(Members::Both),
            [false, true] => Some(Members::Category),
            [true, false] => Some(Members::Message),
            [true, true] => None,
        }
    }

    /// Reads the names in the line around a place.
    fn read_line(&mut self, text: &'t [u8], at: usize) {
        let start = memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
        self.line_end = memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline);
        let line = &text[start..self.line_end];
        self.is_full = false;
        for (keys, suffix) in self.keys.iter_mut().zip(SUFFIXES) {
            keys.clear();
            for found in memmem::find_iter(line, suffix) {
                if let Some(key_start) = scanner::identifier_start(line, found)
                    && names_something(&line[found + suffix.len()..])
                {
                    keys.insert(&line[key_start..found]);
                }
                if keys.len() > KEYS_MAX {
                    self.is_full = true;
                    break;
                }
            }
        }
    }
}

impl Name {
    /// The name of the code that begins at `code_start`, behind the quote that opens it. `None` where it has none.
    pub(crate) fn of_code(text: &[u8], code_start: usize, quote: &[u8]) -> Option<Self> {
        match name_before(text, code_start, quote) {
            Before::Name(name) => Some(name),
            Before::OtherName | Before::Text(_) => None,
        }
    }

    pub(crate) fn key<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        &text[self.key.clone()]
    }

    /// The syntaxes that members can have behind a value of this name.
    pub(crate) fn syntaxes(&self) -> &'static [Syntax] {
        match self.kind {
            NameKind::Json => &[Syntax::Json],
            NameKind::EscapedJson => &[Syntax::EscapedJson],
            NameKind::Pair => &[Syntax::KeyValue, Syntax::Attribute, Syntax::SingleQuotedAttribute],
        }
    }
}

/// The syntax that goes with what stands between a key and the end of its field: `":-204`, `="-204"`. What is an
/// attribute in a tag is `key=value` elsewhere.
fn keyed_syntax(behind_key: &[u8]) -> Option<Syntax> {
    let separator = |quote: &[u8]| {
        let behind_quote = behind_key.strip_prefix(quote)?;
        behind_quote.iter().find(|byte| !is_blank(byte))
    };
    if separator(b"\"") == Some(&b':') {
        return Some(Syntax::Json);
    }
    if separator(b"\\\"") == Some(&b':') {
        return Some(Syntax::EscapedJson);
    }
    let separator = behind_key.trim_ascii_start();
    let value = separator.strip_prefix(b"=").filter(|value| !value.starts_with(b">"))?;
    match value.trim_ascii_start() {
        [b'"', ..] => Some(Syntax::Attribute),
        [b'\'' | b'\\', ..] => Some(Syntax::SingleQuotedAttribute),
        _ => behind_key.starts_with(b"=").then_some(Syntax::KeyValue),
    }
}

/// What stands before the number that a code at `code_start` is, or is the end of, behind an opening quote.
fn name_before(text: &[u8], code_start: usize, quote: &[u8]) -> Before {
    let Some(before) = text[..code_start].strip_suffix(quote) else {
        return Before::Text(code_start);
    };
    let number = if quote.is_empty() { count_back(before, NUMBER_MAX_BYTES, is_number) } else { 0 };
    let end = before.len() - number;
    let pair_end = end - blanks_before(&text[..end]);
    if let Some(key_end) = pair_end.checked_sub(1).filter(|&at| text[at] == b'=') {
        let key_end = key_end - blanks_before(&text[..key_end]);
        if let Some(key_start) = scanner::identifier_start(text, key_end) {
            return Before::Name(Name { key: key_start..key_end, kind: NameKind::Pair });
        }
    }
    if number == NUMBER_MAX_BYTES || end - pair_end >= BLANKS_MAX {
        return Before::OtherName;
    }
    let Some(colon) = pair_end.checked_sub(1).filter(|&at| text[at] == b':') else {
        return Before::Text(pair_end);
    };
    let blanks = blanks_before(&text[..colon]);
    if blanks >= BLANKS_MAX {
        return Before::OtherName;
    }
    let Some(name) = text[..colon - blanks].strip_suffix(b"\"") else {
        return Before::Text(pair_end);
    };
    let (name, kind) = match name.strip_suffix(b"\\") {
        Some(name) => (name, NameKind::EscapedJson),
        None => (name, NameKind::Json),
    };
    match scanner::identifier_start(name, name.len()) {
        Some(key_start) => Before::Name(Name { key: key_start..name.len(), kind }),
        None => Before::OtherName,
    }
}

/// Whether what stands behind one of [`SUFFIXES`] makes it the end of a name: an optional quote, blanks, and `:` or
/// `=`.
fn names_something(behind: &[u8]) -> bool {
    let backslashes = behind.iter().take(BACKSLASHES_MAX).take_while(|&&byte| byte == b'\\').count();
    let quote = usize::from(matches!(behind.get(backslashes), Some(b'"' | b'\'')));
    let rest = &behind[backslashes + quote..];
    matches!(rest.get(blanks_behind(rest)), Some(b':' | b'='))
}

/// Whether a colon is the first byte from `at` on that is no blank.
fn is_before_colon(line: &[u8], at: usize) -> bool {
    let rest = line.get(at..).unwrap_or_default();
    rest.get(blanks_behind(rest)) == Some(&b':')
}

/// Where the string ends that a place of a line is in: behind its closing quote. `None` where the line ends before.
fn end_of_string(line: &[u8], at: usize) -> Option<usize> {
    let mut from = at;
    while let Some(found) = memchr(b'"', &line[from..]) {
        let backslashes = line[from..from + found].iter().rev().take_while(|&&byte| byte == b'\\').count();
        from += found + 1;
        if backslashes % 2 == 0 {
            return Some(from);
        }
    }
    None
}

/// Whether a text that follows digits goes on with the same number: `.5`, `e7`, `5`.
fn goes_on_as_number(behind: &[u8]) -> bool {
    match behind {
        [b'0'..=b'9', ..] => true,
        [b'.', next, ..] => next.is_ascii_digit(),
        [b'e' | b'E', b'+' | b'-', next, ..] | [b'e' | b'E', next, ..] => next.is_ascii_digit(),
        _ => false,
    }
}

/// Whether a JSON string that begins so goes on with digits of an escape, `\u0022`.
fn is_in_escape(text: &[u8]) -> bool {
    let digits = text.iter().rev().take(3).take_while(|byte| byte.is_ascii_hexdigit()).count();
    text[..text.len() - digits].ends_with(b"\\u")
}

fn is_number(byte: &u8) -> bool {
    byte.is_ascii_digit() || b"+-.eE".contains(byte)
}

fn is_blank(byte: &u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// Counts the bytes of the blanks at the end of a text: as they are, or written in a string, `\t`. Stops at
/// [`BLANKS_MAX`] or a little beyond.
fn blanks_before(text: &[u8]) -> usize {
    let mut count = 0;
    while count < BLANKS_MAX {
        let rest = &text[..text.len() - count];
        let letter = usize::from(matches!(rest, [.., b't' | b'n' | b'r']));
        let backslashes = count_back(&rest[..rest.len() - letter], BACKSLASHES_MAX, |&byte| byte == b'\\');
        count += match rest {
            [.., byte] if is_blank(byte) => 1,
            _ if letter > 0 && backslashes > 0 => letter + backslashes,
            _ => break,
        };
    }
    count
}

/// Counts the bytes of the blanks that a text begins with, as [`blanks_before`] does.
fn blanks_behind(text: &[u8]) -> usize {
    let mut count = 0;
    while count < BLANKS_MAX {
        let rest = &text[count..];
        let backslashes = rest.iter().take(BACKSLASHES_MAX).take_while(|&&byte| byte == b'\\').count();
        count += match (rest.first(), rest.get(backslashes)) {
            (Some(byte), _) if is_blank(byte) => 1,
            (_, Some(b't' | b'n' | b'r')) if backslashes > 0 => backslashes + 1,
            _ => break,
        };
    }
    count
}

/// Counts the bytes of a class at the end of a text, up to `max`.
fn count_back(text: &[u8], max: usize, class: fn(&u8) -> bool) -> usize {
    text.iter().rev().take(max).take_while(|&byte| class(byte)).count()
}
