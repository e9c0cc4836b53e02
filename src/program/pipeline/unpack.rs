//! Unpacks an archive: its members become files in a folder, annotated where they are text. Nothing is written outside
//! the folder, whatever the members are called.

use super::members::{ArchiveLevel, ArchiveMembers, DEPTH_MAX, TOO_DEEP};
use super::worker::Trouble;
use crate::program::compression::{Encoder, Format, Packing};
use crate::program::container::ArchiveKind;
use crate::program::input::{Archive, FoundMember, Input, InputFile, OpenedMember, Recorder};
use crate::program::output::{Destination, NewFile, Origin, Outlet, OutputFolder};
use crate::program::terminal::messages::is_out_of_room;
use std::collections::BTreeSet;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

/// The folder that an archive is unpacked to.
pub(super) struct UnpackFolder<'f> {
    pub(super) folder: &'f OutputFolder,
    /// The compression of the files; `None` if each is compressed as its member is.
    pub(super) packing: Option<Packing>,
    /// The paths below the folder that have been written, and the folders that they are in.
    taken: BTreeSet<PathBuf>,
    folders: BTreeSet<PathBuf>,
}

/// A file of an archive that is to be written.
struct UnpackedFile {
    /// The path below the output folder.
    relative: PathBuf,
    origin: Origin,
}

impl<'f> UnpackFolder<'f> {
    pub(super) fn new(folder: &'f OutputFolder, packing: Option<Packing>) -> Self {
        Self { folder, packing, taken: BTreeSet::new(), folders: BTreeSet::new() }
    }

    /// Takes the place of a file.
    ///
    /// # Errors
    ///
    /// Returns the reason why the file cannot have the place.
    fn take(&mut self, path: &Path) -> Result<(), &'static str> {
        if self.taken.contains(path) {
            return Err(
                "has the name of another member before it, and is left out; unpack the archive with its own program",
            );
        }
        if self.folders.contains(path) || path.ancestors().skip(1).any(|folder| self.taken.contains(folder)) {
            return Err("is a file in the place of a folder of another member, and is left out");
        }
        self.taken.insert(path.to_owned());
        self.folders.extend(path.ancestors().skip(1).map(Path::to_owned));
        Ok(())
    }
}

impl ArchiveMembers<'_, '_> {
    /// Writes the members of the archive as files below the folder `base`, which lies below the output folder.
    ///
    /// # Errors
    ///
    /// Returns an error if there is no more room on the disk.
    pub(super) fn unpack(
        &mut self,
        kind: ArchiveKind,
        input: Input,
        base: &Path,
        unpacking: &mut UnpackFolder<'_>,
    ) -> io::Result<()> {
        self.open(kind, input)
            .map_or(Ok(()), |archive| self.unpack_archive(self.level(), archive, base, unpacking))
    }

    fn unpack_archive(
        &mut self,
        level: ArchiveLevel<'_>,
        archive: Archive<'_>,
        base: &Path,
        unpacking: &mut UnpackFolder<'_>,
    ) -> io::Result<()> {
        archive.for_each_member(&mut |found| {
            match found {
                FoundMember::Damage(error) => self.trouble(level.name.clone(), error),
                FoundMember::Refused { name, .. } | FoundMember::File { name, .. }
                    if !self.is_chosen(&name) => {}
                FoundMember::Refused { name, reason } => self.refuse(level.name.member(&name), &reason),
                FoundMember::File { name, size, mode, modified, rdr } => {
                    let member = self.next_member(level, &name, size, modified);
                    let below = match path_of(&name) {
                        Ok(below) => below,
                        Err(reason) => {
                            self.refuse(member.name, reason);
                            return Ok(());
                        }
                    };
                    let file = UnpackedFile {
                        relative: base.join(below),
                        origin: Origin::of_member(mode, modified),
                    };
                    let outcome = self.unpack_member(&member, level, rdr, file, unpacking);
                    match outcome {
                        Err(error) if is_out_of_room(&error) => return Err(error),
                        Err(error) => self.trouble(member.name, error),
                        Ok(()) => {}
                    }
                }
            }
            Ok(())
        })
    }

    /// Writes one member. Keeps the trouble of the member.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be written.
    fn unpack_member(
        &mut self,
        member: &InputFile,
        level: ArchiveLevel<'_>,
        rdr: &mut dyn Read,
        mut file: UnpackedFile,
        unpacking: &mut UnpackFolder<'_>,
    ) -> io::Result<()> {
        let pipeline = self.worker.pipeline;
        let mut recorder = Recorder::new(rdr);
        let input = match pipeline.reading.member(&member.name, &mut recorder, self.can_wait) {
            Err(error) => {
                self.trouble(member.name.clone(), error);
                None
            }
            Ok(OpenedMember::NoText) => {
                pipeline.no_texts.add(member);
                None
            }
            Ok(OpenedMember::Archive(..)) if level.depth == DEPTH_MAX => {
                self.refuse(member.name.clone(), TOO_DEEP);
                None
            }
            Ok(OpenedMember::Archive(kind, input)) => {
                let level = ArchiveLevel { name: &member.name, depth: level.depth + 1 };
                let archive = Archive::of_stream(kind, Box::new(input.taken()))?;
                return self.unpack_archive(level, archive, &file.relative, unpacking);
            }
            Ok(OpenedMember::Text(input)) => Some(input.taken()),
        };
        if input.is_some() {
            file.relative = match unpacking.packing {
                None => Format::rename_kept(&file.relative),
                Some(Packing { format, .. }) => format.rename(&file.relative),
            };
        }
        unpacking.take(&file.relative).map_err(io::Error::other)?;
        let place = unpacking.folder.place_to_write(&file.relative)?;
        let made = NewFile::create(place, Some(file.origin))?;
        let mut made = Destination::new_file(made, &pipeline.reading.signals)
            .sparse(pipeline.sparse_outputs)
            .leaving_room();
        let Some(mut input) = input else {
            io::copy(&mut recorder.into_whole(), &mut made)?;
            pipeline.begin_journal(unpacking.folder)?;
            return made.finish(true).map(drop);
        };
        let packings = Packing::chosen_or_kept(unpacking.packing, &input.formats);
        let mut wtr = Outlet::new(Encoder::new(&packings, made, &pipeline.threads)?);
        let encoding = input.encoding;
        self.worker.begin_output();
        let outcome = self.worker.annotate(member, &mut input, encoding, &mut wtr)?.at_end_of(member);
        self.add(member, outcome.tally, input.utf16_bytes());
        let is_whole = outcome.trouble.is_none();
        if let Some(Trouble { error, .. }) = outcome.trouble {
            let is_stopped = pipeline.reading.signals.is_stop(&error);
            self.trouble(member.name.clone(), error);
            if is_stopped {
                return Ok(());
            }
        }
        let made = wtr.into_inner()?.finish()?;
        pipeline.begin_journal(unpacking.folder)?;
        made.finish(is_whole).map(drop)
    }
}

/// Returns the path below a folder that the name of a member stands for.
///
/// # Errors
///
/// Returns the reason why the name stands for none: the file could lie outside the folder, on this or another system.
fn path_of(name: &[u8]) -> Result<PathBuf, &'static str> {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    if name.contains(&0) {
        return Err("has a NUL in its name, and is left out");
    }
    if name.starts_with(b"/") || name.starts_with(b"\\") {
        return Err("has an absolute path for a name, and is left out; unpack it with its own program");
    }
    if let [drive, b':', ..] = name
        && drive.is_ascii_alphabetic()
    {
        return Err("has the letter of a drive in its name, and is left out");
    }
    if name.split(|&byte| byte == b'/' || byte == b'\\').any(|part| part == b"..") {
        return Err("has `..` in its name, which leads out of the folder, and is left out");
    }
    let parts = name.split(|&byte| byte == b'/').filter(|part| !part.is_empty() && *part != b".");
    let path: PathBuf = parts.map(OsStr::from_bytes).collect();
    if path.as_os_str().is_empty() { Err("has no name, and is left out") } else { Ok(path) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_leads_nowhere_but_below() {
        for (name, path) in [
            ("a", "a"),
            ("./a/b", "a/b"),
            ("a//b/", "a/b"),
            ("...", "..."),
            ("a..b/c", "a..b/c"),
            ("日志", "日志"),
        ] {
            assert_eq!(path_of(name.as_bytes()), Ok(PathBuf::from(path)), "{name}");
        }
        for name in
            ["", ".", "./", "/a", "\\a", "..", "../a", "a/../../b", "a\\..\\b", "c:a", "C:\\a", "a\0b"]
        {
            assert!(path_of(name.as_bytes()).is_err(), "{name}");
        }
    }
}
