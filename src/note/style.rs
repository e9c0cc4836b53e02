//! The options for notes, and the language that each note can be written in.

use super::charset::Charset;
use super::template::Template;
use crate::catalog::{Entry, Language};
use crate::colors::SeverityColors;

/// The options for the notes of a catalog.
#[derive(Clone, Debug, Default)]
pub(crate) struct NoteStyle {
    pub(crate) template: Template,
    pub(crate) language: Language,
    /// True if notes are fields in the line's own syntax, where it has one.
    pub(crate) as_fields: bool,
    /// The encoding of the notes.
    pub(crate) charset: Charset,
    /// True if notes are in colour.
    pub(crate) in_color: bool,
    /// The colours of notes, where they are in colour.
    pub(crate) colors: SeverityColors,
}

impl NoteStyle {
    /// Returns the language of the note of an entry: English, where the encoding lacks a character of the category or
    /// the message in the chosen language.
    pub(super) fn language_of(&self, entry: &Entry) -> Language {
        let has = |text: &str| self.charset.has(text);
        let can_be_written = self.language == Language::English
            || has(&entry.category().name_in(self.language)) && has(&entry.message_in(self.language));
        if can_be_written { self.language } else { Language::English }
    }

    /// Appends the note of an entry to `note`. An explanation of which the encoding lacks a character gives way to the
    /// message.
    pub(super) fn render(&self, entry: &Entry, note: &mut String) {
        let language = self.language_of(entry);
        let message = entry.message_in(language);
        let explanation = if self.charset.has(entry.explanation()) { entry.explanation() } else { &message };
        self.template.render(entry, language, &message, explanation, note);
    }
}
