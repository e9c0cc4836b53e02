//! Notes: what is written behind a field, rendered once for each entry of the catalog.

mod members;
mod template;
mod texts;

pub(crate) use members::{fit_form, form_of};
pub use template::{Template, TemplateError};

use crate::catalog::{Catalog, Entry, Language, Severity};
use crate::collector::CHUNK_BYTES;
use crate::field::Field;
use crate::line_color::LineColor;
use members::{MemberNotes, length_of_pieces, write_pieces};
use memchr::{memchr_iter, memmem};
use std::io::{self, Write};
use std::ops::Range;
use texts::Texts;

/// Ends all colours and styles.
pub(crate) const RESET: &[u8] = b"\x1b[0m";

const ESCAPE: u8 = RESET[0];

/// What may stand before the colour of a note.
const BLANKS: [char; 2] = [' ', '\t'];

/// What notes are to be like.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoteStyle {
    pub(crate) template: Template,
    pub(crate) language: Language,
    /// Whether they are fields in the line's own syntax, where it has one.
    pub(crate) as_fields: bool,
}

/// The notes of a catalog, as bytes.
#[derive(Clone, Debug)]
pub(crate) struct Notes {
    plain: Texts,
    severities: Vec<Severity>,
    /// The sequence that begins the colour of each severity; [`RESET`] ends it.
    colors: [String; Severity::ALL.len()],
    members: Option<MemberNotes>,
    /// How many blanks stand before the colour.
    lead: usize,
    /// The first two bytes of each, if all are text that begins with the same.
    first: Option<[u8; 2]>,
    /// Finds what each begins with.
    beginning: memmem::Finder<'static>,
}

impl Notes {
    pub(crate) fn new(catalog: &Catalog, style: &NoteStyle) -> Self {
        let mut plain = Texts::default();
        // Within a JSON string a note must not end it.
        let harmless = |text: &str| text.replace('"', "'").replace('\\', "/");
        let beginning = style.template.beginning();
        let beginning = if style.as_fields { harmless(beginning) } else { beginning.to_owned() };
        let lead = beginning.len() - beginning.trim_start_matches(BLANKS).len();
        let mut note = String::new();
        for entry in catalog.entries() {
            note.clear();
            style.template.render(entry, style.language, &mut note);
            if style.as_fields {
                note = harmless(&note);
            }
            plain.push(&note);
        }
        plain.pad(CHUNK_BYTES);
        let severities = catalog.entries().iter().map(Entry::severity).collect();
        let colors = Severity::ALL.map(|severity| format!("\x1b[{}m", severity.color()));
        let members = style.as_fields.then(|| MemberNotes::new(catalog, style.language));
        let first = beginning.as_bytes().first_chunk().copied().filter(|_| !style.as_fields);
        let beginning = memmem::Finder::new(&beginning).into_owned();
        Self { plain, severities, colors, members, lead, first, beginning }
    }

    /// Whether the form of a note depends on how its field is written.
    #[inline]
    pub(crate) fn have_forms(&self) -> bool {
        self.members.is_some()
    }

    /// Whether a text could begin with a note. Nearly always the first two bytes say no.
    #[inline(always)]
    pub(crate) fn could_begin(&self, text: &[u8]) -> bool {
        match (self.first, text.first_chunk::<2>()) {
            // With more than one blank before the colour, these come first there, too.
            (Some(first), Some(found)) => *found == first || found.contains(&ESCAPE),
            _ => true,
        }
    }

    /// The note of an entry as it is, whatever the line is like: where it stands in a text.
    #[inline(always)]
    pub(crate) fn plain(&self, entry: usize) -> (&[u8], Range<usize>) {
        self.plain.place(entry)
    }

    /// Whether the note of a field stands behind it already, in colour or not; if so, how long it is there.
    pub(crate) fn length_behind(&self, field: &Field, entry: usize, window: &[u8]) -> Option<usize> {
        let rest = &window[field.end..];
        if let Some(pieces) = self.pieces(field, entry, window) {
            return length_of_pieces(pieces, rest);
        }
        self.length_at(entry, rest)
    }

    /// Whether a text begins with the note of an entry, in colour or not; if so, how long it is there.
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

    /// Writes the note of a field, in colour if the line's own is given: then that neither tints the note nor is
    /// lost behind it.
    pub(crate) fn write(
        &self,
        field: &Field,
        entry: usize,
        window: &[u8],
        color: Option<&LineColor>,
        wtr: &mut impl Write,
    ) -> io::Result<()> {
        if let Some(pieces) = self.pieces(field, entry, window) {
            return write_pieces(pieces, wtr);
        }
        match color {
            None => wtr.write_all(self.plain.get(entry)),
            Some(color) => self.write_colored(entry, color, wtr),
        }
    }

    /// The pieces of a note in colour: blanks, the colour, the text, the end of the colour.
    fn colored(&self, entry: usize) -> [&[u8]; 4] {
        let (blanks, text) = self.plain.get(entry).split_at(self.lead);
        if text.is_empty() {
            return [blanks, b"", b"", b""];
        }
        [blanks, self.colors[self.severities[entry] as usize].as_bytes(), text, RESET]
    }

    fn write_colored(&self, entry: usize, line: &LineColor, wtr: &mut impl Write) -> io::Result<()> {
        let restoring = line.restoring_sequence().filter(|_| !self.plain.get(entry).is_empty());
        if restoring.is_some() {
            wtr.write_all(RESET)?;
        }
        self.colored(entry).into_iter().try_for_each(|piece| wtr.write_all(piece))?;
        restoring.map_or(Ok(()), |sequence| wtr.write_all(&sequence))
    }

    fn pieces<'a>(&'a self, field: &Field, entry: usize, window: &'a [u8]) -> Option<[&'a [u8]; 5]> {
        self.members.as_ref()?.pieces(field.form, entry, window, field)
    }

    /// Whether a text begins with the note of an entry, in whatever form it is; if so, how long it is there.
    pub(crate) fn length_in_any_form(&self, entry: usize, text: &[u8]) -> Option<usize> {
        let members = self.members.as_ref().and_then(|members| members.length_at(entry, text));
        members.or_else(|| self.length_at(entry, text))
    }

    /// Calls `on_place` with each place where a note could begin, in no order, perhaps several times.
    pub(crate) fn for_each_beginning(&self, text: &[u8], mut on_place: impl FnMut(usize)) {
        if let Some(members) = &self.members {
            members.for_each_beginning(text, &mut on_place);
        }
        if self.beginning.needle().is_empty() {
            return;
        }
        self.beginning.find_iter(text).for_each(&mut on_place);
        for escape in memchr_iter(ESCAPE, text) {
            on_place(escape);
            if let Some(place) = escape.checked_sub(self.lead) {
                on_place(place);
            }
        }
    }

    /// The most bytes that a note has, with what may stand around it.
    pub(crate) fn max_length(&self) -> usize {
        let text = RESET.len()
            + self.colors.iter().map(String::len).max().unwrap_or(0)
            + self.plain.longest()
            + RESET.len();
        text.max(self.members.as_ref().map_or(0, MemberNotes::longest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(template: &str) -> Notes {
        let template = Template::parse(template).unwrap();
        Notes::new(&Catalog::builtin(), &NoteStyle { template, ..NoteStyle::default() })
    }

    fn entry(code: i32) -> usize {
        Catalog::builtin().index().position(code).unwrap()
    }

    #[test]
    fn severity_gives_the_color() {
        let notes = notes(" ({category}: {message})");
        let texts = |code: i32| {
            let entry = entry(code);
            [notes.plain.get(entry).to_vec(), notes.colored(entry).concat()]
                .map(|text| String::from_utf8(text).unwrap())
        };
        assert_eq!(texts(1), [" (success: success)", " \x1b[32m(success: success)\x1b[0m"]);
        assert_eq!(
            texts(5),
            [" (action: need google authcode)", " \x1b[33m(action: need google authcode)\x1b[0m"]
        );
        assert_eq!(
            texts(-204),
            [" (auth: user session is failure!)", " \x1b[31m(auth: user session is failure!)\x1b[0m"]
        );
    }

    #[test]
    fn a_note_that_is_there_is_known_in_each_form() {
        let text = "(auth: user session is failure!)";
        for lead in ["", " ", " \t "] {
            let notes = notes(&format!("{lead}({{category}}: {{message}})"));
            let plain = format!("{lead}{text}").into_bytes();
            let colored = format!("{lead}\x1b[31m{text}\x1b[0m").into_bytes();
            let on_colored_line = [RESET, &colored].concat();
            for form in [&plain, &colored, &on_colored_line] {
                let length = |rest: &[u8]| notes.length_at(entry(-204), rest);
                assert_eq!(length(form), Some(form.len()));
                assert_eq!(length(&[form, &b" x"[..]].concat()), Some(form.len()));
                assert_eq!(length(&form[..form.len() - 1]), None);
                assert_eq!(length(&[b" ", &form[..]].concat()), None);
                assert!(form.len() <= notes.max_length());
            }
            assert_eq!(notes.length_at(entry(-204), b""), None);
            assert_eq!(notes.length_at(entry(-204), b" (auth: user session is error!)"), None);
        }
    }

    #[test]
    fn a_note_of_no_or_one_byte_is_there_or_not() {
        assert_eq!(notes("").length_at(entry(-204), b""), Some(0));
        assert_eq!(notes("").length_at(entry(-204), b"\x1b[0m"), Some(0));
        assert_eq!(notes("!").length_at(entry(-204), b""), None);
        assert_eq!(notes("!").length_at(entry(-204), b"!"), Some(1));
        assert_eq!(notes("!").length_at(entry(-204), b"\x1b[31m!\x1b[0m"), Some(10));
        assert_eq!(notes(" ").length_at(entry(-204), b" x"), Some(1));
    }
}
