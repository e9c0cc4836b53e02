//! Inputs: standard input, files, and the files in folders. Compressed inputs are decompressed.

mod archive;
mod block_chain;
mod blocks;
mod descriptor;
mod identities;
mod in_units;
mod input_file;
mod input_part;
mod input_range;
mod member;
mod name_filter;
mod narrowed;
mod no_text;
mod prompt;
mod read_ahead;
mod reading;
mod sorted;
mod stdin_size;
mod tailed;
mod walk;
mod whole;

pub(crate) use archive::{Archive, FoundMember, with_zip_member};
pub(crate) use blocks::{Block, Blocks};
pub(crate) use descriptor::Descriptor;
pub(crate) use identities::{Identities, OtherName};
pub use input_file::InputFile;
pub(crate) use input_range::{InputRange, RangeCell};
pub(crate) use member::{MemberInput, OpenedMember, Recorder};
pub use name_filter::NameFilter;
pub(crate) use no_text::Expected;
pub(crate) use reading::OpenedInput;
pub use reading::Reading;
pub use reading::decompress;
pub(crate) use stdin_size::StdinSize;
pub(crate) use tailed::{TailSection, TailedInput};
pub use walk::Listing;
pub use walk::ListingRules;
pub use walk::list;
pub(crate) use whole::{Bound, CATALOG, CONFIGURATION, LIST_OF_FILES, REPORT, ZSTD_DICTIONARY, read_whole};

use crate::program::compression::{Format, Layer, PeekReader};
use crate::program::container::ArchiveKind;
use crate::program::encoding::{InputEncoding, Utf16Reader};
use crate::program::system::pipes::wait_for;
use crate::program::system::signals::Signals;
use crate::program::system::thread_budget::ThreadBudget;
use crate::stream::Source;
use blocks::BLOCK_BYTES;
use in_units::InUnits;
use input_part::InputPart;
use input_range::StreamRange;
use prompt::REST;
use read_ahead::ReadAhead;
use rustix::event::PollFlags;
use std::fs::Metadata;
use std::io::{self, ErrorKind, Read};
use std::time::Instant;

/// One thread has done up to this many blocks before others have started.
const FEW_BLOCKS: u64 = 2;

/// Returns true if regular files of `bytes` bytes are worth several threads, because they have more than a few blocks.
pub(crate) fn is_worth_threads(bytes: u64) -> bool {
    bytes > FEW_BLOCKS * BLOCK_BYTES
}

/// The time for which complete lines may wait in the output buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Buffering {
    /// Until the next read that would wait.
    WhileInputComes,
    /// Until the next read.
    Line,
    /// Until the buffer is full.
    Block,
}

/// An open input, to be read from its beginning to its end.
pub(crate) struct Input {
    content: Content,
    /// The formats of the layers of compression, outermost first; empty for a plain input.
    pub(crate) formats: Vec<Format>,
    /// The kind of the archive that the content is; `None` if it is none, or is taken as bytes.
    archive: Option<ArchiveKind>,
    pub(crate) encoding: InputEncoding,
    /// The reader of text in UTF-16, which is read as UTF-8; `None` for other text.
    utf16: Option<Box<Utf16Reader>>,
    buffering: Buffering,
    /// True if the reader of the output is to see prompts of the input.
    shows_prompts: bool,
    /// The time since which the prompt has waited that the input begins with, until it is written; `None` if it has none.
    prompt_since: Option<Instant>,
    /// True if reads can wait; reads of a regular file cannot.
    can_wait: bool,
    /// True if the first line is known to be a header of `tail`.
    is_tailed: bool,
    /// The last answer of `would_wait`: true means that the caller has written all it read.
    is_flushed: bool,
    /// True if the bytes can be read in any order, as those of a regular file can.
    has_places: bool,
    /// The byte offset where the input begins, if it is a regular file; else 0.
    start: u64,
    /// The part that is read, if it is not all of the input.
    part: Option<InputPart>,
    /// The range that is read of a stream, if it is not read whole.
    range: Option<Box<StreamRange>>,
    /// The number of bytes that are still to be read of the part, if another part of the file follows it.
    left: u64,
    signals: Signals,
}

/// The decompressed content of an input, in its own encoding, read directly or from the threads that decode it.
enum Content {
    Direct(Box<PeekReader<Layer<Descriptor>>>),
    DecodedAhead(ReadAhead),
    InUnits(Box<InUnits>),
}

impl Input {
    /// Returns true if the input is a stream: a pipe, a terminal or a device, which a signal can end.
    pub(crate) fn is_stream(&self) -> bool {
        self.can_wait
    }

    /// Returns true if the input is a regular file that is not compressed.
    pub(crate) fn is_plain_file(&self) -> bool {
        self.formats.is_empty() && self.has_places
    }

    /// Returns the number of bytes of decompressed content that were read of a text in UTF-16; `None` for other text,
    /// whose bytes are read as they are.
    pub(crate) fn utf16_bytes(&self) -> Option<u64> {
        self.utf16.as_ref().map(|utf16| utf16.bytes())
    }

    /// Returns the input in blocks, if it is a regular file that is not compressed, not in UTF-16, and has more than a few
    /// blocks.
    ///
    /// # Errors
    ///
    /// Gives any other input back unchanged.
    pub(crate) fn into_blocks(self) -> Result<Blocks, Box<Self>> {
        let end = self.metadata().map_or(0, |metadata| metadata.len()).min(self.limit());
        let can_be_cut =
            self.is_plain_file() && !self.is_tailed && self.utf16.is_none() && self.range.is_none();
        let whole = InputPart { start: self.start, end, lines_before: 0, has_times: false };
        let part = self.part.unwrap_or(whole);
        if can_be_cut && is_worth_threads(part.end.saturating_sub(part.start)) {
            // The first bytes, which were read to examine them, are read again.
            let (start, encoding) = (self.start, self.encoding.encoding);
            self.into_descriptor().map(|descriptor| Blocks::new(descriptor, encoding, start, part))
        } else {
            Err(Box::new(self))
        }
    }

    /// Returns the descriptor, and subtracts the bytes that were read of it from the progress.
    ///
    /// # Errors
    ///
    /// Gives the input back unchanged while another thread decodes it.
    fn into_descriptor(self) -> Result<Descriptor, Box<Self>> {
        match self.content {
            Content::Direct(rdr) => {
                let descriptor = rdr.into_inner().into_bottom();
                let read = descriptor.position().unwrap_or(self.start) - self.start;
                descriptor.progress().take_back_bytes(read);
                Ok(descriptor)
            }
            content => Err(Box::new(Self { content, ..self })),
        }
    }

    /// Returns the byte offset behind which nothing of the file belongs to the input; `u64::MAX` for all of it.
    fn limit(&self) -> u64 {
        match &self.content {
            Content::Direct(rdr) => rdr.get_ref().bottom().limit(),
            Content::DecodedAhead(_) | Content::InUnits(_) => u64::MAX,
        }
    }

    /// Returns the metadata of the file.
    ///
    /// # Errors
    ///
    /// Returns an error if the system has none, or while another thread decodes the input.
    pub(crate) fn metadata(&self) -> io::Result<Metadata> {
        match &self.content {
            Content::Direct(rdr) => rdr.get_ref().bottom().metadata(),
            Content::DecodedAhead(_) | Content::InUnits(_) => Err(ErrorKind::Unsupported.into()),
        }
    }

    /// Returns the input, decompressed on other threads from now on: in units, on threads that have nothing else to do, if
    /// it is a file whose format has them; else, if `ahead` is true, on a thread of its own.
    pub(crate) fn decoded_beside(self, budget: &ThreadBudget, ahead: bool) -> Self {
        let input = self.in_units(budget, ahead);
        if ahead { input.decode_ahead() } else { input }
    }

    /// Returns true if the input is a stream of which nothing comes for a while, where that can be told.
    fn rests_a_while(&self) -> bool {
        match &self.content {
            Content::Direct(rdr) if self.can_wait && self.formats.is_empty() && rdr.buffer().is_empty() => {
                wait_for(rdr.get_ref().bottom().as_fd(), PollFlags::IN, Some(REST))
                    .is_ok_and(|is_ready| !is_ready)
            }
            _ => false,
        }
    }

    fn in_units(self, budget: &ThreadBudget, ahead: bool) -> Self {
        let content = match (self.content, &self.formats[..]) {
            (Content::Direct(rdr), &[format]) if self.has_places && budget.total() > 1 => {
                InUnits::new(rdr, format, self.start, budget, ahead)
                    .map_or_else(Content::Direct, |rdr| Content::InUnits(Box::new(rdr)))
            }
            (content, _) => content,
        };
        Self { content, ..self }
    }

    /// Returns the input, decompressed on a thread of its own from now on. Returns the input as it is if it is not
    /// compressed, its reads can wait, or no thread can be had.
    fn decode_ahead(self) -> Self {
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
        if let Some(range) = &mut self.range {
            return range.read(&mut self.content, buffer);
        }
        match &mut self.utf16 {
            None => {
                let most = buffer.len().min(usize::try_from(self.left).unwrap_or(usize::MAX));
                let count = self.content.read(&mut buffer[..most])?;
                self.left -= count as u64;
                Ok(count)
            }
            Some(utf16) => utf16.read(&mut self.content, buffer),
        }
    }
}

impl Read for Content {
    #[inline]
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Direct(rdr) => rdr.read(buffer),
            Self::DecodedAhead(rdr) => rdr.read(buffer),
            Self::InUnits(rdr) => rdr.read(buffer),
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
                        Content::Direct(rdr) if self.formats.is_empty() && self.utf16.is_none() => {
                            rdr.buffer().is_empty() && !rdr.get_ref().bottom().is_ready()
                        }
                        // The bytes at hand may be too few to decode any text, and a read would then wait for more.
                        _ => true,
                    }
            }
        };
        self.is_flushed
    }

    fn rests(&mut self, since: &mut Option<Instant>) -> bool {
        match &self.content {
            Content::Direct(rdr) if self.shows_prompts && self.is_flushed && rdr.buffer().is_empty() => {
                let first = self.prompt_since.take();
                let since = since.get_or_insert_with(|| first.unwrap_or_else(Instant::now));
                rdr.get_ref().bottom().rests_until(*since + REST)
            }
            _ => false,
        }
    }

    fn input_offset(&self) -> u64 {
        match (&self.range, self.part) {
            (Some(range), _) => range.first_line(),
            (None, part) => part.map_or(0, |part| part.start - self.start),
        }
    }

    fn lines_skipped(&self) -> u64 {
        self.part.map_or(0, |part| part.lines_before)
    }

    fn is_narrowed(&self) -> bool {
        self.part.is_some()
    }

    fn has_times_elsewhere(&self) -> bool {
        self.part.is_some_and(|part| part.has_times)
    }

    fn is_given_up(&self) -> bool {
        self.signals.has_stopped() || self.signals.reader_has_gone()
    }
}
