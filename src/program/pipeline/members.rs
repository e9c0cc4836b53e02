//! Annotates the members of an archive, one after the other, into one writer.

use super::worker::{Outcome, Trouble, Worker};
use crate::program::container::{ArchiveKind, ZipReader};
use crate::program::input::{
    Archive, FoundMember, Input, InputFile, OpenedMember, Recorder, with_zip_member,
};
use crate::program::report::Tally;
use crate::program::terminal::input_name::InputName;
use std::io::{self, ErrorKind, Read, Write};
use std::time::SystemTime;

/// The number of archives, one within the other, that are entered.
pub(super) const DEPTH_MAX: usize = 3;
/// The numbers that each member of a zip archive has for itself and the members within it.
const NUMBERS_OF_ZIP_MEMBER: usize = 4096;
/// The most troubles of one archive that are told one by one.
const TROUBLES_MAX: usize = 100;

/// The outcome of the members of an archive that is an input.
pub(super) struct ArchiveMembers<'w, 'p> {
    pub(super) worker: &'w mut Worker<'p>,
    /// The archive that is an input.
    pub(super) file: &'w InputFile,
    /// True if reads of the archive can wait.
    pub(super) can_wait: bool,
    pub(super) tally: Tally,
    troubles: Vec<Trouble>,
    /// The number of troubles that are not told one by one.
    more_troubles: u64,
    /// The number of the last member that has been met. Members beyond `count_max` share that number.
    count: usize,
    count_max: usize,
    /// The newline that the next member needs before it, because the output of the last one ends within a line.
    owed: Option<&'static [u8]>,
}

/// An archive, at its depth within the archive that is an input.
#[derive(Clone, Copy)]
pub(super) struct ArchiveLevel<'n> {
    pub(super) name: &'n InputName,
    /// The number of archives around it.
    pub(super) depth: usize,
}

impl<'w, 'p> ArchiveMembers<'w, 'p> {
    pub(super) fn new(worker: &'w mut Worker<'p>, file: &'w InputFile, can_wait: bool) -> Self {
        let (tally, troubles) = (Tally::new(), Vec::new());
        Self {
            worker,
            file,
            can_wait,
            tally,
            troubles,
            more_troubles: 0,
            count: 0,
            count_max: usize::MAX,
            owed: None,
        }
    }

    /// Annotates all members of the archive into one writer.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub(super) fn annotate(
        &mut self,
        kind: ArchiveKind,
        input: Input,
        wtr: &mut impl Write,
    ) -> io::Result<()> {
        self.open(kind, input).map_or(Ok(()), |archive| self.annotate_archive(self.level(), archive, wtr))
    }

    /// Returns the archive that is an input, or keeps the trouble of opening it.
    pub(super) fn open(&mut self, kind: ArchiveKind, input: Input) -> Option<Archive<'static>> {
        let opened = Archive::of_input(kind, input);
        opened.map_err(|error| self.trouble(self.file.name.clone(), error)).ok()
    }

    /// Returns the level of the archive that is an input.
    pub(super) fn level(&self) -> ArchiveLevel<'w> {
        ArchiveLevel { name: &self.file.name, depth: 1 }
    }

    /// Annotates all members of an archive, and of archives in it.
    fn annotate_archive<W: Write>(
        &mut self,
        level: ArchiveLevel<'_>,
        archive: Archive<'_>,
        wtr: &mut W,
    ) -> io::Result<()> {
        archive.for_each_member(&mut |found| self.annotate_found(level, found, wtr))
    }

    /// Annotates one member of a zip archive, with its number from 0. Other members may be annotated side by side.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub(super) fn annotate_zip_member(
        &mut self,
        zip: &mut ZipReader,
        index: usize,
        wtr: &mut impl Write,
    ) -> io::Result<()> {
        // Members of archives within this member have the numbers up to those of the next member.
        self.worker.begin_output();
        self.count = index * NUMBERS_OF_ZIP_MEMBER;
        self.count_max = self.count + NUMBERS_OF_ZIP_MEMBER;
        let level = self.level();
        with_zip_member(zip, index, &mut |found| self.annotate_found(level, found, wtr))
    }

    fn annotate_found<W: Write>(
        &mut self,
        level: ArchiveLevel<'_>,
        found: FoundMember<'_>,
        wtr: &mut W,
    ) -> io::Result<()> {
        match found {
            FoundMember::Damage(error) => self.trouble(level.name.clone(), error),
            FoundMember::Refused { name, .. } | FoundMember::File { name, .. } if !self.is_chosen(&name) => {}
            FoundMember::Refused { name, reason } => self.refuse(level.name.member(&name), &reason),
            FoundMember::File { name, size, modified, rdr, .. } => {
                let member = self.next_member(level, &name, size, modified);
                self.annotate_member(&member, level, rdr, wtr)?;
            }
        }
        Ok(())
    }

    fn annotate_member<W: Write>(
        &mut self,
        member: &InputFile,
        level: ArchiveLevel<'_>,
        rdr: &mut dyn Read,
        wtr: &mut W,
    ) -> io::Result<()> {
        let pipeline = self.worker.pipeline;
        let mut recorder = Recorder::new(rdr);
        match pipeline.reading.member(&member.name, &mut recorder, self.can_wait) {
            Err(error) => self.trouble(member.name.clone(), error),
            Ok(OpenedMember::NoText) => pipeline.no_texts.add(member),
            Ok(OpenedMember::Text(input)) => {
                let mut input = input.taken();
                let encoding = input.encoding;
                if !input.is_empty()
                    && let Some(newline) = self.owed.take()
                {
                    wtr.write_all(newline)?;
                }
                let outcome = self.worker.annotate(member, &mut input, encoding, wtr)?.at_end_of(member);
                self.owed = outcome.in_line.or(self.owed);
                let utf16_bytes = input.utf16_bytes();
                self.add(member, outcome.tally, utf16_bytes);
                if let Some(Trouble { error, .. }) = outcome.trouble {
                    self.trouble(member.name.clone(), error);
                }
            }
            Ok(OpenedMember::Archive(kind, input)) => {
                if level.depth == DEPTH_MAX {
                    self.refuse(member.name.clone(), TOO_DEEP);
                    return Ok(());
                }
                let level = ArchiveLevel { name: &member.name, depth: level.depth + 1 };
                match Archive::of_stream(kind, Box::new(input.taken())) {
                    Ok(archive) => self.annotate_archive(level, archive, wtr)?,
                    Err(error) => self.trouble(member.name.clone(), error),
                }
            }
        }
        Ok(())
    }

    /// Returns true if a member of this name is chosen.
    pub(super) fn is_chosen(&self, name: &[u8]) -> bool {
        let name = name.strip_prefix(b"./").unwrap_or(name);
        self.worker.pipeline.chosen_members.matches(name)
    }

    /// Returns the next member of an archive, as an input of its own.
    pub(super) fn next_member(
        &mut self,
        level: ArchiveLevel<'_>,
        name: &[u8],
        size: u64,
        modified: Option<SystemTime>,
    ) -> InputFile {
        self.count = self.count_max.min(self.count + 1);
        self.file.member(self.count, level.name, name, size, modified)
    }

    /// Adds the counts of a member that was annotated.
    pub(super) fn add(&mut self, member: &InputFile, mut tally: Tally, utf16_bytes: Option<u64>) {
        if let Some(bytes) = utf16_bytes {
            tally.input.bytes = bytes;
        }
        if tally.has_places() {
            self.worker.pipeline.keep_name(member);
        }
        self.tally.append(tally);
    }

    /// Keeps the trouble of a member or of an archive, unless a signal is the end of a stream.
    pub(super) fn trouble(&mut self, name: InputName, error: io::Error) {
        if self.can_wait && self.worker.pipeline.reading.signals.is_stop(&error) {
            return;
        }
        self.tally.complete = false;
        // An archive that ends within a member is told once, with the name of the member.
        if self.troubles.last().is_some_and(|last| last.error.to_string() == error.to_string())
            && name == self.file.name
        {
            return;
        }
        if self.troubles.len() < TROUBLES_MAX {
            self.troubles.push(Trouble { name, error });
        } else {
            self.more_troubles += 1;
        }
    }

    /// Keeps the trouble of a member that is not read, with the reason.
    pub(super) fn refuse(&mut self, name: InputName, reason: &str) {
        self.trouble(name, io::Error::new(ErrorKind::Unsupported, reason.to_owned()));
    }

    /// Returns the outcome of all members.
    pub(super) fn finish(mut self) -> Outcome {
        if self.more_troubles > 0 {
            let error = io::Error::other(format!("{} more members could not be read", self.more_troubles));
            self.troubles.push(Trouble { name: self.file.name.clone(), error });
        }
        let owed = self.owed.or(self.worker.separator());
        Outcome { tally: self.tally, troubles: self.troubles, owed }
    }
}

/// The reason for not entering an archive.
pub(super) const TOO_DEEP: &str =
    "is an archive within three others, which is not read here; unpack one of them first";
