//! The output of a stream: all lines, chosen or numbered lines, or nothing.

use crate::buffer::Sink;
use crate::buffer::{LINE_MAX_BYTES, Settled};
use crate::catalog::{Catalog, Entry};
use crate::engine::{PartAnnotator, StreamState, Unit};
use crate::field::FoundField;
use crate::lines::{LineRules, LineWriter};
use crate::stream::{Observer, Part};
use crate::time::TimeBounds;
use std::io;
use std::ops::Range;

/// The rules for the output of a stream.
#[derive(Clone, Debug)]
pub(crate) struct Writing {
    /// The catalog that codes are looked up in.
    pub(crate) catalog: Catalog,
    /// The annotator of parts, which finds the fields and writes their notes.
    pub(crate) notes: PartAnnotator,
    /// The lines that are written.
    pub(crate) written: LineChoice,
    /// The bounds of the times of lines; `None` if lines are not chosen by their times.
    pub(crate) times: Option<TimeBounds>,
}

/// The choice of the lines that are written.
#[derive(Clone, Debug)]
pub(crate) enum LineChoice {
    All,
    /// Chosen or numbered lines.
    Lines(LineRules),
    Nothing,
}

/// An observer, with the values that a [`Part`] has besides its text and its fields.
pub(crate) struct Telling<'o, O> {
    observer: &'o mut O,
    /// The byte offset in the stream at which the next part begins.
    offset: u64,
    entries: &'o [Entry],
    wants_fields: bool,
}

impl<'o, O: Observer> Telling<'o, O> {
    /// Takes an observer of a stream from the byte offset `offset` on, and the entries of the catalog that codes are
    /// looked up in.
    pub(crate) fn new(observer: &'o mut O, offset: u64, entries: &'o [Entry]) -> Self {
        let wants_fields = observer.wants_fields();
        Self { observer, offset, entries, wants_fields }
    }

    /// Passes a part to the observer. `known_count` is the number of fields in the part whose code the catalog has.
    fn tell(&mut self, text: &[u8], part: Range<usize>, known_count: u64, listed: &[FoundField]) {
        let found = if self.wants_fields { listed } else { &[] };
        let (Range { start, end }, offset, entries) = (part, self.offset, self.entries);
        self.offset += (end - start) as u64;
        let is_left_out = false;
        self.observer.observe(Part { text, start, end, offset, is_left_out, known_count, found, entries });
    }

    /// Passes a part that is outside the bounds of time to the observer.
    pub(crate) fn tell_left_out(&mut self, text: &[u8], part: Range<usize>) {
        let (Range { start, end }, offset, entries) = (part, self.offset, self.entries);
        self.offset += (end - start) as u64;
        let (is_left_out, known_count, found) = (true, 0, &[][..]);
        self.observer.observe(Part { text, start, end, offset, is_left_out, known_count, found, entries });
    }

    /// Passes NULs that are left out to the observer; nothing if there are none.
    pub(crate) fn tell_skipped(&mut self, text: &[u8], nuls: Range<usize>) {
        if !nuls.is_empty() {
            self.tell(text, nuls, 0, &[]);
        }
    }

    /// Counts the fields that are listed for a chunk, and passes the chunk to the observer with them.
    fn tell_listed(&mut self, text: &[u8], chunk: Range<usize>, state: &mut StreamState) {
        let known = state.listed.iter().filter(|field| field.entry.is_some()).count() as u64;
        state.fields += known;
        self.tell(text, chunk, known, &state.listed);
    }
}

impl<'o> Telling<'o, ()> {
    /// Takes the observer that ignores all parts.
    pub(crate) fn nobody(observer: &'o mut ()) -> Self {
        Self { observer, offset: 0, entries: &[], wants_fields: false }
    }
}

impl Writing {
    /// Returns true if lines are chosen. The NULs at the beginning of a line are then left out.
    pub(crate) fn chooses_lines(&self) -> bool {
        matches!(&self.written, LineChoice::Lines(rules) if rules.choose())
    }

    /// Returns true if the selected lines are counted, or are bounded in number.
    #[cfg(feature = "cli")]
    pub(crate) fn bounds_lines(&self) -> bool {
        matches!(&self.written, LineChoice::Lines(rules) if rules.count_selected())
    }

    /// Returns true if all lines are written, but for those that are left out for their times.
    pub(crate) fn writes_all(&self) -> bool {
        matches!(self.written, LineChoice::All)
    }

    /// Returns true if the number of each line is written before it.
    pub(crate) fn numbers_lines(&self) -> bool {
        matches!(&self.written, LineChoice::Lines(rules) if rules.number())
    }

    /// Leaves out a part, whose lines are outside the bounds of time.
    pub(crate) fn leave_out(
        &self,
        text: &[u8],
        part: Range<usize>,
        state: &mut StreamState,
        lines: &mut LineWriter,
        telling: &mut Telling<'_, impl Observer>,
    ) {
        if let LineChoice::Lines(rules) = &self.written {
            lines.leave_out(rules, &text[part.clone()]);
        }
        self.notes.skip_to(text, part.end, state);
        telling.tell_left_out(text, part);
    }

    /// Returns the length in bytes up to which a line must be whole to be annotated; 0 where no line must be whole.
    pub(crate) fn whole_line_max(&self) -> usize {
        if self.chooses_lines() || !self.notes.is_keyed_alone() { LINE_MAX_BYTES } else { 0 }
    }

    /// Writes the chosen lines of a part, passes the part to the observer, and returns the byte offset at which the
    /// next part begins.
    pub(crate) fn write_part<'t>(
        &'t self,
        settled: Settled<'t>,
        state: &mut StreamState,
        lines: &mut LineWriter,
        telling: &mut Telling<'_, impl Observer>,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<usize> {
        match &self.written {
            LineChoice::All => self.write_all(settled, state, telling, wtr),
            LineChoice::Lines(rules) if !rules.choose() => {
                self.write_all(settled, state, telling, &mut lines.prefixed(rules, &self.notes, b':', wtr))
            }
            LineChoice::Lines(rules) => {
                let chosen = ChosenLines { notes: &self.notes, rules };
                self.for_each_unit(&settled, |unit| chosen.write(&settled, unit, state, lines, telling, wtr))
            }
            LineChoice::Nothing => self.for_each_unit(&settled, |unit| {
                self.notes.for_each_chunk(settled.text, unit, settled.is_cut, state, |chunk, state| {
                    telling.tell_listed(settled.text, chunk, state);
                    Ok(())
                })
            }),
        }
    }

    /// Calls `on_unit` with each unit of a part, which returns the byte offset at which the next one begins. Returns the
    /// byte offset at which the next part begins.
    fn for_each_unit(
        &self,
        settled: &Settled<'_>,
        mut on_unit: impl FnMut(&Unit) -> io::Result<usize>,
    ) -> io::Result<usize> {
        let mut start = settled.part.start;
        while let Some(unit) = Unit::first_of(settled.text, start, settled.part.end) {
            start = on_unit(&unit)?;
        }
        Ok(start)
    }

    /// Writes all lines of a part, as [`Writing::write_part`] does.
    fn write_all<'t>(
        &'t self,
        settled: Settled<'t>,
        state: &mut StreamState,
        telling: &mut Telling<'_, impl Observer>,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<usize> {
        let Settled { text, ref part, is_cut, .. } = settled;
        if self.notes.is_keyed_alone() && !is_cut {
            let (start, fields_before) = (part.start, state.fields);
            let end = self.notes.write_part(text, part.clone(), state, telling.wants_fields, wtr)?;
            telling.tell(text, start..end, state.fields - fields_before, &state.listed);
            return Ok(end);
        }
        self.for_each_unit(&settled, |unit| {
            self.notes.for_each_chunk(text, unit, is_cut, state, |chunk, state| {
                let StreamState { listed, color, .. } = &mut *state;
                self.notes.write_range(text, chunk.clone(), listed, color, wtr)?;
                telling.tell_listed(text, chunk, state);
                Ok(())
            })
        })
    }
}

/// The annotator and the rules by which lines are chosen.
#[derive(Clone, Copy)]
struct ChosenLines<'w> {
    notes: &'w PartAnnotator,
    rules: &'w LineRules,
}

impl<'w> ChosenLines<'w> {
    /// Writes the chosen lines of a unit, passes the unit to the observer, and returns the byte offset at which the
    /// next unit begins.
    fn write(
        &self,
        settled: &Settled<'w>,
        unit: &Unit,
        state: &mut StreamState,
        lines: &mut LineWriter,
        telling: &mut Telling<'_, impl Observer>,
        wtr: &mut impl Sink<'w>,
    ) -> io::Result<usize> {
        let Self { notes, rules } = *self;
        let Settled { text, is_cut, .. } = *settled;
        let at_end = |end: usize| settled.at_end && end >= settled.part.end;
        if let Unit::LongLine(line) = unit {
            // Any field may select the line, so that all are searched before the line is written or left out.
            let mut is_selected = false;
            notes.for_each_chunk(text, unit, is_cut, state, |chunk, state| {
                is_selected = is_selected || state.listed.iter().any(|field| rules.selects(field));
                telling.tell_listed(text, chunk, state);
                Ok(())
            })?;
            let settled = Settled { part: line.clone(), at_end: at_end(line.end), ..*settled };
            lines.write_long_line(rules, notes, settled, is_selected, state, wtr)?;
            return Ok(line.end);
        }
        notes.for_each_chunk(text, unit, is_cut, state, |chunk, state| {
            let settled = Settled { part: chunk.clone(), at_end: at_end(chunk.end), ..*settled };
            lines.write_part(rules, notes, settled, state, wtr)?;
            telling.tell_listed(text, chunk, state);
            Ok(())
        })
    }
}
