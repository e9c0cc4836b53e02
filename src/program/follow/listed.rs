//! A file as a look at the names has found it.

use crate::program::system::file_id::{FileId, file_id};
use std::fs::{self, Metadata};
use std::io;
use std::path::PathBuf;

/// The way by which a file was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ListedFrom {
    /// An operand names the file.
    Name,
    /// A glob matches its path.
    Glob,
    /// It is in a folder that an operand names.
    Folder,
}

/// A regular file as it was found.
#[derive(Clone, Debug)]
pub(super) struct ListedFile {
    pub(super) path: PathBuf,
    pub(super) from: ListedFrom,
    pub(super) id: FileId,
    pub(super) size: u64,
}

impl ListedFile {
    pub(super) fn new(path: PathBuf, from: ListedFrom, metadata: &Metadata) -> Self {
        Self { path, from, id: file_id(metadata), size: metadata.len() }
    }

    /// Returns the file at a path.
    ///
    /// # Errors
    ///
    /// Fails where there is no file at the path.
    pub(super) fn of(path: PathBuf, from: ListedFrom) -> io::Result<Self> {
        let metadata = fs::metadata(&path)?;
        Ok(Self::new(path, from, &metadata))
    }
}
