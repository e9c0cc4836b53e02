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
}

impl<R: Read> PeekReader<R> {
    pub(crate) fn new(rdr: R) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Self { rdr, buffer, start: 0, end: 0, position: 0, at_end: false }
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
        } else if buffer.len() >= self.buffer.len() {
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
