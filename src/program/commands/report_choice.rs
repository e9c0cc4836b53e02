//! Reports as they are asked for: a format, and a place.

use crate::program::output::{OutputFolder, resolve};
use crate::program::report::ReportFormat;
use std::fs;
use std::path::PathBuf;

/// A report that was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReportChoice {
    pub(crate) format: ReportFormat,
    /// The place of the report, `-` for standard output; standard error where there is none.
    pub(crate) path: Option<PathBuf>,
}

impl ReportChoice {
    pub(crate) fn is_to_stdout(&self) -> bool {
        self.path.as_ref().is_some_and(|path| path.as_os_str() == "-")
    }

    /// Returns the place of the regular file that the report goes to, if it does. Below `folder`, that of `--output-dir`, no
    /// link is followed, and one in the place of the report is replaced.
    pub(super) fn place(&self, folder: Option<&OutputFolder>) -> Option<PathBuf> {
        let path = self.path.as_ref().filter(|_| !self.is_to_stdout())?;
        let below = folder.and_then(|folder| Some(folder.root().join(folder.relative(path)?)));
        let there = below.as_ref().map_or_else(|| fs::metadata(path), fs::symlink_metadata);
        let is_special = there.is_ok_and(|there| !there.is_file() && !there.is_symlink());
        (!is_special).then(|| below.unwrap_or_else(|| resolve(path)))
    }
}
