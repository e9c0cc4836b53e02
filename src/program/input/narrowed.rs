//! Reads only a part of an input: the lines of a time, or those of a range of bytes.

use super::input_part::InputPart;
use super::input_range::{InputRange, RangeCell, StreamRange};
use super::sorted::SortedLines;
use super::{Content, Input};
use crate::time::{TimeBounds, YearReference};
use std::io::{self, ErrorKind};

impl Input {
    /// Returns the input, of which only the part is read that has the lines within the bounds of time, if its lines are
    /// in order and it is a plain file. Counts the lines before that part if `counts_lines` is true.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be read.
    pub(crate) fn narrowed(
        mut self,
        bounds: &TimeBounds,
        years: YearReference,
        counts_lines: bool,
    ) -> io::Result<Self> {
        let can_be_narrowed =
            bounds.are_sorted() && !self.is_tailed && self.is_plain_file() && self.utf16.is_none();
        let Content::Direct(rdr) = &mut self.content else {
            return Ok(self);
        };
        let descriptor = rdr.get_ref().bottom();
        let file_end = descriptor.size()?;
        if !can_be_narrowed || file_end <= self.start {
            return Ok(self);
        }
        let mut lines = SortedLines::new(descriptor, bounds, years);
        let (start, end) = lines.part(self.start, file_end)?;
        let has_times = lines.have_times();
        let lines_before = if counts_lines { descriptor.count_newlines(self.start, start)? } else { 0 };
        self.set_part(InputPart { start, end, lines_before, has_times }, file_end)?;
        Ok(self)
    }

    /// Returns the input, of which only the lines are read that begin in a range of its bytes. `cell` gets the bytes that
    /// were read.
    ///
    /// # Errors
    ///
    /// Fails where the input cannot be read, has no plain text, or ends before the range begins.
    pub(crate) fn in_range(mut self, range: InputRange, cell: &RangeCell) -> io::Result<Self> {
        if let Some(refusal) = self.refusal_of_ranges() {
            return Err(io::Error::other(refusal));
        }
        (self.shows_prompts, self.prompt_since) = (false, None);
        let limit = self.limit();
        let Content::Direct(rdr) = &mut self.content else {
            return Err(ErrorKind::Unsupported.into());
        };
        if !self.has_places || range.offset.is_some() {
            self.range = Some(Box::new(StreamRange::begin(range, rdr, cell.clone())?));
            return Ok(self);
        }
        let descriptor = rdr.get_ref().bottom();
        let file_end = descriptor.size()?.min(limit);
        if file_end <= self.start {
            // Files of the kernel have bytes, and say that they have none.
            self.range = Some(Box::new(StreamRange::begin(range, rdr, cell.clone())?));
            return Ok(self);
        }
        let size = file_end - self.start;
        let (start, end) = range.in_file(descriptor, self.start, size, cell)?;
        self.set_part(InputPart { start, end, lines_before: 0, has_times: false }, file_end)?;
        if range.end < u64::MAX {
            // Bytes that are written to the file from now on belong to another range.
            self.left = end - start;
        }
        Ok(self)
    }

    /// Returns the reason why the input cannot be read in ranges; `None` if it can.
    fn refusal_of_ranges(&self) -> Option<String> {
        let kind = match (self.formats.first(), &self.utf16) {
            (Some(format), _) => format!("is compressed ({})", format.name()),
            (None, Some(_)) => "is in UTF-16".to_owned(),
            (None, None) => return None,
        };
        Some(format!("{kind}, and a range is one of the bytes of plain text; read it whole"))
    }

    /// Reads only a part of a plain file of which nothing but its first bytes was read.
    ///
    /// # Errors
    ///
    /// Fails where the file has no position.
    fn set_part(&mut self, part: InputPart, file_end: u64) -> io::Result<()> {
        let Content::Direct(rdr) = &mut self.content else {
            return Err(ErrorKind::Unsupported.into());
        };
        let descriptor = rdr.get_ref().bottom();
        if part.start > self.start {
            let read = descriptor.position()? - self.start;
            descriptor.progress().add_bytes((part.start - self.start).saturating_sub(read));
            descriptor.set_position(part.start)?;
            rdr.drop_buffer();
        }
        if part.end < file_end {
            self.left = part.end - part.start;
        }
        self.part = Some(part);
        Ok(())
    }
}
