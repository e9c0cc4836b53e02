//! A reader whose next bytes can be looked at before they are taken, and that knows how far it is.

use std::io::{self, ErrorKind, Read};

/// Enough for compressed data to be read in large pieces; more made no difference that shows.
const BUFFER_BYTES: usize = 64 * 1024;

/// A reader with a buffer that can be looked into.
#[derive(Debug)]
pub(crate) struct PeekReader<R> {
    rdr: R,
    /// What has been read and not been taken, in `start..end`.
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// How many bytes have been taken.
    position: u64,
    /// Whether the reader has said that it is at its end.
    at_end: bool,
    /// An error that was met while something was looked at, to be met again by whoever reads as far.
    error: Option<io::Error>,
}

impl<R: Read> PeekReader<R> {
    pub(crate) fn new(rdr: R) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Self { rdr, buffer, start: 0, end: 0, position: 0, at_end: false, error: None }
    }

    pub(crate) fn get_ref(&self) -> &R {
        &self.rdr
    }

    pub(crate) fn get_mut(&mut self) -> &mut R {
        &mut self.rdr
    }

    /// The reader, without what is here.
    pub(crate) fn into_inner(self) -> R {
        self.rdr
    }

    /// What is here without reading.
    pub(crate) fn buffer(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// What comes next; empty at the end. Reads once where nothing is here.
    pub(crate) fn peek(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.read_more()?;
        }
        Ok(self.buffer())
    }

    /// Reads once more behind what is here, and returns whether anything came. The buffer must not be full.
    pub(crate) fn read_more(&mut self) -> io::Result<bool> {
        debug_assert!(self.end - self.start < self.buffer.len());
        self.meet_error()?;
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let count = loop {
            match self.rdr.read(&mut self.buffer[self.end..]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.end += count;
        self.at_end = count == 0;
        Ok(count > 0)
    }

    /// Reads until `count` bytes are here, which must fit into the buffer, or the end or an error comes, which is put
    /// back. Returns the first of what is here, at most `count` bytes.
    pub(crate) fn look(&mut self, count: usize) -> &[u8] {
        self.look_until(count, |_| false)
    }

    /// Does what [`PeekReader::look`] does, but reads no more once what is here is enough.
    pub(crate) fn look_until(&mut self, count: usize, is_enough: impl Fn(&[u8]) -> bool) -> &[u8] {
        debug_assert!(count <= self.buffer.len());
        while self.end - self.start < count && !is_enough(self.buffer()) {
            match self.read_more() {
                Ok(true) => {}
                Ok(false) => break,
                Err(error) => {
                    self.put_back(error);
                    break;
                }
            }
        }
        let here = self.buffer();
        &here[..here.len().min(count)]
    }

    /// Lets an error be met again by the next read that goes beyond what is here.
    pub(crate) fn put_back(&mut self, error: io::Error) {
        self.error = Some(error);
    }

    fn meet_error(&mut self) -> io::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }

    /// Takes `count` bytes of those that are here.
    pub(crate) fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.end - self.start);
        self.start += count;
        self.position += count as u64;
    }

    /// How many bytes have been taken.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Whether all has been taken and the reader has said that nothing follows.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at_end && self.start == self.end
    }
}

impl<R: Read> Read for PeekReader<R> {
    /// Gives what is here; where that is nothing, reads once, straight to where it is wanted.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = if self.start < self.end {
            let count = buffer.len().min(self.end - self.start);
            buffer[..count].copy_from_slice(&self.buffer[self.start..self.start + count]);
            self.start += count;
            count
        } else if self.at_end && self.error.is_none() {
            // Whoever looked has met the end: asking again would cost a call for each small file.
            0
        } else if buffer.len() >= self.buffer.len() {
            self.meet_error()?;
            let count = self.rdr.read(buffer)?;
            self.at_end = count == 0;
            count
        } else {
            self.read_more()?;
            let count = buffer.len().min(self.end);
            buffer[..count].copy_from_slice(&self.buffer[..count]);
            self.start = count;
            count
        };
        self.position += count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looking_takes_nothing() {
        let mut rdr = PeekReader::new(&b"abcdef"[..]);
        assert_eq!(rdr.peek().unwrap(), b"abcdef");
        rdr.consume(2);
        assert_eq!((rdr.buffer(), rdr.position()), (&b"cdef"[..], 2));
        let mut three = [0; 3];
        assert_eq!(rdr.read(&mut three).unwrap(), 3);
        assert_eq!((&three, rdr.position()), (b"cde", 5));
        assert!(!rdr.read_more().unwrap());
        assert!(!rdr.is_at_end());
        assert_eq!(rdr.read(&mut three).unwrap(), 1);
        assert!(rdr.is_at_end());
        assert_eq!(rdr.read(&mut three).unwrap(), 0);
    }

    /// Gives a byte a read, and fails behind the last.
    struct Failing<'a>(&'a [u8]);

    impl Read for Failing<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let (&first, rest) = self.0.split_first().ok_or(ErrorKind::NotConnected)?;
            (buffer[0], self.0) = (first, rest);
            Ok(1)
        }
    }

    #[test]
    fn an_error_that_looking_met_is_met_where_it_was() {
        let mut rdr = PeekReader::new(Failing(b"abcdef"));
        assert_eq!(rdr.look(2), b"ab");
        assert_eq!(rdr.look(10), b"abcdef");
        assert_eq!(rdr.look(10), b"abcdef");
        let mut text = Vec::new();
        assert_eq!(rdr.read_to_end(&mut text).unwrap_err().kind(), ErrorKind::NotConnected);
        assert_eq!(text, b"abcdef");
    }

    #[test]
    fn large_reads_go_past_the_buffer() {
        let text = vec![7; 3 * BUFFER_BYTES + 1];
        let mut rdr = PeekReader::new(&text[..]);
        rdr.peek().unwrap();
        let mut all = Vec::new();
        rdr.read_to_end(&mut all).unwrap();
        assert!(all == text && rdr.position() == text.len() as u64 && rdr.is_at_end());
    }
}
