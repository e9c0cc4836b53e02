//! A writer that a run may outlive, because it counts as well.

use std::io::{self, ErrorKind, IoSlice, Write};

/// Writes as long as that goes well. From then on it either fails or, if the run is to outlive it, takes all that is
/// written and keeps why it could not be.
#[derive(Debug)]
pub(crate) struct Outliving<W> {
    wtr: W,
    is_outlived: bool,
    failure: Option<io::Error>,
}

impl<W: Write> Outliving<W> {
    pub(crate) fn new(wtr: W, is_outlived: bool) -> Self {
        Self { wtr, is_outlived, failure: None }
    }

    /// # Errors
    ///
    /// Where it has been outlived: why.
    pub(crate) fn into_inner(self) -> io::Result<W> {
        self.failure.map_or(Ok(self.wtr), Err)
    }

    /// Does something with the writer, if it has not been outlived.
    fn attempt<T>(&mut self, outlived: T, action: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.failure.is_some() {
            return Ok(outlived);
        }
        match action(&mut self.wtr) {
            Err(error) if self.is_outlived && error.kind() != ErrorKind::Interrupted => {
                self.failure = Some(error);
                Ok(outlived)
            }
            outcome => outcome,
        }
    }
}

impl<W: Write> Write for Outliving<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.attempt(bytes.len(), |wtr| wtr.write(bytes))
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let bytes = slices.iter().map(|slice| slice.len()).sum();
        self.attempt(bytes, |wtr| wtr.write_vectored(slices))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.attempt((), W::flush)
    }
}
