//! The library's front door: an annotator, and how to build one.

use crate::annotate::{Memory, NoteWriter};
use crate::catalog::Catalog;
use crate::note::Note;
use crate::scanner::Scanner;
use crate::stream::{self, AnyReader, Source, StreamAnnotator, StreamError};
use std::io::{Read, Write};

/// Finds return codes in logs and writes behind each what it means.
///
/// Building one compiles the catalog and renders every note; using it is cheap and needs no lock, so build
/// one and share it.
#[derive(Clone, Debug)]
pub struct Annotator {
    notes: NoteWriter,
    window_bytes: usize,
}

/// What an [`Annotator`] is to be like.
#[derive(Clone, Debug)]
pub struct AnnotatorBuilder {
    strict: bool,
    color: bool,
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
        AnnotatorBuilder { strict: false, color: false, window_bytes: stream::WINDOW_BYTES }
    }

    /// Annotates a text that is whole: its end is the end of a line.
    ///
    /// The text is bytes, of any encoding that keeps ASCII. A field that has its note already gets no
    /// second one, so that annotating twice changes nothing.
    pub fn annotate(&self, text: &[u8]) -> Vec<u8> {
        let mut annotated = Vec::with_capacity(text.len() + text.len() / 4);
        self.notes
            .write_part(text, 0..text.len(), &mut Memory::default(), &mut annotated)
            .expect("a Vec takes all that is written");
        annotated
    }

    /// Annotates all that a reader gives, until its end, and returns the number of fields found.
    ///
    /// Reads as the reader gives, works, writes, flushes, and only then reads again: no complete line waits
    /// while the reader waits. Writes come in pieces of any size: hand in a [`BufWriter`] or the like.
    /// Memory depends neither on the length of the input nor on that of a line.
    ///
    /// # Errors
    ///
    /// What the reader or the writer says, except for interruptions, after which reading goes on. After an
    /// error of the reader, what had been read is written and flushed.
    ///
    /// ```
    /// use imsdk_annotate::Annotator;
    /// use std::io::{BufWriter, Write, stdin, stdout};
    ///
    /// let mut wtr = BufWriter::new(stdout());
    /// let fields = Annotator::new().annotate_stream(stdin(), &mut wtr)?;
    /// eprintln!("{fields} fields");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// [`BufWriter`]: std::io::BufWriter
    pub fn annotate_stream(&self, rdr: impl Read, mut wtr: impl Write) -> Result<u64, StreamError> {
        let outcome = self.annotate_source(&mut AnyReader(rdr), &mut wtr);
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
        self.stream_annotator().annotate(source, wtr, |_| {})
    }

    /// To annotate one source after another with one buffer.
    pub fn stream_annotator(&self) -> StreamAnnotator<'_> {
        StreamAnnotator::new(&self.notes, self.window_bytes)
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
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// Notes in colour: green for success, yellow for action, red for error. Where the line has a colour of
    /// its own, that is in force again behind the note.
    #[must_use]
    pub fn color(mut self, color: bool) -> Self {
        self.color = color;
        self
    }

    /// The size of the buffer that a stream is read into, in bytes; it is raised to what the rules need.
    /// The output does not depend on it.
    #[must_use]
    pub fn window_bytes(mut self, window_bytes: usize) -> Self {
        self.window_bytes = window_bytes;
        self
    }

    /// The annotator, with the built-in catalog.
    pub fn build(self) -> Annotator {
        let catalog = Catalog::builtin();
        let notes = catalog.entries().iter().map(Note::of_entry).collect();
        let scanner = Scanner::new(catalog, self.strict);
        let notes = NoteWriter { scanner, notes, color: self.color };
        Annotator { notes, window_bytes: self.window_bytes }
    }
}
