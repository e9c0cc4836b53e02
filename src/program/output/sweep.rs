//! Removes the temporary files that a killed run has left in an output folder.

use super::folder::OutputFolder;
use super::plan::Plans;
use std::collections::BTreeSet;
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

impl OutputFolder {
    /// Removes the files with temporary names in this folder and in the folders of planned files, and returns their number.
    /// Calls `on_error` with the path in messages of each folder that cannot be listed, or in which a file cannot be
    /// removed, and goes on with the others. Must be called before this run makes files, and while no other run does.
    pub(crate) fn remove_temporary_files(
        &self,
        plans: &Plans<'_>,
        mut on_error: impl FnMut(PathBuf, io::Error),
    ) -> u64 {
        let folders = plans.iter().filter_map(|plan| plan.target.relative.parent().map(Path::to_owned));
        let folders: BTreeSet<PathBuf> = folders.chain([PathBuf::new()]).collect();
        let mut removed = 0;
        for folder in folders {
            // The place of any file in the folder.
            let place = self.place_to_look(&folder.join("file"));
            match place.and_then(|place| place.remove_temporary_files(&mut removed)) {
                Err(error) if error.kind() != ErrorKind::NotFound => on_error(self.name_of(&folder), error),
                _ => {}
            }
        }
        removed
    }
}
