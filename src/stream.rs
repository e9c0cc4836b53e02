//! A stream in order: fill the window, annotate what is settled, flush before a read would wait.

use crate::annotate::{Memory, NoteWriter};
use crate::scanner::LOOK_BEHIND_BYTES;
use crate::window::Window;
use std::fmt;
use std::io::{self, Read, Write};

/// How much is read at a time, and how long a line is kept whole. Measured: between 64 and 256 KiB it makes
/// no difference that shows.
pub(crate) const WINDOW_BYTES: usize = 128 * 1024;

/// A reader that can say whether the next read would wait for someone to write.
///
/// A program that polls its input implements this to have its output in large blocks while input keeps
/// coming. [`Annotator::annotate_stream`](crate::Annotator::annotate_stream) takes any reader, and takes
/// it that each read could wait.
pub trait Source: Read {
    /// Whether a read now would wait. In doubt, `true`: then complete lines are written first.
    fn would_wait(&mut self) -> bool;
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

/// Why a stream ended early.
#[derive(Debug)]
pub enum StreamError {
    /// The input could not be read any further. What had been read has been annotated and written, the
    /// beginning of an incomplete line too.
    Read(io::Error),
    /// The output could not be written. What had not been written is lost.
    Write(io::Error),
}

impl fmt::Display for StreamError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Read(error) => write!(f, "cannot read: {error}"),
            Self::Write(error) => write!(f, "cannot write: {error}"),
        }
    }
}

impl std::error::Error for StreamError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Read(error) | Self::Write(error) => Some(error),
        }
    }
}

/// Annotates all of a source, through a window of `window_bytes`, and returns the number of fields.
///
/// Nothing is flushed at the end: more may follow.
pub(crate) fn annotate(
    notes: &NoteWriter,
    source: &mut impl Source,
    wtr: &mut impl Write,
    window_bytes: usize,
) -> Result<u64, StreamError> {
    let mut window = Window::new(window_bytes, LOOK_BEHIND_BYTES, notes.look_ahead());
    let mut memory = Memory::default();
    loop {
        if source.would_wait() {
            wtr.flush().map_err(StreamError::Write)?;
        }
        let start = window.start();
        let outcome = window.fill(source);
        memory.moved(start, window.start());
        if outcome.is_err() {
            window.end_input();
        }
        let part = window.settled();
        if !part.is_empty() {
            let consumed = notes.write_part(window.bytes(), part, &mut memory, wtr);
            window.consume(consumed.map_err(StreamError::Write)?);
        }
        match outcome {
            Ok(0) => return Ok(memory.fields),
            Ok(_) => {}
            Err(error) => return Err(StreamError::Read(error)),
        }
    }
}
