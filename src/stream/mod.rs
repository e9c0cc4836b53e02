//! Annotates a stream in its order: fills the window, annotates the settled text, and flushes before a read would wait.

mod observer;
mod source;
mod writing;

pub use observer::{Observer, Part};
pub(crate) use source::AnyReader;
pub(crate) use source::Source;
pub(crate) use writing::{LineChoice, Telling, Writing};

use crate::buffer::Window;
use crate::buffer::{Collected, Collector};
use crate::engine::StreamState;
use crate::lines::LineWriter;
use crate::scanner::LOOK_BEHIND_BYTES;
use std::fmt;
use std::io::{self, Write};

/// The usual size of the buffer in bytes: the most that one read takes, and the longest line that is kept whole where
/// no option needs whole lines. Sizes between 64 and 256 KiB made no measurable difference.
pub(crate) const WINDOW_BYTES: usize = 128 * 1024;

/// The error of a stream that ended early.
#[derive(Debug)]
#[non_exhaustive]
pub enum StreamError {
    /// Reading the input failed. The text that had been read has been annotated and written, with the beginning of an
    /// incomplete line.
    Read(io::Error),
    /// Writing the output failed. The output that had not been written is lost.
    Write(io::Error),
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(_) => f.write_str("the input cannot be read"),
            Self::Write(_) => f.write_str("the output cannot be written"),
        }
    }
}

impl std::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(error) | Self::Write(error) => Some(error),
        }
    }
}

/// An annotator of one source after another, with one buffer for all.
///
/// The end of a source ends its last line: no line goes on in the next source. Sources that are annotated at the same
/// time need an annotator each.
#[derive(Debug)]
pub(crate) struct StreamAnnotator<'a> {
    writing: &'a Writing,
    /// The number of bytes of the source that have been annotated.
    done: u64,
    window: Window,
    state: StreamState,
    lines: LineWriter,
    collected: Collected,
}

impl<'a> StreamAnnotator<'a> {
    /// Returns an annotator with a buffer of `window_bytes` bytes, or of more where the rules of `writing` need it.
    pub(crate) fn new(writing: &'a Writing, window_bytes: usize) -> Self {
        Self {
            writing,
            done: 0,
            window: window(writing, window_bytes),
            state: StreamState::default(),
            lines: LineWriter::default(),
            collected: Collected::default(),
        }
    }

    /// Goes on with other rules, and with a buffer as for [`StreamAnnotator::new`], from the next source on. The lines that
    /// are written follow those of the sources before.
    #[cfg(feature = "cli")]
    pub(crate) fn turn_to(&mut self, writing: &'a Writing, window_bytes: usize) {
        if !std::ptr::eq(self.writing, writing) {
            self.writing = writing;
            self.window = window(writing, window_bytes);
        }
    }

    /// Begins another output, which has no lines yet.
    #[cfg(feature = "cli")]
    pub(crate) fn begin_output(&mut self) {
        self.lines.begin_output();
    }

    /// Returns true if the line between groups must stand before lines of another source.
    #[cfg(feature = "cli")]
    pub(crate) fn ends_group(&self) -> bool {
        matches!(&self.writing.written, LineChoice::Lines(rules) if self.lines.ends_group(rules))
    }

    /// Annotates all text of a source, passes it to the observer, and returns the number of fields whose code the
    /// catalog has.
    ///
    /// `name` stands before the numbers of lines, if lines are numbered and the name is not empty. Flushes where the
    /// source reports that a read would wait, and not at the end, because more may follow.
    ///
    /// # Errors
    ///
    /// Fails as [`Annotator::annotate_stream`](crate::Annotator::annotate_stream) does.
    pub(crate) fn annotate(
        &mut self,
        source: &mut impl Source,
        name: &[u8],
        wtr: &mut impl Write,
        observer: &mut impl Observer,
    ) -> Result<u64, StreamError> {
        self.window.clear();
        self.state.clear();
        self.done = 0;
        let lines_before = if self.writing.numbers_lines() { source.lines_before() } else { 0 };
        self.lines.begin_input(name, lines_before);
        while self.step(source, wtr, observer)? {}
        Ok(self.state.fields)
    }

    /// Fills the window once and annotates the text that is then settled. Returns true if the source may have more.
    fn step(
        &mut self,
        source: &mut impl Source,
        wtr: &mut impl Write,
        observer: &mut impl Observer,
    ) -> Result<bool, StreamError> {
        if source.would_wait() {
            wtr.flush().map_err(StreamError::Write)?;
        }
        let start = self.window.start();
        let outcome = self.window.fill(source);
        self.state.moved(start, self.window.start());
        if outcome.is_err() && !source.is_given_up() {
            self.window.cut_off();
        }
        let offset = source.input_offset();
        while self.annotate_settled(offset, wtr, observer)? {}
        if self.window.at_end() {
            self.lines.end_input(wtr).map_err(StreamError::Write)?;
        }
        outcome.map(|count| count > 0).map_err(StreamError::Read)
    }

    /// Annotates the settled text of the window. `source_offset` is the byte offset of the source in the input. Returns true
    /// if more text is settled: where lines are chosen, it ends before NULs at the beginning of a line, which are left out.
    fn annotate_settled(
        &mut self,
        source_offset: u64,
        wtr: &mut impl Write,
        observer: &mut impl Observer,
    ) -> Result<bool, StreamError> {
        let chooses = self.writing.chooses_lines();
        let mut telling = Telling::new(observer, source_offset + self.done, self.writing.catalog.entries());
        if chooses {
            let (text, nuls) = self.window.leading_nuls();
            self.done += nuls.len() as u64;
            telling.tell_skipped(text, nuls.clone());
            self.window.skip_nuls(nuls.end);
        }
        let mut settled = self.window.settled();
        let ends_before_nuls = chooses && settled.end_before_nuls();
        let part = settled.part.clone();
        if part.is_empty() {
            return Ok(false);
        }
        let mut collector = Collector::new(&mut self.collected, wtr);
        let (state, lines) = (&mut self.state, &mut self.lines);
        let written = self.writing.write_part(settled, state, lines, &mut telling, &mut collector);
        let end = written.and_then(|end| collector.finish().map(|()| end)).map_err(StreamError::Write)?;
        self.window.consume(end);
        self.done += (end - part.start) as u64;
        Ok(ends_before_nuls && end == part.end)
    }
}

/// Returns a window of `window_bytes` bytes, or of more where the rules of `writing` need it.
fn window(writing: &Writing, window_bytes: usize) -> Window {
    let (line_max, look_ahead) = (writing.whole_line_max(), writing.notes.look_ahead());
    Window::new(window_bytes, line_max, LOOK_BEHIND_BYTES, look_ahead)
}
