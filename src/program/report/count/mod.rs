//! Counts the fields of an input while it is annotated: which codes, in which lines, first and last where.
//!
//! For each field no more is done than needs to be; line numbers and texts are looked up once for each part of
//! the input, for the first and the last line with each code.

mod slot;

use super::tally::{Tally, UNKNOWN_CODES_MAX};
use crate::field::FoundField;
use crate::time::StampReader;
use crate::{Catalog, Part, Selector};
use memchr::{memchr_iter, memrchr};
use slot::{Moment, Slot, TEXT_MAX_BYTES, extend_head};
use std::collections::BTreeMap;
use std::mem;

/// What stands for the slot of an entry that was not met.
const NO_SLOT: u32 = u32::MAX;

/// Counts one input, or a part of one, after the other.
#[derive(Clone, Debug)]
pub struct Counter {
    /// One for each code that was met.
    slots: Vec<Slot>,
    /// Where in `slots` each entry of the catalog is, or [`NO_SLOT`].
    known: Box<[u32]>,
    /// Where in `slots` an unknown code is.
    unknown: BTreeMap<i32, usize>,
    more_unknown: u64,
    /// Those of the checks: what they select of unknown codes is counted for each.
    selectors: Vec<Selector>,
    selected: Vec<u64>,
    /// Lines and bytes before the part.
    lines: u64,
    bytes: u64,
    /// The line that the part before ended in.
    open: Option<OpenLine>,
    line: CountedLine,
    /// The slots that were counted in the part.
    touched: Vec<usize>,
    /// The lines that are to be looked up: where each begins, for which slot, and whether as its first.
    marks: Vec<(usize, usize, bool)>,
    stamps: StampReader,
}

/// The line of the last field.
#[derive(Clone, Copy, Debug, Default)]
struct CountedLine {
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

impl Counter {
    /// Counts codes of that catalog, and for each selector what it selects of others.
    pub fn new(catalog: &Catalog, selectors: Vec<Selector>) -> Self {
        Self {
            slots: Vec::new(),
            known: vec![NO_SLOT; catalog.entries().len()].into_boxed_slice(),
            unknown: BTreeMap::new(),
            more_unknown: 0,
            selected: vec![0; selectors.len()],
            selectors,
            lines: 0,
            bytes: 0,
            open: None,
            line: CountedLine::default(),
            touched: Vec::new(),
            marks: Vec::new(),
            stamps: StampReader::default(),
        }
    }

    /// Counts a part, which follows the last one. Where it ends within a line, it has the first bytes of that line,
    /// as many as are kept: buffers are larger.
    pub(crate) fn observe(&mut self, part: &Part<'_>) {
        let text = &part.text[part.range()];
        self.go_on_with_line(text);
        let offset = part.offset;
        for field in part.found {
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
        for (code, slot) in mem::take(&mut self.unknown) {
            self.count_selected(code, self.slots[slot].fields);
        }
        tally.unknown_selected.clone_from(&self.selected);
        self.selected.fill(0);
        for slot in self.slots.drain(..) {
            let codes = match slot.entry {
                Some(entry) => {
                    self.known[entry] = NO_SLOT;
                    &mut tally.known
                }
                None => &mut tally.unknown,
            };
            codes.insert(slot.code, slot.into_counted(file));
        }
        self.line = CountedLine::default();
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
        self.line = CountedLine { number, start, moment, has_field: true, ..self.line };
    }

    /// Where the code of a field is counted; nowhere, where there are too many unknown ones.
    #[inline]
    fn slot(&mut self, field: &FoundField) -> Option<usize> {
        match field.entry.map(|entry| (entry, self.known[entry])) {
            None => self.unknown_slot(field.code),
            Some((entry, NO_SLOT)) => Some(self.known_slot(entry, field.code)),
            Some((_, slot)) => Some(slot as usize),
        }
    }

    #[cold]
    fn known_slot(&mut self, entry: usize, code: i32) -> usize {
        let slot = self.slots.len();
        self.known[entry] = u32::try_from(slot).expect("there are fewer codes");
        self.slots.push(Slot::of_entry(entry, code));
        slot
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
            self.count_selected(code, 1);
            return None;
        }
        self.unknown.remove(&farthest);
        self.unknown.insert(code, slot);
        let fields = mem::replace(&mut self.slots[slot], Slot::of_code(code)).fields;
        self.more_unknown += fields;
        self.count_selected(farthest, fields);
        Some(slot)
    }

    /// Counts fields with an unknown code for whoever selects it.
    fn count_selected(&mut self, code: i32, fields: u64) {
        for (selector, count) in self.selectors.iter().zip(&mut self.selected) {
            *count += if selector.selects(code, None) { fields } else { 0 };
        }
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
        slot.add_moment(line.moment);
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
        if newline.is_none()
            && let Some(open) = &mut self.open
        {
            open.has_field = has_field;
            return;
        }
        let start = newline.map_or(0, |newline| newline + 1);
        let mut head = Vec::with_capacity(TEXT_MAX_BYTES);
        extend_head(&mut head, &text[start..]);
        self.open = Some(OpenLine { head, offset: offset + start as u64, has_field });
    }
}

fn count_lines(text: &[u8]) -> u64 {
    memchr_iter(b'\n', text).count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Annotator, Observer};
    use std::io;

    struct CountingObserver(Counter);

    impl Observer for CountingObserver {
        fn observe(&mut self, part: Part<'_>) {
            self.0.observe(&part);
        }
    }

    /// What is counted of a text with a buffer of that size.
    fn tally(text: &[u8], window_bytes: usize) -> Tally {
        let annotator = Annotator::builder().unknown(true).window_bytes(window_bytes).build();
        let mut watch = CountingObserver(Counter::new(&Catalog::builtin(), Vec::new()));
        annotator.observe_stream(text, io::sink(), &mut watch).unwrap();
        watch.0.finish(0)
    }

    #[test]
    fn buffers_make_no_difference() {
        let long =
            [b"2026-05-01 10:00:00 ret=-1 ", "用户 ret=-204 ".repeat(200).as_bytes(), b"ret=-9999\r\n"]
                .concat();
        let dots = [&b".".repeat(5000)[..], b"ret=-705 ret=-1"].concat();
        let short = b"ret=-1\n\nret=5 x\n[20260501 10:00:01] ret=-9999\n".repeat(30);
        for text in [&long[..], &dots, &short, &[&short[..], &long, &short, &dots].concat()] {
            let expected = tally(text, 1 << 20);
            assert!(expected.known_fields() > 0);
            for window_bytes in (700..2700).step_by(13) {
                assert_eq!(tally(text, window_bytes), expected, "{window_bytes}");
            }
        }
    }

    #[test]
    fn fields_that_reach_beyond_a_part_of_their_line_are_counted_once() {
        let line = b"ret=-204 (auth: user session is failure!) ret=-204 x ret=-31337 ".repeat(200);
        for window_bytes in 700..800 {
            let tally = tally(&line, window_bytes);
            assert_eq!(tally, self::tally(&line, line.len()), "{window_bytes}");
        }
    }
}
