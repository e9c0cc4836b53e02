//! The writer of the lines of a stream, where they are chosen or numbered.

use super::LineRules;
use super::count_newlines;
use super::held::{HeldLine, HeldLines};
use super::newlines::last_lines;
use super::prefix::LinePrefix;
use super::prefixed::PrefixedLines;
use super::selected::SelectedCount;
use crate::buffer::Settled;
use crate::buffer::Sink;
use crate::engine::{PartAnnotator, StreamState, Unit};
use crate::field::FoundField;
use memchr::{memchr, memrchr};
use std::io::{self, Write};
use std::ops::Range;

/// The line between groups of lines that do not follow each other.
pub(crate) const GROUP_SEPARATOR: &[u8] = b"--\n";

/// The state of a stream whose lines are chosen or numbered, kept from one part to the next.
#[derive(Debug, Default)]
pub(crate) struct LineWriter {
    /// The number of lines that have been counted, where lines are numbered.
    pub(super) lines: u64,
    /// True if the last byte of the input that was written did not end its line.
    pub(super) in_line: bool,
    /// The number of lines that are still to be written behind a selected line.
    after_left: usize,
    /// True if lines have been left out since the last line was written.
    pub(super) left_out: bool,
    /// The number of selected lines of the input, where they are counted.
    selected: SelectedCount,
    /// True if a chosen line has been written to the output, of this input or of an earlier one.
    pub(super) has_written: bool,
    held: HeldLines,
    pub(super) prefix: LinePrefix,
}

impl LineWriter {
    /// Begins another output, which has no lines yet.
    #[cfg(feature = "cli")]
    pub(crate) fn begin_output(&mut self) {
        self.has_written = false;
    }

    /// Returns true if [`GROUP_SEPARATOR`] must stand before lines of another input.
    #[cfg(feature = "cli")]
    pub(crate) fn ends_group(&self, rules: &LineRules) -> bool {
        rules.has_context() && self.has_written
    }

    /// Begins another input, or a part of one with this number of lines before it. `name` stands before the number of each
    /// line; it may be empty.
    pub(crate) fn begin_input(&mut self, name: &[u8], lines_before: u64) {
        self.prefix.begin_input(name);
        (self.lines, self.in_line, self.after_left, self.left_out) = (lines_before, false, 0, true);
        self.selected = SelectedCount::default();
        self.held.take_last(0);
    }

    /// Returns the number of selected lines of the input so far; 0 where they are not counted.
    #[cfg(feature = "cli")]
    pub(crate) fn selected(&self) -> u64 {
        self.selected.0
    }

    /// Returns true if the rest of the input need not be read, because it has no more lines to write.
    pub(crate) fn has_enough(&self, rules: &LineRules) -> bool {
        let has_all = rules.lines.max_count.is_some_and(|max| self.selected.0 >= max) && rules.choose();
        has_all && (rules.is_silent() || self.after_left == 0 && !self.in_line)
    }

    /// Leaves out lines, whole or a part of one, as if they were not there but for the numbers of the lines behind them.
    pub(crate) fn leave_out(&mut self, rules: &LineRules, lines: &[u8]) {
        if rules.number() {
            self.lines += count_newlines(lines);
        }
        (self.after_left, self.left_out) = (0, true);
        self.held.take_last(0);
    }

    /// Ends an input. A last line without a newline gets one, because lines of another input may follow.
    pub(crate) fn end_input(&mut self, wtr: &mut impl Write) -> io::Result<()> {
        if std::mem::take(&mut self.in_line) { wtr.write_all(b"\n") } else { Ok(()) }
    }

    /// Returns a writer of lines to `wtr`, each behind its name and number where the rules have them, with `mark` behind
    /// these.
    pub(crate) fn prefixed<'p, W>(
        &'p mut self,
        rules: &LineRules,
        notes: &PartAnnotator,
        mark: u8,
        wtr: &'p mut W,
    ) -> PrefixedLines<'p, W> {
        let Self { prefix, lines, in_line, .. } = self;
        let (has_prefixes, numbered, level) = (rules.have_prefix(), rules.number(), notes.level());
        PrefixedLines { prefix, lines, in_line, has_prefixes, numbered, mark, level, wtr }
    }

    /// Writes the chosen lines of a part of the window; `state` lists the fields of the part. The part must end at the
    /// end of a line or of the input, or lie in one line that is too long to be held.
    pub(crate) fn write_part<'t>(
        &mut self,
        rules: &LineRules,
        notes: &'t PartAnnotator,
        settled: Settled<'t>,
        state: &mut StreamState,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        let listed = std::mem::take(&mut state.listed);
        let written = self.write(rules, notes, settled, PartFields::Listed(&listed), state, wtr);
        state.listed = listed;
        written
    }

    /// Writes a long line, which must be the whole part, if it is chosen. Its fields are searched for a second time
    /// when it is written.
    pub(crate) fn write_long_line<'t>(
        &mut self,
        rules: &LineRules,
        notes: &'t PartAnnotator,
        settled: Settled<'t>,
        is_selected: bool,
        state: &mut StreamState,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        let fields = PartFields::OfLongLine { is_selected, is_cut: settled.is_cut };
        self.write(rules, notes, settled, fields, state, wtr)
    }

    /// Writes the chosen lines of a part with the given fields.
    fn write<'t>(
        &mut self,
        rules: &LineRules,
        notes: &'t PartAnnotator,
        settled: Settled<'t>,
        fields: PartFields<'_>,
        state: &mut StreamState,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<()> {
        let Settled { text: window, part, at_end, .. } = settled;
        let at = part.start;
        let mut writer =
            PartWriter { so_far: self, rules, notes, window, state, wtr, fields, at, counted: at };
        if writer.so_far.in_line {
            writer.write(writer.line_end(at, part.end), b':')?;
        }
        writer.write_selected(part.end, at_end)?;
        writer.count_to(part.end);
        Ok(())
    }
}

/// The fields of a part.
#[derive(Clone, Copy)]
enum PartFields<'a> {
    /// The fields of the part behind [`PartWriter::at`], and perhaps some before it.
    Listed(&'a [FoundField]),
    /// The fields of a long line, which are too many to be listed. `is_selected` is true if the line is selected,
    /// `is_cut` is as in [`Settled`].
    OfLongLine { is_selected: bool, is_cut: bool },
}

/// The writer of one part.
struct PartWriter<'t, 'a, W> {
    so_far: &'a mut LineWriter,
    rules: &'a LineRules,
    notes: &'t PartAnnotator,
    window: &'t [u8],
    state: &'a mut StreamState,
    wtr: &'a mut W,
    fields: PartFields<'a>,
    /// The byte offset in the window before which all lines have been written, held or left out. A line begins here,
    /// unless [`LineWriter::in_line`] is true.
    at: usize,
    /// The byte offset in the window up to which lines have been counted.
    counted: usize,
}

impl<'t, 'a, W: Sink<'t>> PartWriter<'t, 'a, W> {
    /// Writes the selected lines of the rest of the part with their context, and holds or leaves out the others.
    /// `at_end` is true if the input ends with the part.
    fn write_selected(&mut self, part_end: usize, at_end: bool) -> io::Result<()> {
        // Selected lines that follow each other are written together.
        let mut run = self.at..self.at;
        let fields = match self.fields {
            PartFields::Listed(fields) => fields,
            PartFields::OfLongLine { is_selected, .. } => {
                run.end = if is_selected { part_end } else { run.start };
                &[]
            }
        };
        for field in fields {
            if field.end <= run.end || !self.rules.selects(field) {
                continue;
            }
            let next_end = self.line_end(run.end, part_end);
            if field.end > next_end {
                // Lines between the run and the line of this field are not selected.
                let newline = memrchr(b'\n', &self.window[next_end..field.end]);
                let start = newline.map_or(next_end, |newline| next_end + newline + 1);
                self.write_with_context(run)?;
                run = start..self.line_end(field.end, part_end);
            } else {
                run.end = next_end;
            }
        }
        self.write_with_context(run)?;
        self.write_context_behind(part_end)?;
        let is_too_long = !at_end && self.window[self.at..part_end].last().is_some_and(|&last| last != b'\n');
        if is_too_long { self.write_with_context(self.at..part_end) } else { self.hold(part_end) }
    }

    /// Writes selected lines, which follow each other, and before them the lines that are in the context of an earlier
    /// selected line or of these.
    fn write_with_context(&mut self, lines: Range<usize>) -> io::Result<()> {
        let max_count = self.rules.lines.max_count;
        let length = self.so_far.selected.take(&self.window[lines.clone()], max_count);
        let lines = lines.start..lines.start + length;
        if lines.is_empty() {
            return Ok(());
        }
        if self.rules.is_silent() {
            self.at = lines.end;
            self.so_far.in_line = self.window[lines.end - 1] != b'\n';
            return Ok(());
        }
        if self.rules.has_context() {
            self.write_context_behind(lines.start)?;
            self.write_context_before(lines.start)?;
        }
        self.at = lines.start;
        self.write_lines(lines.end, b':')?;
        self.so_far.after_left = self.rules.context().after;
        Ok(())
    }

    /// Writes the lines up to `end` that are in the context behind an earlier selected line.
    fn write_context_behind(&mut self, end: usize) -> io::Result<()> {
        while self.so_far.after_left > 0 && self.at < end {
            self.so_far.after_left -= 1;
            self.write_lines(self.line_end(self.at, end), b'-')?;
        }
        Ok(())
    }

    /// Writes the lines up to `end` that are in the context before the selected line at `end`, with `--` before them
    /// where lines have been left out.
    fn write_context_before(&mut self, end: usize) -> io::Result<()> {
        let before = self.rules.context().before;
        let (skipped, count) = last_lines(&self.window[self.at..end], before);
        let held = self.so_far.held.take_last(before - count);
        self.so_far.left_out |= skipped > 0 || held.left_out;
        if self.so_far.left_out && self.so_far.has_written {
            self.wtr.write_all(GROUP_SEPARATOR)?;
        }
        for (line, back) in held.lines.iter().zip((1..=held.lines.len() as u64).rev()) {
            self.write_prefix(self.so_far.lines.saturating_sub(back) + 1, b'-')?;
            self.wtr.write_all(line)?;
        }
        self.at += skipped;
        self.write_lines(end, b'-')
    }

    /// Holds the lines up to `end` that would be in the context before a selected line at `end`, and leaves out the
    /// others.
    fn hold(&mut self, end: usize) -> io::Result<()> {
        let before = self.rules.context().before;
        let (skipped, _) = last_lines(&self.window[self.at..end], before);
        self.at += skipped;
        if skipped > 0 {
            self.so_far.held.take_last(0);
            self.so_far.left_out = true;
        }
        self.skip_fields();
        while self.at < end {
            let line_end = self.line_end(self.at, end);
            let mut line = HeldLine::default();
            let fields = self.take_fields(line_end);
            write_lines(self.notes, self.window, self.at..line_end, fields, self.state, &mut line)?;
            self.so_far.left_out |= match line.into_text() {
                Some(text) => self.so_far.held.push(text, before),
                None => {
                    self.so_far.held.take_last(0);
                    true
                }
            };
            self.at = line_end;
        }
        Ok(())
    }

    /// Writes all lines up to `end`, each with its name and number where lines have them, and `mark` behind these.
    fn write_lines(&mut self, end: usize, mark: u8) -> io::Result<()> {
        if self.at >= end {
            return Ok(());
        }
        self.skip_fields();
        self.count_to(self.at);
        self.write(end, mark)?;
        (self.so_far.left_out, self.so_far.has_written) = (false, true);
        Ok(())
    }

    /// Writes the text before a line that is held, where lines have names or numbers.
    fn write_prefix(&mut self, number: u64, mark: u8) -> io::Result<()> {
        if !self.rules.have_prefix() {
            return Ok(());
        }
        self.so_far.prefix.write(self.rules.number().then_some(number), mark, self.wtr)
    }

    /// Writes all text up to `end`, with its notes, and the prefixes of the lines that begin there.
    fn write(&mut self, end: usize, mark: u8) -> io::Result<()> {
        let fields = self.take_fields(end);
        let Self { ref mut so_far, rules, notes, window, ref mut state, ref mut wtr, at, .. } = *self;
        let mut wtr = so_far.prefixed(rules, notes, mark, *wtr);
        write_lines(notes, window, at..end, fields, state, &mut wtr)?;
        (self.at, self.counted) = (end, end);
        Ok(())
    }

    /// Drops the fields of lines that are not written.
    fn skip_fields(&mut self) {
        let _ = self.take_fields(self.at);
    }

    /// Removes the fields up to `end` from the list and returns them. The fields of a long line are not listed and are
    /// returned each time.
    #[inline]
    fn take_fields(&mut self, end: usize) -> PartFields<'a> {
        let PartFields::Listed(listed) = &mut self.fields else {
            return self.fields;
        };
        let count = listed.iter().take_while(|field| field.end <= end).count();
        let (fields, rest) = listed.split_at(count);
        *listed = rest;
        PartFields::Listed(fields)
    }

    /// Returns the byte offset at which the line that has `at` ends: behind its newline, or at `end` where no newline
    /// stands before.
    fn line_end(&self, at: usize, end: usize) -> usize {
        memchr(b'\n', &self.window[at..end]).map_or(end, |newline| at + newline + 1)
    }

    /// Counts the lines up to the byte offset `to`, where lines are numbered.
    fn count_to(&mut self, to: usize) {
        if self.rules.lines.numbered {
            self.so_far.lines += count_newlines(&self.window[self.counted..to]);
            self.counted = to;
        }
    }
}

/// Writes whole lines of the window with their notes. The fields of a long line are searched for again.
#[inline]
fn write_lines<'t>(
    notes: &'t PartAnnotator,
    window: &'t [u8],
    lines: Range<usize>,
    fields: PartFields<'_>,
    state: &mut StreamState,
    wtr: &mut impl Sink<'t>,
) -> io::Result<()> {
    match fields {
        PartFields::Listed(fields) => notes.write_range(window, lines, fields, &mut state.color, wtr),
        PartFields::OfLongLine { is_cut, .. } => {
            let write = |chunk: Range<usize>, state: &mut StreamState| {
                let StreamState { listed, color, .. } = state;
                notes.write_range(window, chunk, listed, color, wtr)
            };
            notes.for_each_chunk(window, &Unit::LongLine(lines), is_cut, state, write).map(drop)
        }
    }
}
