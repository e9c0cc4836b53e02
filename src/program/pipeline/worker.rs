//! The tools of one thread: a buffer for streams and, if fields are counted, a counter.

use super::live::PieceCounts;
use super::{Pipeline, SelectedLines};
use crate::program::encoding::{CharEncoding, InputEncoding, Utf16Writer};
use crate::program::input::InputFile;
use crate::program::report::Tally;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::NoTimes;
use crate::program::terminal::progress::Progress;
use crate::stream::{Source, StreamAnnotator};
use crate::{Observer, Part, StreamError};
use std::io::{self, Write};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Annotates inputs, or parts of inputs, one after the other.
pub(super) struct Worker<'a> {
    pub(super) pipeline: &'a Pipeline,
    stream: StreamAnnotator<'a>,
    watch: Watch<'a>,
    /// The line between groups of chosen lines that lines of another input need before them; `None` if none do.
    separator: Option<&'static [u8]>,
}

/// Observes all that is annotated: for the progress, for the counts, and for lines that are cut off.
struct Watch<'a> {
    progress: &'a Progress,
    counts: Option<Arc<PieceCounts>>,
    /// True if the bytes that were annotated last do not end with a newline.
    in_line: bool,
}

/// The result of annotating a source: an input that is no archive, a member of one, or a part of an input.
pub(super) struct Annotated {
    pub(super) tally: Tally,
    /// The fault of the source, if it has one.
    pub(super) trouble: Option<Trouble>,
    /// The newline that ends the last line if the output ends within a line; `None` if it does not.
    pub(super) in_line: Option<&'static [u8]>,
    /// The first line, if lines are chosen by their times and none so far has a time that is understood.
    without_times: Option<String>,
}

/// The result of annotating an input.
pub(super) struct Outcome {
    pub(super) tally: Tally,
    /// The faults of the input: one at most, unless it is an archive.
    pub(super) troubles: Vec<Trouble>,
    /// The text that the next input needs before it: a newline, because the output ends within a line that is cut off, or
    /// within the last line of an archive, or the line between groups of chosen lines; `None` if it needs none.
    pub(super) owed: Option<&'static [u8]>,
}

/// A fault of an input, or of a member of an archive.
pub(super) struct Trouble {
    pub(super) name: InputName,
    pub(super) error: io::Error,
}

impl Annotated {
    /// Returns the result at the end of an input or a member. If lines are chosen by their times and none has any, that is
    /// a fault, unless there is another.
    pub(super) fn at_end_of(mut self, file: &InputFile) -> Self {
        if let (Some(first_line), None) = (&self.without_times, &self.trouble) {
            let error = io::Error::other(NoTimes { first_line: first_line.clone() });
            self.trouble = Some(Trouble { name: file.name.clone(), error });
            self.tally.complete = false;
        }
        self
    }
}

impl<'a> Worker<'a> {
    /// Returns a worker with its own copy of the pipeline's counter.
    pub(super) fn new(pipeline: &'a Pipeline) -> Self {
        let progress = &pipeline.reading.progress;
        let counts = pipeline.counter.clone().map(|counter| Arc::new(PieceCounts::new(counter)));
        let watch = Watch { progress, counts, in_line: false };
        let stream = pipeline.annotators.of(CharEncoding::Utf8).stream_annotator();
        Self { pipeline, stream, watch, separator: None }
    }

    /// Returns the worker, at work on the input at this place in the order.
    pub(super) fn at(self, place: u64) -> Self {
        self.begin_piece(place);
        self
    }

    /// Begins the piece of work at this place in the order, which counts from now on.
    pub(super) fn begin_piece(&self, place: u64) {
        self.pipeline.live.begin(place, self.watch.counts.as_ref());
    }

    /// Begins an output, or a part of one that is put together with others later.
    pub(super) fn begin_output(&mut self) {
        self.stream.begin_output();
        self.separator = None;
    }

    /// Returns the line between groups of chosen lines, if lines of another input need it before them.
    pub(super) fn separator(&self) -> Option<&'static [u8]> {
        self.separator
    }

    /// Annotates a source, which is the input `file` or a part of it. Text in UTF-16 must be read as UTF-8, and is
    /// written as UTF-16.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub(super) fn annotate(
        &mut self,
        file: &InputFile,
        source: &mut impl Source,
        InputEncoding { encoding, has_mark }: InputEncoding,
        wtr: &mut impl Write,
    ) -> io::Result<Annotated> {
        let pipeline = self.pipeline;
        let plain_name = pipeline.name_before_lines(file);
        if pipeline.reads_times() {
            let years = pipeline.reading.year_reference(file.modified);
            self.stream.set_year_reference(years);
            if let Some(counts) = &self.watch.counts {
                counts.begin_input((file.number, encoding), years, source.lines_skipped(), file.is_stream());
            }
        }
        self.watch.in_line = false;
        pipeline.annotators.of(encoding).take_over(&mut self.stream);
        let name = encoding.name_before_lines(plain_name.clone());
        let writes_lines = pipeline.selected_lines == SelectedLines::Written;
        let annotated = match encoding.utf16_order() {
            _ if !writes_lines => self.stream.annotate(source, &name, &mut io::sink(), &mut self.watch),
            None => self.stream.annotate(source, &name, wtr, &mut self.watch),
            Some(order) => {
                let mut wtr = Utf16Writer::new(order, has_mark, &mut *wtr);
                let annotated = self.stream.annotate(source, &name, &mut wtr, &mut self.watch);
                if !matches!(annotated, Err(StreamError::Write(_))) {
                    wtr.finish(!pipeline.ends_lines)?;
                }
                annotated
            }
        };
        if self.stream.ends_group() {
            self.separator = Some(encoding.group_separator());
        }
        let trouble = match annotated {
            Ok(_) => None,
            Err(StreamError::Read(error)) => Some(Trouble { name: file.name.clone(), error }),
            Err(StreamError::Write(error)) => return Err(error),
        };
        if !writes_lines {
            self.write_row(file, &plain_name, trouble.as_ref(), wtr)?;
        }
        let mut tally = self.watch.counts.as_ref().map_or_else(Tally::new, |counts| counts.finish());
        tally.complete = trouble.is_none();
        let mut without_times = None;
        if let Some(times) = self.stream.times() {
            tally.input.undated_lines = Some(times.undated_lines());
            let first_line = times.first_line_without_times().filter(|_| !source.has_times_elsewhere());
            without_times = first_line.map(|line| encoding.decode(line, true));
        }
        let in_line = self.watch.in_line && !pipeline.ends_lines;
        let in_line = in_line.then(|| encoding.newline());
        Ok(Annotated { tally, trouble, in_line, without_times })
    }

    /// Writes the row of an input with its selected lines. A file that a signal has cut off has none, because its number would
    /// be wrong.
    fn write_row(
        &self,
        file: &InputFile,
        name: &[u8],
        trouble: Option<&Trouble>,
        wtr: &mut impl Write,
    ) -> io::Result<()> {
        let pipeline = self.pipeline;
        let is_stop = |trouble: &Trouble| pipeline.reading.signals.is_stop(&trouble.error);
        if !file.is_stream() && trouble.is_some_and(is_stop) {
            return Ok(());
        }
        let count = self.stream.selected_lines();
        if count > 0 {
            pipeline.any_selected.store(true, Ordering::Relaxed);
        }
        pipeline.selected_lines.write_row(name, count, wtr)
    }

    /// Counts a file as done, of which `bytes` were not read.
    pub(super) fn file_done(&self, bytes: u64) {
        self.watch.progress.add_bytes(bytes);
        self.watch.progress.file_done();
    }
}

impl Observer for Watch<'_> {
    fn wants_fields(&self) -> bool {
        self.counts.is_some()
    }

    fn observe(&mut self, part: Part<'_>) {
        self.progress.add_fields(part.known_count);
        self.in_line = part.text[..part.end].last().is_some_and(|&last| last != b'\n');
        if let Some(counts) = &self.counts {
            counts.observe(&part);
        }
    }
}
