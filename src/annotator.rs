//! The library's front door: an annotator, and how to build one.

use crate::buffer::Settled;
use crate::catalog::{Catalog, Language};
use crate::engine::{PartAnnotator, StreamState};
use crate::lines::{LineRules, LineWriter, Lines};
use crate::note::{NoteStyle, Notes, Template};
use crate::pattern::{Pattern, PatternScanner};
use crate::scanner::{Keys, Scanner};
use crate::stream::Observer;
use crate::stream::{self, AnyReader, Source, StreamAnnotator, StreamError};
use crate::stream::{LineChoice, Telling, Writing};
use std::io::{Read, Write};

/// Finds return codes in logs and writes behind each what it means.
///
/// Building one compiles the catalog and renders every note; using it is cheap and needs no lock, so build
/// one and share it.
#[derive(Clone, Debug)]
pub struct Annotator {
    writing: Writing,
    window_bytes: usize,
}

/// What an [`Annotator`] is to be like.
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

impl Annotator {
    /// An annotator with the built-in catalog, not strict, without colour.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// To build one that differs from [`Annotator::new`].
    ///
    /// ```
    /// use imsdk_annotate::Annotator;
    ///
    /// let strict = Annotator::builder().strict(true).build();
    /// assert_eq!(strict.annotate(b"code=5"), b"code=5");
    /// ```
    pub fn builder() -> AnnotatorBuilder {
        AnnotatorBuilder {
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
            window_bytes: stream::WINDOW_BYTES,
        }
    }

    /// Annotates a text that is whole: its end is the end of a line.
    ///
    /// The text is bytes, of any encoding that keeps ASCII. A field that has its note already gets no
    /// second one, so that annotating twice changes nothing.
    pub fn annotate(&self, text: &[u8]) -> Vec<u8> {
        let mut annotated = Vec::with_capacity(text.len() + text.len() / 4);
        let settled = Settled { text, part: 0..text.len(), at_end: true, is_cut: false };
        let (mut state, mut lines) = (StreamState::default(), LineWriter::default());
        self.writing
            .write_part(settled, &mut state, &mut lines, &mut Telling::nobody(&mut ()), &mut annotated)
            .and_then(|_| lines.end_input(&mut annotated))
            .expect("a Vec takes all that is written");
        annotated
    }

    /// Annotates all that a reader gives, until its end, and returns the number of fields found.
    ///
    /// Reads as the reader gives, works, writes, flushes, and only then reads again: no complete line waits
    /// while the reader waits. What comes of one read is written in one call, or few: no [`BufWriter`] is needed.
    /// Memory depends neither on the length of the input nor on that of a line.
    ///
    /// # Errors
    ///
    /// What the reader or the writer says, except for interruptions, after which reading goes on. After an
    /// error of the reader, what had been read is written and flushed.
    ///
    /// ```
    /// use imsdk_annotate::Annotator;
    /// use std::io::{stdin, stdout};
    ///
    /// let fields = Annotator::new().annotate_stream(stdin(), stdout())?;
    /// eprintln!("{fields} fields");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// [`BufWriter`]: std::io::BufWriter
    pub fn annotate_stream(&self, rdr: impl Read, wtr: impl Write) -> Result<u64, StreamError> {
        self.observe_stream(rdr, wtr, &mut ())
    }

    /// Annotates all that a reader gives, as [`Annotator::annotate_stream`] does, and tells an observer.
    ///
    /// # Errors
    ///
    /// As [`Annotator::annotate_stream`].
    pub fn observe_stream(
        &self,
        rdr: impl Read,
        mut wtr: impl Write,
        observer: &mut impl Observer,
    ) -> Result<u64, StreamError> {
        let outcome = self.stream_annotator().annotate(&mut AnyReader(rdr), b"", &mut wtr, observer);
        if !matches!(outcome, Err(StreamError::Write(_))) {
            wtr.flush().map_err(StreamError::Write)?;
        }
        outcome
    }

    /// Annotates all that a source gives, and returns the number of fields found.
    ///
    /// Like [`Annotator::annotate_stream`], but flushes only where the source says that it would wait. At the
    /// end nothing is flushed, so that several sources can be written to one writer in large blocks.
    ///
    /// # Errors
    ///
    /// As [`Annotator::annotate_stream`].
    pub fn annotate_source(
        &self,
        source: &mut impl Source,
        wtr: &mut impl Write,
    ) -> Result<u64, StreamError> {
        self.stream_annotator().annotate(source, b"", wtr, &mut ())
    }

    /// To annotate one source after another with one buffer.
    pub fn stream_annotator(&self) -> StreamAnnotator<'_> {
        StreamAnnotator::new(&self.writing, self.window_bytes)
    }
}

impl Default for Annotator {
    fn default() -> Self {
        Self::new()
    }
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
        Annotator { writing: Writing { notes, written }, window_bytes: self.window_bytes }
    }
}
