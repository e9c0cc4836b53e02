//! Annotates the lines of streams that `tail` has made of several files, each as a line of its file.

use super::Pipeline;
use super::file_pieces::{FilePiece, PiecesWork};
use super::worker::{Outcome, Trouble};
use crate::program::encoding::{CharEncoding, InputEncoding};
use crate::program::input::{Input, InputFile, TailSection, TailedInput};
use crate::program::report::Tally;
use std::io::{self, Write};

impl FilePiece for TailSection<'_> {
    fn number(&self) -> usize {
        TailSection::file(self).number
    }

    fn file(&self) -> InputFile {
        TailSection::file(self)
    }

    fn encoding(&self) -> InputEncoding {
        TailSection::encoding(self)
    }

    fn is_first(&self) -> bool {
        TailSection::is_first(self)
    }

    fn utf16_bytes(&self) -> Option<u64> {
        None
    }
}

/// A writer that writes a header before the first byte.
struct HeadedWriter<'w, W> {
    wtr: &'w mut W,
    /// The header; empty if it is written, or none is to be.
    header: Vec<u8>,
}

impl<W: Write> Write for HeadedWriter<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !bytes.is_empty() && !self.header.is_empty() {
            self.wtr.write_all(&std::mem::take(&mut self.header))?;
        }
        self.wtr.write(bytes)
    }

    fn write_vectored(&mut self, slices: &[io::IoSlice<'_>]) -> io::Result<usize> {
        if self.header.is_empty() {
            return self.wtr.write_vectored(slices);
        }
        let first = slices.iter().find(|slice| !slice.is_empty());
        self.write(first.map_or(&[], |slice| slice))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wtr.flush()
    }
}

impl Pipeline {
    /// Returns true if the names in headers of `tail` are to be known, because lines are counted, numbered or chosen.
    pub(super) fn needs_tail_names(&self) -> bool {
        let needs_names = self.counter.is_some() || self.ends_lines;
        // A bound on the lines is one of the whole stream, which can then end.
        let is_bounded = self.annotators.of(CharEncoding::Utf8).bounds_lines();
        self.tells_tails && needs_names && !is_bounded
    }

    /// Annotates an input that begins with a header of `tail` into one writer.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub(super) fn annotate_tailed(
        &self,
        file: &InputFile,
        input: Input,
        wtr: &mut impl Write,
    ) -> io::Result<Outcome> {
        let (mut work, mut tailed) = (PiecesWork::new(self), TailedInput::new(input));
        let chooses = self.annotators.of(CharEncoding::Utf8).chooses_lines();
        // The number of the file of the last line that was written, if lines are chosen.
        let mut headed = None;
        let trouble = loop {
            let (mut header, mut section) = match tailed.next_section(file) {
                Ok(Some(next)) => next,
                Ok(None) => break None,
                Err(error) => break Some(error),
            };
            let number = section.number();
            if self.numbers_lines || self.names_before_lines || chooses && headed == Some(number) {
                // The name stands before each line, or lines of the same file stand before these.
                header.clear();
            } else if chooses {
                work.begin_output();
                let begins = usize::from(headed.is_none() && header.starts_with(b"\n"));
                header.drain(..begins);
            } else {
                wtr.write_all(&std::mem::take(&mut header))?;
            }
            let has_header = !header.is_empty();
            let mut wtr = HeadedWriter { wtr: &mut *wtr, header };
            let read = work.take(&mut section, &mut wtr)?;
            if has_header && wtr.header.is_empty() {
                headed = Some(number);
            }
            if let Some(error) = read.or_else(|| section.skip().err()) {
                break Some(error);
            }
        };
        let mut tally = Tally::new();
        if file.is_stream() {
            work.end_all();
        } else {
            // Other files may have been done before their turn, so that the counts go where theirs go.
            tally.append(work.into_tally());
        }
        let is_end = |error: &io::Error| file.is_stream() && self.reading.signals.is_stop(error);
        let trouble = trouble.filter(|error| !is_end(error));
        tally.complete &= trouble.is_none();
        let troubles = trouble.map(|error| Trouble { name: file.name.clone(), error });
        Ok(Outcome { tally, troubles: troubles.into_iter().collect(), owed: None })
    }
}
