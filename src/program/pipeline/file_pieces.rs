//! Annotates pieces of several files, as they come one behind the other, and keeps for each file what goes on between its lines.

use super::Pipeline;
use super::selected_lines::SelectedLines;
use crate::program::encoding::{CharEncoding, InputEncoding, Utf16Writer};
use crate::program::input::InputFile;
use crate::program::report::{ArrivedTime, Counter, Tally};
use crate::program::terminal::messages::NoTimes;
use crate::stream::{PieceLines, Source, StreamAnnotator};
use crate::{Observer, Part, StreamError};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::Ordering;

/// Whole lines of a file, between which and the next ones of the file there may be lines of other files.
pub(super) trait FilePiece: Source {
    /// Returns the number of the file among all of the work.
    fn number(&self) -> usize;

    fn file(&self) -> InputFile;

    fn encoding(&self) -> InputEncoding;

    /// Returns true if the piece has the first lines that are read of the file.
    fn is_first(&self) -> bool;

    /// Returns the number of bytes of the file that were read of a text in UTF-16; `None` for other text.
    fn utf16_bytes(&self) -> Option<u64>;
}

/// The work on all files.
pub(super) struct PiecesWork<'a> {
    pub(super) pipeline: &'a Pipeline,
    stream: StreamAnnotator<'a>,
    counter: PiecesCounter,
    files: BTreeMap<usize, FileWork>,
    /// The number of the file of the last piece.
    last: Option<usize>,
    /// True if fields have been counted since checks were made.
    pub(super) is_checked: bool,
    /// True if a selected line was sought and is found, or no file has more lines to write.
    pub(super) has_all: bool,
}

/// The work on one file.
struct FileWork {
    file: InputFile,
    lines: PieceLines,
    /// True if no more lines of the file are to be written.
    has_enough: bool,
    /// The first line, if none so far has a time that is understood.
    without_times: Option<String>,
    /// The last time of the file, if times are counted by.
    last_time: Option<ArrivedTime>,
}

/// Counts fields, if they are counted.
struct PiecesCounter(Option<Counter>);

impl Observer for PiecesCounter {
    fn wants_fields(&self) -> bool {
        self.0.is_some()
    }

    fn observe(&mut self, part: Part<'_>) {
        if let Some(counter) = &mut self.0 {
            counter.observe(&part);
        }
    }
}

impl<'a> PiecesWork<'a> {
    pub(super) fn new(pipeline: &'a Pipeline) -> Self {
        Self {
            pipeline,
            stream: pipeline.annotators.of(CharEncoding::Utf8).stream_annotator(),
            counter: PiecesCounter(pipeline.counter.clone()),
            files: BTreeMap::new(),
            last: None,
            is_checked: true,
            has_all: false,
        }
    }

    /// Annotates a piece of a file, and returns the error of reading it, if there is one.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub(super) fn take(
        &mut self,
        piece: &mut impl FilePiece,
        wtr: &mut impl Write,
    ) -> io::Result<Option<io::Error>> {
        let Self { pipeline, stream, counter, files, last, .. } = self;
        if *last != Some(piece.number()) {
            if let Some(before) = last.and_then(|last| files.get_mut(&last)) {
                before.lines.were_last = false;
            }
            *last = Some(piece.number());
        }
        let work = files.entry(piece.number()).or_insert_with(|| FileWork::new(piece));
        if work.has_enough {
            return Ok(None);
        }
        let encoding = piece.encoding().encoding;
        let years = pipeline.reading.year_reference(None);
        if piece.is_first() {
            stream.set_year_reference(years);
        }
        if let Some(counter) = &mut counter.0 {
            counter.begin_input(years, piece.lines_skipped());
            if work.file.is_stream() {
                counter.count_arrivals(work.last_time);
            }
        }
        pipeline.annotators.of(encoding).take_over(stream);
        let name = encoding.name_before_lines(pipeline.name_before_lines(&work.file));
        let writes_lines = pipeline.selected_lines == SelectedLines::Written;
        let annotated = match encoding.utf16_order() {
            _ if !writes_lines => {
                stream.annotate_piece(&mut work.lines, piece, &name, &mut io::sink(), counter)
            }
            None => stream.annotate_piece(&mut work.lines, piece, &name, wtr, counter),
            Some(order) => {
                let mut wtr = Utf16Writer::new(order, piece.encoding().has_mark, &mut *wtr);
                let annotated = stream.annotate_piece(&mut work.lines, piece, &name, &mut wtr, counter);
                if !matches!(annotated, Err(StreamError::Write(_))) {
                    wtr.finish(false)?;
                }
                annotated
            }
        };
        let mut trouble = None;
        match annotated {
            Ok(has_enough) => work.has_enough = has_enough,
            Err(StreamError::Read(error)) => trouble = Some(error),
            Err(StreamError::Write(error)) => return Err(error),
        }
        self.count(piece, encoding);
        self.look_for_the_end();
        Ok(trouble)
    }

    /// Adds up what was counted in a piece.
    fn count(&mut self, piece: &impl FilePiece, encoding: CharEncoding) {
        let Some(work) = self.files.get_mut(&piece.number()) else {
            return;
        };
        let mut tally = match &mut self.counter.0 {
            Some(counter) => {
                work.last_time = counter.last_arrived();
                counter.finish(work.file.number, encoding)
            }
            None => Tally::of_file(work.file.number, encoding, 0, 0),
        };
        if let Some(bytes) = piece.utf16_bytes() {
            tally.input.bytes = bytes;
        }
        if let Some(times) = self.stream.times() {
            tally.input.undated_lines = Some(times.undated_lines());
            let first_line = times.first_line_without_times().map(|line| encoding.decode(line, true));
            work.without_times =
                if piece.is_first() { first_line } else { work.without_times.take().and(first_line) };
        }
        if tally.has_places() {
            self.is_checked = false;
            self.pipeline.keep_name(&work.file);
        }
        self.pipeline.live.append_followed(piece.number(), tally);
    }

    /// Finds out if the run has all that it was asked for.
    fn look_for_the_end(&mut self) {
        let has_selected = self.files.values().any(|work| work.lines.selected > 0);
        if self.pipeline.selected_lines == SelectedLines::Sought && has_selected {
            self.pipeline.any_selected.store(true, Ordering::Relaxed);
            self.has_all = true;
        }
    }

    /// Returns true if fields have been counted since the last call.
    pub(super) fn is_news(&mut self) -> bool {
        !std::mem::replace(&mut self.is_checked, true)
    }

    /// Ends the work on files that have ended.
    pub(super) fn end(&mut self, numbers: Vec<usize>) {
        for number in numbers {
            if let Some(work) = self.files.remove(&number) {
                let has_times = work.end(self.pipeline);
                self.pipeline.live.end_followed(number, has_times);
            }
        }
    }

    /// Ends the work on all files.
    pub(super) fn end_all(&mut self) {
        let numbers = self.files.keys().copied().collect();
        self.end(numbers);
    }

    /// Ends the work on all files, and returns their counts, which then no more count as those of the run.
    pub(super) fn into_tally(self) -> Tally {
        let mut all = Tally::new();
        for (number, work) in self.files {
            let has_times = work.end(self.pipeline);
            let mut tally = self.pipeline.live.take_followed(number);
            tally.complete &= has_times;
            all.append(tally);
        }
        all
    }

    /// Begins lines that need no line between groups before them.
    pub(super) fn begin_output(&mut self) {
        self.stream.begin_output();
    }
}

impl FileWork {
    fn new(piece: &impl FilePiece) -> Self {
        Self {
            file: piece.file(),
            lines: PieceLines::default(),
            has_enough: false,
            without_times: None,
            last_time: None,
        }
    }

    /// Ends the work. Returns false if lines should be chosen by their times and none has one, which is said as trouble.
    fn end(self, pipeline: &Pipeline) -> bool {
        let Some(first_line) = self.without_times else {
            return true;
        };
        pipeline.messages.input(&self.file.name, &io::Error::other(NoTimes { first_line }));
        false
    }
}
