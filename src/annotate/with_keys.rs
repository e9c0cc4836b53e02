//! Fields of keys alone: the hot loop.

use super::{Memory, NoteWriter};
use crate::collector::Sink;
use fearless_simd::Simd;
use std::convert::Infallible;
use std::io;
use std::ops::Range;

impl NoteWriter {
    /// Writes up to behind the last field's note, and returns where that is. Each field is written as soon as it is found:
    /// what lies before it was just searched, and is still in the nearest cache.
    // Inlined, with all that is done for each field, to be compiled with the instructions of the level; what is seldom
    // needed is apart, so that the rest stays in registers.
    #[inline(always)]
    pub(super) fn write_with_keys<'t, S: Simd>(
        &'t self,
        simd: S,
        window: &'t [u8],
        part: Range<usize>,
        memory: &mut Memory,
        list: bool,
        wtr: &mut impl Sink<'t>,
    ) -> io::Result<usize> {
        let Memory { listed, fields, line, candidates, color, .. } = memory;
        listed.clear();
        let (mut written, mut known) = (part.start, 0);
        let is_plain = self.writes_plain && !list;
        self.scanner.for_each_field(
            simd,
            window,
            part,
            candidates,
            #[inline(always)]
            |field| {
                if line.old_notes.hide(window, &field) {
                    return Ok(());
                }
                known += u64::from(field.entry.is_some());
                match field.entry {
                    Some(entry) if is_plain && !self.notes.could_begin(&window[field.end..]) => {
                        let gap = std::mem::replace(&mut written, field.end)..field.end;
                        wtr.copy(window, gap)?;
                        let (texts, note) = self.notes.plain(entry);
                        wtr.copy(texts, note)
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

    // Inlined, as `write_with_keys` is.
    #[inline(always)]
    pub(super) fn list_with_keys<S: Simd>(
        &self,
        simd: S,
        window: &[u8],
        part: Range<usize>,
        memory: &mut Memory,
    ) {
        let Memory { listed, fields, line, candidates, .. } = memory;
        listed.clear();
        let outcome: Result<(), Infallible> = self.scanner.for_each_field(
            simd,
            window,
            part,
            candidates,
            #[inline(always)]
            |field| {
                if !line.old_notes.hide(window, &field) {
                    *fields += u64::from(field.entry.is_some());
                    listed.push(self.complete(field, window, line));
                }
                Ok(())
            },
        );
        let Ok(()) = outcome;
    }
}
