//! Reports as the options ask for them: a format and a place.

use crate::program::output::{OutputFolder, resolve};
use crate::program::report::ReportFormat;
use std::fs;
use std::path::{Path, PathBuf};

/// A report that an option asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportChoice {
    pub(crate) format: ReportFormat,
    /// The path of the report: `-` for standard output, `None` for standard error.
    pub(crate) path: Option<PathBuf>,
}

impl ReportChoice {
    /// Returns true if the path is `-`, for standard output.
    pub(crate) fn is_to_stdout(&self) -> bool {
        self.path.as_ref().is_some_and(|path| path.as_os_str() == "-")
    }

    /// Returns the path of the regular file that the report goes to; `None` if it goes to a standard stream, a pipe
    /// or a device. Below `folder`, the folder of `--output-dir`, no link is followed, and a link in the place of the
    /// report is replaced.
    pub(super) fn place(&self, folder: Option<&OutputFolder>) -> Option<PathBuf> {
        self.path.as_ref().filter(|_| !self.is_to_stdout()).and_then(|path| Self::place_of(path, folder))
    }

    /// Returns the place of a path as [`ReportChoice::place`] does.
    pub(super) fn place_of(path: &Path, folder: Option<&OutputFolder>) -> Option<PathBuf> {
        let below = folder.and_then(|folder| Some(folder.root().join(folder.relative(path)?)));
        let there = below.as_ref().map_or_else(|| fs::metadata(path), fs::symlink_metadata);
        let is_special = there.is_ok_and(|there| !there.is_file() && !there.is_symlink());
        (!is_special).then(|| below.unwrap_or_else(|| resolve(path)))
    }
}
