//! Sources: readers that say whether a read would wait.

use std::io::{self, Read};

/// A reader that can say whether the next read would wait for someone to write.
///
/// A program that polls its input implements this to have its output in large blocks while input keeps
/// coming. [`Annotator::annotate_stream`](crate::Annotator::annotate_stream) takes any reader, and takes
/// it that each read could wait.
pub(crate) trait Source: Read {
    /// Whether a read now would wait. In doubt, `true`: then complete lines are written first.
    fn would_wait(&mut self) -> bool;

    /// Where in its input the first byte is that it gave: not 0, where it is a part of a file. Asked after a
    /// read.
    fn input_offset(&self) -> u64 {
        0
    }

    /// Whether a read that failed did so because reading was given up. What is not complete is then left out,
    /// where it would otherwise be written as the last of the input.
    fn is_given_up(&self) -> bool {
        false
    }
}

/// Takes it of any reader that each read could wait.
pub(crate) struct AnyReader<R>(pub(crate) R);

impl<R: Read> Read for AnyReader<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer)
    }
}

impl<R: Read> Source for AnyReader<R> {
    fn would_wait(&mut self) -> bool {
        true
    }
}
