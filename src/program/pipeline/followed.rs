//! Annotates the lines of files that are followed, as they come, into one writer.

use super::one_input::annotate_input;
use super::selected_lines::SelectedLines;
use super::worker::Worker;
use super::{ArchiveOutput, Pipeline};
use crate::program::encoding::{CharEncoding, Utf16Writer};
use crate::program::follow::{FollowRules, FollowedLines, Follower, RoundEnd};
use crate::program::input::{InputFile, ListingRules};
use crate::program::output::Outlet;
use crate::program::report::{ArrivedTime, Counter, Tally};
use crate::program::system::signals::Stop;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::NoTimes;
use crate::stream::{PieceLines, StreamAnnotator};
use crate::{Observer, Part, StreamError};
use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::Ordering;

/// The work on all files that are followed.
struct FollowWork<'a> {
    pipeline: &'a Pipeline,
    stream: StreamAnnotator<'a>,
    counter: FollowCounter,
    files: BTreeMap<usize, FileWork>,
    /// The number of the file of the last piece.
    last: Option<usize>,
    /// True if fields have been counted since checks were made.
    is_checked: bool,
    /// True if a selected line was sought and is found, or no file has more lines to write.
    has_all: bool,
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
struct FollowCounter(Option<Counter>);

impl Observer for FollowCounter {
    fn wants_fields(&self) -> bool {
        self.0.is_some()
    }

    fn observe(&mut self, part: Part<'_>) {
        if let Some(counter) = &mut self.0 {
            counter.observe(&part);
        }
    }
}

impl Pipeline {
    /// Follows the files that operands name, annotates their lines as they come, and returns the counts. Ends when a signal, a
    /// rule, or `has_failed`, which judges the counts so far, asks for it. Reports trouble with a file, and goes on with the
    /// others.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub(crate) fn follow<W: Write + Send>(
        &self,
        rules: &FollowRules,
        operands: &[InputName],
        listing: &ListingRules,
        has_failed: &dyn Fn(&Tally) -> bool,
        wtr: &mut Outlet<W>,
    ) -> io::Result<Tally> {
        let mut follower = match Follower::new(rules, operands, listing, &self.reading, &self.messages) {
            Ok(follower) => follower,
            Err(refusal) => {
                self.messages.say(&refusal);
                return Ok(Tally::incomplete());
            }
        };
        let mut work = FollowWork::new(self);
        work.read_packed(&mut follower, wtr)?;
        loop {
            let end = follower.round(&mut |piece| work.take(piece, wtr))?;
            work.end(follower.take_ended());
            let has_failed = rules.until_fail && work.is_news() && has_failed(&self.live.so_far());
            if has_failed || work.has_all || self.reading.signals.ask_to_stop(Stop::Stream) {
                break;
            }
            if end == RoundEnd::Rest {
                wtr.flush()?;
                if follower.is_over() {
                    follower.end_all(&mut |piece| work.take(piece, wtr))?;
                    break;
                }
                if !follower.wait() {
                    self.refuse_gone_reader()?;
                    break;
                }
            }
        }
        wtr.flush()?;
        work.end_all();
        let mut tally = self.live.at_end();
        tally.stopped = self.reading.signals.has_stopped();
        Ok(tally)
    }
}

impl<'a> FollowWork<'a> {
    fn new(pipeline: &'a Pipeline) -> Self {
        Self {
            pipeline,
            stream: pipeline.annotators.of(CharEncoding::Utf8).stream_annotator(),
            counter: FollowCounter(pipeline.counter.clone()),
            files: BTreeMap::new(),
            last: None,
            is_checked: true,
            has_all: false,
        }
    }

    /// Reads the packed files that are there at the start, once.
    fn read_packed<W: Write + Send>(
        &mut self,
        follower: &mut Follower<'_>,
        wtr: &mut Outlet<W>,
    ) -> io::Result<()> {
        debug_assert_eq!(self.pipeline.archives, ArchiveOutput::Texts);
        for name in follower.take_packed() {
            let file = InputFile::followed(name, follower.new_number());
            let mut worker = Worker::new(self.pipeline);
            worker.begin_piece(file.number as u64);
            let outcome = annotate_input(&mut worker, &file, self.pipeline.open(&file), wtr)?;
            if outcome.tally.has_places() {
                self.pipeline.keep_name(&file);
            }
            self.pipeline.live.append(file.number as u64, outcome.tally);
            self.is_checked = false;
            for trouble in outcome.troubles {
                wtr.flush()?;
                self.pipeline.messages.input(&trouble.name, &trouble.error);
            }
            if let Some(owed) = outcome.owed {
                wtr.owe(owed);
            }
        }
        Ok(())
    }

    /// Annotates a piece of a file.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    fn take(&mut self, piece: &mut FollowedLines<'_>, wtr: &mut impl Write) -> io::Result<()> {
        let Self { pipeline, stream, counter, files, last, .. } = self;
        if *last != Some(piece.number) {
            if let Some(before) = last.and_then(|last| files.get_mut(&last)) {
                before.lines.were_last = false;
            }
            *last = Some(piece.number);
        }
        let work = files.entry(piece.number).or_insert_with(|| FileWork::new(piece));
        if work.has_enough {
            return Ok(());
        }
        let encoding = piece.encoding.encoding;
        let years = pipeline.reading.year_reference(None);
        if piece.is_first {
            stream.set_year_reference(years);
        }
        if let Some(counter) = &mut counter.0 {
            counter.begin_input(years, crate::stream::Source::lines_skipped(piece));
            counter.count_arrivals(work.last_time);
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
                let mut wtr = Utf16Writer::new(order, piece.encoding.has_mark, &mut *wtr);
                let annotated = stream.annotate_piece(&mut work.lines, piece, &name, &mut wtr, counter);
                if !matches!(annotated, Err(StreamError::Write(_))) {
                    wtr.finish(false)?;
                }
                annotated
            }
        };
        match annotated {
            Ok(has_enough) => work.has_enough = has_enough,
            Err(StreamError::Read(error)) => {
                wtr.flush()?;
                pipeline.messages.input(&work.file.name, &error);
            }
            Err(StreamError::Write(error)) => return Err(error),
        }
        self.count(piece, encoding);
        self.look_for_the_end();
        Ok(())
    }

    /// Adds up what was counted in a piece.
    fn count(&mut self, piece: &FollowedLines<'_>, encoding: CharEncoding) {
        let Some(work) = self.files.get_mut(&piece.number) else {
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
                if piece.is_first { first_line } else { work.without_times.take().and(first_line) };
        }
        if tally.has_places() {
            self.is_checked = false;
            self.pipeline.keep_name(&work.file);
        }
        self.pipeline.live.append_followed(piece.number, tally);
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
    fn is_news(&mut self) -> bool {
        !std::mem::replace(&mut self.is_checked, true)
    }

    /// Ends the work on files that have ended.
    fn end(&mut self, numbers: Vec<usize>) {
        for number in numbers {
            if let Some(work) = self.files.remove(&number) {
                let has_times = work.end(self.pipeline);
                self.pipeline.live.end_followed(number, has_times);
            }
        }
    }

    /// Ends the work on all files.
    fn end_all(&mut self) {
        let numbers = self.files.keys().copied().collect();
        self.end(numbers);
    }
}

impl FileWork {
    fn new(piece: &FollowedLines<'_>) -> Self {
        Self {
            file: InputFile::followed(piece.name.clone(), piece.number),
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
