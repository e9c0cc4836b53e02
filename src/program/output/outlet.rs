//! The writer that the inputs of a run are annotated into, one after the other.

use std::io::{self, ErrorKind, IoSlice, Write};

/// Capacity of the buffer, and length of the smallest pieces that are handed on from where they are.
const BUFFER_BYTES: usize = 64 * 1024;

/// A writer that collects small pieces, and hands on large ones from where they are. Bytes that are left when it is dropped are
/// lost: call [`Outlet::into_inner`].
///
/// It replaces [`std::io::BufWriter`], which writes several pieces at once only where an unstable method of the inner writer
/// allows that.
#[derive(Debug)]
pub struct Outlet<W> {
    wtr: W,
    buffer: Vec<u8>,
    /// True if a newline is written before the next byte.
    owes_newline: bool,
    /// True if a failure of the writer is kept, and not returned.
    is_outlived: bool,
    /// The failure that has been kept. Nothing is written behind it.
    failure: Option<io::Error>,
}

impl<W: Write> Outlet<W> {
    /// Returns an outlet that owes no newline and is not outlived.
    pub fn new(wtr: W) -> Self {
        let buffer = Vec::with_capacity(BUFFER_BYTES);
        Self { wtr, buffer, owes_newline: false, is_outlived: false, failure: None }
    }

    /// Returns the outlet, outlived or not. A run that counts fields outlives its output: the first failure is kept for
    /// [`Outlet::into_inner`], and all later bytes are taken and dropped.
    pub(crate) fn outlived(self, is_outlived: bool) -> Self {
        Self { is_outlived, ..self }
    }

    /// Has a newline written before the next byte, if another byte comes: the last line was cut off, and must not go on as a
    /// line of the next input, which the log never had.
    pub(crate) fn owe_newline(&mut self) {
        self.owes_newline = true;
    }

    /// Returns the writer, after all bytes have been written to it. A newline that is still owed is not written: nothing follows.
    ///
    /// # Errors
    ///
    /// Fails where the bytes cannot be written, and with the failure that was kept.
    pub fn into_inner(mut self) -> io::Result<W> {
        self.hand_on()?;
        self.failure.map_or(Ok(self.wtr), Err)
    }

    /// Writes the bytes that were collected.
    fn hand_on(&mut self) -> io::Result<()> {
        let outcome = if self.failure.is_none() { self.wtr.write_all(&self.buffer) } else { Ok(()) };
        self.buffer.clear();
        self.kept(outcome, ())
    }

    /// Keeps a failure where the run outlives it, and returns `outlived` then.
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
        if bytes > 0 && std::mem::take(&mut self.owes_newline) {
            self.write_all(b"\n")?;
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
        outlet.owe_newline();
        assert_eq!(outlet.write_vectored(&[IoSlice::new(b"")]).unwrap() + outlet.write(b"").unwrap(), 0);
        outlet.flush().unwrap();
        outlet.write_all(b"b").unwrap();
        outlet.write_all(b"c").unwrap();
        outlet.owe_newline();
        assert_eq!(outlet.into_inner().unwrap(), b"a\nbc");
    }

    #[test]
    fn a_newline_is_written_before_a_piece_of_any_length_and_behind_any() {
        for length in [BUFFER_BYTES - 1, BUFFER_BYTES, BUFFER_BYTES + 1] {
            let text = vec![b'x'; length];
            let mut outlet = Outlet::new(Vec::new());
            outlet.write_all(&text).unwrap();
            outlet.owe_newline();
            outlet.write_all(&text).unwrap();
            assert!(outlet.into_inner().unwrap() == [&text[..], &text].join(&b'\n'), "{length}");
        }
    }

    /// Takes a number of bytes, and then fails.
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

    /// Remembers how many pieces each write has.
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
        let mut outlet = Outlet::new(Encoder::new(Format::Plain, PieceLengths::default()).unwrap());
        let large = vec![b'x'; BUFFER_BYTES];
        let count =
            outlet.write_vectored(&[IoSlice::new(b"a"), IoSlice::new(&large), IoSlice::new(b"b")]).unwrap();
        assert_eq!(count, large.len() + 2);
        assert_eq!(outlet.into_inner().unwrap().finish().unwrap().0, [3]);
    }
}
