//! The writer for the annotated text of a run's inputs, one after the other.

use std::io::{self, ErrorKind, IoSlice, Write};

/// Capacity of the buffer in bytes, and the length from which pieces are written without being copied to it.
const BUFFER_BYTES: usize = 64 * 1024;

/// A writer that collects small pieces and writes large ones without a copy. Bytes that are in the buffer when the
/// outlet is dropped are lost: call [`Outlet::into_inner`].
///
/// The outlet replaces [`std::io::BufWriter`], which writes several pieces at once only where an unstable method of the
/// inner writer allows it.
#[derive(Debug)]
pub struct Outlet<W> {
    wtr: W,
    buffer: Vec<u8>,
    /// The text that is written before the next byte; `None` if none is.
    owed: Option<&'static [u8]>,
    /// True if the outlet keeps a failure of the writer, and does not return it.
    is_outlived: bool,
    /// The failure that has been kept. Nothing is written after it.
    failure: Option<io::Error>,
}

impl<W: Write> Outlet<W> {
    /// Returns an outlet that owes nothing and is not outlived.
    pub fn new(wtr: W) -> Self {
        let buffer = Vec::with_capacity(BUFFER_BYTES);
        Self { wtr, buffer, owed: None, is_outlived: false, failure: None }
    }

    /// Returns the outlet, outlived or not. A run that counts fields outlives its output: the outlet keeps the first
    /// failure for [`Outlet::into_inner`], and takes and drops all later bytes.
    pub(crate) fn outlived(self, is_outlived: bool) -> Self {
        Self { is_outlived, ..self }
    }

    /// Requests `text` before the next byte, if another byte comes: a newline where the last line of an input was cut off,
    /// which would otherwise go on as a line that is in neither log; or the line between groups of chosen lines.
    pub(crate) fn owe(&mut self, text: &'static [u8]) {
        self.owed = Some(text);
    }

    /// Returns the writer, after all bytes have been written to it. A text that is still owed is not written, because
    /// nothing follows.
    ///
    /// # Errors
    ///
    /// Fails where the bytes cannot be written, and with the failure that was kept.
    pub fn into_inner(mut self) -> io::Result<W> {
        self.hand_on()?;
        self.failure.map_or(Ok(self.wtr), Err)
    }

    /// Writes the collected bytes to the writer.
    fn hand_on(&mut self) -> io::Result<()> {
        let outcome = if self.failure.is_none() { self.wtr.write_all(&self.buffer) } else { Ok(()) };
        self.buffer.clear();
        self.kept(outcome, ())
    }

    /// Returns the outcome of a write; where the run outlives its output, keeps a failure and returns `outlived` in its
    /// place.
    fn kept<T>(&mut self, outcome: io::Result<T>, outlived: T) -> io::Result<T> {
        match outcome {
            Err(error) if self.is_outlived && error.kind() != ErrorKind::Interrupted => {
                self.failure = Some(error);
                Ok(outlived)
            }
            outcome => outcome,
        }
    }
}

impl<W: Write> Write for Outlet<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.write_vectored(&[IoSlice::new(bytes)])
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        let bytes = slices.iter().map(|slice| slice.len()).sum();
        if bytes > 0
            && let Some(owed) = self.owed.take()
        {
            self.write_all(owed)?;
        }
        if bytes > BUFFER_BYTES - self.buffer.len() {
            self.hand_on()?;
        }
        if self.failure.is_some() {
            return Ok(bytes);
        }
        if bytes >= BUFFER_BYTES {
            let outcome = self.wtr.write_vectored(slices);
            return self.kept(outcome, bytes);
        }
        slices.iter().for_each(|slice| self.buffer.extend_from_slice(slice));
        Ok(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.hand_on()?;
        let outcome = if self.failure.is_none() { self.wtr.flush() } else { Ok(()) };
        self.kept(outcome, ())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newline_is_written_only_before_something() {
        let mut outlet = Outlet::new(Vec::new());
        outlet.write_all(b"a").unwrap();
        outlet.owe(b"\n");
        assert_eq!(outlet.write_vectored(&[IoSlice::new(b"")]).unwrap() + outlet.write(b"").unwrap(), 0);
        outlet.flush().unwrap();
        outlet.write_all(b"b").unwrap();
        outlet.write_all(b"c").unwrap();
        outlet.owe(b"\n");
        assert_eq!(outlet.into_inner().unwrap(), b"a\nbc");
    }

    #[test]
    fn a_newline_is_written_before_a_piece_of_any_length_and_behind_any() {
        for length in [BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1] {
            let text = vec![b'x'; length];
            let mut outlet = Outlet::new(Vec::new());
            outlet.write_all(&text).unwrap();
            outlet.owe(b"\n");
            outlet.write_all(&text).unwrap();
            assert!(outlet.into_inner().unwrap() == [&text[..], &text].join(&b'\n'), "{length}");
        }
    }

    /// A writer that takes a number of bytes and then fails.
    struct FullDisk(usize);

    impl Write for FullDisk {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            let left = self.0.checked_sub(bytes.len()).ok_or(ErrorKind::StorageFull)?;
            self.0 = left;
            Ok(bytes.len())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_failure_is_returned_at_once_or_at_the_end_of_a_run_that_outlives_it() {
        for piece in [1000, BUFFER_BYTES] {
            for is_outlived in [false, true] {
                let mut outlet = Outlet::new(FullDisk(2 * BUFFER_BYTES)).outlived(is_outlived);
                let text = vec![b'x'; piece];
                let outcome =
                    (0..300).try_for_each(|_| outlet.write_all(&text).and_then(|()| outlet.flush()));
                assert_eq!(outcome.is_ok(), is_outlived, "{piece}");
                assert!(outlet.buffer.is_empty(), "{piece}");
                let failure = outlet.into_inner().err().map(|error| error.kind());
                assert_eq!(failure, is_outlived.then_some(ErrorKind::StorageFull), "{piece}");
            }
        }
    }

    /// A writer that records the number of pieces of each write.
    #[derive(Default)]
    struct PieceLengths(Vec<usize>);

    impl Write for PieceLengths {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.write_vectored(&[IoSlice::new(bytes)])
        }

        fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
            self.0.push(slices.len());
            Ok(slices.iter().map(|slice| slice.len()).sum())
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn large_pieces_come_to_the_destination_in_one_write() {
        use crate::program::compression::{Encoder, Format};
        let mut outlet = Outlet::new(Encoder::live(&[Format::Plain], PieceLengths::default()).unwrap());
        let large = vec![b'x'; BUFFER_BYTES];
        let count =
            outlet.write_vectored(&[IoSlice::new(b"a"), IoSlice::new(&large), IoSlice::new(b"b")]).unwrap();
        assert_eq!(count, large.len() + 2);
        assert_eq!(outlet.into_inner().unwrap().finish().unwrap().0, [3]);
    }
}
