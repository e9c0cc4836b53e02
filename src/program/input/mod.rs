//! Inputs: standard input, files and what is in folders, decompressed where they are compressed.

mod blocks;
mod descriptor;
mod no_text;
mod read_ahead;
mod reading;
mod walk;
mod whole;

pub(crate) use blocks::{Block, Blocks};
pub(crate) use descriptor::{Descriptor, enlarge_pipe, wait_for};
pub(crate) use no_text::Expected;
pub(crate) use reading::OpenedInput;
pub use reading::Reading;
pub use reading::decompress;
pub use walk::InputFile;
pub use walk::Listing;
pub use walk::OtherName;
pub use walk::list;
pub(crate) use whole::{CATALOG, CONFIGURATION, REPORT, read_whole};

use crate::Source;
use crate::program::compression::{Format, Layer, PeekReader};
use crate::program::system::signals::Signals;
use blocks::BLOCK_BYTES;
use read_ahead::ReadAhead;
use std::fs::Metadata;
use std::io::{self, ErrorKind, Read};

/// So many blocks are annotated before threads have started.
const FEW_BLOCKS: u64 = 2;

/// Whether so many bytes of regular files are more than a few blocks.
pub(crate) fn is_worth_threads(bytes: u64) -> bool {
    bytes > FEW_BLOCKS * BLOCK_BYTES
}

/// When complete lines may wait in the output buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffering {
    /// While the next read does not wait.
    WhileInputComes,
    /// Never while reading.
    Line,
    /// Until the buffer is full.
    Block,
}

/// An open input, to be read from its beginning to its end.
pub(crate) struct Input {
    content: Content,
    /// The formats of the layers that it is packed in, outermost first; none where it is plain.
    pub(crate) formats: Vec<Format>,
    buffering: Buffering,
    /// Whether its reads can wait; those of a regular file do not.
    can_wait: bool,
    /// Whether all that it gave has been written, because it said that it would wait.
    is_flushed: bool,
    /// Where it begins, if it is a regular file.
    start: u64,
    signals: Signals,
}

enum Content {
    Direct(Box<PeekReader<Layer<Descriptor>>>),
    DecodedAhead(ReadAhead),
}

impl Input {
    /// Returns whether it is a stream: a pipe, a terminal or a device, whose end a signal may be.
    pub(crate) fn is_stream(&self) -> bool {
        self.can_wait
    }

    /// The input in blocks, if it is a regular file that is not compressed and has more than a few of them.
    pub(crate) fn into_blocks(self) -> Result<Blocks, Self> {
        let end = self.metadata().map_or(0, |metadata| metadata.len());
        let can_be_cut = self.formats.is_empty() && !self.can_wait;
        if can_be_cut && is_worth_threads(end.saturating_sub(self.start)) {
            // The bytes that were looked at are read again.
            let start = self.start;
            self.into_descriptor().map(|descriptor| Blocks::new(descriptor, start, end))
        } else {
            Err(self)
        }
    }

    /// The descriptor, with what has been read of it taken back from what progress counts.
    fn into_descriptor(self) -> Result<Descriptor, Self> {
        match self.content {
            Content::Direct(rdr) => {
                let descriptor = rdr.into_inner().into_bottom();
                let read = descriptor.position().unwrap_or(self.start) - self.start;
                descriptor.progress().take_back_bytes(read);
                Ok(descriptor)
            }
            content => Err(Self { content, ..self }),
        }
    }

    /// What the system knows of it.
    ///
    /// # Errors
    ///
    /// Where that is nothing: when it is being decoded ahead.
    pub(crate) fn metadata(&self) -> io::Result<Metadata> {
        match &self.content {
            Content::Direct(rdr) => rdr.get_ref().bottom().metadata(),
            Content::DecodedAhead(_) => Err(ErrorKind::Unsupported.into()),
        }
    }

    /// Decompresses on a thread of its own from now on, if there is something to decompress, none of it
    /// can wait, and a thread can be had.
    pub(crate) fn decode_ahead(self) -> Self {
        let content = match self.content {
            Content::Direct(rdr) if !self.can_wait && !self.formats.is_empty() => {
                ReadAhead::start(rdr).map_or_else(Content::Direct, Content::DecodedAhead)
            }
            content => content,
        };
        Self { content, ..self }
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.is_flushed {
            self.signals.set_idle(true);
        }
        match &mut self.content {
            Content::Direct(rdr) => rdr.read(buffer),
            Content::DecodedAhead(rdr) => rdr.read(buffer),
        }
    }
}

impl Source for Input {
    fn would_wait(&mut self) -> bool {
        self.is_flushed = match self.buffering {
            Buffering::Line => true,
            Buffering::Block => false,
            Buffering::WhileInputComes => {
                self.can_wait
                    && match &self.content {
                        Content::Direct(rdr) if self.formats.is_empty() => {
                            rdr.buffer().is_empty() && !rdr.get_ref().bottom().is_ready()
                        }
                        // What is here may not be enough to decode anything, and then a read waits for more.
                        _ => true,
                    }
            }
        };
        self.is_flushed
    }

    fn is_given_up(&self) -> bool {
        self.signals.has_stopped()
    }
}
