//! Removes the temporary files that a killed run has left in an output folder.

use super::folder::OutputFolder;
use super::plan::Plans;
use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

impl OutputFolder {
    /// Removes the files with temporary names in this folder and in the folders of planned files, and returns their number.
    /// Must be called before this run makes files, and while no other run does.
    ///
    /// # Errors
    ///
    /// Fails where a folder cannot be listed, or a file in it cannot be removed.
    pub(crate) fn remove_temporary_files(&self, plans: &Plans<'_>) -> io::Result<u64> {
        let folders = plans.iter().filter_map(|plan| plan.target.relative.parent().map(Path::to_owned));
        let folders: BTreeSet<PathBuf> = folders.chain([PathBuf::new()]).collect();
        let mut removed = 0;
        for folder in folders {
            // The place of any file in the folder.
            match self.place_to_look(&folder.join("file")) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                place => removed += place?.remove_temporary_files()?,
            }
        }
        Ok(removed)
    }
}
