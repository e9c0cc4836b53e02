//! Opening inputs: how they are packed and whether they are text is told by how they begin.

use super::no_text::{Expected, Verdict, is_text_behind_zeros, verdict};
use super::{Buffering, Content, Descriptor, Input};
use crate::program::compression::Foreign;
use crate::program::compression::PeekReader;
use crate::program::compression::{Layer, Unpacked, unpack};
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::progress::Progress;
use std::fs::Metadata;
use std::io::Read;
use std::io::{self, ErrorKind};

/// Why an archive that would be copied cannot be.
const ARCHIVE_IN_PIPE: &str = "is an archive, which cannot be copied from a pipe; unpack it, or name a file";

/// The way in which inputs are read.
#[derive(Clone, Debug)]
pub struct Reading {
    pub buffering: Buffering,
    pub decompress: bool,
    /// True if all is taken for text: what is no text, and what is packed in a way that is not read here.
    pub as_text: bool,
    pub progress: Progress,
    pub signals: Signals,
}

/// An input that was opened.
pub(crate) enum OpenedInput {
    Input(Input),
    /// It is no text: its bytes as they are, from the first on.
    NoText(Descriptor),
}

impl Reading {
    /// Returns whether complete lines may wait while more input is awaited.
    pub(crate) fn holds_back(&self) -> bool {
        self.buffering == Buffering::Block
    }

    /// Opens an input, which `check` may refuse before anything is read, and looks at how it begins.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be opened or read, is refused, or is packed in a way that is not read here.
    pub(crate) fn open(
        &self,
        name: &InputName,
        check: impl FnOnce(&Descriptor) -> io::Result<()>,
    ) -> io::Result<Input> {
        let descriptor = Descriptor::open(name, &self.progress, &self.signals)?;
        check(&descriptor)?;
        let can_wait = descriptor.can_wait();
        let start = if can_wait { 0 } else { descriptor.position()? };
        let Unpacked { mut rdr, formats } = self.unpack(descriptor)?;
        if formats.is_empty() {
            self.refuse_by_name(name, &rdr)?;
            rdr.get_mut().bottom_mut().gives_text();
        }
        let content = Content::Direct(Box::new(rdr));
        Ok(Input {
            content,
            formats,
            buffering: self.buffering,
            can_wait,
            is_flushed: false,
            start,
            signals: self.signals.clone(),
        })
    }

    /// Unpacks what a descriptor gives from where it is, unless that is to be left as it is.
    fn unpack(&self, descriptor: Descriptor) -> io::Result<Unpacked<Descriptor>> {
        let rdr = PeekReader::new(Layer::Bottom(descriptor));
        if self.decompress { unpack(rdr, self.as_text) } else { Ok(Unpacked { rdr, formats: Vec::new() }) }
    }

    fn refuse_by_name(&self, name: &InputName, rdr: &PeekReader<Layer<Descriptor>>) -> io::Result<()> {
        match name {
            InputName::File(path) if self.decompress && !self.as_text => {
                Foreign::of_name(path, rdr.buffer()).map_or(Ok(()), |foreign| Err(foreign.refusal(&[])))
            }
            _ => Ok(()),
        }
    }

    /// Looks whether an input is what is expected, from its first bytes on, unless all is taken for text.
    ///
    /// # Errors
    ///
    /// Fails where it is not, and can be read only once, so that its bytes are not to be had any more; where it cannot be read
    /// again.
    pub(crate) fn expect(&self, mut input: Input, expected: Expected) -> io::Result<OpenedInput> {
        let Content::Direct(rdr) = &mut input.content else {
            return Ok(OpenedInput::Input(input));
        };
        let is_text =
            match verdict(rdr, if self.as_text { Expected::Bytes } else { expected }, input.can_wait) {
                Verdict::AsExpected => return Ok(OpenedInput::Input(input)),
                Verdict::NoText => false,
                // An input that cannot be read is taken for text, so that the error is told.
                Verdict::Zeros => is_text_behind_zeros(rdr).unwrap_or(true),
            };
        if input.can_wait {
            return Err(io::Error::new(ErrorKind::Unsupported, ARCHIVE_IN_PIPE));
        }
        let Input { start, buffering, can_wait, is_flushed, .. } = input;
        let signals = self.signals.clone();
        let descriptor = input.into_descriptor().map_err(|_| ErrorKind::Unsupported)?;
        descriptor.set_position(start)?;
        if !is_text {
            return Ok(OpenedInput::NoText(descriptor));
        }
        let Unpacked { rdr, formats } = self.unpack(descriptor)?;
        let content = Content::Direct(Box::new(rdr));
        Ok(OpenedInput::Input(Input { content, formats, buffering, can_wait, is_flushed, start, signals }))
    }
}

/// Returns a reader of the content, if the given one is of compressed data: as [`Reading::open`] does, without files.
pub fn decompress<R: Read>(rdr: R) -> io::Result<Option<impl Read>> {
    let Unpacked { rdr, formats } = unpack(PeekReader::new(Layer::Bottom(rdr)), false)?;
    Ok((!formats.is_empty()).then_some(rdr))
}

impl OpenedInput {
    /// Returns the metadata of the file.
    ///
    /// # Errors
    ///
    /// Fails where the system has none.
    pub(crate) fn metadata(&self) -> io::Result<Metadata> {
        match self {
            Self::Input(input) => input.metadata(),
            Self::NoText(descriptor) => descriptor.metadata(),
        }
    }

    /// Decompresses on a thread of its own, as [`Input::decode_ahead`] does.
    pub(crate) fn decode_ahead(self) -> Self {
        match self {
            Self::Input(input) => Self::Input(input.decode_ahead()),
            Self::NoText(_) => self,
        }
    }
}
