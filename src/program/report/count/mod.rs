//! Counts the fields of an input while it is annotated: the codes, their lines, and the first and last place of each.
//!
//! The work for each field is as little as possible: line numbers and texts are looked up only once for each part of
//! the input, for the first and the last line with each code.

mod counted_line;
mod counter_rates;
mod near;
mod near_pattern;
mod open_line;
mod rates;
mod slot;
mod users;
mod values;

use super::tally::{Tally, UNKNOWN_CODES_MAX, ValueHasher, ZonesMet};
use crate::field::FoundField;
use crate::lines::count_newlines;
use crate::program::encoding::CharEncoding;
use crate::scanner::NearScanner;
use crate::time::{TimeReader, YearReference};
use crate::{Catalog, Part, Selector};
use counted_line::CountedLine;
use memchr::memrchr;
use near::NearCounter;
use open_line::OpenLine;
use rates::RateCounter;
pub(crate) use rates::{ArrivedTime, RateRule};
use slot::{HEAD_MAX_BYTES, Moment, Slot, extend};
use std::collections::BTreeMap;
use std::mem;
use values::ValueCounter;

/// The value in place of a slot's index for an entry that has not been met.
const NO_SLOT: u32 = u32::MAX;

/// Counts inputs, or parts of inputs, one after the other.
#[derive(Clone, Debug)]
pub struct Counter {
    /// The slots of the codes that have been met.
    slots: Vec<Slot>,
    /// The index in `slots` of each entry of the catalog, or [`NO_SLOT`].
    known: Box<[u32]>,
    /// The index in `slots` of each unknown code.
    unknown: BTreeMap<i32, usize>,
    more_unknown: u64,
    /// The selectors of the checks: for each, selected fields with unknown codes are counted.
    selectors: Vec<Selector>,
    selected: Vec<u64>,
    /// The number of lines before the part.
    lines: u64,
    /// The number of these that are left out, because they are outside the bounds of time.
    left_out_lines: u64,
    /// The number of bytes before the part that are not left out.
    bytes: u64,
    /// The line that the previous part ended in; `None` if the part ended with a whole line.
    open: Option<OpenLine>,
    line: CountedLine,
    /// The indices of the slots that were counted in the part.
    touched: Vec<usize>,
    /// The lines to be looked up: the byte offset of each, the index of its slot, and true if it is the slot's first
    /// line.
    marks: Vec<(usize, usize, bool)>,
    times: TimeReader,
    zones: ZonesMet,
    /// `None` if near misses are not counted.
    near: Option<NearCounter>,
    /// `None` if neither users nor first failures are counted.
    values: Option<Box<ValueCounter>>,
    /// `None` if there are no checks of rates.
    rates: Option<Box<RateCounter>>,
    /// True if the fields of each code, and the lines and bytes of the input, are all that is counted: neither places nor
    /// times.
    codes_alone: bool,
}

impl Counter {
    /// Returns a counter of the catalog's codes, and of the fields with unknown codes that each selector selects.
    pub fn new(catalog: &Catalog, selectors: Vec<Selector>) -> Self {
        Self {
            slots: Vec::new(),
            known: vec![NO_SLOT; catalog.entries().len()].into_boxed_slice(),
            unknown: BTreeMap::new(),
            more_unknown: 0,
            selected: vec![0; selectors.len()],
            selectors,
            lines: 0,
            left_out_lines: 0,
            bytes: 0,
            open: None,
            line: CountedLine::default(),
            touched: Vec::new(),
            marks: Vec::new(),
            times: TimeReader::new(),
            zones: ZonesMet::default(),
            near: None,
            values: None,
            rates: None,
            codes_alone: false,
        }
    }

    /// Returns the counter that counts the fields of each code, and the lines and bytes of the input, alone if `codes_alone`
    /// is true, and nothing that the methods below add. Its tallies have neither places nor times; a caller must not show any.
    pub(crate) fn of_codes_alone(self, codes_alone: bool) -> Self {
        Self { codes_alone, ..self }
    }

    /// Returns the counter that also counts lines with near misses, if there is a scanner for them.
    pub(crate) fn with_near(self, scanner: Option<NearScanner>) -> Self {
        Self { near: scanner.map(NearCounter::new), ..self }
    }

    /// Returns the counter that also counts users and first failures, if there are hashers for them.
    pub(crate) fn with_values(
        self,
        users: Option<ValueHasher>,
        trace: Option<ValueHasher>,
        catalog: &Catalog,
    ) -> Self {
        Self { values: ValueCounter::new(users, trace, catalog).map(Box::new), ..self }
    }

    /// Returns true if the places of lines are counted, so that the lines before a part must be known.
    pub(crate) fn counts_places(&self) -> bool {
        !self.codes_alone
    }

    /// Begins an input, or a part of one, of which the first lines are skipped. `years` is the reference for times without a
    /// year.
    pub(crate) fn begin_input(&mut self, years: YearReference, lines_skipped: u64) {
        self.times = TimeReader::new().year_reference(years);
        (self.lines, self.left_out_lines) = (lines_skipped, lines_skipped);
        self.rates.iter_mut().for_each(|rates| rates.begin_input());
    }

    /// Counts a part, which must follow the previous one. A part that ends within a line must have the first bytes of
    /// that line, as many as are kept; buffers are large enough.
    pub(crate) fn observe(&mut self, part: &Part<'_>) {
        let text = &part.text[part.range()];
        if part.is_left_out {
            self.leave_out(text);
            return;
        }
        if self.codes_alone {
            self.count_codes(part.found, text);
            return;
        }
        self.times.look_at_clock();
        self.go_on_with_line(text);
        let offset = part.offset;
        if let Some(near) = &mut self.near {
            near.count(part, self.open.as_ref(), self.lines);
        }
        self.rates.iter_mut().for_each(|rates| rates.begin_part());
        for field in part.found {
            self.find_line(text, field.end - part.start, offset);
            if self.rates.is_some() {
                self.count_rates(part, field);
            }
            if let Some(slot) = self.slot(field) {
                self.count(slot);
            } else if let Some(values) = &mut self.values {
                values.add_other();
            }
        }
        self.look_up_marks(text);
        let Self { rates, open, times, .. } = self;
        rates.iter_mut().for_each(|rates| rates.end_part(text, open.as_ref(), times));
        self.leave_line(text, offset);
        self.bytes += text.len() as u64;
    }

    /// Counts the codes, the lines and the bytes of a part, and nothing else of it.
    fn count_codes(&mut self, found: &[FoundField], text: &[u8]) {
        debug_assert!(self.near.is_none() && self.values.is_none() && self.rates.is_none());
        for field in found {
            if let Some(slot) = self.slot(field) {
                self.slots[slot].fields += 1;
            }
        }
        self.bytes += text.len() as u64;
        self.lines += count_newlines(text);
        self.open = text.last().is_some_and(|&last| last != b'\n').then(OpenLine::default);
    }

    /// Counts the lines of a part that is left out, so that lines behind it have their numbers.
    fn leave_out(&mut self, text: &[u8]) {
        let lines = count_newlines(text);
        let is_open = text.last().is_some_and(|&last| last != b'\n');
        self.open = is_open.then(|| OpenLine { is_left_out: true, ..OpenLine::default() });
        self.lines += lines;
        self.left_out_lines += lines;
    }

    /// Returns true if anything was counted since the last input was finished.
    pub(crate) fn has_begun(&self) -> bool {
        self.bytes > 0 || self.lines > 0 || self.open.is_some()
    }

    /// Returns the counts since the last call, as a tally of an input or of a part of it. The input has the number `file`
    /// and is in `encoding`.
    pub(crate) fn finish(&mut self, file: usize, encoding: CharEncoding) -> Tally {
        let open = self.open.take();
        let (users, trace) = self.values.as_mut().map_or((None, None), |values| values.finish());
        let last_is_left_out = open.as_ref().is_some_and(|open| open.is_left_out);
        let lines = mem::take(&mut self.lines) + u64::from(open.is_some());
        let left_out = mem::take(&mut self.left_out_lines) + u64::from(last_is_left_out);
        let mut tally = Tally::of_file(file, encoding, lines, mem::take(&mut self.bytes));
        tally.input.lines -= left_out;
        tally.zones = mem::take(&mut self.zones);
        (tally.users, tally.trace) = (users, trace);
        tally.rates = self.rates.as_mut().map(|rates| rates.finish(open.as_ref(), &mut self.times));
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
            codes.insert(slot.code, slot.into_counted(file, encoding));
        }
        self.line = CountedLine::default();
        tally.near = self.near.as_mut().and_then(|near| near.finish(file, encoding));
        tally
    }

    /// Goes on with the line that the previous part ended in.
    fn go_on_with_line(&mut self, text: &[u8]) {
        (self.line.start, self.line.searched) = (0, 0);
        self.line.has_field = self.open.as_ref().is_some_and(|open| open.has_field);
        if let Some(open) = &mut self.open {
            extend(&mut open.head, text, HEAD_MAX_BYTES);
            self.values.iter_mut().for_each(|values| values.go_on(text));
        }
    }

    /// Finds the line of a field that ends at `field_end`, if it differs from the line of the last field.
    #[inline]
    fn find_line(&mut self, text: &[u8], field_end: usize, offset: u64) {
        let from = mem::replace(&mut self.line.searched, field_end);
        match memrchr(b'\n', &text[from..field_end]) {
            Some(newline) => self.begin_line(text, from + newline + 1, offset),
            None if !self.line.has_field => self.begin_line(text, 0, offset),
            None => {}
        }
    }

    /// Begins the line at `start`, which has a field. `offset` is the byte offset of the part in the input.
    fn begin_line(&mut self, text: &[u8], start: usize, offset: u64) {
        if start > 0
            && let Some(values) = &mut self.values
        {
            values.end_line(text, self.line.start);
        }
        let (begin, offset) = match &self.open {
            Some(open) if start == 0 => (&open.head[..], open.offset),
            _ => (&text[start..], offset + start as u64),
        };
        let time = self.times.read(begin);
        if let Some(time) = time {
            self.zones.add(time);
        }
        let moment = time.map_or(Moment::Offset(offset), Moment::Time);
        let number = self.line.number + 1;
        self.line = CountedLine { number, start, moment, has_field: true, ..self.line };
    }

    /// Returns the slot in which the field's code is counted; `None` if too many unknown codes are nearer to zero.
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
        self.values.iter_mut().for_each(|values| values.begin_slot(slot, code, true));
        slot
    }

    #[cold]
    fn unknown_slot(&mut self, code: i32) -> Option<usize> {
        if let Some(&slot) = self.unknown.get(&code) {
            return Some(slot);
        }
        if self.unknown.len() < UNKNOWN_CODES_MAX {
            let slot = self.slots.len();
            self.unknown.insert(code, slot);
            self.slots.push(Slot::of_code(code));
            self.values.iter_mut().for_each(|values| values.begin_slot(slot, code, false));
            return Some(slot);
        }
        // The code that is farthest from zero makes room for a nearer one.
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
        self.values.iter_mut().for_each(|values| values.begin_slot(slot, code, false));
        Some(slot)
    }

    /// Counts fields with an unknown code for each selector that selects it.
    fn count_selected(&mut self, code: i32, fields: u64) {
        for (selector, count) in self.selectors.iter().zip(&mut self.selected) {
            *count += if selector.selects(code, None) { fields } else { 0 };
        }
    }

    /// Counts a field with the slot's code in the line that was begun last.
    #[inline]
    fn count(&mut self, index: usize) {
        let (slot, line) = (&mut self.slots[index], &self.line);
        slot.fields += 1;
        if slot.line == line.number {
            return;
        }
        slot.line = line.number;
        slot.lines += 1;
        if let Some(values) = &mut self.values {
            values.add(index, slot.code, slot.entry);
        }
        if slot.lines == 1 {
            slot.first.start = Some(line.start);
        }
        if slot.last.start.replace(line.start).is_none() {
            self.touched.push(index);
        }
        slot.add_moment(line.moment);
    }

    /// Looks up numbers and texts of the marked lines, and counts the lines of the part.
    fn look_up_marks(&mut self, text: &[u8]) {
        for index in self.touched.drain(..) {
            let Slot { first, last, .. } = &mut self.slots[index];
            self.marks.extend(first.start.take().map(|start| (start, index, true)));
            self.marks.extend(last.start.take().map(|start| (start, index, false)));
        }
        self.marks.sort_unstable();
        let mut counted = 0;
        for (start, index, is_first) in self.marks.drain(..) {
            self.lines += count_newlines(&text[counted..start]);
            counted = start;
            let slot = &mut self.slots[index];
            let mark = if is_first { &mut slot.first } else { &mut slot.last };
            mark.number = self.lines + 1;
            mark.set_text(text, start, self.open.as_ref());
        }
        self.lines += count_newlines(&text[counted..]);
    }

    /// Remembers the line that the part ends in, unless the part ends with a newline.
    fn leave_line(&mut self, text: &[u8], offset: u64) {
        let newline = memrchr(b'\n', text);
        let start = newline.map_or(0, |newline| newline + 1);
        let is_whole = start == text.len();
        let has_field = self.line.has_field && newline.is_none_or(|newline| newline < self.line.searched);
        let goes_on = newline.is_none() && self.open.is_some();
        if let Some(values) = &mut self.values {
            if is_whole || !has_field && !goes_on {
                values.end_line(text, self.line.start);
            }
            if !is_whole && !goes_on {
                values.begin_open(&text[start..]);
            }
        }
        if is_whole {
            self.open = None;
        } else if let Some(open) = self.open.as_mut().filter(|_| goes_on) {
            open.has_field = has_field;
        } else {
            let mut head = Vec::with_capacity(HEAD_MAX_BYTES);
            extend(&mut head, &text[start..], HEAD_MAX_BYTES);
            self.open = Some(OpenLine { head, offset: offset + start as u64, has_field, is_left_out: false });
        }
    }
}

#[cfg(test)]
mod tests;
