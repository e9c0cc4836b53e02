//! What one thread works with: a buffer for streams, and a counter where fields are counted.

use super::Pipeline;
use crate::program::input::{InputFile, OpenedInput};
use crate::program::report::{Counter, Tally};
use crate::program::terminal::progress::Progress;
use crate::{Observer, Part, Source, StreamAnnotator, StreamError};
use std::io::{self, Write};

/// Annotates one input, or part of one, after the other.
pub(super) struct Worker<'a> {
    pipeline: &'a Pipeline,
    stream: StreamAnnotator<'a>,
    watch: Watch<'a>,
}

/// Is told of all that is annotated.
struct Watch<'a> {
    progress: &'a Progress,
    counter: Option<Counter>,
    /// True if what was annotated last did not end its line.
    in_line: bool,
}

/// What came of an input, or of a part of one.
pub(super) struct Outcome {
    pub(super) tally: Tally,
    /// What is wrong with it, if anything is.
    pub(super) trouble: Option<Trouble>,
}

/// A fault of an input.
pub(super) struct Trouble {
    pub(super) error: io::Error,
    /// True if what was written of it ends within a line.
    pub(super) cuts_line: bool,
}

impl From<io::Error> for Trouble {
    /// Takes an error before which nothing was written.
    fn from(error: io::Error) -> Self {
        Self { error, cuts_line: false }
    }
}

impl<'a> Worker<'a> {
    pub(super) fn new(pipeline: &'a Pipeline) -> Self {
        let (progress, counter) = (&pipeline.reading.progress, pipeline.counter.clone());
        let watch = Watch { progress, counter, in_line: false };
        Self { pipeline, stream: pipeline.annotator.stream_annotator(), watch }
    }

    /// Annotates an input that was opened, or could not be. What is no text is left out.
    ///
    /// # Errors
    ///
    /// Where the writer cannot be written.
    pub(super) fn annotate_input(
        &mut self,
        file: &InputFile,
        opened: io::Result<OpenedInput>,
        wtr: &mut impl Write,
    ) -> io::Result<Outcome> {
        let outcome = match opened {
            Ok(OpenedInput::Input(mut input)) => {
                let mut outcome = self.annotate(file, &mut input, wtr)?;
                if input.is_stream() {
                    // A signal is the end of a stream, and no trouble.
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

    /// Annotates a source, which is the input or a part of it.
    ///
    /// # Errors
    ///
    /// Where the writer cannot be written.
    pub(super) fn annotate(
        &mut self,
        file: &InputFile,
        source: &mut impl Source,
        wtr: &mut impl Write,
    ) -> io::Result<Outcome> {
        let name = self.pipeline.name_before_lines(file);
        self.watch.in_line = false;
        let trouble = match self.stream.annotate(source, &name, wtr, &mut self.watch) {
            Ok(_) => None,
            Err(StreamError::Read(error)) => {
                Some(Trouble { error, cuts_line: self.watch.in_line && !self.pipeline.ends_lines })
            }
            Err(StreamError::Write(error)) => return Err(error),
        };
        let mut tally =
            self.watch.counter.as_mut().map_or_else(Tally::new, |counter| counter.finish(file.number));
        tally.complete = trouble.is_none();
        Ok(Outcome { tally, trouble })
    }
}

impl Observer for Watch<'_> {
    fn wants_fields(&self) -> bool {
        self.counter.is_some()
    }

    fn observe(&mut self, part: Part<'_>) {
        self.progress.add_fields(part.fields);
        self.in_line = part.text[..part.end].last().is_some_and(|&last| last != b'\n');
        if let Some(counter) = &mut self.counter {
            counter.observe(&part);
        }
    }
}
