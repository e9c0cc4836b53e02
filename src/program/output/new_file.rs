//! Files that appear under their names only when they are finished, and otherwise leave nothing behind. Until then they
//! have no name, or a temporary one where the system or the file system has no files without names.

use super::output_stamp::OutputStamp;
use super::place::Place;
use rustix::fs::{FileType, Mode, RawMode, Stat, fchmod, fstat};
use std::fs::{File, Metadata};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::fs::PermissionsExt;
use std::sync::{PoisonError, RwLock, RwLockWriteGuard};
use std::time::{Duration, SystemTime};

/// The files with temporary names. Code that makes, renames or removes such a file holds the lock, so that a signal finds
/// all of them; code that gives a file without a name its name shares the lock with other such code.
static TEMPORARY: RwLock<Vec<Place>> = RwLock::new(Vec::new());

/// The bits of a mode that a file takes over from another: without set-user-id, set-group-id and sticky. The file
/// belongs to the user that runs the program, and set-user-id would lend the rights of that user to all that the input
/// holds. `cp -p` does the same where it cannot keep the owner: it drops these bits, and keeps the group's rights even
/// if the group differs.
pub(super) const RIGHTS: Mode = Mode::RWXU.union(Mode::RWXG).union(Mode::RWXO);

/// The mode of a file that replaces none, of which the user's mask leaves a part.
pub(super) const FOR_EVERYONE: Mode =
    Mode::RUSR.union(Mode::WUSR).union(Mode::RGRP).union(Mode::WGRP).union(Mode::ROTH).union(Mode::WOTH);
/// The mode of a file that everyone may read, and its owner alone may write.
pub(super) const FOR_READERS: Mode = Mode::RUSR.union(Mode::WUSR).union(Mode::RGRP).union(Mode::ROTH);

/// The smallest difference between the time of a file that is not whole and that of its origin: some file systems keep
/// times in steps of two seconds.
const ANOTHER_TIME: Duration = Duration::from_secs(2);

/// A file that is being written, without a name or under a temporary one beside its place.
#[derive(Debug)]
pub(crate) struct NewFile {
    file: File,
    /// The file's place under its temporary name; `None` for a file without a name, and once the file has its own name.
    temporary: Option<Place>,
    place: Place,
    origin: Option<Origin>,
}

/// The mode and time that a file takes over from the file that it is made of, or that it replaces.
#[derive(Debug)]
pub(crate) struct Origin {
    mode: Mode,
    /// The time of the origin, which the file gets only if it is whole; `None` if it gets no time.
    modified: Option<SystemTime>,
}

impl Origin {
    /// Returns the mode and time that the output of an input takes over from the input.
    pub(crate) fn of_input(input: &Metadata) -> Self {
        let mode = Mode::from_raw_mode(input.permissions().mode() as RawMode);
        Self { mode: mode & RIGHTS, modified: input.modified().ok() }
    }

    /// Returns the mode and time that an unpacked file takes over from the member of an archive.
    pub(crate) fn of_member(mode: u32, modified: Option<SystemTime>) -> Self {
        Self { mode: Mode::from_raw_mode(mode as RawMode) & RIGHTS, modified }
    }

    /// Returns the mode of a file that only its owner can read.
    pub(super) fn private() -> Self {
        Self { mode: Mode::RUSR | Mode::WUSR, modified: None }
    }

    /// Returns the mode that a file takes over from the file that it replaces, without a time.
    fn of_replaced(replaced: &Stat) -> Self {
        Self { mode: Mode::from_raw_mode(replaced.st_mode) & RIGHTS, modified: None }
    }
}

impl NewFile {
    /// Begins a file in an existing folder. With an origin, or in place of a file, the file has the origin's or the
    /// replaced file's mode in the end, and only its owner can read it before. Otherwise it has the mode that the
    /// user's mask leaves.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be made.
    pub(crate) fn create(place: Place, origin: Option<Origin>) -> io::Result<Self> {
        Self::create_with(place, origin, FOR_EVERYONE, Place::create_nameless)
    }

    /// Begins another file for the same place, which replaces the one there. `mode` is the mode of a file that replaces none,
    /// less the user's mask.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be made.
    pub(super) fn again(&self, mode: Mode) -> io::Result<Self> {
        Self::create_with(self.place.clone(), None, mode, Place::create_nameless)
    }

    /// Does what [`NewFile::create`] does, with a given way to make files without names. Where that way fails, the file
    /// has a temporary name; if no file can be made at all, making the temporary file fails for the same reason.
    fn create_with(
        place: Place,
        origin: Option<Origin>,
        for_everyone: Mode,
        create_nameless: fn(&Place, Mode) -> io::Result<File>,
    ) -> io::Result<Self> {
        let origin = origin.or_else(|| {
            let replaced = place.stat().filter(|stat| FileType::from_raw_mode(stat.st_mode).is_file())?;
            Some(Origin::of_replaced(&replaced))
        });
        let mode = if origin.is_some() { Mode::RUSR | Mode::WUSR } else { for_everyone };
        if let Ok(file) = create_nameless(&place, mode) {
            return Ok(Self { file, temporary: None, place, origin });
        }
        let mut temporary = temporary();
        let (made, file) = place.create_beside(mode)?;
        temporary.push(made.clone());
        drop(temporary);
        Ok(Self { file, temporary: Some(made), place, origin })
    }

    /// Returns a handle by which the file can be written also when it has its name.
    ///
    /// # Errors
    ///
    /// Fails where the program may open no more files.
    pub(super) fn handle(&self) -> io::Result<File> {
        self.file.try_clone()
    }

    /// Gives the file its name, in place of any file or link that has the name. A whole file also gets the time of its
    /// origin. Returns the state of the file with its name.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot get its mode, its time or its name; then nothing is left behind.
    pub(crate) fn finish(mut self, is_whole: bool) -> io::Result<OutputStamp> {
        if let Some(origin) = &self.origin {
            fchmod(&self.file, origin.mode)?;
            if let Some(modified) = origin.modified {
                if is_whole {
                    self.file.set_modified(modified)?;
                } else if self.file.metadata()?.modified()? == modified {
                    // The file has been written in the same tick of the system's clock as its origin; it must not be
                    // taken for whole.
                    self.file.set_modified(modified + ANOTHER_TIME)?;
                }
            }
        }
        match &self.temporary {
            Some(made) => {
                let mut temporary = temporary();
                made.rename_to(&self.place)?;
                temporary.retain(|place| place != made);
            }
            None => {
                let _shared = TEMPORARY.read().unwrap_or_else(PoisonError::into_inner);
                self.place.name(&self.file)?;
            }
        }
        self.temporary = None;
        Ok(OutputStamp::of(&fstat(&self.file)?))
    }
}

impl AsFd for NewFile {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.file.as_fd()
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if let Some(made) = self.temporary.take() {
            let mut temporary = temporary();
            made.remove();
            temporary.retain(|place| *place != made);
        }
    }
}

/// Returns the files with temporary names, locked.
fn temporary() -> RwLockWriteGuard<'static, Vec<Place>> {
    TEMPORARY.write().unwrap_or_else(PoisonError::into_inner)
}

/// Removes all files that have temporary names, and keeps the lock, so that no thread makes or finishes another file.
/// Must be called only when the program is about to end.
pub(crate) fn remove_new_files() {
    let temporary = temporary();
    temporary.iter().for_each(Place::remove);
    // Keeps the lock for ever.
    std::mem::forget(temporary);
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs::{self, Permissions};
    use std::io::Write;

    /// Fails, as on a file system that has no files without names.
    fn no_nameless(_: &Place, _: Mode) -> io::Result<File> {
        Err(rustix::io::Errno::OPNOTSUPP.into())
    }

    /// The ways in which a new file can be made.
    const WAYS: [fn(&Place, Mode) -> io::Result<File>; 2] = [Place::create_nameless, no_nameless];

    #[test]
    fn a_file_that_begins_without_a_name_gets_it_as_one_with_a_temporary_name_does() {
        for way in WAYS {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("file");
            let names = || fs::read_dir(&folder).unwrap().count();
            let write = |text: &[u8], before: usize| {
                let mut file =
                    NewFile::create_with(Place::of_path(path.clone()), None, FOR_EVERYONE, way).unwrap();
                file.file.write_all(text).unwrap();
                let has_name = file.temporary.is_some();
                assert_eq!(names(), before + usize::from(has_name));
                file.finish(true).unwrap();
                assert_eq!((names(), fs::read(&path).unwrap()), (1, text.to_vec()));
                has_name
            };
            let has_name = write(b"first", 0);
            assert_eq!(write(b"second", 1), has_name);
            fs::remove_file(&path).unwrap();
            std::os::unix::fs::symlink("nowhere", &path).unwrap();
            write(b"third", 1);
            assert!(fs::symlink_metadata(&path).unwrap().is_file());
            // A place in a folder that is held open, for the first file.
            let open = File::open(&folder).unwrap();
            let place = Place::in_folder(std::sync::Arc::new(open.into()), std::path::Path::new("other"));
            NewFile::create_with(place, None, FOR_EVERYONE, way).unwrap().finish(true).unwrap();
            assert!(folder.path().join("other").exists());
        }
    }

    #[test]
    fn only_a_whole_file_has_the_time_of_its_origin() {
        let folder = tempfile::tempdir().unwrap();
        for is_whole in [true, false] {
            let path = folder.path().join("file");
            let origin = Some(Origin { mode: Mode::RUSR | Mode::WUSR, modified: None });
            let mut file = NewFile::create(Place::of_path(path.clone()), origin).unwrap();
            // The origin has been written in the same tick of the system's clock.
            let modified = file.file.metadata().unwrap().modified().unwrap();
            file.origin.as_mut().unwrap().modified = Some(modified);
            file.finish(is_whole).unwrap();
            assert_eq!(fs::metadata(&path).unwrap().modified().unwrap() == modified, is_whole);
        }
    }

    #[test]
    fn a_mode_is_taken_over_without_its_special_bits() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        let mode_now = || fs::metadata(&path).unwrap().permissions().mode() & 0o7777;
        for mode in [0o7777, 0o4755, 0o2070, 0o1000, 0o640, 0] {
            let input = tempfile::tempfile().unwrap();
            input.set_permissions(Permissions::from_mode(mode)).unwrap();
            for origin in [Some(Origin::of_input(&input.metadata().unwrap())), None] {
                NewFile::create(Place::of_path(path.clone()), origin).unwrap().finish(true).unwrap();
                assert_eq!(mode_now(), mode & 0o777, "{mode:o}");
                // Restores the special bits: the next new file takes its mode from the file that it replaces.
                fs::set_permissions(&path, Permissions::from_mode(mode)).unwrap();
            }
        }
    }

    #[test]
    fn what_is_not_finished_leaves_nothing_behind() {
        for way in WAYS {
            let folder = tempfile::tempdir().unwrap();
            let place = Place::of_path(folder.path().join("file"));
            drop(NewFile::create_with(place.clone(), None, FOR_EVERYONE, way).unwrap());
            fs::create_dir(folder.path().join("file")).unwrap();
            NewFile::create_with(place, None, FOR_EVERYONE, way).unwrap().finish(true).unwrap_err();
            assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);
        }
    }
}
