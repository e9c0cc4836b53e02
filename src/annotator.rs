//! The entry to the library: an annotator of texts and streams.

use crate::buffer::{Settled, has_nul_lines};
use crate::catalog::Catalog;
use crate::engine::StreamState;
use crate::fields::Fields;
use crate::lines::LineWriter;
#[cfg(feature = "cli")]
use crate::note::Charset;
use crate::stream::{AnyReader, Observer, StreamAnnotator, StreamError, Telling, Writing};
#[cfg(feature = "cli")]
use crate::time::TimeBounds;
use std::io::{Read, Write};

/// Finds return codes in logs and writes the meaning of each behind it.
///
/// Building an annotator renders the note of every code, while using it is cheap and takes no lock. So build one
/// annotator and share it between threads.
///
/// ```
/// use imsdk_annotate::Annotator;
///
/// let annotator = Annotator::new();
/// assert_eq!(annotator.annotate(b"ret=-1;"), b"ret=-1 (general: failure);");
/// ```
#[derive(Clone, Debug)]
pub struct Annotator {
    /// The rules for the output.
    pub(crate) writing: Writing,
    /// The size of the buffer for a stream, in bytes.
    pub(crate) window_bytes: usize,
}

impl Annotator {
    /// Returns an annotator with the built-in catalog and iMSDK's keys, not strict, without colour.
    pub fn new() -> Self {
        Self::builder().build()
    }

    /// Returns the catalog that codes are looked up in.
    pub fn catalog(&self) -> &Catalog {
        &self.writing.catalog
    }

    /// Returns a text with its notes. The end of the text ends its last line.
    ///
    /// The text may consist of any bytes, in any encoding that keeps ASCII. A field that has its note already gets no
    /// second note, so that annotating twice changes nothing.
    pub fn annotate(&self, text: &[u8]) -> Vec<u8> {
        let mut annotated = Vec::with_capacity(text.len() + text.len() / 4);
        self.annotate_into(text, &mut annotated);
        annotated
    }

    /// Appends a text with its notes to a buffer, in the form that [`Annotator::annotate`] returns. One buffer can
    /// serve for many texts.
    ///
    /// ```
    /// use imsdk_annotate::Annotator;
    ///
    /// let (annotator, mut buffer) = (Annotator::new(), Vec::new());
    /// for text in ["ret=-1", " code: 5"] {
    ///     annotator.annotate_into(text.as_bytes(), &mut buffer);
    /// }
    /// assert_eq!(buffer, b"ret=-1 (general: failure) code: 5 (action: need google authcode)");
    /// ```
    pub fn annotate_into(&self, text: &[u8], buffer: &mut Vec<u8>) {
        if self.writing.times.is_some() || self.writing.chooses_lines() && has_nul_lines(text) {
            let mut stream = self.stream_annotator();
            let annotated = stream.annotate(&mut AnyReader(text), b"", buffer, &mut ());
            annotated.expect("a Vec takes all that is written, and a slice can be read");
            return;
        }
        let settled = Settled { text, part: 0..text.len(), at_end: true, is_cut: false };
        let (mut state, mut lines) = (StreamState::default(), LineWriter::default());
        self.writing
            .write_part(settled, &mut state, &mut lines, &mut Telling::nobody(&mut ()), buffer)
            .and_then(|_| lines.end_input(buffer))
            .expect("a Vec takes all that is written");
    }

    /// Returns the fields of a text, in their order. The end of the text ends its last line.
    ///
    /// All fields are found, even in lines that [`AnnotatorBuilder::lines`](crate::AnnotatorBuilder::lines) leaves out.
    /// The text is searched as the iterator advances, about 128 KiB at a time.
    ///
    /// ```
    /// use imsdk_annotate::Annotator;
    ///
    /// let (annotator, text) = (Annotator::new(), b"login ret=-204 openid=7");
    /// let field = annotator.fields(text).next().expect("the text has a field");
    /// assert_eq!((&text[field.range()], field.code()), (&b"ret=-204"[..], -204));
    /// let entry = field.entry().expect("the catalog has the code");
    /// assert_eq!((entry.category().name(), entry.message()), ("auth", "user session is failure!"));
    /// ```
    pub fn fields<'a>(&'a self, text: &'a [u8]) -> Fields<'a> {
        Fields::new(&self.writing, text)
    }

    /// Annotates all text of a reader until its end, and returns the number of fields whose code the catalog has.
    ///
    /// The text of each read is annotated, written and flushed before the next read: no complete line waits while the
    /// reader waits. The text of one read is written in one call or few calls, so that neither a `BufReader` nor a
    /// `BufWriter` is needed. Memory depends neither on the length of the input nor on that of a line.
    ///
    /// # Errors
    ///
    /// Returns the errors of the reader and the writer, except for interruptions, after which reading goes on. After an
    /// error of the reader, the text that had been read is written and flushed.
    ///
    /// ```
    /// use imsdk_annotate::Annotator;
    /// use std::io::{stdin, stdout};
    ///
    /// let fields = Annotator::new().annotate_stream(stdin(), stdout())?;
    /// eprintln!("{fields} fields");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn annotate_stream(&self, rdr: impl Read, wtr: impl Write) -> Result<u64, StreamError> {
        self.observe_stream(rdr, wtr, &mut ())
    }

    /// Annotates all text of a reader, as [`Annotator::annotate_stream`] does, and passes each part to an observer.
    ///
    /// # Errors
    ///
    /// Fails as [`Annotator::annotate_stream`] does.
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

    /// Returns an annotator that differs in the encoding of its notes alone.
    #[cfg(feature = "cli")]
    pub(crate) fn with_charset(&self, charset: Charset) -> Self {
        let Self { writing: Writing { catalog, notes, written, times }, window_bytes } = self;
        let notes = notes.with_charset(catalog, charset);
        let (catalog, written, times) = (catalog.clone(), written.clone(), times.clone());
        let writing = Writing { catalog, notes, written, times };
        Self { writing, window_bytes: *window_bytes }
    }

    /// Returns true if some lines are not written, for their codes or their times.
    #[cfg(feature = "cli")]
    pub(crate) fn chooses_lines(&self) -> bool {
        self.writing.chooses_lines() || self.writing.times.is_some()
    }

    /// Returns true if the selected lines are counted, or are bounded in number.
    #[cfg(feature = "cli")]
    pub(crate) fn bounds_lines(&self) -> bool {
        self.writing.bounds_lines()
    }

    /// Returns the bounds of the times of lines; `None` if lines are not chosen by their times.
    #[cfg(feature = "cli")]
    pub(crate) fn times(&self) -> Option<&TimeBounds> {
        self.writing.times.as_ref()
    }

    /// Returns true if all notes are ASCII, and so the same in each encoding.
    #[cfg(feature = "cli")]
    pub(crate) fn has_ascii_notes(&self) -> bool {
        self.writing.notes.has_ascii_notes()
    }

    /// Makes a stream annotator go on with this annotator's rules from the next source on.
    #[cfg(feature = "cli")]
    pub(crate) fn take_over<'a>(&'a self, stream: &mut StreamAnnotator<'a>) {
        stream.turn_to(&self.writing, self.window_bytes);
    }

    /// Returns an annotator of one source after another, with one buffer for all.
    pub(crate) fn stream_annotator(&self) -> StreamAnnotator<'_> {
        StreamAnnotator::new(&self.writing, self.window_bytes)
    }

    /// Returns a scanner of near misses, with the annotator's keys and catalog.
    #[cfg(feature = "cli")]
    pub(crate) fn near_scanner(&self) -> crate::scanner::NearScanner {
        self.writing.notes.near_scanner()
    }
}

impl Default for Annotator {
    fn default() -> Self {
        Self::new()
    }
}
