//! Opens inputs in two steps: [`Reading::open`] gives the descriptor of a name, and [`Reading::stream`] makes a stream
//! of a descriptor. The first bytes decide how the stream is decompressed, and whether it is text.
//!
//! The members of an archive are opened in `member.rs`.

use super::input_range::{InputRange, RangeCell};
use super::no_text::{Expected, Verdict, is_text_behind_zeros, verdict};
use super::prompt::begins_with_prompt;
use super::{Buffering, Content, Descriptor, Input, StdinSize};
use crate::program::compression::{Layer, PeekReader, Unpacked, Unpacking, ZstdDictionary, unpack};
use crate::program::container::{ArchiveKind, KIND_HEAD_BYTES, ends_as_zip};
use crate::program::encoding::{self, CharEncoding, EncodingChoice, InputEncoding, Utf16Reader};
use crate::program::system::signals::Signals;
use crate::program::system::thread_budget::ThreadBudget;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::progress::Progress;
use crate::time::YearReference;
use memchr::memchr;
use std::fs::Metadata;
use std::io::{self, ErrorKind, Read};
use std::path::Path;

/// The reason for refusing an archive that would have to be copied from a pipe.
const ARCHIVE_IN_PIPE: &str = "is an archive, which cannot be copied from a pipe; unpack it, or name a file";

/// The reason for refusing a file with a zip archive behind other bytes, such as a program that unpacks itself. Its list
/// has the places of members, so that a note before them would destroy it.
const ZIP_BEHIND_BYTES: &str = "holds a zip archive behind other bytes, which notes would destroy; unpack it, with 7z x; \
                                --no-archives copies it with --output-dir";

/// The settings for reading inputs.
#[derive(Clone, Debug)]
pub struct Reading {
    pub buffering: Buffering,
    /// True if incomplete lines of streams are written while more of them is waited for.
    pub shows_prompts: bool,
    pub decompress: bool,
    /// True if all content is taken for text, even if it is not, or is packed in a way that this program cannot unpack.
    pub as_text: bool,
    /// True if archives are read member by member, and not as bytes.
    pub enters_archives: bool,
    /// The dictionary that zstd's frames may need.
    pub dictionary: Option<ZstdDictionary>,
    /// The size that standard input must have; `None` if it may have any.
    pub stdin_size: Option<StdinSize>,
    pub encoding: EncodingChoice,
    /// The year of times that have none; `None` if the input tells it.
    pub year: Option<i16>,
    /// The range of bytes that is read of the only input; `None` if inputs are read whole.
    pub range: Option<InputRange>,
    /// The range that was read.
    pub range_read: RangeCell,
    pub progress: Progress,
    pub signals: Signals,
}

/// An opened input, which is text or not.
pub(crate) enum OpenedInput {
    Input(Input),
    /// An archive, which is read member by member.
    Archive(ArchiveKind, Input),
    /// An input that is not text: its bytes as they are, from the first on.
    NoText(Descriptor),
}

impl Reading {
    /// Returns true if archives are read member by member.
    pub(crate) fn reads_members(&self) -> bool {
        self.enters_archives && self.decompress
    }

    /// Returns true if complete lines may stay in the buffer while the program waits for more input.
    pub(crate) fn holds_back(&self) -> bool {
        self.buffering == Buffering::Block
    }

    /// Returns the reference for the years of times that have none, in an input that was changed last at `modified`, in
    /// seconds from the beginning of 1970; a stream is changed as it is read.
    pub(crate) fn year_reference(&self, modified: Option<i64>) -> YearReference {
        match (self.year, modified) {
            (Some(year), _) => YearReference::Year(year),
            (None, Some(second)) => YearReference::Until { second },
            (None, None) => YearReference::Now,
        }
    }

    /// Opens the descriptor of an input. Nothing is read of it.
    ///
    /// # Errors
    ///
    /// Returns an error if the input cannot be opened, is a directory, or was closed before the program started.
    pub(crate) fn open(&self, name: &InputName) -> io::Result<Descriptor> {
        let opened = Descriptor::open(name, &self.progress, &self.signals);
        match &self.stdin_size {
            Some(size) if name.is_stdin() => {
                opened.and_then(|input| input.of_size(size.clone())).inspect_err(|_| size.set_wrong())
            }
            _ => opened,
        }
    }

    /// Returns the content of a descriptor from its position on, decompressed as its first bytes and the name tell, and
    /// in the encoding that its first bytes tell.
    ///
    /// # Errors
    ///
    /// Returns an error if the first bytes cannot be read, or are packed in a way that this program cannot unpack.
    pub(crate) fn stream(&self, name: &InputName, descriptor: Descriptor) -> io::Result<Input> {
        let can_wait = descriptor.can_wait();
        let has_places = descriptor.has_places();
        let start = if can_wait { 0 } else { descriptor.position()? };
        let Unpacked { mut rdr, formats } = self.unpack(name, descriptor)?;
        if formats.is_empty() {
            rdr.get_mut().bottom_mut().gives_text();
        }
        let is_plain_stream = self.shows_prompts && can_wait && formats.is_empty();
        let prompt = if is_plain_stream { begins_with_prompt(&mut rdr) } else { None };
        let archive = if prompt.is_some() { None } else { self.archive_kind(&mut rdr, can_wait) };
        let encoding = match (archive, self.encoding) {
            (Some(_), _) => CharEncoding::Utf8.into(),
            (None, EncodingChoice::Auto { .. }) if prompt.is_some() => CharEncoding::Utf8.into(),
            (None, choice) => encoding::tell(choice, &mut rdr, can_wait),
        };
        Ok(Input {
            archive,
            content: Content::Direct(Box::new(rdr)),
            formats,
            encoding,
            utf16: utf16_reader(encoding),
            buffering: self.buffering,
            shows_prompts: is_plain_stream && encoding.encoding == CharEncoding::Utf8,
            prompt_since: prompt,
            can_wait,
            has_places,
            is_tailed: false,
            is_flushed: false,
            start,
            part: None,
            range: None,
            left: u64::MAX,
            signals: self.signals.clone(),
        })
    }

    /// Returns the stream that [`Reading::stream`] makes of a descriptor if its first bytes have the expected content;
    /// else the descriptor, with its position as it was. With `self.as_text`, all content is expected.
    ///
    /// # Errors
    ///
    /// Fails as [`Reading::stream`] does. Also fails if the content is not as expected and the input can be read only
    /// once, so that its first bytes are lost, or if the input cannot be read again; and if a file that was not found in a
    /// folder holds a zip archive behind other bytes, and archives are read member by member.
    pub(crate) fn stream_if_text(
        &self,
        name: &InputName,
        descriptor: Descriptor,
        expected: Expected,
    ) -> io::Result<OpenedInput> {
        let mut input = self.stream(name, descriptor)?;
        if let Some(kind) = input.archive {
            return Ok(OpenedInput::Archive(kind, input));
        }
        let in_folder = expected == Expected::Text;
        let expected = match expected {
            _ if self.as_text => Expected::Bytes,
            // Text in UTF-16 has NULs.
            Expected::Text if input.utf16.is_some() => Expected::NoArchive,
            expected => expected,
        };
        let is_plain_file = input.is_plain_file();
        let Content::Direct(rdr) = &mut input.content else {
            return Ok(OpenedInput::Input(input));
        };
        let head = verdict(rdr, expected, input.can_wait);
        let ends_as_zip = head == Verdict::AsExpected
            && is_plain_file
            && (self.reads_members() || expected != Expected::Bytes)
            && is_zip_behind_bytes(rdr.get_ref().bottom(), input.start);
        if ends_as_zip && self.reads_members() && (!in_folder || self.as_text) {
            return Err(io::Error::other(ZIP_BEHIND_BYTES));
        }
        let is_text = match head {
            Verdict::AsExpected if !ends_as_zip => return Ok(OpenedInput::Input(input)),
            Verdict::AsExpected | Verdict::NoText => false,
            // An input that cannot be read is taken for text, so that the error is reported.
            Verdict::Zeros => is_text_behind_zeros(rdr).unwrap_or(true),
        };
        if input.can_wait {
            return Err(io::Error::new(ErrorKind::Unsupported, ARCHIVE_IN_PIPE));
        }
        let start = input.start;
        let descriptor = input.into_descriptor().map_err(|_| ErrorKind::Unsupported)?;
        descriptor.set_position(start)?;
        if is_text {
            self.stream(name, descriptor).map(OpenedInput::Input)
        } else {
            Ok(OpenedInput::NoText(descriptor))
        }
    }

    /// Returns the kind of the archive that a reader gives next, without taking any of it; `None` if it gives none, or
    /// if archives are taken as bytes. If a read for more `can_wait`, the bytes up to a complete line decide.
    pub(super) fn archive_kind<R: Read>(
        &self,
        rdr: &mut PeekReader<R>,
        can_wait: bool,
    ) -> Option<ArchiveKind> {
        if !self.reads_members() {
            return None;
        }
        // No archive has a newline before the bytes that tell it, but for tar archives of files with such names.
        let is_enough = |here: &[u8]| can_wait && memchr(b'\n', here).is_some();
        ArchiveKind::of(rdr.look_until(KIND_HEAD_BYTES, is_enough))
    }

    /// Decompresses the content that a reader gives, unless `self.decompress` is false.
    pub(super) fn unpack<R: Read>(&self, name: &InputName, rdr: R) -> io::Result<Unpacked<R>> {
        let rdr = PeekReader::new(Layer::Bottom(rdr));
        if !self.decompress {
            return Ok(Unpacked { rdr, formats: Vec::new() });
        }
        let name = if let InputName::File(path) = name { Some(path.clone()) } else { None };
        unpack(rdr, &Unpacking { as_text: self.as_text, name, dictionary: self.dictionary.clone() })
    }
}

/// Returns true if a file that does not begin as a zip archive ends as one. An error is met again where the file is read.
fn is_zip_behind_bytes(file: &Descriptor, start: u64) -> bool {
    file.size().and_then(|end| ends_as_zip(file, start, end)).unwrap_or(false)
}

/// Returns the reader of text in UTF-16 from its first byte on; `None` for text in another encoding.
pub(super) fn utf16_reader(InputEncoding { encoding, has_mark }: InputEncoding) -> Option<Box<Utf16Reader>> {
    encoding.utf16_order().map(|order| Box::new(Utf16Reader::new(order, has_mark)))
}

/// Returns a reader of the decompressed content, as `Reading::stream` does for files of this name; `None` if `rdr` has no
/// compressed data.
///
/// # Errors
///
/// Returns an error if `rdr` fails, or has data in a packing that this program cannot unpack.
pub fn decompress<R: Read>(rdr: R, name: &Path) -> io::Result<Option<impl Read>> {
    let unpacking = Unpacking { name: Some(name.to_owned()), ..Unpacking::default() };
    let Unpacked { rdr, formats } = unpack(PeekReader::new(Layer::Bottom(rdr)), &unpacking)?;
    Ok((!formats.is_empty()).then_some(rdr))
}

impl OpenedInput {
    /// Returns the metadata of the file.
    ///
    /// # Errors
    ///
    /// Returns an error if the system has none, or while another thread decodes the input.
    pub(crate) fn metadata(&self) -> io::Result<Metadata> {
        match self {
            Self::Input(input) | Self::Archive(_, input) => input.metadata(),
            Self::NoText(descriptor) => descriptor.metadata(),
        }
    }

    /// Returns the input, decompressed on other threads as [`Input::decoded_beside`] does.
    pub(crate) fn decoded_beside(self, budget: &ThreadBudget, ahead: bool) -> Self {
        match self {
            Self::Input(input) => Self::Input(input.decoded_beside(budget, ahead)),
            Self::Archive(kind, input) => Self::Archive(kind, input.decoded_beside(budget, ahead)),
            Self::NoText(_) => self,
        }
    }
}
