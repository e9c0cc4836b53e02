//! Files that appear under their names when they are whole, and leave nothing behind when they do not.

use crate::signals;
use std::collections::BTreeSet;
use std::fs::{self, File, Permissions};
use std::io::{self, IoSlice, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};
use tempfile::NamedTempFile;

/// The temporary files that there are. Whoever makes, renames or removes one holds the lock, so that a
/// signal finds all of them.
static TEMPORARY: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// Hidden, so that a folder with one in it can be walked.
const PREFIX: &str = ".imsdk-annotate-";
const SUFFIX: &str = ".tmp";
/// For everyone, as the user's mask allows; the permissions of a file that is made of nothing else.
const NEW_FILE_MODE: u32 = 0o666;
/// For nobody else, until the file gets the permissions that another one has.
const PRIVATE_MODE: u32 = 0o600;

/// How far the times of a file and its origin are apart at least where it is not whole: some systems keep times of files in
/// steps of two seconds.
const ANOTHER_TIME: Duration = Duration::from_secs(2);

/// A file that is being written, under a temporary name beside its place.
#[derive(Debug)]
pub(crate) struct NewFile {
    /// There until the file is dropped or has got its name.
    file: Option<NamedTempFile>,
    place: PathBuf,
    origin: Option<Origin>,
}

/// What a file has from the one it is made of.
#[derive(Debug)]
pub(crate) struct Origin {
    pub(crate) permissions: Permissions,
    /// Given to the file only if it is whole.
    pub(crate) modified: Option<SystemTime>,
}

impl NewFile {
    /// Begins a file at an absolute place; the folders that it is in are made. With an origin, or in place of
    /// a file, it has the permissions of that in the end; nobody else can read it before.
    ///
    /// # Errors
    ///
    /// Where the file cannot be made.
    pub(crate) fn create(place: &Path, origin: Option<Origin>) -> io::Result<Self> {
        let folder = place.parent().unwrap_or(Path::new("/"));
        fs::create_dir_all(folder)?;
        let origin = origin.or_else(|| {
            let permissions = fs::metadata(place).ok()?.permissions();
            Some(Origin { permissions, modified: None })
        });
        let mode = if origin.is_some() { PRIVATE_MODE } else { NEW_FILE_MODE };
        let mut temporary = temporary();
        let file = tempfile::Builder::new()
            .prefix(PREFIX)
            .suffix(SUFFIX)
            .permissions(Permissions::from_mode(mode))
            .tempfile_in(folder)?;
        temporary.insert(file.path().to_owned());
        Ok(Self { file: Some(file), place: place.to_owned(), origin })
    }

    /// Gives the file its name, in place of any file that has it. Only if it is whole, it also gets the time
    /// of its origin.
    ///
    /// # Errors
    ///
    /// Where that fails; then nothing is left behind.
    pub(crate) fn finish(mut self, is_whole: bool) -> io::Result<()> {
        let mut temporary = temporary();
        let Some(file) = self.file.take() else {
            return Ok(());
        };
        temporary.remove(file.path());
        if let Some(origin) = &self.origin {
            file.as_file().set_permissions(origin.permissions.clone())?;
            if let Some(modified) = origin.modified {
                if is_whole {
                    file.as_file().set_modified(modified)?;
                } else if file.as_file().metadata()?.modified()? == modified {
                    // Written in the same tick of the system's clock; it must not be taken for whole.
                    file.as_file().set_modified(modified + ANOTHER_TIME)?;
                }
            }
        }
        file.persist(&self.place).map(drop).map_err(|error| error.error)
    }

    fn file(&mut self) -> &mut File {
        self.file.as_mut().expect("taken only when the file is finished or dropped").as_file_mut()
    }
}

impl Write for NewFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        signals::before_write(bytes.len());
        self.file().write(bytes)
    }

    fn write_vectored(&mut self, slices: &[IoSlice<'_>]) -> io::Result<usize> {
        signals::before_write(slices.iter().map(|slice| slice.len()).sum());
        self.file().write_vectored(slices)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        let mut temporary = temporary();
        if let Some(file) = self.file.take() {
            temporary.remove(file.path());
            drop(file);
        }
    }
}

fn temporary() -> MutexGuard<'static, BTreeSet<PathBuf>> {
    TEMPORARY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Removes all files that are not whole, and lets nobody make or finish another one. For when the program is about to end.
pub(crate) fn remove_new_files() {
    let temporary = temporary();
    for path in temporary.iter() {
        let _ = fs::remove_file(path);
    }
    // Nobody gets the lock any more.
    std::mem::forget(temporary);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_file_has_the_time_of_its_origin() {
        let folder = tempfile::tempdir().unwrap();
        for is_whole in [true, false] {
            let origin = Origin { permissions: Permissions::from_mode(0o600), modified: None };
            let place = folder.path().join("file");
            let mut file = NewFile::create(&place, Some(origin)).unwrap();
            // The origin was written in the same tick of the system's clock.
            let modified = file.file().metadata().unwrap().modified().unwrap();
            file.origin.as_mut().unwrap().modified = Some(modified);
            file.finish(is_whole).unwrap();
            assert_eq!(fs::metadata(&place).unwrap().modified().unwrap() == modified, is_whole);
        }
    }
}
