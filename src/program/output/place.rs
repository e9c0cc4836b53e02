//! Places of files: a name in a folder that is held open, or a path.

use rustix::fs::{
    Access, AtFlags, CWD, Dir, FileType, Mode, OFlags, Stat, accessat, linkat, openat, renameat, statat,
    unlinkat,
};
use rustix::io::Errno;
use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;
#[cfg(target_os = "linux")]
use std::sync::OnceLock;

/// The beginning of the names of temporary files. The files are hidden, so that a walk of a folder passes them over.
const PREFIX: &str = ".imsdk-annotate-";
const SUFFIX: &str = ".tmp";

/// True if open files have paths by which they can get names: see [`path_of`].
#[cfg(target_os = "linux")]
static HAS_PATHS: OnceLock<bool> = OnceLock::new();

/// The place of a file that exists or is to be made. A link at the place itself is not followed.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The folder that the path begins at; `None` for the current one.
    folder: Option<Arc<OwnedFd>>,
    path: PathBuf,
}

impl Place {
    /// Returns the place that a path without links leads to (see [`resolve`](super::resolve)).
    pub(super) fn of_path(resolved: PathBuf) -> Self {
        Self { folder: None, path: resolved }
    }

    /// Returns the place of a name in an open folder; renaming the folder does not change the place.
    pub(super) fn in_folder(folder: Arc<OwnedFd>, name: &Path) -> Self {
        Self { folder: Some(folder), path: name.to_owned() }
    }

    /// Returns what the system knows of the file, folder or link at this place; `None` if nothing is there.
    pub(super) fn stat(&self) -> Option<Stat> {
        statat(self.folder(), &self.path, AtFlags::SYMLINK_NOFOLLOW).ok()
    }

    /// Makes an empty file without a name in the folder of this place, and opens it to be written. The file vanishes
    /// however the program ends, unless it gets a name: see [`Place::name`].
    ///
    /// # Errors
    ///
    /// Fails where the system or the file system has no files without names, and where such files could not get a name,
    /// because `/proc` is missing.
    #[cfg(target_os = "linux")]
    pub(super) fn create_nameless(&self, mode: Mode) -> io::Result<File> {
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let file = File::from(openat(self.folder(), parent.unwrap_or(Path::new(".")), flags, mode)?);
        // The answer is the same for all files, so that one is asked about.
        let has_path = *HAS_PATHS.get_or_init(|| statat(CWD, path_of(&file), AtFlags::empty()).is_ok());
        if has_path { Ok(file) } else { Err(Errno::NOENT.into()) }
    }

    /// Fails always: only Linux has files without names.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn create_nameless(&self, _: Mode) -> io::Result<File> {
        Err(Errno::OPNOTSUPP.into())
    }

    /// Gives a file without a name the name of this place, and replaces a file or link that has the name. The system
    /// gives such a file only a free name; where this name is taken, the file first gets a temporary name and is then
    /// renamed.
    ///
    /// # Errors
    ///
    /// Fails where the system refuses, for example because a folder has the name. Then nothing is left behind.
    pub(super) fn name(&self, nameless: &File) -> io::Result<()> {
        let link = |place: &Self| {
            linkat(CWD, path_of(nameless), place.folder(), &place.path, AtFlags::SYMLINK_FOLLOW)
        };
        match link(self) {
            Err(Errno::EXIST) => {}
            linked => return Ok(linked?),
        }
        loop {
            let temporary = self.beside();
            match link(&temporary) {
                Err(Errno::EXIST) => {}
                linked => {
                    linked?;
                    return temporary.rename_to(self).inspect_err(|_| temporary.remove());
                }
            }
        }
    }

    /// Returns the type of the file, folder or link at this place; `None` if nothing is there.
    pub(super) fn file_type(&self) -> Option<FileType> {
        self.stat().map(|stat| FileType::from_raw_mode(stat.st_mode))
    }

    /// Checks that files can be made in the folder of this place.
    ///
    /// # Errors
    ///
    /// Fails as making a file would: without the right to write, or on a file system that is only read.
    pub(super) fn check_folder_is_writable(&self) -> io::Result<()> {
        Ok(accessat(self.folder(), ".", Access::WRITE_OK | Access::EXEC_OK, AtFlags::EACCESS)?)
    }

    /// Checks that the file at this place can be written.
    ///
    /// # Errors
    ///
    /// Fails without the right to write, or on a file system that is only read.
    pub(super) fn check_is_writable(&self) -> io::Result<()> {
        Ok(accessat(self.folder(), &self.path, Access::WRITE_OK, AtFlags::EACCESS)?)
    }

    /// Opens the device or pipe at this place to be written.
    ///
    /// # Errors
    ///
    /// Fails where the device or pipe cannot be opened, and where it has become a link.
    pub(super) fn open_to_write(&self) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(openat(self.folder(), &self.path, flags, Mode::empty())?))
    }

    /// Opens the file at this place to be read.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be opened, and where it has become a link.
    pub(super) fn open_to_read(&self) -> io::Result<File> {
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        Ok(File::from(openat(self.folder(), &self.path, flags, Mode::empty())?))
    }

    /// Opens the file at this place to be read and written.
    ///
    /// # Errors
    ///
    /// Fails where the file cannot be opened, and where it has become a link.
    pub(super) fn open_to_update(&self) -> io::Result<File> {
        let flags = OFlags::RDWR | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(openat(self.folder(), &self.path, flags, Mode::empty())?))
    }

    /// Makes an empty file beside this place, under a free name, and opens it to be written.
    ///
    /// # Errors
    ///
    /// Fails where no file can be made in the folder.
    pub(super) fn create_beside(&self, mode: Mode) -> io::Result<(Self, File)> {
        let flags = OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::WRONLY | OFlags::CLOEXEC;
        loop {
            let temporary = self.beside();
            match openat(temporary.folder(), &temporary.path, flags, mode) {
                Err(Errno::EXIST) => {}
                opened => return Ok((temporary, File::from(opened?))),
            }
        }
    }

    /// Returns a place in the same folder with a temporary name.
    fn beside(&self) -> Self {
        // Each state has random keys of its own, so that nobody can predict the name.
        let random = RandomState::new().build_hasher().finish();
        let path = self.path.with_file_name(format!("{PREFIX}{random:016x}{SUFFIX}"));
        Self { folder: self.folder.clone(), path }
    }

    /// Gives the file at this place the name of another place in the same folder, and replaces a file or link that has
    /// the name.
    ///
    /// # Errors
    ///
    /// Fails where the system refuses, for example because a folder has the name.
    pub(super) fn rename_to(&self, other: &Self) -> io::Result<()> {
        Ok(renameat(self.folder(), &self.path, other.folder(), &other.path)?)
    }

    /// Removes the file at this place. Does nothing where there is no file, or where it cannot be removed.
    pub(super) fn remove(&self) {
        let _ = unlinkat(self.folder(), &self.path, AtFlags::empty());
    }

    /// Removes the files with temporary names in the folder of this place, which a killed run has left, and adds
    /// their number to `removed`. No file of this run may have such a name yet.
    ///
    /// # Errors
    ///
    /// Fails where the folder cannot be listed, or a file in it cannot be removed.
    pub(super) fn remove_temporary_files(&self, removed: &mut u64) -> io::Result<()> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC;
        let folder = openat(self.folder(), ".", flags, Mode::empty())?;
        for entry in Dir::read_from(&folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let is_regular = || {
                let stat = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW);
                stat.is_ok_and(|stat| FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile)
            };
            if is_temporary_name(name.to_bytes()) && is_regular() {
                unlinkat(&folder, name, AtFlags::empty())?;
                *removed += 1;
            }
        }
        Ok(())
    }

    fn folder(&self) -> BorrowedFd<'_> {
        self.folder.as_ref().map_or(CWD, |folder| folder.as_fd())
    }
}

/// Returns true if a name is one that [`Place::beside`] makes.
fn is_temporary_name(name: &[u8]) -> bool {
    let random = name.strip_prefix(PREFIX.as_bytes()).and_then(|rest| rest.strip_suffix(SUFFIX.as_bytes()));
    random.is_some_and(|random| random.len() == 16 && random.iter().all(u8::is_ascii_hexdigit))
}

/// Returns the path under `/proc` by which an open file can be reached, with or without a name of its own.
fn path_of(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

/// Returns true if a path can only be that of a folder: `nodir/`, `nodir/.`, `nodir/..`.
pub(super) fn names_folder(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.ends_with(b"/") || bytes.ends_with(b"/.") || path.ends_with("..")
}

/// Two places are equal if they share one open folder, or have none, and their paths are equal.
impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.folder().as_raw_fd() == other.folder().as_raw_fd() && self.path == other.path
    }
}
