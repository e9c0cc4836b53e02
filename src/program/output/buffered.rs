//! A buffer before an output: small pieces are collected, large ones go on from where they are.

use std::io::{self, IoSlice, Write};

/// How much is collected before it is written.
const BUFFER_BYTES: usize = 64 * 1024;

/// A writer that collects. What is left when it is dropped is lost: call [`Buffered::into_inner`].
///
/// The standard library's has no way to hand on several pieces at once to a writer of ours.
#[derive(Debug)]
pub(crate) struct Buffered<W> {
    wtr: W,
    buffer: Vec<u8>,
}

impl<W: Write> Buffered<W> {
    pub(crate) fn new(wtr: W) -> Self {
        Self { wtr, buffer: Vec::with_capacity(BUFFER_BYTES) }
    }

    /// The writer, to which all has been written.
    ///
    /// # Errors
    ///
    /// Where that fails.
    pub(crate) fn into_inner(mut self) -> io::Result<W> {
        self.hand_on()?;
        Ok(self.wtr)
    }

    fn hand_on(&mut self) -> io::Result<()> {
        let outcome = self.wtr.write_all(&self.buffer);
        self.buffer.clear();
        outcome
    }
}

impl<W: Write> Write for Buffered<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let bytes = slices.iter().map(|slice| slice.len()).sum();
        if bytes > BUFFER_BYTES - self.buffer.len() {
            self.hand_on()?;
        }
        if bytes >= BUFFER_BYTES {
            return self.wtr.write_vectored(slices);
        }
        slices.iter().for_each(|slice| self.buffer.extend_from_slice(slice));
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        self.wtr.flush()
    }
}
