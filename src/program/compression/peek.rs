//! A reader that shows its next bytes before they are taken, and counts the bytes that have been taken.

use std::io::{self, ErrorKind, Read};

/// Size of the buffer in bytes: compressed data is read in large pieces. A larger buffer made no measurable difference.
const BUFFER_BYTES: usize = 64 * 1024;

/// A reader with a buffer that shows the next bytes.
#[derive(Debug)]
pub(crate) struct PeekReader<R> {
    rdr: R,
    /// The buffer, in which `start..end` has been read and not been taken.
    buffer: Box<[u8]>,
    start: usize,
    end: usize,
    /// The number of bytes that have been taken.
    position: u64,
    /// True if the inner reader has reported its end.
    at_end: bool,
    /// An error that was met while bytes were shown; it is returned when all bytes before it have been taken.
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

    /// Drops the bytes in the buffer: the inner reader has moved to another place.
    pub(crate) fn drop_buffer(&mut self) {
        (self.start, self.end, self.at_end, self.error) = (0, 0, false, None);
    }

    /// Returns the inner reader; the bytes in the buffer are lost.
    pub(crate) fn into_inner(self) -> R {
        self.rdr
    }

    /// Goes on as if `position` bytes had been taken. `set` sets the inner reader to an earlier byte offset, from which reads are
    /// the same as from the beginning: the place that a decoder tells of damage may depend on them.
    ///
    /// # Errors
    ///
    /// Fails where `set` does, and where the bytes cannot be read.
    pub(crate) fn go_on_at(
        &mut self,
        position: u64,
        set: impl FnOnce(&mut R, u64) -> io::Result<()>,
    ) -> io::Result<()> {
        let before = position % BUFFER_BYTES as u64;
        (self.start, self.end, self.position) = (0, 0, position - before);
        (self.at_end, self.error) = (false, None);
        set(&mut self.rdr, self.position)?;
        while (self.end as u64) < before && self.read_more()? {}
        self.consume(self.end.min(before as usize));
        Ok(())
    }

    /// Returns the bytes in the buffer, without reading.
    pub(crate) fn buffer(&self) -> &[u8] {
        &self.buffer[self.start..self.end]
    }

    /// Returns the next bytes, or none at the end. Reads once if the buffer is empty.
    pub(crate) fn peek(&mut self) -> io::Result<&[u8]> {
        if self.start == self.end {
            self.read_more()?;
        }
        Ok(self.buffer())
    }

    /// Reads once more into the buffer, which must not be full. Returns false if nothing came. Reads end at multiples of the
    /// buffer's size.
    pub(crate) fn read_more(&mut self) -> io::Result<bool> {
        debug_assert!(self.end - self.start < self.buffer.len());
        self.meet_error()?;
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.end, 0);
            self.end -= self.start;
            self.start = 0;
        }
        let to_multiple = BUFFER_BYTES - (self.position + self.end as u64) as usize % BUFFER_BYTES;
        let end = self.buffer.len().min(self.end + to_multiple);
        let count = loop {
            match self.rdr.read(&mut self.buffer[self.end..end]) {
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                result => break result?,
            }
        };
        self.end += count;
        self.at_end = count == 0;
        Ok(count > 0)
    }

    /// Reads until the buffer has `count` bytes, which must fit into it, or until the end or an error, which is kept
    /// for a later read. Returns the first bytes of the buffer, at most `count`.
    pub(crate) fn look(&mut self, count: usize) -> &[u8] {
        self.look_until(count, |_| false)
    }

    /// Does what [`PeekReader::look`] does, but stops reading once `is_enough` returns true for the bytes in the
    /// buffer.
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

    /// Keeps an error, which the next read beyond the buffer returns.
    pub(crate) fn put_back(&mut self, error: io::Error) {
        self.error = Some(error);
    }

    /// Fails once with the error that has been kept, if there is one.
    fn meet_error(&mut self) -> io::Result<()> {
        self.error.take().map_or(Ok(()), Err)
    }

    /// Takes `count` bytes, which must be in the buffer.
    pub(crate) fn consume(&mut self, count: usize) {
        debug_assert!(count <= self.end - self.start);
        self.start += count;
        self.position += count as u64;
    }

    /// Returns the number of bytes that have been taken.
    pub(crate) fn position(&self) -> u64 {
        self.position
    }

    /// Returns true if all bytes have been taken and the inner reader has reported its end.
    pub(crate) fn is_at_end(&self) -> bool {
        self.at_end && self.start == self.end
    }
}

impl<R: Read> Read for PeekReader<R> {
    /// Gives the bytes in the buffer; if it is empty, reads once, and large reads go directly to `buffer`.
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = if self.start < self.end {
            let count = buffer.len().min(self.end - self.start);
            buffer[..count].copy_from_slice(&self.buffer[self.start..self.start + count]);
            self.start += count;
            count
        } else if self.at_end && self.error.is_none() {
            // The end has already been reported: asking again would cost a system call for each small file.
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

    /// A reader that gives one byte a read, and fails behind the last.
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

    /// A reader that notes the place and the length of each read.
    struct Noted<'a> {
        bytes: &'a [u8],
        at: usize,
        reads: Vec<(usize, usize)>,
    }

    impl Read for Noted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let count = (&self.bytes[self.at..]).read(buffer)?;
            self.reads.push((self.at, count));
            self.at += count;
            Ok(count)
        }
    }

    #[test]
    fn reads_are_the_same_wherever_a_reader_goes_on() {
        let bytes: Vec<u8> = (0..5 * BUFFER_BYTES).map(|at| (at / 7) as u8).collect();
        // Returns the reads behind a place at which ten bytes are looked at.
        let reads_behind = |place: usize, goes_on: bool| {
            let mut rdr = PeekReader::new(Noted { bytes: &bytes, at: 0, reads: Vec::new() });
            if goes_on {
                rdr.peek().unwrap();
                let set = |noted: &mut Noted<'_>, place: u64| {
                    noted.at = place as usize;
                    Ok(())
                };
                rdr.go_on_at(place as u64, set).unwrap();
            }
            while rdr.position() < place as u64 {
                let count = rdr.peek().unwrap().len().min(place - rdr.position() as usize);
                rdr.consume(count);
            }
            assert_eq!(rdr.look(10), &bytes[place..place + 10]);
            while !rdr.peek().unwrap().is_empty() {
                rdr.consume(rdr.buffer().len());
            }
            let mut reads = std::mem::take(&mut rdr.get_mut().reads);
            reads.retain(|&(at, _)| at >= place);
            reads
        };
        for place in [1, BUFFER_BYTES - 3, BUFFER_BYTES, BUFFER_BYTES + 1, 3 * BUFFER_BYTES - 9, 200_000] {
            assert_eq!(reads_behind(place, true), reads_behind(place, false), "{place}");
        }
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
