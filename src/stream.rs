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

/// Annotates one source after another, through one buffer.
///
/// Each source is a text of its own: where it ends, its last line does. To work on several at the same
/// time, take one for each thread.
#[derive(Debug)]
pub struct StreamAnnotator<'a> {
    notes: &'a NoteWriter,
    window: Window,
    memory: Memory,
}

impl<'a> StreamAnnotator<'a> {
    pub(crate) fn new(notes: &'a NoteWriter, window_bytes: usize) -> Self {
        let window = Window::new(window_bytes, LOOK_BEHIND_BYTES, notes.look_ahead());
        Self { notes, window, memory: Memory::default() }
    }

    /// Annotates all that a source gives, and returns the number of fields found. Each time that something
    /// has been annotated, `progress` is told how many fields have been found so far.
    ///
    /// Flushes where the source says that it would wait, and not at the end: more may follow.
    ///
    /// # Errors
    ///
    /// As [`Annotator::annotate_stream`](crate::Annotator::annotate_stream).
    pub fn annotate(
        &mut self,
        source: &mut impl Source,
        wtr: &mut impl Write,
        mut progress: impl FnMut(u64),
    ) -> Result<u64, StreamError> {
        self.window.clear();
        self.memory.clear();
        while self.step(source, wtr)? {
            progress(self.memory.fields);
        }
        progress(self.memory.fields);
        Ok(self.memory.fields)
    }

    /// Fills the window once and annotates what is then settled. Returns whether there may be more.
    fn step(&mut self, source: &mut impl Source, wtr: &mut impl Write) -> Result<bool, StreamError> {
        if source.would_wait() {
            wtr.flush().map_err(StreamError::Write)?;
        }
        let start = self.window.start();
        let outcome = self.window.fill(source);
        self.memory.moved(start, self.window.start());
        if outcome.is_err() {
            self.window.end_input();
        }
        let part = self.window.settled();
        if !part.is_empty() {
            let consumed = self.notes.write_part(self.window.bytes(), part, &mut self.memory, wtr);
            self.window.consume(consumed.map_err(StreamError::Write)?);
        }
        outcome.map(|count| count > 0).map_err(StreamError::Read)
    }
}
