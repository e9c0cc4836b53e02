//! Counts the fields of an input while it is annotated: which codes, in which lines, first and last where.
//!
//! For each field no more is done than needs to be; line numbers and texts are looked up once for each part of
//! the input, for the first and the last line with each code.

use super::histogram::Histogram;
use super::tally::{Counted, Place, Tally, UNKNOWN_CODES_MAX};
use super::time_stamp::{StampReader, TimeStamp};
use imsdk_annotate::{Catalog, Field, Part};
use memchr::{memchr, memchr_iter, memrchr};
use std::collections::BTreeMap;
use std::mem;

/// How much of a line is kept.
pub(crate) const TEXT_MAX_BYTES: usize = 200;

/// Counts one input, or a part of one, after the other.
#[derive(Clone, Debug)]
pub(crate) struct Counter {
    /// One for each entry of the catalog, then those of unknown codes.
    slots: Vec<Slot>,
    /// Where in `slots` an unknown code is.
    unknown: BTreeMap<i32, usize>,
    more_unknown: u64,
    known_codes: usize,
    /// Lines and bytes before the part.
    lines: u64,
    bytes: u64,
    /// The line that the part before ended in.
    open: Option<OpenLine>,
    line: LineState,
    /// The slots that were counted in the part.
    touched: Vec<usize>,
    /// The lines that are to be looked up: where each begins, for which slot, and whether as its first.
    marks: Vec<(usize, usize, bool)>,
    stamps: StampReader,
}

/// The line of the last field.
#[derive(Clone, Copy, Debug, Default)]
struct LineState {
    /// Counts lines that have fields.
    number: u64,
    /// Where it begins in the part.
    start: usize,
    /// Where the last field ends in the part.
    searched: usize,
    /// Whether a field was in it; before the first one of a part, there may be none.
    has_field: bool,
    moment: Moment,
}

/// A line that goes on in the next part.
#[derive(Clone, Debug)]
struct OpenLine {
    /// How it begins.
    head: Vec<u8>,
    /// Where in its input it begins.
    offset: u64,
    /// Whether the last field was in it.
    has_field: bool,
}

/// When a line was written, or where it is.
#[derive(Clone, Copy, Debug)]
enum Moment {
    Time(TimeStamp),
    Offset(u64),
}

/// One code.
#[derive(Clone, Debug, Default)]
struct Slot {
    code: i32,
    fields: u64,
    lines: u64,
    /// The number of the last line that had it.
    line: u64,
    first: Mark,
    last: Mark,
    times: Option<(TimeStamp, TimeStamp)>,
    seconds: Histogram,
    offsets: Histogram,
}

/// A line with the code.
#[derive(Clone, Debug, Default)]
struct Mark {
    /// Where in the part it begins; nothing where it is in no line of this part.
    start: Option<usize>,
    number: u64,
    text: Vec<u8>,
}

impl Default for Moment {
    fn default() -> Self {
        Self::Offset(0)
    }
}

impl Counter {
    pub(crate) fn new(catalog: &Catalog) -> Self {
        let slots: Vec<Slot> = catalog.entries().iter().map(|entry| Slot::of_code(entry.code())).collect();
        Self {
            known_codes: slots.len(),
            slots,
            unknown: BTreeMap::new(),
            more_unknown: 0,
            lines: 0,
            bytes: 0,
            open: None,
            line: LineState::default(),
            touched: Vec::new(),
            marks: Vec::new(),
            stamps: StampReader::default(),
        }
    }

    /// Counts a part, which follows the last one.
    pub(crate) fn observe(&mut self, part: &Part<'_>) {
        let text = &part.text[part.range()];
        self.go_on_with_line(text);
        let offset = part.input_offset + self.bytes;
        for field in part.listed {
            self.find_line(text, field.end - part.start, offset);
            if let Some(slot) = self.slot(field) {
                self.count(slot);
            }
        }
        self.look_up_marks(text);
        self.leave_line(text, offset);
        self.bytes += text.len() as u64;
    }

    /// What was counted since the last time, as a tally of an input, or of a part of it.
    pub(crate) fn finish(&mut self, file: usize) -> Tally {
        let lines = mem::take(&mut self.lines) + u64::from(self.open.take().is_some());
        let mut tally = Tally::of_file(file, lines, mem::take(&mut self.bytes));
        tally.more_unknown = mem::take(&mut self.more_unknown);
        self.unknown.clear();
        for (index, slot) in self.slots.iter_mut().enumerate().filter(|(_, slot)| slot.fields > 0) {
            let codes = if index < self.known_codes { &mut tally.known } else { &mut tally.unknown };
            let slot = mem::replace(slot, Slot::of_code(slot.code));
            codes.insert(slot.code, slot.into_counted(file));
        }
        self.slots.truncate(self.known_codes);
        self.line = LineState::default();
        tally
    }

    /// The line that the part before ended in goes on.
    fn go_on_with_line(&mut self, text: &[u8]) {
        (self.line.start, self.line.searched) = (0, 0);
        self.line.has_field = self.open.as_ref().is_some_and(|open| open.has_field);
        if let Some(open) = &mut self.open {
            extend_head(&mut open.head, text);
        }
    }

    /// Finds the line of a field that ends there, if it is another one than that of the last field.
    #[inline]
    fn find_line(&mut self, text: &[u8], field_end: usize, offset: u64) {
        let from = mem::replace(&mut self.line.searched, field_end);
        match memrchr(b'\n', &text[from..field_end]) {
            Some(newline) => self.begin_line(text, from + newline + 1, offset),
            None if !self.line.has_field => self.begin_line(text, 0, offset),
            None => {}
        }
    }

    fn begin_line(&mut self, text: &[u8], start: usize, offset: u64) {
        let (begin, offset) = match &self.open {
            Some(open) if start == 0 => (&open.head[..], open.offset),
            _ => (&text[start..], offset + start as u64),
        };
        let moment = self.stamps.read(begin).map_or(Moment::Offset(offset), Moment::Time);
        let number = self.line.number + 1;
        self.line = LineState { number, start, moment, has_field: true, ..self.line };
    }

    /// Where the code of a field is counted; nowhere, where there are too many unknown ones.
    #[inline]
    fn slot(&mut self, field: &Field) -> Option<usize> {
        field.entry.or_else(|| self.unknown_slot(field.code))
    }

    #[cold]
    fn unknown_slot(&mut self, code: i32) -> Option<usize> {
        if let Some(&slot) = self.unknown.get(&code) {
            return Some(slot);
        }
        if self.unknown.len() < UNKNOWN_CODES_MAX {
            self.unknown.insert(code, self.slots.len());
            self.slots.push(Slot::of_code(code));
            return Some(self.slots.len() - 1);
        }
        // The farthest from zero makes room.
        let (&farthest, &slot) = self.unknown.first_key_value()?;
        if code < farthest {
            self.more_unknown += 1;
            return None;
        }
        self.unknown.remove(&farthest);
        self.unknown.insert(code, slot);
        self.more_unknown += mem::replace(&mut self.slots[slot], Slot::of_code(code)).fields;
        Some(slot)
    }

    /// Counts a field with that slot's code in the line that was begun last.
    #[inline]
    fn count(&mut self, index: usize) {
        let (slot, line) = (&mut self.slots[index], &self.line);
        slot.fields += 1;
        if slot.line == line.number {
            return;
        }
        slot.line = line.number;
        slot.lines += 1;
        if slot.lines == 1 {
            slot.first.start = Some(line.start);
        }
        if slot.last.start.replace(line.start).is_none() {
            self.touched.push(index);
        }
        match line.moment {
            Moment::Offset(offset) => slot.offsets.add(i64::try_from(offset).unwrap_or(i64::MAX)),
            Moment::Time(stamp) => {
                slot.seconds.add(stamp.second);
                match &mut slot.times {
                    None => slot.times = Some((stamp, stamp)),
                    Some((earliest, _)) if stamp < *earliest => *earliest = stamp,
                    Some((_, latest)) if stamp > *latest => *latest = stamp,
                    Some(_) => {}
                }
            }
        }
    }

    /// Looks up numbers and texts of the lines that have been marked, and counts the lines of the part.
    fn look_up_marks(&mut self, text: &[u8]) {
        for index in self.touched.drain(..) {
            let Slot { first, last, .. } = &mut self.slots[index];
            self.marks.extend(first.start.take().map(|start| (start, index, true)));
            self.marks.extend(last.start.take().map(|start| (start, index, false)));
        }
        self.marks.sort_unstable();
        let mut counted = 0;
        for (start, index, is_first) in self.marks.drain(..) {
            self.lines += count_lines(&text[counted..start]);
            counted = start;
            let slot = &mut self.slots[index];
            let mark = if is_first { &mut slot.first } else { &mut slot.last };
            mark.number = self.lines + 1;
            mark.text.clear();
            match &self.open {
                Some(open) if start == 0 => mark.text.extend_from_slice(&open.head),
                _ => extend_head(&mut mark.text, &text[start..]),
            }
        }
        self.lines += count_lines(&text[counted..]);
    }

    /// Remembers the line that the part ends in, if it does not end with a line.
    fn leave_line(&mut self, text: &[u8], offset: u64) {
        if text.last().is_none_or(|&last| last == b'\n') {
            self.open = None;
            return;
        }
        let newline = memrchr(b'\n', text);
        let has_field = self.line.has_field && newline.is_none_or(|newline| newline < self.line.searched);
        match newline {
            None if let Some(open) = &mut self.open => open.has_field = has_field,
            newline => {
                let start = newline.map_or(0, |newline| newline + 1);
                let mut head = Vec::with_capacity(TEXT_MAX_BYTES);
                extend_head(&mut head, &text[start..]);
                self.open = Some(OpenLine { head, offset: offset + start as u64, has_field });
            }
        }
    }
}

impl Slot {
    fn of_code(code: i32) -> Self {
        Self { code, ..Self::default() }
    }

    fn into_counted(self, file: usize) -> Counted {
        let Self { fields, lines, times, seconds, offsets, .. } = self;
        let (first, last) = (self.first.into_place(file), self.last.into_place(file));
        Counted { fields, lines, files: 1, first, last, times, seconds, offsets }
    }
}

impl Mark {
    fn into_place(self, file: usize) -> Place {
        let text = self.text.strip_suffix(b"\r").unwrap_or(&self.text);
        Place { file, line: self.number, text: valid_utf8(text) }
    }
}

/// What is no UTF-8 becomes replacement characters; but a character that has been cut off is left out.
fn valid_utf8(text: &[u8]) -> String {
    let mut valid = String::with_capacity(text.len());
    let mut left = text.len();
    for chunk in text.utf8_chunks() {
        left -= chunk.valid().len() + chunk.invalid().len();
        valid.push_str(chunk.valid());
        let is_cut_off = left == 0
            && text.len() == TEXT_MAX_BYTES
            && str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
        if !chunk.invalid().is_empty() && !is_cut_off {
            valid.push(char::REPLACEMENT_CHARACTER);
        }
    }
    valid
}

fn count_lines(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}

/// Extends the beginning of a line by what follows of it, as far as it is kept.
fn extend_head(head: &mut Vec<u8>, rest: &[u8]) {
    let rest = &rest[..rest.len().min(TEXT_MAX_BYTES - head.len())];
    head.extend_from_slice(&rest[..memchr(b'\n', rest).unwrap_or(rest.len())]);
}
