//! Which files the operands name: files as they are, folders with all that is in them.

use super::InputName;
use rustix::fs::FileType;
use std::cmp::Ordering;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io;
use std::path::{Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// An input that is to be read.
#[derive(Clone, Debug)]
pub(crate) struct InputFile {
    pub(crate) name: InputName,
    /// Its path below its operand; a file that is an operand has just its name.
    pub(crate) relative: PathBuf,
    /// Which of the inputs it is, from 0.
    pub(crate) number: usize,
    /// How many bytes it has to be read, if neither opening nor reading it can wait.
    pub(crate) regular_bytes: Option<u64>,
}

/// What the operands name, in their order, and what a folder holds in the order of names (`a.2` before
/// `a.10`). Hidden files are left out, links to folders are not followed, and what is no file is not read.
///
/// `report` is told which folders could not be read.
pub(crate) fn list(operands: &[InputName], mut report: impl FnMut(InputName, io::Error)) -> Vec<InputFile> {
    let mut files = Vec::new();
    for operand in operands {
        match operand {
            InputName::File(path) if path.is_dir() => walk(path, &mut files, &mut report),
            _ => files.push(InputFile::of_operand(operand)),
        }
    }
    for (number, file) in files.iter_mut().enumerate() {
        file.number = number;
    }
    // Where standard input begins the second time is known when it has been read the first time.
    let stdins = files.iter_mut().filter(|file| file.name == InputName::Stdin);
    stdins.skip(1).for_each(|file| file.regular_bytes = None);
    files
}

impl InputFile {
    /// Whether it can be a stream: opening or reading it may wait.
    pub(crate) fn is_stream(&self) -> bool {
        self.regular_bytes.is_none()
    }

    fn of_operand(operand: &InputName) -> Self {
        let (relative, regular_bytes) = match operand {
            InputName::Stdin => (PathBuf::new(), stdin_bytes()),
            InputName::File(path) => (
                path.file_name().map(PathBuf::from).unwrap_or_default(),
                fs::metadata(path).ok().filter(Metadata::is_file).map(|metadata| metadata.len()),
            ),
        };
        Self { name: operand.clone(), relative, number: 0, regular_bytes }
    }
}

/// How much is left of standard input, where it is a file.
fn stdin_bytes() -> Option<u64> {
    let stat = rustix::fs::fstat(io::stdin()).ok()?;
    let position = rustix::fs::seek(io::stdin(), rustix::fs::SeekFrom::Current(0)).ok()?;
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    is_file.then(|| u64::try_from(stat.st_size).unwrap_or(0).saturating_sub(position))
}

fn walk(folder: &Path, files: &mut Vec<InputFile>, report: &mut impl FnMut(InputName, io::Error)) {
    let is_shown = |entry: &DirEntry| entry.depth() == 0 || !is_hidden(entry.file_name());
    let entries = WalkDir::new(folder).sort_by(|a, b| by_name(a.file_name(), b.file_name()));
    for entry in entries.into_iter().filter_entry(is_shown) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                report(InputName::File(path), error.into());
                continue;
            }
        };
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.path();
        let regular_bytes = match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => Some(metadata.len()),
            // A pipe or a device, which could give bytes for ever; a link to a folder.
            Ok(_) => continue,
            // A link to nothing: reading it says so.
            Err(_) => None,
        };
        let relative = path.strip_prefix(folder).unwrap_or(path).to_owned();
        files.push(InputFile { name: InputName::File(path.to_owned()), relative, number: 0, regular_bytes });
    }
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Numbers in names count as numbers; what that leaves equal (`a1`, `a01`) is in the order of its bytes.
fn by_name(a: &OsStr, b: &OsStr) -> Ordering {
    alphanumeric_sort::compare_str(a.to_string_lossy(), b.to_string_lossy()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count() {
        let mut names = ["s.log.10", "s.log.2", "s.log", "s.log.02", "s.log.1.gz"];
        names.sort_by(|a, b| by_name(OsStr::new(a), OsStr::new(b)));
        assert_eq!(names, ["s.log", "s.log.1.gz", "s.log.2", "s.log.02", "s.log.10"]);
    }
}
