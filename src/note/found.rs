//! Finds the notes that a text has already, in any form and colour.

use super::name::ValueName;
use super::{ESCAPE, FittingNotes, Notes, RESET, key_of, members};
use crate::catalog::CodeIndex;
use crate::field::{FoundField, Members, NoteForm};
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
            || fitting
                .is_some_and(|fitting| begins(fitting.xml_beginning.needle()) || members::could_begin(text))
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
        let skipped = if rest.starts_with(RESET) { RESET.len() } else { 0 };
        let found =
            self.colored(entry).iter().try_fold(&rest[skipped..], |rest, piece| rest.strip_prefix(*piece))?;
        Some(rest.len() - found.len())
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
            (Some(fitting), NoteForm::XmlText) => begins(fitting.xml_text.get(entry)),
            _ => {
                let colored = self.colored(entry).concat();
                begins(self.plain.get(entry)) || begins(&colored) || begins(&[RESET, &colored].concat())
            }
        }
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
        self.lengths_behind_code(codes, text, range).map(|(_, length)| length).max()
    }

    /// Returns the length in bytes of the note of an entry that stands behind a field, in any form and colour; of
    /// several that match, the longest. `None` where there is none.
    pub(crate) fn length_behind_code(
        &self,
        codes: &CodeIndex,
        text: &[u8],
        field: Range<usize>,
        entry: usize,
    ) -> Option<usize> {
        let lengths = self.lengths_behind_code(codes, text, field);
        lengths.filter(|&(found, _)| found == entry).map(|(_, length)| length).max()
    }

    /// Returns true if the note of the entry begins at `place`, for a code right before `place`.
    pub(crate) fn is_behind_code(&self, codes: &CodeIndex, text: &[u8], place: usize, entry: usize) -> bool {
        self.lengths_behind_code(codes, text, 0..place).any(|(found, _)| found == entry)
    }

    /// Returns the entries whose notes begin at the end of a range, each with the length of its note in bytes.
    fn lengths_behind_code<'a>(
        &'a self,
        codes: &'a CodeIndex,
        text: &'a [u8],
        range: Range<usize>,
    ) -> impl Iterator<Item = (usize, usize)> + 'a {
        let place = range.end;
        let found = scanner::codes_before(text, place).filter(move |(digits, _)| digits.start >= range.start);
        found.filter_map(move |(digits, code)| {
            let entry = codes.position(code)?;
            let plain = self.length_at(entry, &text[place..]);
            let fitting = self.fitting.as_ref();
            let length =
                plain.max(fitting.and_then(|fitting| fitting.length_behind(entry, text, digits, place)));
            Some((entry, length.filter(|&length| length > 0)?))
        })
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
    /// Returns the length in bytes of the note of an entry that begins at `place`, behind the digits of the code and a
    /// quote or bracket that closes the field. `None` where the text has none there.
    fn length_behind(&self, entry: usize, text: &[u8], digits: Range<usize>, place: usize) -> Option<usize> {
        let behind = &text[place..];
        let xml = self.xml_text.get(entry);
        let xml = behind.starts_with(xml).then_some(xml.len());
        let members = ValueName::of_code(text, digits.start, &text[digits.end..place]).and_then(|name| {
            let lengths = name
                .syntaxes()
                .iter()
                .filter_map(|&syntax| self.members.length_at(syntax, entry, name.key(text), behind));
            lengths.max()
        });
        members.max(xml)
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
