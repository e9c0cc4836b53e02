//! Sources: readers that report whether a read would wait.

use std::io::{self, Read};
use std::time::Instant;

/// A reader that reports whether the next read would wait for more input.
///
/// A source that polls its input lets output be written in large blocks while input keeps coming.
/// [`Annotator::annotate_stream`](crate::Annotator::annotate_stream) takes any reader, and assumes that each read could
/// wait.
pub(crate) trait Source: Read {
    /// Returns true if a read would wait now, or if this is not known: complete lines are then written before the read.
    fn would_wait(&mut self) -> bool;

    /// Returns true if the reader of the output is to see the beginning of an incomplete line, which has waited since `since`
    /// for its end: waits for a byte until that has been long enough. `since` is `None`, and is set, where the line has not
    /// waited before. Must be called only where [`Source::would_wait`] has returned true and all output is flushed.
    fn rests(&mut self, _since: &mut Option<Instant>) -> bool {
        false
    }

    /// Returns the byte offset in the input of the first byte that the source has read; not 0 where the source is a
    /// part of a file. Must be called after a read.
    fn input_offset(&self) -> u64 {
        0
    }

    /// Returns the number of lines at the beginning of the input that are in no source; not 0 only for the first source of
    /// an input.
    fn lines_skipped(&self) -> u64 {
        0
    }

    /// Returns the number of lines of the input before those of the source, also in sources before it. Must be called before
    /// the first read. It may take time: lines are counted only where they are numbered.
    fn lines_before(&mut self) -> u64 {
        self.lines_skipped()
    }

    /// Returns true if the last time before the source is within the bounds of time, for its first lines if these have no
    /// time; `None` if the input has none before. `find` tells it of lines; it returns `None` for lines without a time.
    fn last_time_before(&mut self, _find: &mut dyn FnMut(&[u8]) -> Option<bool>) -> Option<bool> {
        None
    }

    /// Takes the answer to [`Source::last_time_before`] for the part of the input behind the source.
    fn leave_last_time(&mut self, _is_within: Option<bool>) {}

    /// Returns true if the source has only the part of a file that is near the window of time: it is read to its end.
    fn is_narrowed(&self) -> bool {
        false
    }

    /// Returns true if a line with a time was found in a part of the file that is not in the source.
    #[cfg(feature = "cli")]
    fn has_times_elsewhere(&self) -> bool {
        false
    }

    /// Returns true if a read failed because reading was given up. An incomplete line is then left out; after any other
    /// failure, it is written as the last line of the input.
    fn is_given_up(&self) -> bool {
        false
    }
}

/// A source of any reader. It reports that each read would wait.
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
