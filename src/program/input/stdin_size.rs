//! The size that standard input must have, so that a feeder that dies is not taken for the end of the input.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering};

/// The size of standard input that `--input-size` names, and the knowledge about it, which all copies share.
#[derive(Clone, Debug)]
pub struct StdinSize {
    bytes: u64,
    found: Arc<AtomicU8>,
}

/// The states of the knowledge: the end was not met, the size is right, the size is wrong.
const OPEN: u8 = 0;
const RIGHT: u8 = 1;
const WRONG: u8 = 2;

/// Counts the bytes of standard input against its size while it is read.
#[derive(Debug)]
pub(super) struct SizeCheck {
    size: StdinSize,
    /// The number of bytes that are still to come; `None` for a regular file that has had the size from the start, whose reads
    /// go anywhere.
    left: Option<u64>,
    /// The byte offset behind the input in its file; `u64::MAX` if it is no regular file of the size.
    end: u64,
}

impl StdinSize {
    pub(crate) fn new(bytes: u64) -> Self {
        Self { bytes, found: Arc::new(AtomicU8::new(OPEN)) }
    }

    /// Returns true if standard input has ended too early, has more bytes, or could not be opened or read to its end.
    pub(crate) fn is_wrong(&self) -> bool {
        self.found.load(Ordering::SeqCst) == WRONG
    }

    /// Notes that standard input cannot be read at all.
    pub(super) fn set_wrong(&self) {
        self.found.store(WRONG, Ordering::SeqCst);
    }

    /// Returns true if standard input has been found to have the size.
    pub(crate) fn is_right(&self) -> bool {
        self.found.load(Ordering::SeqCst) == RIGHT
    }
}

impl SizeCheck {
    /// Returns the check of an input before its first read. `places` are the byte offset of that read and of the end of a
    /// regular file; `None` for a stream.
    pub(super) fn new(size: StdinSize, places: Option<(u64, u64)>) -> Self {
        match places {
            Some((start, end)) if end.checked_sub(start) == Some(size.bytes) => {
                size.found.store(RIGHT, Ordering::SeqCst);
                Self { left: None, end, size }
            }
            _ => Self { left: Some(size.bytes), end: u64::MAX, size },
        }
    }

    /// Returns the byte offset behind which nothing of the file belongs to the input.
    pub(super) fn end(&self) -> u64 {
        self.end
    }

    /// Returns true if the input was a regular file of the size from the start.
    pub(super) fn is_of_file(&self) -> bool {
        self.left.is_none()
    }

    /// Returns the number of bytes to ask for, into `room` bytes: one where all have been read, to see that no more come.
    pub(super) fn asked(&self, room: usize) -> usize {
        match self.left {
            None => room,
            Some(left) => room.min(usize::try_from(left.max(1)).unwrap_or(usize::MAX)),
        }
    }

    /// Counts the bytes of a read, none at the end of the input.
    ///
    /// # Errors
    ///
    /// Fails where the input ends too early, and where it has more bytes; then in each later call, too.
    pub(super) fn count(&mut self, bytes: usize) -> io::Result<()> {
        let all = self.size.bytes;
        match &mut self.left {
            None => {}
            Some(0) if bytes == 0 => self.size.found.store(RIGHT, Ordering::SeqCst),
            Some(left) if bytes as u64 > *left => {
                return Err(self.wrong(format!(
                    "has more bytes than --input-size {all} says, and they were not read; check the size"
                )));
            }
            Some(left) if bytes == 0 => {
                let read = all - *left;
                return Err(self.wrong(format!(
                    "ended at byte {read} of {all} (--input-size); what feeds it has failed: run it again"
                )));
            }
            Some(left) => *left -= bytes as u64,
        }
        Ok(())
    }

    /// Checks an input in a regular file where no more bytes come at `position`: it may have grown since, or have fewer bytes
    /// than the system says.
    ///
    /// # Errors
    ///
    /// Fails where the bytes up to there are not the size, or as [`SizeCheck::count`] does.
    pub(super) fn end_of_file(&mut self, position: u64) -> io::Result<()> {
        if !self.is_of_file() {
            return self.count(0);
        }
        if position == self.end {
            return Ok(());
        }
        let (bytes, read) = (self.size.bytes, (self.size.bytes + position).saturating_sub(self.end));
        Err(self.wrong(format!("has {read} bytes, and --input-size is {bytes}; read it again")))
    }

    /// Takes note that the input cannot be read to its end.
    pub(super) fn fail(&self) {
        self.size.set_wrong();
    }

    fn wrong(&self, message: String) -> io::Error {
        self.fail();
        io::Error::other(message)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stream_is_read_to_its_size_and_one_byte_is_asked_for_behind_it() {
        let size = StdinSize::new(5);
        let mut check = SizeCheck::new(size.clone(), None);
        assert_eq!((check.asked(100), check.asked(3)), (5, 3));
        assert!(check.count(3).is_ok() && check.asked(100) == 2);
        assert!(check.count(2).is_ok() && (check.asked(100), check.asked(0)) == (1, 0));
        assert!(!size.is_right() && !size.is_wrong());
        assert!(check.count(0).is_ok() && size.is_right());
        for _ in 0..2 {
            assert!(check.count(1).is_err() && size.is_wrong() && !size.is_right());
        }
    }

    #[test]
    fn a_file_of_the_size_is_read_without_counting() {
        let size = StdinSize::new(5);
        let mut check = SizeCheck::new(size.clone(), Some((7, 12)));
        assert!(check.is_of_file() && size.is_right() && check.count(9).is_ok() && check.asked(9) == 9);
        assert!(check.end_of_file(12).is_ok() && !size.is_wrong());
        assert!(check.end_of_file(13).unwrap_err().to_string().starts_with("has 6 bytes"));
        assert!(size.is_wrong());
        assert!(!SizeCheck::new(StdinSize::new(5), Some((7, 13))).is_of_file());
    }
}
