//! Notes: the text that is written behind a field, rendered once for each entry of the catalog.

mod charset;
mod form;
mod found;
mod json_quote;
mod line_members;
mod line_objects;
mod members;
mod name;
mod style;
mod template;
mod text_forms;
mod texts;
mod written_quotes;

pub(crate) use charset::Charset;
pub(crate) use form::FormFinder;
pub(crate) use style::NoteStyle;
pub use template::{Template, TemplateError};

pub(crate) use crate::colors::RESET;

use crate::buffer::{CHUNK_BYTES, Sink};
use crate::catalog::{Catalog, Entry, Severity};
use crate::field::{FoundField, NoteForm};
use crate::line::color::{self, LineColor};
use crate::scanner;
use members::MemberNotes;
use memchr::memmem;
use std::io;
use std::ops::Range;
use std::sync::OnceLock;
use text_forms::{harmless, xml};
use texts::Texts;

const ESCAPE: u8 = RESET[0];

/// The characters that may stand before the colour of a note.
const BLANKS: [char; 2] = [' ', '\t'];

/// Notes that fit into the syntax of the line. Each form is rendered when it is first asked for.
#[derive(Clone, Debug)]
struct FittingNotes {
    members: MemberNotes,
    /// The notes as the template has them, in UTF-8.
    rendered: Texts,
    /// The encoding of the notes.
    charset: Charset,
    /// The notes in the form [`NoteForm::XmlText`].
    xml_text: OnceLock<Texts>,
    /// The notes in the form [`NoteForm::EscapedXmlText`].
    escaped_xml_text: OnceLock<Texts>,
    /// Finds the text that begins each of `xml_text`.
    xml_beginning: memmem::Finder<'static>,
    /// The text that begins each of `escaped_xml_text`.
    escaped_xml_beginning: Vec<u8>,
}

/// The most bytes that [`xml`] makes of one byte, applied twice: `&amp;quot;`.
const XML_BYTES_MAX: usize = 10;

/// The notes of a catalog, as bytes. The number of a note is the number of its entry.
#[derive(Clone, Debug)]
pub(crate) struct Notes {
    #[cfg_attr(not(feature = "cli"), expect(dead_code, reason = "the program alone changes the encoding"))]
    style: NoteStyle,
    plain: Texts,
    /// The notes in colour, as they are in a line that has no colour where they stand; `None` if notes have no colour.
    colored: Option<Texts>,
    severities: Vec<Severity>,
    /// The sequence that begins the colour of each severity, empty where it has none; [`RESET`] ends it.
    colors: [String; Severity::ALL.len()],
    fitting: Option<FittingNotes>,
    /// The number of blanks before the colour.
    lead: usize,
    /// The first two bytes of each note, if all notes are text that begins alike.
    first: Option<[u8; 2]>,
    /// Finds the text that begins each note.
    beginning: memmem::Finder<'static>,
    /// True if a note ends in a character that is not ASCII, perhaps with a digit behind it.
    end_open: bool,
}

impl Notes {
    pub(crate) fn new(catalog: &Catalog, style: &NoteStyle) -> Self {
        let mut plain = Texts::default();
        let beginning = style.template.beginning();
        let xml_beginning = xml(beginning);
        let beginning = if style.as_fields { harmless(beginning) } else { beginning.to_owned() };
        let lead = beginning.len() - beginning.trim_start_matches(BLANKS).len();
        let beginning = style.charset.encoded(&beginning);
        let (mut note, mut rendered) = (String::new(), Texts::default());
        let ends_open = |text: &str| {
            let text = text.strip_suffix(|char: char| char.is_ascii_digit()).unwrap_or(text);
            text.chars().next_back().is_some_and(|last| !last.is_ascii())
        };
        let mut end_open = false;
        for entry in catalog.entries() {
            note.clear();
            style.render(entry, &mut note);
            if style.as_fields {
                rendered.push(&note, Charset::default());
                // The category ends a note of one member.
                end_open |= ends_open(&entry.category().name_in(style.language));
                note = harmless(&note);
            }
            end_open |= ends_open(&note);
            plain.push(&note, style.charset);
        }
        plain.pad(CHUNK_BYTES);
        let severities = catalog.entries().iter().map(Entry::severity).collect();
        let colors = Severity::ALL.map(|severity| style.colors.sequence(severity));
        let fitting = style.as_fields.then(|| FittingNotes {
            members: MemberNotes::new(catalog, style),
            rendered,
            charset: style.charset,
            xml_text: OnceLock::new(),
            escaped_xml_text: OnceLock::new(),
            escaped_xml_beginning: style.charset.encoded(&xml(&xml_beginning)),
            xml_beginning: memmem::Finder::new(&style.charset.encoded(&xml_beginning)).into_owned(),
        });
        let first = beginning.first_chunk().copied().filter(|_| !style.as_fields);
        let beginning = memmem::Finder::new(&beginning).into_owned();
        let mut notes = Self {
            style: style.clone(),
            plain,
            colored: None,
            severities,
            colors,
            fitting,
            lead,
            first,
            beginning,
            end_open,
        };
        notes.colored = style.in_color.then(|| notes.all_colored());
        notes
    }

    /// Returns the notes of all entries in colour, for lines that have no colour where they stand.
    fn all_colored(&self) -> Texts {
        let mut colored = Texts::default();
        for entry in 0..self.severities.len() {
            colored.push_with(|bytes| {
                self.colored_pieces(entry, b"").iter().for_each(|piece| bytes.extend_from_slice(piece))
            });
        }
        colored.pad(CHUNK_BYTES);
        colored
    }

    /// Returns the notes of the same catalog in another encoding.
    #[cfg(feature = "cli")]
    pub(crate) fn with_charset(&self, catalog: &Catalog, charset: Charset) -> Self {
        Self::new(catalog, &NoteStyle { charset, ..self.style.clone() })
    }

    /// Returns true if all notes are ASCII, and so the same in each encoding.
    #[cfg(feature = "cli")]
    pub(crate) fn are_ascii(&self) -> bool {
        let fitting = |fitting: &FittingNotes| fitting.members.are_ascii() && fitting.rendered.are_ascii();
        self.plain.are_ascii() && self.fitting.as_ref().is_none_or(fitting)
    }

    /// Returns true if the form of a note depends on the way its field is written.
    #[inline]
    pub(crate) fn have_forms(&self) -> bool {
        self.fitting.is_some()
    }

    /// Returns true if a note ends in a character that is not ASCII, perhaps with a digit behind it, as a character of four
    /// bytes in GB18030 does. Bytes behind it may be read together with it.
    #[inline]
    pub(crate) fn end_open(&self) -> bool {
        self.end_open
    }

    /// Returns true if a text could begin with a note. The first two bytes nearly always rule it out.
    #[inline(always)]
    pub(crate) fn could_begin(&self, text: &[u8]) -> bool {
        match (self.first, text.first_chunk::<2>()) {
            // Two blanks come first in a note with colour, too, if more than one blank stands before the colour.
            // Three comparisons: `contains` would be a loop here.
            (Some(first), Some(&[a, b])) => ([a, b] == first) | (a == ESCAPE) | (b == ESCAPE),
            _ => true,
        }
    }

    /// Returns true if notes are in colour.
    #[inline]
    pub(crate) fn in_color(&self) -> bool {
        self.colored.is_some()
    }

    /// Returns the note of an entry as text, in colour if notes are, for a line that has no colour where the note
    /// stands: the range of a longer text.
    #[inline(always)]
    pub(crate) fn ready(&self, entry: usize) -> (&[u8], Range<usize>) {
        self.colored.as_ref().unwrap_or(&self.plain).place(entry)
    }

    /// Writes the note of a field. `color` are the colours in force in the line: where notes are in colour, they neither tint
    /// the note nor are lost behind it.
    // Inlined, so that its copies are compiled with the instructions of the caller's level.
    #[inline(always)]
    pub(crate) fn write<'t>(
        &'t self,
        field: &FoundField,
        entry: usize,
        window: &'t [u8],
        color: &LineColor,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        match (&self.fitting, field.form) {
            (Some(fitting), NoteForm::Members(syntax)) => {
                let pieces = fitting.members.pieces(syntax, field.members, entry, key_of(field, window));
                return pieces.into_iter().try_for_each(|(longer, piece)| wtr.copy_note(longer, piece));
            }
            (_, NoteForm::Nothing) => return Ok(()),
            _ => {}
        }
        if self.in_color() {
            return self.write_colored(entry, color, wtr);
        }
        let (texts, text) = self.text(field.form, entry);
        wtr.copy_note(texts, text)
    }

    /// Returns the note of an entry in a form that is text: the range of a longer text.
    fn text(&self, form: NoteForm, entry: usize) -> (&[u8], Range<usize>) {
        match (&self.fitting, form) {
            (Some(fitting), NoteForm::XmlText) => fitting.xml_text().place(entry),
            (Some(fitting), NoteForm::EscapedXmlText) => fitting.escaped_xml_text().place(entry),
            _ => self.plain.place(entry),
        }
    }

    /// Returns the end of the note of a field as it is without colour: its last member, or all of its text.
    pub(crate) fn end_of_note(&self, field: &FoundField, entry: usize) -> &[u8] {
        let (texts, end) = match (&self.fitting, field.form) {
            (_, NoteForm::Nothing) => (&b""[..], 0..0),
            (Some(fitting), NoteForm::Members(syntax)) => {
                let pieces = fitting.members.pieces(syntax, field.members, entry, (b"", 0..0));
                pieces.into_iter().rfind(|(_, piece)| !piece.is_empty()).unwrap_or((b"", 0..0))
            }
            (_, form) => self.text(form, entry),
        };
        &texts[end]
    }

    /// Returns the blanks that stand before the colour of a note, and the text behind them.
    fn halves(&self, entry: usize) -> (&[u8], &[u8]) {
        self.plain.get(entry).split_at(self.lead)
    }

    /// Writes a note in colour: blanks, the beginning of the colour, the text, the end of the colour. Where the line has a
    /// colour, it ends before the note and is set again behind it.
    #[inline(never)]
    fn write_colored<'t>(
        &'t self,
        entry: usize,
        line: &LineColor,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        match line.restoring_sequence().filter(|_| !self.plain.get(entry).is_empty()) {
            Some(restoring) => {
                self.colored_pieces(entry, &restoring).into_iter().try_for_each(|piece| wtr.write_all(piece))
            }
            None => {
                let (texts, text) = self.ready(entry);
                wtr.copy_note(texts, text)
            }
        }
    }

    /// Returns the parts of a note in colour. `restoring` is the sequence that sets the colours of the line again; empty
    /// where the line has none.
    fn colored_pieces<'a>(&'a self, entry: usize, restoring: &'a [u8]) -> [&'a [u8]; 6] {
        let (blanks, text) = self.halves(entry);
        let color =
            if text.is_empty() { b"" } else { self.colors[self.severities[entry] as usize].as_bytes() };
        let is_colored = !color.is_empty() || !restoring.is_empty();
        let is_ended = is_colored && !text.is_empty();
        let end = if is_ended { RESET } else { b"" };
        [if restoring.is_empty() { b"" } else { RESET }, blanks, color, text, end, restoring]
    }

    /// Returns an upper bound of the length of a note, in bytes, with the sequences for any colour.
    pub(crate) fn max_length(&self) -> usize {
        let text = RESET.len() + color::SEQUENCE_MAX_BYTES + self.plain.longest() + RESET.len();
        let fitting = |fitting: &FittingNotes| {
            fitting.members.longest().max(XML_BYTES_MAX * fitting.rendered.longest())
        };
        text.max(self.fitting.as_ref().map_or(0, fitting))
    }
}

impl FittingNotes {
    fn xml_text(&self) -> &Texts {
        self.xml_text.get_or_init(|| self.rendered.map(xml, self.charset))
    }

    fn escaped_xml_text(&self) -> &Texts {
        self.escaped_xml_text.get_or_init(|| self.rendered.map(|note| xml(&xml(note)), self.charset))
    }
}

/// Returns the key with which the names of a field's members begin, as a range of the text.
fn key_of<'t>(field: &FoundField, text: &'t [u8]) -> (&'t [u8], Range<usize>) {
    let start = field.name_start();
    (text, start..start + scanner::identifier_length(&text[start..field.end]))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(template: &str) -> Notes {
        let template = Template::parse(template).unwrap();
        Notes::new(&Catalog::builtin(), &NoteStyle { template, in_color: true, ..NoteStyle::default() })
    }

    fn entry(code: i32) -> usize {
        Catalog::builtin().index().position(code).unwrap()
    }

    #[test]
    fn severity_gives_the_color() {
        let notes = notes(" ({category}: {message})");
        let texts = |code: i32| {
            let entry = entry(code);
            let mut colored = Vec::new();
            notes.write_colored(entry, &LineColor::default(), &mut colored).unwrap();
            [notes.plain.get(entry).to_vec(), colored].map(|text| String::from_utf8(text).unwrap())
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
            let of_other_color = format!("{lead}\x1b[1;2;3;4;38;2;255;175;100m{text}\x1b[0m").into_bytes();
            let on_colored_line = [RESET, &colored].concat();
            let without_color = format!("\x1b[0m{lead}{text}\x1b[0m").into_bytes();
            for form in [&plain, &colored, &of_other_color, &on_colored_line, &without_color] {
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
