//! Checks of an output folder that make nothing in it, and the lock by which one run knows of another.

use super::folder::{OutputFolder, or_current, refuse_to_replace};
use rustix::fs::{Access, AtFlags, CWD, FileType, Mode, OFlags, accessat, openat};
use std::fs::{self, File, TryLockError};
use std::io::{self, ErrorKind};
use std::path::Path;

/// The refusal of a folder that another run writes to.
pub(super) const IN_USE: &str = "another run writes to this folder; wait for its end, or end it";

impl OutputFolder {
    /// Checks that a file below the folder could be written.
    ///
    /// # Errors
    ///
    /// Fails as [`OutputFolder::place_to_write`] would, and as making the file there would, as far as that can be known
    /// before.
    pub(crate) fn check_place(&self, relative: &Path) -> io::Result<()> {
        refuse_to_replace(self.check_way(relative)?)
    }

    /// Checks that files could be written into a folder below this one.
    ///
    /// # Errors
    ///
    /// Fails where a folder on the way cannot be made, opened or written to, or is a link.
    pub(crate) fn check_folder(&self, relative: &Path) -> io::Result<()> {
        self.check_way(&relative.join("file")).map(drop)
    }

    /// Checks that this folder is there or could be made.
    ///
    /// # Errors
    ///
    /// Fails where nothing can be made in the nearest folder that is there.
    pub(crate) fn check_can_be_made(&self) -> io::Result<()> {
        if fs::symlink_metadata(self.root()).is_ok() {
            return Ok(());
        }
        let mut above = self.root().ancestors().skip(1).map(or_current);
        let nearest = above.find(|folder| fs::symlink_metadata(folder).is_ok());
        nearest.map_or(Ok(()), |folder| {
            Ok(accessat(CWD, folder, Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?)
        })
    }

    /// Checks that the folder of the place at `relative` can be written to, or made, and returns the type of what is at the
    /// place; `None` if nothing is.
    fn check_way(&self, relative: &Path) -> io::Result<Option<FileType>> {
        for path in relative.ancestors().filter(|path| path.file_name().is_some()) {
            match self.place_to_look(path) {
                Err(error) if error.kind() == ErrorKind::NotFound => {}
                place => {
                    let place = place?;
                    place.check_folder_is_writable()?;
                    return Ok(place.file_type().filter(|_| path == relative));
                }
            }
        }
        Ok(None)
    }

    /// Locks this folder, so that another run knows that this one is at work until the file is dropped. Returns `None` where
    /// that cannot be: there is no folder, it must not be listed, or its file system has no such locks.
    ///
    /// # Errors
    ///
    /// Fails where another run has locked the folder.
    pub(super) fn lock(&self) -> io::Result<Option<File>> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let Ok(folder) = openat(CWD, self.root(), flags, Mode::empty()).map(File::from) else {
            return Ok(None);
        };
        match folder.try_lock() {
            Err(TryLockError::WouldBlock) => Err(io::Error::other(IN_USE)),
            Err(TryLockError::Error(_)) => Ok(None),
            Ok(()) => Ok(Some(folder)),
        }
    }
}
