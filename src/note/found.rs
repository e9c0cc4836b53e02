//! Finds the notes that a text has already, in any form and colour.

use super::name::{ValueName, keyed_syntax};
use super::{ESCAPE, FittingNotes, Notes, RESET, key_of, members};
use crate::catalog::CodeIndex;
use crate::field::{Checks, FoundField, Members, NoteForm, Syntax};
use crate::line::color;
use crate::scanner;
use memchr::{memchr_iter, memmem};
use std::ops::Range;

impl Notes {
    /// Returns true if a text could begin with a note in any form and colour. A cheap test that is seldom wrong, and
    /// never where a note begins.
    pub(crate) fn could_begin_in_any_form(&self, text: &[u8]) -> bool {
        let begins = |beginning: &[u8]| !beginning.is_empty() && text.starts_with(beginning);
        let has_escape = text.first() == Some(&ESCAPE) || text.get(self.lead) == Some(&ESCAPE);
        let fitting = self.fitting.as_ref();
        has_escape
            || begins(self.beginning.needle())
            || fitting.is_some_and(|fitting| {
                begins(fitting.xml_beginning.needle())
                    || begins(&fitting.escaped_xml_beginning)
                    || members::could_begin(text)
            })
    }

    /// Returns the length in bytes of the note of an entry, in the form of text, that `rest` begins with, in colour or
    /// not; `None` where `rest` does not begin with it.
    pub(crate) fn length_at(&self, entry: usize, rest: &[u8]) -> Option<usize> {
        let plain = self.plain.get(entry);
        if rest.starts_with(plain) {
            return Some(plain.len());
        }
        if rest.first() != Some(&ESCAPE) && rest.get(self.lead) != Some(&ESCAPE) {
            return None;
        }
        let (blanks, text) = self.halves(entry);
        let behind_reset = rest.strip_prefix(RESET);
        let found = behind_reset.unwrap_or(rest).strip_prefix(blanks)?;
        if text.is_empty() {
            return Some(rest.len() - found.len());
        }
        let color = color::sequence_length(found);
        if behind_reset.is_none() && color == 0 {
            return None;
        }
        let found = found[color..].strip_prefix(text)?.strip_prefix(RESET)?;
        Some(rest.len() - found.len())
    }

    /// Returns true if a text, which must not be empty, is the beginning of the note of an entry in any colour.
    fn is_begun_in_color(&self, entry: usize, text: &[u8]) -> bool {
        let (blanks, words) = self.halves(entry);
        if RESET.starts_with(text) {
            return true;
        }
        let behind_reset = text.strip_prefix(RESET);
        let rest = behind_reset.unwrap_or(text);
        let Some(rest) = rest.strip_prefix(blanks) else { return blanks.starts_with(rest) };
        if color::begins_sequence(rest) {
            return true;
        }
        let color = color::sequence_length(rest);
        if behind_reset.is_none() && color == 0 {
            return false;
        }
        let rest = &rest[color..];
        rest.strip_prefix(words).map_or_else(|| words.starts_with(rest), |rest| RESET.starts_with(rest))
    }

    /// Returns true if the bytes from a field to the end of a text are the beginning of the field's note, and more than
    /// white space.
    pub(crate) fn is_begun(&self, field: &FoundField, entry: usize, text: &[u8]) -> bool {
        let rest = &text[field.end..];
        if rest.trim_ascii().is_empty() || rest.len() > self.max_length() {
            return false;
        }
        let begins = |note: &[u8]| note.starts_with(rest);
        match (&self.fitting, field.form) {
            // The comma behind a value begins any member, so that it alone does not tell.
            (Some(_), NoteForm::Members(_)) if !rest.iter().any(u8::is_ascii_alphanumeric) => false,
            (Some(fitting), NoteForm::Members(syntax)) => Members::ALL.into_iter().any(|members| {
                let pieces = fitting.members.pieces(syntax, members, entry, key_of(field, text));
                begins(&pieces.map(|(longer, piece)| &longer[piece]).concat())
            }),
            (Some(fitting), NoteForm::XmlText) => begins(fitting.xml_text().get(entry)),
            (Some(fitting), NoteForm::EscapedXmlText) => begins(fitting.escaped_xml_text().get(entry)),
            _ => begins(self.plain.get(entry)) || self.is_begun_in_color(entry, rest),
        }
    }

    /// Returns the length in bytes of the note that stands behind a field, in any form and colour; of several that
    /// match, the longest. `None` where there is none.
    pub(crate) fn length_behind_field(&self, text: &[u8], field: &FoundField, entry: usize) -> Option<usize> {
        let length = self.length_of_text(entry, &text[field.end..]);
        let fitting = self.fitting.as_ref();
        let members = fitting.and_then(|fitting| fitting.length_of_members_behind(text, field, entry));
        length.max(members)
    }

    /// Returns the length in bytes of the longest note that begins at the end of a range, in any form and colour, for a
    /// code that ends the range; `None` where no note begins there. Tries each code that the digits before could be,
    /// because the text does not show how many of them belong to the code, nor if a `-` does.
    pub(crate) fn longest_behind_code(
        &self,
        codes: &CodeIndex,
        text: &[u8],
        range: Range<usize>,
    ) -> Option<usize> {
        if range.is_empty() {
            return None;
        }
        let found = scanner::codes_before(text, range.end).filter(|(digits, _)| digits.start >= range.start);
        let lengths = found.filter_map(|(digits, code)| {
            let field = FoundField::new(digits.start, digits.end, code, codes.position(code), Checks::NONE);
            self.length_behind_field(text, &field, field.entry?)
        });
        lengths.max()
    }

    /// Returns the length in bytes of the note of an entry, in a form of text, that `rest` begins with; `None` where
    /// `rest` does not begin with it, or the note is empty.
    fn length_of_text(&self, entry: usize, rest: &[u8]) -> Option<usize> {
        let plain = self.length_at(entry, rest);
        let length_of = |text: &[u8]| rest.starts_with(text).then_some(text.len());
        let xml = self.fitting.as_ref().and_then(|fitting| {
            length_of(fitting.xml_text().get(entry)).max(length_of(fitting.escaped_xml_text().get(entry)))
        });
        plain.max(xml).filter(|&length| length > 0)
    }

    /// Calls `on_place` with each place in a range of a text where a note could begin. The places come in no order, and
    /// one may come several times.
    pub(crate) fn for_each_beginning(
        &self,
        text: &[u8],
        range: Range<usize>,
        mut on_place: impl FnMut(usize),
    ) {
        if let Some(fitting) = &self.fitting {
            fitting.members.for_each_beginning(text, range.clone(), &mut on_place);
            if fitting.xml_beginning.needle() != self.beginning.needle() {
                for_each_occurrence(&fitting.xml_beginning, text, range.clone(), &mut on_place);
            }
        }
        if self.beginning.needle().is_empty() {
            return;
        }
        for_each_occurrence(&self.beginning, text, range.clone(), &mut on_place);
        let with_lead = range.start..text.len().min(range.end + self.lead);
        for escape in memchr_iter(ESCAPE, &text[with_lead]).map(|at| range.start + at) {
            let places = [Some(escape), escape.checked_sub(self.lead)];
            places.into_iter().flatten().filter(|place| range.contains(place)).for_each(&mut on_place);
        }
    }
}

impl FittingNotes {
    /// Returns the length in bytes of the members that stand behind a field; `None` where none do.
    fn length_of_members_behind(&self, text: &[u8], field: &FoundField, entry: usize) -> Option<usize> {
        let (key, syntax) = if scanner::code_of(&text[field.start..field.end]).is_some() {
            // A pattern found the code.
            let name = ValueName::of_code(text, field.start)?;
            (name.key(text), name.syntax())
        } else {
            let (_, key) = key_of(field, text);
            (&text[key.clone()], keyed_syntax(&text[key.end..field.end])?)
        };
        let length = |syntax| self.members.length_at(syntax, entry, key, &text[field.end..]);
        match syntax {
            Syntax::Json(_) => length(syntax),
            _ => Syntax::PAIRS.into_iter().filter_map(length).max(),
        }
    }
}

/// Calls `on_place` with each place in a range of a text where an occurrence begins. Occurrences may overlap.
fn for_each_occurrence(
    finder: &memmem::Finder<'_>,
    text: &[u8],
    range: Range<usize>,
    mut on_place: impl FnMut(usize),
) {
    let end = text.len().min(range.end + finder.needle().len().saturating_sub(1));
    let mut from = range.start;
    while let Some(found) = finder.find(&text[from..end]) {
        on_place(from + found);
        from += found + 1;
    }
}
