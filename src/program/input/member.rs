//! Opens the members of archives. A member is decompressed, and its encoding told, as that of a file is; it is text, an
//! archive, or neither.

use super::no_text::{Expected, Verdict, verdict};
use super::reading::utf16_reader;
use super::{Buffering, Reading};
use crate::program::compression::{Format, Layer, PeekReader, Unpacked};
use crate::program::container::ArchiveKind;
use crate::program::encoding::{self, InputEncoding, Utf16Reader};
use crate::program::system::signals::Signals;
use crate::program::terminal::input_name::InputName;
use crate::stream::Source;
use std::io::{self, Read};

/// A member that has been opened.
pub(crate) enum OpenedMember<'m, 'r: 'm> {
    Text(MemberInput<'m, 'r>),
    Archive(ArchiveKind, MemberInput<'m, 'r>),
    NoText,
}

/// The content of a member, decompressed.
pub(crate) struct MemberInput<'m, 'r: 'm> {
    rdr: PeekReader<Layer<&'m mut Recorder<'r>>>,
    /// The formats of the layers of compression, outermost first.
    pub(crate) formats: Vec<Format>,
    pub(crate) encoding: InputEncoding,
    utf16: Option<Box<Utf16Reader>>,
    /// True if all that was read is to be written before the next read.
    flushes: bool,
    signals: Signals,
}

/// The bytes of a member as they stand in the archive. Those that are read while the content is told are kept, so that
/// the member can still be copied as it is.
pub(crate) struct Recorder<'a> {
    rdr: &'a mut dyn Read,
    kept: Vec<u8>,
    keeps: bool,
}

impl<'a> Recorder<'a> {
    pub(crate) fn new(rdr: &'a mut dyn Read) -> Self {
        Self { rdr, kept: Vec::new(), keeps: true }
    }

    /// Returns all bytes of the member. The content must not have been taken for text.
    pub(crate) fn into_whole(self) -> impl Read + use<'a> {
        io::Cursor::new(self.kept).chain(self.rdr)
    }
}

impl Read for Recorder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.rdr.read(buffer)?;
        if self.keeps {
            self.kept.extend_from_slice(&buffer[..count]);
        }
        Ok(count)
    }
}

impl Reading {
    /// Opens a member of an archive. Reads of the archive may wait if `can_wait` is true.
    ///
    /// # Errors
    ///
    /// Returns an error if the first bytes cannot be read, are packed in a way that this program cannot unpack, or are no
    /// beginning of the archive that the name stands for.
    pub(crate) fn member<'m, 'r>(
        &self,
        name: &InputName,
        recorder: &'m mut Recorder<'r>,
        can_wait: bool,
    ) -> io::Result<OpenedMember<'m, 'r>> {
        let Unpacked { mut rdr, formats } = self.unpack(name, recorder)?;
        let archive = self.archive_kind(&mut rdr, false);
        if let (None, InputName::File(path)) = (archive, name)
            && self.enters_archives
            && !self.as_text
            && let Some(named) = ArchiveKind::of_name(path)
            && !rdr.buffer().is_empty()
        {
            return Err(named.does_not_begin());
        }
        let encoding = match archive {
            Some(_) => InputEncoding::default(),
            None => encoding::tell(self.encoding, &mut rdr, false),
        };
        let utf16 = utf16_reader(encoding);
        let expected = match &utf16 {
            _ if self.as_text => Expected::Bytes,
            Some(_) => Expected::NoArchive,
            None => Expected::Text,
        };
        if archive.is_none() && verdict(&mut rdr, expected, false) != Verdict::AsExpected {
            return Ok(OpenedMember::NoText);
        }
        let flushes = match self.buffering {
            Buffering::Line => true,
            Buffering::WhileInputComes => can_wait,
            Buffering::Block => false,
        };
        let input = MemberInput { rdr, formats, encoding, utf16, flushes, signals: self.signals.clone() };
        Ok(match archive {
            Some(kind) => OpenedMember::Archive(kind, input),
            None => OpenedMember::Text(input),
        })
    }
}

impl MemberInput<'_, '_> {
    /// Returns true if the content has no bytes.
    pub(crate) fn is_empty(&self) -> bool {
        self.rdr.buffer().is_empty()
    }

    /// Returns the content, to be read to its end. The member can no more be copied as it is.
    pub(crate) fn taken(mut self) -> Self {
        let bottom = self.rdr.get_mut().bottom_mut();
        (bottom.kept, bottom.keeps) = (Vec::new(), false);
        self
    }

    /// Returns the number of bytes of content that were read of a text in UTF-16; `None` for other text.
    pub(crate) fn utf16_bytes(&self) -> Option<u64> {
        self.utf16.as_ref().map(|utf16| utf16.bytes())
    }
}

impl Read for MemberInput<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match &mut self.utf16 {
            None => self.rdr.read(buffer),
            Some(utf16) => utf16.read(&mut self.rdr, buffer),
        }
    }
}

impl Source for MemberInput<'_, '_> {
    fn would_wait(&mut self) -> bool {
        self.flushes
    }

    fn is_given_up(&self) -> bool {
        self.signals.has_stopped()
    }
}
