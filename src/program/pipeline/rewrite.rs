//! Writes an archive again: its texts annotated, and everything else as it is, in the same order.

use super::members::{ArchiveLevel, ArchiveMembers, DEPTH_MAX, TOO_DEEP};
use super::worker::Trouble;
use crate::program::compression::Encoder;
use crate::program::container::{
    ArchiveKind, Spool, TarItem, TarMember, TarReader, TransferError, ZipReader, ZipWritten, padding_of,
};
use crate::program::input::{Archive, Input, InputFile, MemberInput, OpenedMember, Recorder};
use std::io::{self, ErrorKind, Read, Write};

/// The reason for copying a member as it is.
const NOT_WRITTEN: &str = "is packed in a format that is only read, and stays as it is in the archive; --unpack writes it in another format";

/// The most bytes that are copied at a time.
const COPY_BYTES: usize = 64 * 1024;

impl ArchiveMembers<'_, '_> {
    /// Writes the archive again, with its texts annotated.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub(super) fn rewrite(
        &mut self,
        kind: ArchiveKind,
        input: Input,
        wtr: &mut impl Write,
    ) -> io::Result<()> {
        self.open(kind, input).map_or(Ok(()), |archive| self.rewrite_archive(self.level(), archive, wtr))
    }

    fn rewrite_archive<W: Write>(
        &mut self,
        level: ArchiveLevel<'_>,
        archive: Archive<'_>,
        wtr: &mut W,
    ) -> io::Result<()> {
        match archive {
            Archive::Tar(tar) => self.rewrite_tar(level, tar, wtr),
            Archive::Zip(zip) => self.rewrite_zip(level, zip, wtr),
            Archive::Unreadable(mut bytes, error) => {
                self.trouble(level.name.clone(), error);
                self.copy(level, &mut bytes, wtr)
            }
        }
    }

    fn rewrite_tar<W: Write, R: Read>(
        &mut self,
        level: ArchiveLevel<'_>,
        mut tar: TarReader<R>,
        wtr: &mut W,
    ) -> io::Result<()> {
        loop {
            let TarMember { name, size, modified, is_file, refusal, head, .. } = match tar.next(wtr) {
                Err(TransferError::Write(error)) => return Err(error),
                Err(TransferError::Read(error)) => {
                    self.trouble(level.name.clone(), error);
                    return Ok(());
                }
                Ok(TarItem::End) => return Ok(()),
                Ok(TarItem::Damage(error)) => {
                    self.trouble(level.name.clone(), error);
                    continue;
                }
                Ok(TarItem::Member(member)) => member,
            };
            let is_chosen = self.is_chosen(&name);
            if !is_file || refusal.is_some() || !is_chosen {
                if let Some(reason) = refusal.filter(|_| is_chosen) {
                    self.refuse(level.name.member(&name), reason);
                }
                wtr.write_all(&head.written(None))?;
                self.copy(level, &mut tar.content(), wtr)?;
                continue;
            }
            let member = self.next_member(level, &name, size, modified);
            let mut content = tar.content();
            let mut recorder = Recorder::new(&mut content);
            if let Some(mut spool) = self.rewritten(&member, level, &mut recorder)? {
                let length = spool.length()?;
                wtr.write_all(&head.written(Some(length)))?;
                io::copy(&mut spool, wtr)?;
                wtr.write_all(&vec![0; padding_of(length) as usize])?;
                tar.drops_padding();
            } else {
                wtr.write_all(&head.written(None))?;
                self.copy(level, &mut recorder.into_whole(), wtr)?;
            }
        }
    }

    fn rewrite_zip<W: Write>(
        &mut self,
        level: ArchiveLevel<'_>,
        mut zip: ZipReader,
        wtr: &mut W,
    ) -> io::Result<()> {
        let mut written = ZipWritten::new(&zip)?;
        for index in 0..zip.count() {
            let member = match zip.member(index) {
                Ok(member) => member,
                Err(error) => {
                    self.trouble(level.name.clone(), error);
                    continue;
                }
            };
            let file = self.next_member(level, &member.name, member.size, member.modified);
            let rewritten = if member.is_file && self.is_chosen(&member.name) {
                self.rewritten_of_zip(&mut zip, index, &file, level, member.refusal)?
            } else {
                None
            };
            let outcome = match rewritten {
                Some(spool) => written.add(&mut zip, index, spool),
                None => written.copy(&mut zip, index),
            };
            if let Err(error) = outcome {
                self.trouble(file.name.clone(), error);
            }
        }
        io::copy(&mut written.finish()?, wtr).map(drop)
    }

    /// Returns the annotated content of a member of a zip archive, as [`ArchiveMembers::rewritten`] does; `None` for one
    /// that is refused or cannot be read.
    fn rewritten_of_zip(
        &mut self,
        zip: &mut ZipReader,
        index: usize,
        file: &InputFile,
        level: ArchiveLevel<'_>,
        refusal: Option<String>,
    ) -> io::Result<Option<Spool>> {
        if let Some(reason) = refusal {
            self.refuse(file.name.clone(), &reason);
            return Ok(None);
        }
        match zip.content(index) {
            Ok(mut content) => {
                let mut recorder = Recorder::new(&mut content);
                let rewritten = self.rewritten(file, level, &mut recorder)?;
                if rewritten.is_none()
                    && let Err(error) = io::copy(&mut recorder.into_whole(), &mut io::sink())
                {
                    // The checksum of a member that is copied as it is packed is met at its end.
                    self.trouble(file.name.clone(), error);
                }
                Ok(rewritten)
            }
            Err(error) => {
                self.trouble(file.name.clone(), error);
                Ok(None)
            }
        }
    }

    /// Returns the annotated content of a member, packed as it was; `None` if the member is to be copied as it is.
    ///
    /// # Errors
    ///
    /// Returns an error if the content cannot be kept.
    fn rewritten(
        &mut self,
        member: &InputFile,
        level: ArchiveLevel<'_>,
        recorder: &mut Recorder<'_>,
    ) -> io::Result<Option<Spool>> {
        let pipeline = self.worker.pipeline;
        let opened = match pipeline.reading.member(&member.name, recorder, self.can_wait) {
            Ok(opened) => opened,
            Err(error) => {
                self.trouble(member.name.clone(), error);
                return Ok(None);
            }
        };
        match opened {
            OpenedMember::NoText => {
                pipeline.no_texts.add(member);
                Ok(None)
            }
            OpenedMember::Archive(..) if level.depth == DEPTH_MAX => {
                self.refuse(member.name.clone(), TOO_DEEP);
                Ok(None)
            }
            OpenedMember::Text(input) | OpenedMember::Archive(_, input)
                if input.formats.iter().any(|format| format.written() != *format) =>
            {
                self.refuse(member.name.clone(), NOT_WRITTEN);
                Ok(None)
            }
            OpenedMember::Text(input) => self.rewrite_text(member, input.taken()).map(Some),
            OpenedMember::Archive(kind, input) => {
                let mut encoder = Encoder::new(&input.formats, Spool::new(), &pipeline.threads)?;
                let level = ArchiveLevel { name: &member.name, depth: level.depth + 1 };
                match Archive::of_stream(kind, Box::new(input.taken())) {
                    Ok(archive) => self.rewrite_archive(level, archive, &mut encoder)?,
                    Err(error) => self.trouble(member.name.clone(), error),
                }
                encoder.finish()?.rewound().map(Some)
            }
        }
    }

    fn rewrite_text(&mut self, member: &InputFile, mut input: MemberInput<'_, '_>) -> io::Result<Spool> {
        let mut encoder = Encoder::new(&input.formats, Spool::new(), &self.worker.pipeline.threads)?;
        let encoding = input.encoding;
        self.worker.begin_output();
        let outcome = self.worker.annotate(member, &mut input, encoding, &mut encoder)?.at_end_of(member);
        self.add(member, outcome.tally, input.utf16_bytes());
        if let Some(Trouble { error, .. }) = outcome.trouble {
            self.trouble(member.name.clone(), error);
        }
        encoder.finish()?.rewound()
    }

    /// Copies bytes as they are. An error of the reader is trouble of the archive.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    fn copy(&mut self, level: ArchiveLevel<'_>, rdr: &mut impl Read, wtr: &mut impl Write) -> io::Result<()> {
        let mut buffer = vec![0; COPY_BYTES];
        loop {
            match rdr.read(&mut buffer) {
                Ok(0) => return Ok(()),
                Ok(count) => wtr.write_all(&buffer[..count])?,
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    self.trouble(level.name.clone(), error);
                    return Ok(());
                }
            }
        }
    }
}
