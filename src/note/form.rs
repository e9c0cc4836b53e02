//! The form of a note that fits its field: members where the line has a syntax for them, else text that does not break
//! the syntax around the field.

use super::line_members::LineMembers;
use super::line_objects::LineObjects;
use super::name::{
    Before, NameKind, ValueName, blanks_behind, is_number, keyed_syntax, name_before, name_is_whole,
};
use super::written_quotes::WrittenQuotes;
use crate::field::{Checks, FoundField, NoteForm, Syntax};
use crate::line::quotes::LineQuotes;
use crate::line::tags::{LineTags, TagPlace};
use crate::scanner;
use memchr::{memchr, memrchr};

/// Finds the forms of notes for the fields of a text, which is whole lines without notes. Takes the fields in the order
/// in which they begin.
#[derive(Debug)]
pub(crate) struct FormFinder<'t> {
    text: &'t [u8],
    /// The byte offset up to which the text has been looked at.
    looked_up_to: usize,
    quotes: LineQuotes,
    written_quotes: WrittenQuotes,
    /// True if the text has any tag.
    has_tags: bool,
    tags: LineTags,
    closing: Closing,
    members: LineMembers<'t>,
    objects: LineObjects<'t>,
}

/// The quotes behind the place of a string that was looked at last. Each quote is looked for once, so that a line with
/// many fields takes linear time.
#[derive(Clone, Copy, Debug, Default)]
struct Closing {
    /// The end of the line, without its newline.
    line_end: usize,
    /// The next quote, escaped or not, or the end of the line.
    next: usize,
    /// True if a colon behind the quote at `next` makes the text before it the name of a member.
    next_ends_name: bool,
    /// The end of the string, behind its quote, or the end of the line.
    string_end: usize,
    /// True if a colon behind the string makes it the name of a member.
    string_is_name: bool,
}

impl<'t> FormFinder<'t> {
    pub(crate) fn new(text: &'t [u8]) -> Self {
        Self {
            text,
            looked_up_to: 0,
            quotes: LineQuotes::default(),
            written_quotes: WrittenQuotes::default(),
            has_tags: memchr(b'<', text).is_some(),
            tags: LineTags::default(),
            closing: Closing::default(),
            members: LineMembers::default(),
            objects: LineObjects::default(),
        }
    }

    /// Gives the field of a key the form of its note.
    pub(crate) fn fit_keyed(&mut self, field: &mut FoundField) {
        let (is_in_string, place) = self.advance(field.start);
        let key_end = field.start + scanner::identifier_length(&self.text[field.start..field.end]);
        let behind_key = &self.text[key_end..field.end];
        if field.checks.has(Checks::ELEMENT) {
            // The element is text of other XML where an entity stands for its `>`.
            let is_escaped = memchr(b'&', behind_key).is_some();
            let form = if is_escaped { NoteForm::EscapedXmlText } else { NoteForm::XmlText };
            field.form = self.text_form(field, is_in_string, form);
            return;
        }
        let syntax = match keyed_syntax(behind_key) {
            Some(Syntax::KeyValue | Syntax::Attribute | Syntax::SingleQuotedAttribute)
                if place == TagPlace::InValue =>
            {
                None
            }
            Some(Syntax::KeyValue | Syntax::Attribute | Syntax::SingleQuotedAttribute)
                if place != TagPlace::InTag =>
            {
                let is_pair = !is_in_string
                    && behind_key.starts_with(b"=")
                    && !self.written_quotes.are_open_at(self.text, field.start);
                // Characters with a meaning in XML must be escaped between tags, too.
                let is_escaped = place == TagPlace::InContent;
                is_pair.then_some(if is_escaped { Syntax::Attribute } else { Syntax::KeyValue })
            }
            Some(Syntax::KeyValue) if is_in_string => None,
            syntax => syntax,
        };
        match syntax {
            // In `"ESC[34mret"` the colour stands before the key.
            Some(Syntax::Json(_)) if scanner::ends_in_invisible(&self.text[..field.start]) => {
                field.form = self.text_form(field, is_in_string, text_in(place));
            }
            Some(syntax) => self.fit_members(field, syntax, place),
            None => field.form = self.text_form(field, is_in_string, text_in(place)),
        }
    }

    /// Gives the field of a pattern the form of its note: [`NoteForm::Nothing`] where no note can stand behind the code
    /// without breaking the value that the code is, or is a part of.
    pub(crate) fn fit_pattern(&mut self, field: &mut FoundField) {
        let (is_in_string, place) = self.advance(field.start);
        if self.is_part_of_more(field, is_in_string) {
            field.form = NoteForm::Nothing;
            return;
        }
        match name_before(self.text, field.start) {
            Before::ValueName(ValueName { kind: NameKind::Pair, .. }) => {
                field.form = self.text_form(field, is_in_string, text_in(place));
            }
            // A number may have a sign before its code. Anything more makes the code a part of another number.
            Before::ValueName(_) if is_behind_number(&self.text[..field.start]) => {
                field.form = NoteForm::Nothing
            }
            Before::ValueName(name) => match u8::try_from(field.start - name.key.start) {
                Ok(name_before) => {
                    field.name_before = name_before;
                    self.fit_members(field, name.syntax(), place);
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
                field.form = if is_value {
                    NoteForm::Nothing
                } else {
                    self.text_form(field, is_in_string, text_in(place))
                };
            }
        }
    }

    /// Looks at the line up to `to`, which must not lie before the `to` of the last call. Returns true if `to` is
    /// within a string, and its place among tags.
    fn advance(&mut self, to: usize) -> (bool, TagPlace) {
        if let Some(newline) = memrchr(b'\n', &self.text[self.looked_up_to.min(to)..to]) {
            let start = self.looked_up_to + newline + 1;
            (self.quotes, self.tags) = (LineQuotes::beginning_at(start), LineTags::beginning_at(start));
            self.written_quotes = WrittenQuotes::beginning_at(start);
            self.objects.end_line();
        }
        self.looked_up_to = self.looked_up_to.max(to);
        let place = if self.has_tags { self.tags.advance(self.text, to) } else { TagPlace::Outside };
        (self.quotes.advance(self.text, to), place)
    }

    /// Gives a field its note as members, or none. There is none where the members would have names that its object or
    /// tag has already, or where the key is a part of a name (`"user ret"`, `ns:ret`): the names of members begin with
    /// the key alone.
    fn fit_members(&mut self, field: &mut FoundField, syntax: Syntax, place: TagPlace) {
        let (text, key_start) = (self.text, field.name_start());
        let key = &text[key_start..][..scanner::identifier_length(&text[key_start..field.end])];
        field.form = NoteForm::Nothing;
        let can_be_part = syntax.is_json() || syntax == Syntax::EscapedAttribute || place == TagPlace::InTag;
        if can_be_part && !name_is_whole(&text[..key_start], syntax) {
            return;
        }
        let Some(members) = self.members.missing(text, field.start, key, syntax) else {
            return;
        };
        let is_wanted = match syntax {
            Syntax::Json(quote) => {
                field.entry.is_some() && self.objects.is_first(text, key_start..field.end, key, quote)
            }
            _ => true,
        };
        if is_wanted {
            (field.members, field.form) = (members, NoteForm::Members(syntax));
        }
    }

    /// Returns the form of a note that is text, or [`NoteForm::Nothing`] where text would become a part of a name.
    fn text_form(&mut self, field: &FoundField, is_in_string: bool, form: NoteForm) -> NoteForm {
        if is_in_string && self.is_in_name(field.end) { NoteForm::Nothing } else { form }
    }

    /// Returns true if the string around a place is the name of a member, or the inner string is: where a string holds
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

    /// Returns true if the code is a part of a longer number, or of an escape in a string: `\u0022`.
    fn is_part_of_more(&self, field: &FoundField, is_in_string: bool) -> bool {
        let behind = &self.text[field.end..];
        let is_in_escape = is_in_string && is_in_escape(&self.text[..field.start]);
        is_in_escape || goes_on_as_number(behind) || !is_in_string && behind.first().is_some_and(is_number)
    }

    /// Returns true if the code of a field is an element of an array in a string that holds JSON. `before` is the end
    /// of the text before the code, without blanks.
    fn is_element_of_string(&self, field: &FoundField, before: usize) -> bool {
        let is_first_or_next = self.text[..before].ends_with(b"[") || self.text[..before].ends_with(b",");
        let blanks = blanks_behind(&self.text[field.end..]);
        let is_last_or_more = matches!(self.text.get(field.end + blanks), Some(b']' | b','));
        let holds_json = matches!(self.text.get(self.quotes.string_start()), Some(b'[' | b'{'));
        is_first_or_next && is_last_or_more && holds_json
    }
}

/// Returns the form of text at a place among tags.
fn text_in(place: TagPlace) -> NoteForm {
    match place {
        TagPlace::InValue | TagPlace::InContent => NoteForm::XmlText,
        TagPlace::Outside | TagPlace::InTag => NoteForm::Text,
    }
}

/// Returns true if the first byte from `at` on that is no blank is a colon.
fn is_before_colon(line: &[u8], at: usize) -> bool {
    let rest = line.get(at..).unwrap_or_default();
    rest.get(blanks_behind(rest)) == Some(&b':')
}

/// Returns the end of the string that a place of a line is in, behind its closing quote; `None` where the line ends
/// first.
fn end_of_string(line: &[u8], at: usize) -> Option<usize> {
    let mut from = at;
    while let Some(found) = memchr(b'"', &line[from..]) {
        let backslashes = scanner::backslashes_before(&line[..from + found]);
        from += found + 1;
        if backslashes.is_multiple_of(2) {
            return Some(from);
        }
    }
    None
}

/// Returns true if a text right behind digits goes on with the same number: `.5`, `e7`, `5`.
fn goes_on_as_number(behind: &[u8]) -> bool {
    match behind {
        [b'0'..=b'9', ..] => true,
        [b'.', next, ..] => next.is_ascii_digit(),
        [b'e' | b'E', b'+' | b'-', next, ..] | [b'e' | b'E', next, ..] => next.is_ascii_digit(),
        _ => false,
    }
}

/// Returns true if a text ends in more of a number than a sign: `1e`, `-2`.
fn is_behind_number(before: &[u8]) -> bool {
    let unsigned = before.strip_suffix(b"-").or(before.strip_suffix(b"+")).unwrap_or(before);
    unsigned.last().is_some_and(is_number)
}

/// Returns true if a JSON string that begins with `text` goes on with digits of an escape: `\u00` before `22`.
fn is_in_escape(text: &[u8]) -> bool {
    let digits = text.iter().rev().take(3).take_while(|byte| byte.is_ascii_hexdigit()).count();
    text[..text.len() - digits].ends_with(b"\\u")
}
