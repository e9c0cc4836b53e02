//! A line of its own for what follows an input that could not be read to its end.

use std::io::{self, IoSlice, Write};
use std::sync::atomic::{AtomicBool, Ordering};

/// Writes what it is given, after a newline where one is owed: a line that was cut off must not go on as a line of the next
/// input, which the log never had.
#[derive(Debug)]
pub(crate) struct OwnLine<'a, W> {
    wtr: W,
    /// Set by whoever learns that what was written last is the beginning of a line that was cut off.
    owes_newline: &'a AtomicBool,
}

impl<'a, W: Write> OwnLine<'a, W> {
    pub(crate) fn new(wtr: W, owes_newline: &'a AtomicBool) -> Self {
        Self { wtr, owes_newline }
    }

    /// Returns the writer. A newline that is still owed is not written: nothing follows.
    pub(crate) fn into_inner(self) -> W {
        self.wtr
    }

    fn pay(&mut self) -> io::Result<()> {
        if self.owes_newline.load(Ordering::Relaxed) {
            self.wtr.write_all(b"\n")?;
            self.owes_newline.store(false, Ordering::Relaxed);
        }
        Ok(())
    }
}

impl<W: Write> Write for OwnLine<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if !bytes.is_empty() {
            self.pay()?;
        }
        self.wtr.write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        if slices.iter().any(|slice| !slice.is_empty()) {
            self.pay()?;
        }
        self.wtr.write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.wtr.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_newline_is_written_only_before_something() {
        let owes_newline = AtomicBool::new(false);
        let mut wtr = OwnLine::new(Vec::new(), &owes_newline);
        wtr.write_all(b"a").unwrap();
        owes_newline.store(true, Ordering::Relaxed);
        assert_eq!(wtr.write_vectored(&[IoSlice::new(b"")]).unwrap() + wtr.write(b"").unwrap(), 0);
        wtr.flush().unwrap();
        wtr.write_all(b"b").unwrap();
        wtr.write_all(b"c").unwrap();
        owes_newline.store(true, Ordering::Relaxed);
        assert_eq!(wtr.into_inner(), b"a\nbc");
    }
}
