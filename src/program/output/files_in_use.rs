//! The files that a run reads, and the files that standard output and standard error are: no output may replace one of
//! them, and no standard stream may write to a file that is read.

use super::place::Place;
use crate::program::input::{Identities, InputFile};
use crate::program::system::file_id::{FileId, file_id, id_of};
use crate::program::system::standard_streams::{STDERR, descriptor_of};
use crate::program::terminal::input_name::InputName;
use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::path::Path;

/// The use that a run has for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UsedAs {
    Input,
    /// A report that is added to others.
    Report,
    Configuration,
    Catalog,
    Baseline,
    /// The list of accepted codes.
    AcceptList,
    ZstdDictionary,
    /// The list of `--files-from`.
    ListOfFiles,
    StandardOutput,
    StandardError,
}

/// A standard stream that a run may write to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum OutputStream {
    Stdout,
    Stderr,
}

/// The content that a run writes to a standard stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StreamContent {
    /// Messages at most, which have no other place to go to.
    Messages,
    /// Annotated lines. The check against the inputs is not made here: each input is compared with standard output when
    /// it is opened, when the byte offsets of both are known.
    Lines,
    /// Reports, or the results of a look-up.
    Results,
}

/// The files that a run has in use before it makes any.
#[derive(Debug, Default)]
pub struct FilesInUse<'a> {
    by_id: HashMap<FileId, (UsedAs, InputName)>,
    /// The inputs that were listed, with their identities.
    listed: Option<(&'a [InputFile], &'a Identities)>,
}

impl<'a> FilesInUse<'a> {
    /// Adds the listed inputs.
    pub(crate) fn add_listed(&mut self, files: &'a [InputFile], identities: &'a Identities) {
        self.listed = Some((files, identities));
        for InputFile { name, .. } in files.iter().filter(|file| file.is_link) {
            if let InputName::File(path) = name
                && let Ok(link) = fs::symlink_metadata(path)
            {
                self.by_id.entry(file_id(&link)).or_insert_with(|| (UsedAs::Input, name.clone()));
            }
        }
    }

    /// Returns the first use of a file and its name; `None` if the file is not in use.
    fn used(&self, id: FileId) -> Option<(UsedAs, &InputName)> {
        let listed = || {
            let (files, identities) = self.listed?;
            Some((UsedAs::Input, &files[identities.first_place(id)?].name))
        };
        self.by_id.get(&id).map(|(used_as, name)| (*used_as, name)).or_else(listed)
    }

    /// Adds a file, if it is a regular file: a device or pipe can be both read and written. A link and the file that it
    /// leads to are two files, neither of which may be replaced. A file that is already in use keeps its first use.
    pub(crate) fn add(&mut self, name: &InputName, used_as: UsedAs) {
        let (file, link) = match name {
            InputName::Stdin(_) => (metadata_of(io::stdin().as_fd()).ok(), None),
            InputName::File(path) => (fs::metadata(path).ok(), fs::symlink_metadata(path).ok()),
        };
        if let Some(file) = file.filter(Metadata::is_file) {
            for metadata in [file].iter().chain(&link) {
                self.by_id.entry(file_id(metadata)).or_insert_with(|| (used_as, name.clone()));
            }
        }
    }

    /// Adds the file that a standard stream is, if it is a regular file: an output that replaced the file would take
    /// away what is written there. Both streams may be one file (`>all.log 2>&1`).
    ///
    /// # Errors
    ///
    /// Fails where the stream would write to a file that is read, with the message:
    ///
    /// `standard output: is the baseline that is read; write to another file`
    pub(crate) fn add_stream(&mut self, stream: OutputStream, written: StreamContent) -> Result<(), String> {
        let Some(file) = stream.regular_file() else {
            return Ok(());
        };
        let id = file_id(&file);
        match (written, self.used(id)) {
            (_, None) => {
                self.by_id.insert(id, (stream.used_as(), InputName::STDIN));
                Ok(())
            }
            (StreamContent::Messages, _)
            | (StreamContent::Lines, Some((UsedAs::Input, _)))
            | (_, Some((UsedAs::StandardOutput | UsedAs::StandardError, _))) => Ok(()),
            (_, Some(used)) => Err(is_in_use(stream.name(), used)),
        }
    }

    /// Refuses an output that would replace a file in use. `output` is the output's path as the user typed it, and
    /// `place` the path that it leads to, of which a link at the end is not followed. A path that names a descriptor of
    /// this program (`/dev/fd/3`) names the file that is open there, which is written to and not replaced; so
    /// `/dev/stderr` may be standard error, and also standard output where both are one file.
    ///
    /// # Errors
    ///
    /// Fails with the message `a.log: is the input logs/a.log; write to another file`.
    pub(crate) fn refuse_output(&self, output: &Path, place: &Path) -> Result<(), String> {
        let descriptor = descriptor_of(output);
        let file = if descriptor.is_some() { fs::metadata(output) } else { fs::symlink_metadata(place) };
        match file.ok().and_then(|file| self.used(file_id(&file))) {
            None => Ok(()),
            Some((UsedAs::StandardOutput | UsedAs::StandardError, _)) if descriptor == Some(STDERR) => Ok(()),
            Some(used) => Err(is_in_use(&InputName::File(output.to_owned()).to_string(), used)),
        }
    }

    /// Does what [`FilesInUse::refuse_output`] does, for an output at a place below the folder of `--output-dir`. Such a
    /// place is always replaced, whatever its name.
    ///
    /// # Errors
    ///
    /// Fails as [`FilesInUse::refuse_output`] does.
    pub(super) fn refuse_below_folder(&self, output: &Path, place: &Place) -> Result<(), String> {
        match place.stat().and_then(|stat| self.used(id_of(&stat))) {
            None => Ok(()),
            Some(used) => Err(is_in_use(&InputName::File(output.to_owned()).to_string(), used)),
        }
    }
}

impl OutputStream {
    /// Returns the name that messages have for the stream.
    fn name(self) -> &'static str {
        match self {
            Self::Stdout => "standard output",
            Self::Stderr => "standard error",
        }
    }

    fn used_as(self) -> UsedAs {
        match self {
            Self::Stdout => UsedAs::StandardOutput,
            Self::Stderr => UsedAs::StandardError,
        }
    }

    /// Returns what the system knows of the stream's file, if it is a regular file.
    pub(crate) fn regular_file(self) -> Option<Metadata> {
        let metadata = match self {
            Self::Stdout => metadata_of(io::stdout().as_fd()),
            Self::Stderr => metadata_of(io::stderr().as_fd()),
        };
        metadata.ok().filter(Metadata::is_file)
    }
}

/// Returns the message that refuses an output that is a file in use.
fn is_in_use(output: &str, used: (UsedAs, &InputName)) -> String {
    let words = match used {
        (UsedAs::Input, name) => format!("the input {name}"),
        (UsedAs::Report, name) => format!("the report {name}, which is read"),
        (UsedAs::Configuration, _) => "the configuration that is read".to_owned(),
        (UsedAs::Catalog, _) => "a catalog that is read".to_owned(),
        (UsedAs::ListOfFiles, _) => "the list of files that is read".to_owned(),
        (UsedAs::AcceptList, _) => "the list of accepted codes that is read".to_owned(),
        (UsedAs::Baseline, _) => "the baseline that is read".to_owned(),
        (UsedAs::ZstdDictionary, _) => "the zstd dictionary that is read".to_owned(),
        (UsedAs::StandardOutput, _) => OutputStream::Stdout.name().to_owned(),
        (UsedAs::StandardError, _) => OutputStream::Stderr.name().to_owned(),
    };
    format!("{output}: is {words}; write to another file")
}

fn metadata_of(fd: BorrowedFd<'_>) -> io::Result<Metadata> {
    File::from(fd.try_clone_to_owned()?).metadata()
}
