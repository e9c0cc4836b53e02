//! The builder of annotators: what can be chosen, and what it comes to.

use crate::annotator::Annotator;
use crate::catalog::{Catalog, Language};
use crate::engine::PartAnnotator;
use crate::lines::{LineRules, Lines};
use crate::note::{NoteStyle, Notes, Template};
use crate::pattern::{Pattern, PatternScanner};
use crate::scanner::{Keys, Scanner};
use crate::stream::{LineChoice, WINDOW_BYTES, Writing};

/// Options of an [`Annotator`], to be chosen one by one. [`Annotator::builder`] makes it.
#[derive(Clone, Debug)]
#[must_use]
pub struct AnnotatorBuilder {
    strict: bool,
    color: bool,
    unknown: bool,
    lines: Option<Lines>,
    quiet: bool,
    catalog: Option<Catalog>,
    keys: Keys,
    patterns: Vec<Pattern>,
    style: NoteStyle,
    strip: bool,
    window_bytes: usize,
}

impl AnnotatorBuilder {
    /// For logs that other programs write into too: a positive code counts only under `ret` or `iret`, or
    /// where its key has a quote behind it.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Notes in colour: green for success, yellow for action, red for error. Where the line has a colour of
    /// its own, that is in force again behind the note.
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// Also finds negative codes that the catalog lacks: for observers, and for selectors of lines. They get no
    /// note.
    pub fn unknown(mut self, unknown: bool) -> Self {
        self.unknown = unknown;
        self
    }

    /// Writes chosen or numbered lines instead of all lines as they are.
    pub fn lines(mut self, lines: Lines) -> Self {
        self.lines = Some(lines);
        self
    }

    /// Writes nothing, and only tells the observer.
    pub fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    /// The size of the buffer that a stream is read into, in bytes; it is raised to what the rules need.
    /// The output does not depend on it.
    pub fn window_bytes(mut self, window_bytes: usize) -> Self {
        self.window_bytes = window_bytes;
        self
    }

    /// The catalog to annotate from, in place of the built-in one.
    pub fn catalog(mut self, catalog: Catalog) -> Self {
        self.catalog = Some(catalog);
        self
    }

    /// The keys that a field can have, in place of iMSDK's.
    pub fn keys(mut self, keys: Keys) -> Self {
        self.keys = keys;
        self
    }

    /// Patterns for codes that no key stands before.
    pub fn patterns(mut self, patterns: Vec<Pattern>) -> Self {
        self.patterns = patterns;
        self
    }

    /// What notes say, in place of ` ({category}: {message})`.
    pub fn note(mut self, template: Template) -> Self {
        self.style.template = template;
        self
    }

    /// The language of the categories and messages in notes.
    pub fn language(mut self, language: Language) -> Self {
        self.style.language = language;
        self
    }

    /// Notes as fields in the syntax of the line, without colour: members of the JSON object where the key is in double
    /// quotes, `key=value` where the field is. Elsewhere they say what they would without, and have neither double
    /// quotes nor backslashes: JSON that was valid stays valid.
    ///
    /// ```
    /// use imsdk_annotate::Annotator;
    ///
    /// let annotator = Annotator::builder().as_fields(true).build();
    /// assert_eq!(
    ///     annotator.annotate(br#"{"ret":-1}"#),
    ///     br#"{"ret":-1,"ret_category":"general","ret_message":"failure"}"#,
    /// );
    /// ```
    pub fn as_fields(mut self, as_fields: bool) -> Self {
        self.style.as_fields = as_fields;
        self
    }

    /// Takes notes out in place of writing them: those that an annotator with otherwise the same options writes, in
    /// colour or not.
    pub fn strip(mut self, strip: bool) -> Self {
        self.strip = strip;
        self
    }

    /// The annotator.
    pub fn build(self) -> Annotator {
        let catalog = self.catalog.unwrap_or_default();
        let notes = Notes::new(&catalog, &self.style);
        let written = match self.lines {
            _ if self.quiet => LineChoice::Nothing,
            Some(lines) => LineChoice::Lines(LineRules::new(lines, &catalog)),
            None => LineChoice::All,
        };
        let scanner = Scanner::new(catalog.index().clone(), &self.keys, self.strict, self.unknown);
        // A sequence of colour is nothing that the syntax of a line has.
        let color = self.color && !self.style.as_fields;
        let patterns = PatternScanner::new(self.patterns, catalog.index().clone(), self.unknown);
        let notes = PartAnnotator::new(scanner, patterns, notes, color, self.strip);
        Annotator { writing: Writing { catalog, notes, written }, window_bytes: self.window_bytes }
    }
}

impl Default for AnnotatorBuilder {
    /// The options of [`Annotator::new`].
    fn default() -> Self {
        Self {
            strict: false,
            color: false,
            unknown: false,
            lines: None,
            quiet: false,
            catalog: None,
            keys: Keys::default(),
            patterns: Vec::new(),
            style: NoteStyle::default(),
            strip: false,
            window_bytes: WINDOW_BYTES,
        }
    }
}
