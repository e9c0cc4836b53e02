//! Places of files: a name in a folder that is held open, or a path.

use rustix::fs::{AtFlags, CWD, FileType, Mode, OFlags, Stat, linkat, openat, renameat, statat, unlinkat};
use rustix::io::Errno;
use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::{BuildHasher, Hasher};
use std::io;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Begins the names of temporary files. Hidden, so that a folder with one in it can be walked.
const PREFIX: &str = ".imsdk-annotate-";
const SUFFIX: &str = ".tmp";

/// The place of a file that is there or is to be made. A link at the place itself is not followed.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    /// The folder that the path begins at; the current one, if none is held open.
    folder: Option<Arc<OwnedFd>>,
    path: PathBuf,
}

impl Place {
    /// Returns the place that a path without links leads to (see [`resolve`](super::resolve)).
    pub(super) fn of_path(resolved: PathBuf) -> Self {
        Self { folder: None, path: resolved }
    }

    /// Returns the place of a name in an open folder; it stays the place if the folder is renamed.
    pub(super) fn in_folder(folder: OwnedFd, name: &Path) -> Self {
        Self { folder: Some(Arc::new(folder)), path: name.to_owned() }
    }

    /// Returns what the system knows of the file, folder or link that is there, if one is.
    pub(super) fn stat(&self) -> Option<Stat> {
        statat(self.folder(), &self.path, AtFlags::SYMLINK_NOFOLLOW).ok()
    }

    /// Makes an empty file without a name in the folder of this place, and opens it to be written. Nothing is left of it
    /// however the program ends, unless it gets a name: see [`Place::name`].
    ///
    /// # Errors
    ///
    /// Fails where the system or the file system has no files without names, or where they could not get one, because
    /// `/proc` is missing.
    #[cfg(target_os = "linux")]
    pub(super) fn create_nameless(&self, mode: Mode) -> io::Result<File> {
        let parent = self.path.parent().filter(|parent| !parent.as_os_str().is_empty());
        let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
        let file = File::from(openat(self.folder(), parent.unwrap_or(Path::new(".")), flags, mode)?);
        statat(CWD, path_of(&file), AtFlags::empty())?;
        Ok(file)
    }

    /// Fails: files without names are Linux's own.
    #[cfg(not(target_os = "linux"))]
    pub(super) fn create_nameless(&self, _: Mode) -> io::Result<File> {
        Err(Errno::OPNOTSUPP.into())
    }

    /// Gives a file without a name the name of this place, in place of a file or link that has it. The system gives only names
    /// that are free; so where this one is not, the file gets a temporary one before.
    ///
    /// # Errors
    ///
    /// Fails where the system refuses: a folder has the name, say. Then nothing is left behind.
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

    /// Returns what kind of file, folder or link is there, if one is.
    pub(super) fn file_type(&self) -> Option<FileType> {
        self.stat().map(|stat| FileType::from_raw_mode(stat.st_mode))
    }

    /// Opens the device or pipe at this place to be written.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be opened, or has become a link.
    pub(super) fn open_to_write(&self) -> io::Result<File> {
        let flags = OFlags::WRONLY | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        Ok(File::from(openat(self.folder(), &self.path, flags, Mode::empty())?))
    }

    /// Makes an empty file beside this place, under a name that nobody has, and opens it to be written.
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
        // Each state has keys of its own, which nobody can foretell.
        let random = RandomState::new().build_hasher().finish();
        let path = self.path.with_file_name(format!("{PREFIX}{random:016x}{SUFFIX}"));
        Self { folder: self.folder.clone(), path }
    }

    /// Gives the file at this place the name of another place in the same folder, in place of a file or link that has it.
    ///
    /// # Errors
    ///
    /// Fails where the system refuses: a folder has the name, say.
    pub(super) fn rename_to(&self, other: &Self) -> io::Result<()> {
        Ok(renameat(self.folder(), &self.path, other.folder(), &other.path)?)
    }

    /// Removes the file at this place, if it is there and can be removed.
    pub(super) fn remove(&self) {
        let _ = unlinkat(self.folder(), &self.path, AtFlags::empty());
    }

    fn folder(&self) -> BorrowedFd<'_> {
        self.folder.as_ref().map_or(CWD, |folder| folder.as_fd())
    }
}

/// Returns the path that the system has for an open file, whether or not the file has a name.
fn path_of(file: &File) -> String {
    format!("/proc/self/fd/{}", file.as_raw_fd())
}

/// Returns whether a path can only be that of a folder: `nodir/`, `nodir/.`, `nodir/..`.
pub(super) fn names_folder(path: &Path) -> bool {
    let bytes = path.as_os_str().as_encoded_bytes();
    bytes.ends_with(b"/") || bytes.ends_with(b"/.") || path.ends_with("..")
}

/// Places are equal if their folders were opened at once and their paths are equal.
impl PartialEq for Place {
    fn eq(&self, other: &Self) -> bool {
        self.folder().as_raw_fd() == other.folder().as_raw_fd() && self.path == other.path
    }
}
