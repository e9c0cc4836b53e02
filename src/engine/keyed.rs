//! Finds and writes the fields of keys alone: the hot loop.

use super::state::LineState;
use super::{PartAnnotator, StreamState};
use crate::buffer::Sink;
use crate::field::FoundField;
use crate::scanner::{self, Candidates};
use fearless_simd::{Simd, dispatch};
use std::convert::Infallible;
use std::io;
use std::ops::Range;

impl PartAnnotator {
    /// Writes the part up to the end of the last field's note, and returns the byte offset of the first byte that is
    /// not written. Writes each field as soon as it is found: the bytes before it were just searched, and are still in
    /// the L1 cache.
    // Inlined, with all functions that run for each field, so that all are compiled with the instructions of the level.
    // Code that seldom runs is kept out of line, so that the rest stays in registers.
    #[inline(always)]
    pub(super) fn write_with_keys<'t, S: Simd>(
        &'t self,
        simd: S,
        window: &'t [u8],
        part: Range<usize>,
        state: &mut StreamState,
        list: bool,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<usize> {
        let StreamState { listed, fields, line, candidates, color, .. } = state;
        listed.clear();
        let (mut written, mut known) = (part.start, 0);
        self.scanner.for_each_field(
            simd,
            window,
            part,
            candidates,
            #[inline(always)]
            |field| {
                if self.hides(window, &field, &line.old_notes) {
                    return Ok(());
                }
                known += u64::from(field.entry.is_some());
                match field.entry {
                    Some(entry)
                        if !self.notes.could_begin(&window[field.end..])
                            && self.has_ready_note(simd, window, &field, color) =>
                    {
                        if list {
                            listed.push(field);
                        }
                        self.write_ready_note(window, &mut written, &field, entry, wtr)
                    }
                    _ => {
                        let field = self.complete(field, window, line);
                        if list {
                            listed.push(field);
                        }
                        self.write_field(window, &mut written, field, color, wtr)
                    }
                }
            },
        )?;
        *fields += known;
        Ok(written)
    }

    /// Appends the fields of keys in a range of a text without notes.
    pub(super) fn find_keys(
        &self,
        text: &[u8],
        range: Range<usize>,
        candidates: &mut Candidates,
        found: &mut Vec<FoundField>,
    ) {
        self.find_kept(
            text,
            range,
            candidates,
            found,
            #[inline(always)]
            |field| (!scanner::is_ruled_out(text, &field)).then_some(field),
        );
    }

    /// Appends all supposed fields of keys in a range. The caller considers their [`Checks`](crate::field::Checks) and
    /// the notes.
    pub(super) fn find_all_keys(
        &self,
        text: &[u8],
        range: Range<usize>,
        candidates: &mut Candidates,
        found: &mut Vec<FoundField>,
    ) {
        self.find_kept(text, range, candidates, found, Some);
    }

    /// Appends the fields of keys in a range, each with the length of the note that already stands behind it.
    pub(super) fn find_with_keys(
        &self,
        text: &[u8],
        range: Range<usize>,
        line: &mut LineState,
        candidates: &mut Candidates,
        found: &mut Vec<FoundField>,
    ) {
        self.find_kept(
            text,
            range,
            candidates,
            found,
            #[inline(always)]
            |field| (!self.hides(text, &field, &line.old_notes)).then(|| self.complete(field, text, line)),
        );
    }

    /// Appends the results of `keep` for the fields of a range, but for `None`.
    #[inline(always)]
    fn find_kept(
        &self,
        text: &[u8],
        range: Range<usize>,
        candidates: &mut Candidates,
        found: &mut Vec<FoundField>,
        mut keep: impl FnMut(FoundField) -> Option<FoundField>,
    ) {
        let outcome: Result<(), Infallible> = dispatch!(self.scanner.level, simd => simd.vectorize(
            #[inline(always)]
            || self.scanner.for_each_field(
                simd,
                text,
                range,
                candidates,
                #[inline(always)]
                |field| {
                    found.extend(keep(field));
                    Ok(())
                },
            ),
        ));
        let Ok(()) = outcome;
    }
}
