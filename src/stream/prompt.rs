//! Prompts: incomplete lines whose beginning is written while more of the line is waited for.
//!
//! The line is annotated when it is whole, as any line is. The bytes that were written before are then left out of the
//! output, of which they are the beginning.

use super::source::Source;
use super::writing::{LineChoice, Writing};
use crate::lines::LineWriter;
use std::io::{self, IoSlice, Write};
use std::ops::Range;
use std::time::Instant;

/// The state of the line that is incomplete.
#[derive(Debug, Default)]
pub(super) struct Prompt {
    /// The number of bytes from the start of the window that have been written.
    text: usize,
    /// The output that has been written before the line was whole: these bytes, with the number before them.
    output: Vec<u8>,
    /// The number of bytes of `output` that have come again with the line.
    again: usize,
    /// The time since which bytes of the line have waited to be written; `None` if none have.
    since: Option<Instant>,
    /// True if the next byte of the line could be of a code, so that the rest waits until the line is whole.
    is_held: bool,
}

/// A writer of a whole line, which leaves the bytes out that have been written.
pub(super) struct RestOfLine<'w> {
    prompt: &'w mut Prompt,
    wtr: &'w mut dyn Write,
}

impl Prompt {
    /// Returns true if bytes have been written that come again with the line.
    pub(super) fn is_written(&self) -> bool {
        self.again < self.output.len()
    }

    /// Returns the writer of what is not written yet.
    pub(super) fn rest<'w>(&'w mut self, wtr: &'w mut dyn Write) -> RestOfLine<'w> {
        RestOfLine { prompt: self, wtr }
    }

    /// Writes the bytes of an incomplete line that no field can touch, and flushes, if the source rests. The line is in the range
    /// `line` of the window, and is what is left when all settled text has been consumed. Must be called only where the next
    /// read would wait.
    ///
    /// # Errors
    ///
    /// Returns the errors of the writer.
    pub(super) fn write(
        &mut self,
        (window, line): (&[u8], Range<usize>),
        writing: &Writing,
        lines: &mut LineWriter,
        source: &mut impl Source,
        wtr: &mut impl Write,
    ) -> io::Result<()> {
        let may_write = line.len() > self.text && !self.is_held && writing.can_write_prompts();
        if !(may_write && source.rests(&mut self.since)) {
            return Ok(());
        }
        self.since = None;
        let untouched = writing.notes.untouched_end(window, line.clone());
        self.is_held = untouched < line.end;
        let text = &window[line.start..untouched];
        let to = whole_characters(text);
        if to <= self.text {
            return Ok(());
        }
        let before = self.output.len();
        if let LineChoice::Lines(rules) = &writing.written
            && before == 0
        {
            self.output = lines.text_before_rest(rules);
        }
        self.output.extend_from_slice(&text[self.text..to]);
        self.text = to;
        wtr.write_all(&self.output[before..])?;
        wtr.flush()
    }

    /// Follows the window, of which `count` bytes have been consumed.
    pub(super) fn consumed(&mut self, count: usize) {
        self.text = self.text.saturating_sub(count);
        (self.since, self.is_held) = (None, false);
        if !self.is_written() {
            self.output.clear();
            self.again = 0;
        }
    }

    /// Drops the state, for another source.
    pub(super) fn clear(&mut self) {
        self.output.clear();
        (self.text, self.again, self.since, self.is_held) = (0, 0, None, false);
    }
}

impl Write for RestOfLine<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let written = &self.prompt.output[self.prompt.again..];
        if written.is_empty() {
            return self.wtr.write_vectored(slices);
        }
        let first = slices.iter().find(|slice| !slice.is_empty()).map_or(&[][..], |slice| slice);
        let count = first.len().min(written.len());
        debug_assert_eq!(
            first[..count].escape_ascii().to_string(),
            written[..count].escape_ascii().to_string()
        );
        self.prompt.again += count;
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wtr.flush()
    }
}

impl Writing {
    /// Returns true if the beginning of a line can be written before the line is whole: all lines are written, and the bytes
    /// between notes as they are.
    fn can_write_prompts(&self) -> bool {
        let writes_all = match &self.written {
            LineChoice::All => true,
            LineChoice::Lines(rules) => !rules.choose() && !rules.is_silent(),
            LineChoice::Nothing => false,
        };
        writes_all && self.times.is_none() && self.notes.adds_notes_alone()
    }
}

/// Returns the length in bytes of a text without the beginning of a character of UTF-8 that it ends in.
fn whole_characters(text: &[u8]) -> usize {
    let last = text.iter().rev().take(4).position(|byte| !matches!(byte, 0x80..=0xBF));
    let Some(behind) = last else { return text.len() };
    let start = text.len() - 1 - behind;
    let length = match text[start] {
        0xC2..=0xDF => 2,
        0xE0..=0xEF => 3,
        0xF0..=0xF4 => 4,
        _ => 1,
    };
    if start + length > text.len() { start } else { text.len() }
}

#[cfg(test)]
mod tests;
