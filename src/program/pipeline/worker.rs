//! The tools of one thread: a buffer for streams and, if fields are counted, a counter.

use super::Pipeline;
use crate::program::encoding::{CharEncoding, InputEncoding, Utf16Writer};
use crate::program::input::{InputFile, OpenedInput};
use crate::program::report::{Counter, Tally};
use crate::program::terminal::progress::Progress;
use crate::stream::{Source, StreamAnnotator};
use crate::{Observer, Part, StreamError};
use std::io::{self, Write};

/// Annotates inputs, or parts of inputs, one after the other.
pub(super) struct Worker<'a> {
    pipeline: &'a Pipeline,
    stream: StreamAnnotator<'a>,
    watch: Watch<'a>,
}

/// Observes all that is annotated: for the progress, for the counts, and for lines that are cut off.
struct Watch<'a> {
    progress: &'a Progress,
    counter: Option<Counter>,
    /// True if the bytes that were annotated last do not end with a newline.
    in_line: bool,
}

/// The result of annotating an input, or a part of one.
pub(super) struct Outcome {
    pub(super) tally: Tally,
    /// The fault of the input, if it has one.
    pub(super) trouble: Option<Trouble>,
}

/// A fault of an input.
pub(super) struct Trouble {
    pub(super) error: io::Error,
    /// The newline that ends the line if the output of the input ends within a line; `None` if it does not.
    pub(super) cuts_line: Option<&'static [u8]>,
}

impl From<io::Error> for Trouble {
    /// Takes an error that came before any output of the input.
    fn from(error: io::Error) -> Self {
        Self { error, cuts_line: None }
    }
}

impl<'a> Worker<'a> {
    /// Returns a worker with its own copy of the pipeline's counter.
    pub(super) fn new(pipeline: &'a Pipeline) -> Self {
        let (progress, counter) = (&pipeline.reading.progress, pipeline.counter.clone());
        let watch = Watch { progress, counter, in_line: false };
        let stream = pipeline.annotators.of(CharEncoding::Utf8).stream_annotator();
        Self { pipeline, stream, watch }
    }

    /// Annotates an input, given the result of opening it. Leaves out an input that is not text.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub(super) fn annotate_input(
        &mut self,
        file: &InputFile,
        opened: io::Result<OpenedInput>,
        wtr: &mut impl Write,
    ) -> io::Result<Outcome> {
        let outcome = match opened {
            Ok(OpenedInput::Input(mut input)) => {
                let encoding = input.encoding;
                let mut outcome = self.annotate(file, &mut input, encoding, wtr)?;
                if let Some(bytes) = input.utf16_bytes() {
                    outcome.tally.input.bytes = bytes;
                }
                if input.is_stream() {
                    // A signal is the end of a stream, and not a fault.
                    outcome.trouble = outcome
                        .trouble
                        .filter(|trouble| !self.pipeline.reading.signals.is_stop(&trouble.error));
                    outcome.tally.complete = outcome.trouble.is_none();
                }
                outcome
            }
            Ok(OpenedInput::NoText(_)) => {
                self.pipeline.no_texts.add(file);
                self.watch.progress.add_bytes(file.regular_bytes.unwrap_or(0));
                Outcome { tally: Tally::new(), trouble: None }
            }
            Err(error) if self.pipeline.reading.signals.is_stop(&error) && file.is_stream() => {
                Outcome { tally: Tally::new(), trouble: None }
            }
            Err(error) => Outcome { tally: Tally::incomplete(), trouble: Some(error.into()) },
        };
        self.watch.progress.file_done();
        Ok(outcome)
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
    ) -> io::Result<Outcome> {
        let pipeline = self.pipeline;
        let name = encoding.name_before_lines(pipeline.name_before_lines(file));
        self.watch.in_line = false;
        pipeline.annotators.of(encoding).take_over(&mut self.stream);
        let annotated = match encoding.utf16_order() {
            None => self.stream.annotate(source, &name, wtr, &mut self.watch),
            Some(order) => {
                let mut wtr = Utf16Writer::new(order, has_mark, wtr);
                let annotated = self.stream.annotate(source, &name, &mut wtr, &mut self.watch);
                if !matches!(annotated, Err(StreamError::Write(_))) {
                    wtr.finish(!pipeline.ends_lines)?;
                }
                annotated
            }
        };
        let trouble = match annotated {
            Ok(_) => None,
            Err(StreamError::Read(error)) => {
                let cuts_line = self.watch.in_line && !pipeline.ends_lines;
                Some(Trouble { error, cuts_line: cuts_line.then(|| encoding.newline()) })
            }
            Err(StreamError::Write(error)) => return Err(error),
        };
        let mut tally = self
            .watch
            .counter
            .as_mut()
            .map_or_else(Tally::new, |counter| counter.finish(file.number, encoding));
        tally.complete = trouble.is_none();
        Ok(Outcome { tally, trouble })
    }
}

impl Observer for Watch<'_> {
    fn wants_fields(&self) -> bool {
        self.counter.is_some()
    }

    fn observe(&mut self, part: Part<'_>) {
        self.progress.add_fields(part.known_count);
        self.in_line = part.text[..part.end].last().is_some_and(|&last| last != b'\n');
        if let Some(counter) = &mut self.counter {
            counter.observe(&part);
        }
    }
}
