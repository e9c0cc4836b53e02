//! The builder of annotators: the options, and the annotator that they make.

use crate::annotator::Annotator;
use crate::catalog::{Catalog, Language};
use crate::colors::SeverityColors;
use crate::engine::PartAnnotator;
use crate::lines::{LineRules, Lines};
use crate::note::{NoteStyle, Notes, Template};
use crate::pattern::{Pattern, PatternScanner};
use crate::scanner::{Keys, Scanner};
use crate::stream::{LineChoice, WINDOW_BYTES, Writing};
use crate::time::TimeBounds;

/// The options of an [`Annotator`], each set by a method. [`Annotator::builder`] returns a builder.
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
    times: Option<TimeBounds>,
    window_bytes: usize,
}

impl Annotator {
    /// Returns a builder of annotators, with the options of [`Annotator::new`] to begin with.
    ///
    /// ```
    /// use imsdk_annotate::Annotator;
    ///
    /// let strict = Annotator::builder().strict(true).build();
    /// assert_eq!(strict.annotate(b"code=5"), b"code=5");
    /// ```
    pub fn builder() -> AnnotatorBuilder {
        AnnotatorBuilder::default()
    }
}

impl AnnotatorBuilder {
    /// Finds positive codes only under `ret` and `iret`, or where the key has a quote behind it. This is for logs that
    /// other programs write into, too.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Writes notes in colour: green for success, yellow for action, red for error, or as
    /// [`colors`](AnnotatorBuilder::colors) says. Where the line has a colour of its
    /// own, this colour is set again behind the note.
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// Sets the colours of the severities, in place of green, yellow and red. They have an effect only where notes are
    /// written [in colour](AnnotatorBuilder::color).
    pub fn colors(mut self, colors: SeverityColors) -> Self {
        self.style.colors = colors;
        self
    }

    /// Finds negative codes that the catalog lacks as well, for observers and for selectors of lines. Such codes get no
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

    /// Leaves out lines outside these bounds of time: they are neither written nor searched. A line without a time belongs
    /// to the last line with one before it; the lines before the first time are left out if the window has a beginning. A
    /// last line without a newline gets one. With `None`, lines of all times are there.
    pub fn times(mut self, times: impl Into<Option<TimeBounds>>) -> Self {
        self.times = times.into();
        self
    }

    /// Writes nothing, and only passes the parts of the stream to the observer.
    pub fn quiet(mut self, quiet: bool) -> Self {
        self.quiet = quiet;
        self
    }

    /// Sets the size of the buffer that a stream is read into, in bytes. A size that is too small for the other options
    /// is raised. The output does not depend on the size.
    pub fn window_bytes(mut self, window_bytes: usize) -> Self {
        self.window_bytes = window_bytes;
        self
    }

    /// Sets the catalog that codes are looked up in, in place of the built-in catalog.
    pub fn catalog(mut self, catalog: Catalog) -> Self {
        self.catalog = Some(catalog);
        self
    }

    /// Sets the keys that a field can have, in place of iMSDK's keys.
    pub fn keys(mut self, keys: Keys) -> Self {
        self.keys = keys;
        self
    }

    /// Sets patterns, which find codes that no key stands before.
    pub fn patterns(mut self, patterns: Vec<Pattern>) -> Self {
        self.patterns = patterns;
        self
    }

    /// Sets the template of the notes, in place of ` ({category}: {message})`.
    pub fn note(mut self, template: Template) -> Self {
        self.style.template = template;
        self
    }

    /// Sets the language of the categories and messages in notes.
    pub fn language(mut self, language: Language) -> Self {
        self.style.language = language;
        self
    }

    /// Writes notes as fields in the syntax of the line, without colour: members of the JSON object where the key is in
    /// double quotes, `key=value` where the field has this form. Elsewhere notes have the text of the template, but
    /// neither double quotes nor backslashes: JSON that was valid stays valid.
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

    /// Removes notes in place of writing them. The notes that are removed are those that an annotator with otherwise
    /// the same options writes, in colour or not.
    pub fn strip(mut self, strip: bool) -> Self {
        self.strip = strip;
        self
    }

    /// Builds the annotator. This renders the note of every code of the catalog.
    pub fn build(self) -> Annotator {
        let catalog = self.catalog.unwrap_or_default();
        // Escape sequences for colours are no part of the syntax of a line.
        let in_color = self.color && !self.style.as_fields;
        let notes = Notes::new(&catalog, &NoteStyle { in_color, ..self.style });
        let written = match self.lines {
            _ if self.quiet => LineChoice::Nothing,
            Some(lines) => LineChoice::Lines(LineRules::new(lines, &catalog)),
            None => LineChoice::All,
        };
        let scanner = Scanner::new(catalog.index().clone(), &self.keys, self.strict, self.unknown);
        let patterns = PatternScanner::new(self.patterns, catalog.index().clone(), self.unknown);
        let notes = PartAnnotator::new(scanner, patterns, notes, self.strip);
        Annotator {
            writing: Writing { catalog, notes, written, times: self.times },
            window_bytes: self.window_bytes,
        }
    }
}

impl Default for AnnotatorBuilder {
    /// Returns the options of [`Annotator::new`].
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
            times: None,
            window_bytes: WINDOW_BYTES,
        }
    }
}
