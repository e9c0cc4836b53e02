//! The files that a run reads, and the file that standard output is: none of them may be replaced by an output.

use crate::input::InputName;
use std::collections::HashMap;
use std::fs::{self, File, Metadata};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

/// Device and inode, which tell files from each other, whatever their names.
type FileId = (u64, u64);

/// The use that a run has for a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum UsedAs {
    Input,
    /// A report that is added up.
    Report,
    Configuration,
    Catalog,
    Baseline,
    StandardOutput,
}

/// The files that a run has in use before it makes any.
#[derive(Debug, Default)]
pub(crate) struct FilesInUse {
    by_id: HashMap<FileId, (UsedAs, InputName)>,
}

impl FilesInUse {
    /// Adds a file, if it is a regular file: a device or pipe can be both read and written. A link and the file that it leads
    /// to are two files, of which neither may be replaced. What was added first stays.
    pub(crate) fn add(&mut self, name: &InputName, used_as: UsedAs) {
        let (file, link) = match name {
            InputName::Stdin => (metadata_of(io::stdin().as_fd()).ok(), None),
            InputName::File(path) => (fs::metadata(path).ok(), fs::symlink_metadata(path).ok()),
        };
        if let Some(file) = file.filter(Metadata::is_file) {
            for metadata in [file].iter().chain(&link) {
                self.by_id.entry(id(metadata)).or_insert_with(|| (used_as, name.clone()));
            }
        }
    }

    /// Adds the file that standard output is, if it is one. An output that replaced it would take away what is written there.
    pub(crate) fn add_stdout(&mut self) {
        if let Ok(metadata) = metadata_of(io::stdout().as_fd())
            && metadata.is_file()
        {
            self.by_id.entry(id(&metadata)).or_insert((UsedAs::StandardOutput, InputName::Stdin));
        }
    }

    /// Refuses an output that would replace a file in use. `place` is where the output is, and no link at its end is
    /// followed; `output` is its path in messages.
    ///
    /// # Errors
    ///
    /// The message: `a.log: is the input logs/a.log; write to another file`.
    pub(crate) fn refuse_output(&self, output: &Path, place: &Path) -> Result<(), String> {
        let Some(used) = fs::symlink_metadata(place).ok().and_then(|metadata| self.by_id.get(&id(&metadata)))
        else {
            return Ok(());
        };
        let words = match used {
            (UsedAs::Input, name) => format!("the input {name}"),
            (UsedAs::Report, name) => format!("the report {name}, which is read"),
            (UsedAs::Configuration, _) => "the configuration that is read".to_owned(),
            (UsedAs::Catalog, _) => "a catalog that is read".to_owned(),
            (UsedAs::Baseline, _) => "the baseline that is read".to_owned(),
            (UsedAs::StandardOutput, _) => "standard output".to_owned(),
        };
        let output = InputName::File(output.to_owned());
        Err(format!("{output}: is {words}; write to another file"))
    }
}

fn metadata_of(fd: BorrowedFd<'_>) -> io::Result<Metadata> {
    File::from(fd.try_clone_to_owned()?).metadata()
}

fn id(metadata: &Metadata) -> FileId {
    (metadata.dev(), metadata.ino())
}
