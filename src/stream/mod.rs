//! Annotates a stream in its order: fills the window, annotates the settled text, and flushes before a read would wait.

mod observer;
mod prompt;
mod source;
mod writing;

pub use observer::{Observer, Part};
pub(crate) use source::AnyReader;
pub(crate) use source::Source;
pub(crate) use writing::{LineChoice, Telling, Writing};

use crate::buffer::Window;
use crate::buffer::{Collected, Collector};
use crate::engine::StreamState;
use crate::lines::{LineWriter, TimeChoice};
use crate::scanner::LOOK_BEHIND_BYTES;
#[cfg(feature = "cli")]
use crate::time::YearReference;
use prompt::Prompt;
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
    /// The choice of lines by their times, if there are bounds.
    times: Option<TimeChoice>,
    /// True if the last line that was written has no newline, and lines of other sources must not go on with it.
    owes_newline: bool,
    /// The beginning of an incomplete line that has been written.
    prompt: Prompt,
    collected: Collected,
}

/// The state of the lines of an input that comes in pieces.
#[cfg(feature = "cli")]
#[derive(Debug, Default)]
pub(crate) struct PieceLines {
    writer: LineWriter,
    have_begun: bool,
    /// True if the last piece was of this input. The owner clears it when a piece of another input follows.
    pub(crate) were_last: bool,
    /// The number of selected lines so far, where they are counted.
    pub(crate) selected: u64,
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
            times: writing.times.as_ref().map(TimeChoice::new),
            owes_newline: false,
            prompt: Prompt::default(),
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

    /// Returns the number of selected lines of the last source, where they are counted.
    #[cfg(feature = "cli")]
    pub(crate) fn selected_lines(&self) -> u64 {
        self.lines.selected()
    }

    /// Sets the reference for times without a year, from the next source on.
    #[cfg(feature = "cli")]
    pub(crate) fn set_year_reference(&mut self, years: YearReference) {
        if let Some(times) = &mut self.times {
            times.set_year_reference(years);
        }
    }

    /// Returns the choice of lines by their times, as it is behind the last source, if there are bounds.
    #[cfg(feature = "cli")]
    pub(crate) fn times(&self) -> Option<&TimeChoice> {
        self.times.as_ref()
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
        self.prompt.clear();
        self.done = 0;
        let lines_before = if self.writing.numbers_lines() { source.lines_before() } else { 0 };
        self.lines.begin_input(name, lines_before);
        if let Some(times) = &mut self.times {
            times.begin_source(source);
        }
        let outcome = self.annotate_steps(source, wtr, observer);
        if let Some(times) = &mut self.times {
            times.end_source(source);
        }
        outcome.map(|()| self.state.fields)
    }

    /// Annotates the next piece of an input that comes in pieces of whole lines, between which there may be pieces of others.
    /// `lines` has the state of the input's lines, and is new for its first piece. Returns true if the rest of the input has no
    /// line to write.
    ///
    /// # Errors
    ///
    /// Fails as [`StreamAnnotator::annotate`] does.
    #[cfg(feature = "cli")]
    pub(crate) fn annotate_piece(
        &mut self,
        lines: &mut PieceLines,
        source: &mut impl Source,
        name: &[u8],
        wtr: &mut impl Write,
        observer: &mut impl Observer,
    ) -> Result<bool, StreamError> {
        let is_another = !std::mem::replace(&mut lines.were_last, true);
        let has_written = is_another && self.lines.has_written();
        self.window.clear();
        self.state.clear();
        self.prompt.clear();
        self.done = 0;
        std::mem::swap(&mut self.lines, &mut lines.writer);
        if !std::mem::replace(&mut lines.have_begun, true) {
            self.lines.begin_input(name, source.lines_skipped());
        }
        self.lines.go_on(has_written);
        if let Some(times) = &mut self.times {
            times.begin_source(source);
        }
        let outcome = self.annotate_steps(source, wtr, observer);
        if let Some(times) = &mut self.times {
            times.end_source(source);
        }
        let has_enough = self.has_enough();
        lines.selected = self.lines.selected();
        let has_written = has_written || self.lines.has_written();
        std::mem::swap(&mut self.lines, &mut lines.writer);
        self.lines.go_on(has_written);
        outcome.map(|()| has_enough)
    }

    fn annotate_steps(
        &mut self,
        source: &mut impl Source,
        wtr: &mut impl Write,
        observer: &mut impl Observer,
    ) -> Result<(), StreamError> {
        while !self.has_enough() && self.step(source, wtr, observer)? {
            if self.times.as_ref().is_some_and(TimeChoice::is_past) {
                return self.end_lines(wtr);
            }
        }
        if self.has_enough() { self.end_lines(wtr) } else { Ok(()) }
    }

    /// Returns true if the rest of the source has no line to write, because the selected lines are bounded in number.
    fn has_enough(&self) -> bool {
        matches!(&self.writing.written, LineChoice::Lines(rules) if self.lines.has_enough(rules))
    }

    /// Ends the last line, where lines of another source may follow that are chosen or numbered.
    fn end_lines(&mut self, wtr: &mut impl Write) -> Result<(), StreamError> {
        let newline = if std::mem::take(&mut self.owes_newline) { &b"\n"[..] } else { b"" };
        let ended = wtr.write_all(newline).and_then(|()| self.lines.end_input(wtr));
        ended.map_err(StreamError::Write)
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
            let Self { prompt, window, writing, lines, .. } = self;
            prompt.write(window.unsettled(), writing, lines, source, wtr).map_err(StreamError::Write)?;
        }
        let start = self.window.start();
        let outcome = self.window.fill(source);
        self.state.moved(start, self.window.start());
        if outcome.is_err() && !source.is_given_up() {
            self.window.cut_off();
        }
        let offset = source.input_offset();
        while self.annotate_settled(offset, source, wtr, observer)? {}
        if self.window.at_end() {
            self.end_lines(wtr)?;
        }
        outcome.map(|count| count > 0).map_err(StreamError::Read)
    }

    /// Annotates the settled text of the window. `source_offset` is the byte offset of the source in the input. Returns true
    /// if more text is settled: where lines are chosen, it ends before NULs at the beginning of a line, which are left out,
    /// and before lines that are left out for their times, or behind such lines.
    fn annotate_settled(
        &mut self,
        source_offset: u64,
        source: &mut impl Source,
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
        let settled_end = settled.part.end;
        if settled.part.is_empty() {
            return Ok(false);
        }
        if chooses {
            settled.end_before_nuls();
        }
        if let Some(times) = &mut self.times {
            let run = times.next_run(settled.text, settled.part.clone(), source);
            settled.end_at(run.end);
            if !run.is_chosen {
                let (text, part) = (settled.text, settled.part.clone());
                self.writing.leave_out(text, part, &mut self.state, &mut self.lines, &mut telling);
                self.done += (run.end - settled.part.start) as u64;
                self.window.consume(run.end);
                return Ok(run.end < settled_end);
            }
            self.owes_newline = self.writing.writes_all() && !settled.text[..run.end].ends_with(b"\n");
        }
        let part = settled.part.clone();
        let mut rest;
        let wtr: &mut dyn Write = if self.prompt.is_written() {
            rest = self.prompt.rest(wtr);
            &mut rest
        } else {
            wtr
        };
        let mut collector = Collector::new(&mut self.collected, wtr);
        let (state, lines) = (&mut self.state, &mut self.lines);
        let written = self.writing.write_part(settled, state, lines, &mut telling, &mut collector);
        let end = written.and_then(|end| collector.finish().map(|()| end)).map_err(StreamError::Write)?;
        self.window.consume(end);
        self.prompt.consumed(end - part.start);
        self.done += (end - part.start) as u64;
        Ok(part.end < settled_end && end == part.end)
    }
}

/// Returns a window of `window_bytes` bytes, or of more where the rules of `writing` need it.
fn window(writing: &Writing, window_bytes: usize) -> Window {
    let (line_max, look_ahead) = (writing.whole_line_max(), writing.notes.look_ahead());
    Window::new(window_bytes, line_max, LOOK_BEHIND_BYTES, look_ahead)
}
