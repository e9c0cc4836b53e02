//! The folder of `--output-dir`: folders below it are made as private as those of the inputs, and no link is followed
//! below it.

use super::new_file::RIGHTS;
use super::output_stamp::OutputStamp;
use super::place::{Place, names_folder};
use super::resolve::resolve;
use crate::program::system::standard_streams::descriptor_of;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::output_trouble;
use rustix::fs::{
    AtFlags, CWD, FileType, Mode, OFlags, RawMode, mkdir, mkdirat, openat, readlinkat, stat, statat,
};
use rustix::io::Errno;
use std::collections::BTreeMap;
use std::error::Error;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// Flags that open a folder to reach its files; on systems that allow it, without the right to list the folder.
#[cfg(any(target_os = "linux", target_os = "android", target_os = "freebsd"))]
const TO_PASS: OFlags = OFlags::PATH.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
#[cfg(not(any(target_os = "linux", target_os = "android", target_os = "freebsd")))]
const TO_PASS: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);

/// The folder that holds the output file of each input, and the folders below it.
#[derive(Debug)]
pub struct OutputFolder {
    /// The folder's name in messages: the path as the user typed it.
    name: PathBuf,
    /// The folder's path without links and `..`, because the folder itself may be a link.
    root: PathBuf,
    /// The rights that an output folder may have: those that all input folders share whose files go to it. The key is
    /// the output folder's path below this folder, which is empty for this folder itself.
    rights: BTreeMap<PathBuf, Mode>,
    /// The folder that was opened last, with its path below this folder: files of one folder mostly follow each other.
    last_opened: Mutex<Option<(PathBuf, Arc<OwnedFd>)>>,
}

/// The treatment of an input whose output file exists before its turn comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Existing {
    /// The file is replaced.
    IsReplaced,
    /// The input is left out if the journal has it as done and the file is whole: see [`OutputFolder::has_whole`].
    IsDoneIfWhole,
    /// The input is left out, whatever the file or link holds.
    IsKept,
}

/// The refusal of a link below the folder: a user that may write there could divert outputs with the link.
#[derive(Debug)]
pub(super) struct LinkInTheWay {
    folder: PathBuf,
    target: PathBuf,
}

impl OutputFolder {
    pub(super) fn new(name: &Path) -> Self {
        let (rights, last_opened) = (BTreeMap::new(), Mutex::new(None));
        Self { name: name.to_owned(), root: resolve(name), rights, last_opened }
    }

    /// Returns the folder's path without links and `..`.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the folder's name in messages.
    pub(crate) fn name(&self) -> String {
        InputName::File(self.name.clone()).to_string()
    }

    /// Returns the path in messages of a file or folder at `relative`.
    pub(super) fn name_of(&self, relative: &Path) -> PathBuf {
        self.name.join(relative)
    }

    /// Limits the rights of the folders of an output file at `relative`, when they are made, to the rights of the
    /// folders of its input at `input`: `sub` gets at most the rights of `in/sub` for `in/sub/a.log`, which goes to
    /// `sub/a.log`, and this folder those of `in`.
    pub(super) fn restrict(&mut self, relative: &Path, input: &Path) {
        for (folder, of_input) in relative.ancestors().skip(1).zip(input.ancestors().skip(1)) {
            self.restrict_folder(folder, or_current(of_input));
        }
    }

    /// Limits the rights of the folder of an output file at `relative` to the rights of the folder of the file that its
    /// input, a link, leads to: a private folder protects its files also where a link elsewhere leads to them.
    pub(super) fn restrict_by_target(&mut self, relative: &Path, input: &Path) {
        if let Ok(file) = fs::canonicalize(input)
            && let (Some(folder), Some(of_file)) = (relative.parent(), file.parent())
        {
            self.restrict_folder(folder, of_file);
        }
    }

    /// Limits the rights of the output folder at `folder` to the rights of the input folder at `of_input`.
    fn restrict_folder(&mut self, folder: &Path, of_input: &Path) {
        // The rights of a folder are unknown if the system does not report them; then only the owner gets rights.
        let mut rights = stat(of_input).map_or(Mode::RWXU, |stat| Mode::from_raw_mode(stat.st_mode));
        if rights.contains(Mode::SVTX) {
            // Others may write in a sticky folder but not remove the owner's files. The sticky bit is not taken over,
            // so the right to write must go.
            rights -= Mode::WGRP | Mode::WOTH;
        }
        match self.rights.get_mut(folder) {
            Some(common) => *common &= rights,
            None => drop(self.rights.insert(folder.to_owned(), rights)),
        }
    }

    /// Returns the path below this folder that another path leads to. A path that begins with this folder's name, or
    /// with another name of it, leads to what follows that name; any other path leads where all its links do. Returns
    /// `None` if the path leads elsewhere, if it names a descriptor of this program, and if it can only be that of a
    /// folder.
    ///
    /// For the folder `out`, `out/sub/r.json` leads to `sub/r.json`, whatever `out/sub` is a link to.
    pub(crate) fn relative(&self, path: &Path) -> Option<PathBuf> {
        if names_folder(path) || descriptor_of(path).is_some() {
            return None;
        }
        let behind = |name: &Path| {
            let rest = path.strip_prefix(name).ok()?;
            let is_below = rest.components().all(|part| matches!(part, Component::Normal(_)));
            (is_below && resolve(or_current(name)) == self.root).then(|| rest.to_owned())
        };
        let by_links = || Some(resolve(path).strip_prefix(&self.root).ok()?.to_owned());
        path.ancestors().skip(1).find_map(behind).or_else(by_links)
    }

    /// Checks, before the work begins, that the folder can be opened if it exists.
    ///
    /// # Errors
    ///
    /// Fails where it cannot be opened, with the message:
    ///
    /// `loop: leads from link to link without end; choose another folder`
    pub(crate) fn check(&self) -> Result<(), String> {
        let words = match openat(CWD, &self.root, TO_PASS, Mode::empty()) {
            Ok(_) | Err(Errno::NOENT) => return Ok(()),
            Err(Errno::LOOP) => "leads from link to link without end",
            Err(Errno::NOTDIR) if fs::symlink_metadata(&self.root).is_ok() => "is no folder",
            Err(Errno::NOTDIR) => "lies below what is no folder",
            Err(error) => return Err(output_trouble(&self.name(), &error.into())),
        };
        Err(format!("{}: {words}; choose another folder", self.name()))
    }

    /// Makes the folder itself, if it does not exist.
    ///
    /// # Errors
    ///
    /// Fails where the folder cannot be made or opened.
    pub(crate) fn make(&self) -> io::Result<()> {
        self.open_root(true).map(drop)
    }

    /// Returns the place of a file below the folder, and makes the folders on the way that do not exist.
    ///
    /// # Errors
    ///
    /// Fails where a folder cannot be made or opened or is a link, and where the place has something that no file
    /// replaces.
    pub(crate) fn place_to_write(&self, relative: &Path) -> io::Result<Place> {
        let place = self.place(relative, true)?;
        refuse_to_replace(place.file_type())?;
        Ok(place)
    }

    /// Returns true if there is a file or link at `relative`, whatever it holds.
    pub(crate) fn has_file(&self, relative: &Path) -> bool {
        let file_type = self.place_to_look(relative).ok().and_then(|place| place.file_type());
        matches!(file_type, Some(FileType::RegularFile | FileType::Symlink))
    }

    /// Returns true if the file at `relative` is whole: it has the time of its input. A file gets its name only when it
    /// is finished, and the input's time only if the input was read to its end; an input that has changed since has
    /// another time. A link does not count as an output, and neither does a file with more rights than it would get
    /// now, or with special bits, nor one that is not in the state of `stamp`: another run, or another program, has
    /// written it.
    pub(crate) fn has_whole(&self, relative: &Path, input: &Metadata, stamp: OutputStamp) -> bool {
        let Some(output) = self.place_to_look(relative).ok().and_then(|place| place.stat()) else {
            return false;
        };
        let has = Mode::from_raw_mode(output.st_mode);
        // The types of these numbers differ from system to system.
        let may_have = Mode::from_raw_mode(input.mode() as RawMode);
        FileType::from_raw_mode(output.st_mode) == FileType::RegularFile
            && OutputStamp::of(&output) == stamp
            && (may_have & RIGHTS).contains(has)
            && (output.st_mtime, output.st_mtime_nsec as i64) == (input.mtime(), input.mtime_nsec())
    }

    /// Returns the place of a file below the folder, without making folders.
    ///
    /// # Errors
    ///
    /// Fails where a folder on the way does not exist, cannot be opened or is a link; for a link, with
    /// [`LinkInTheWay`].
    pub(super) fn place_to_look(&self, relative: &Path) -> io::Result<Place> {
        self.place(relative, false)
    }

    /// Returns the place of a file, and makes the folders on the way if `make` is true. Opens folder after folder, so
    /// that no link is followed even if the folders are changed meanwhile.
    fn place(&self, relative: &Path, make: bool) -> io::Result<Place> {
        let (Some(name), Some(parent)) = (relative.file_name(), relative.parent()) else {
            return Err(ErrorKind::IsADirectory.into());
        };
        let last =
            self.last_opened().as_ref().filter(|(path, _)| path == parent).map(|(_, last)| last.clone());
        let folder = last.map_or_else(|| self.open_folder(parent, make), Ok)?;
        Ok(Place::in_folder(folder, Path::new(name)))
    }

    /// Opens the folder at `path`, and keeps it for the next file; makes it before if `make` is true.
    fn open_folder(&self, path: &Path, make: bool) -> io::Result<Arc<OwnedFd>> {
        let mut folder = self.open_root(make)?;
        let mut so_far = PathBuf::new();
        for part in path {
            so_far.push(part);
            folder = self.open_below(&folder, &so_far, make)?;
        }
        let folder = Arc::new(folder);
        *self.last_opened() = Some((so_far, Arc::clone(&folder)));
        Ok(folder)
    }

    /// Returns the folder that was opened last, locked.
    fn last_opened(&self) -> MutexGuard<'_, Option<(PathBuf, Arc<OwnedFd>)>> {
        self.last_opened.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens this folder itself; makes it before if `make` is true.
    fn open_root(&self, make: bool) -> io::Result<OwnedFd> {
        match openat(CWD, &self.root, TO_PASS, Mode::empty()) {
            Err(Errno::NOENT) if make => {
                // Folders above are made as by `mkdir -p`: they need no protection, because this folder itself keeps
                // others out.
                self.root.parent().map_or(Ok(()), fs::create_dir_all)?;
                made(mkdir(&self.root, self.mode(Path::new(""))))?;
                Ok(openat(CWD, &self.root, TO_PASS, Mode::empty())?)
            }
            Err(Errno::NOTDIR) => Err(not_a_folder(&self.name)),
            opened => Ok(opened?),
        }
    }

    /// Opens the folder at `path`, the last part of which is in `folder`; makes it before if `make` is true.
    fn open_below(&self, folder: &OwnedFd, path: &Path, make: bool) -> io::Result<OwnedFd> {
        let part = Path::new(path.file_name().unwrap_or_default());
        let open = || openat(folder, part, TO_PASS | OFlags::NOFOLLOW, Mode::empty());
        let opened = match open() {
            Err(Errno::NOENT) if make => {
                made(mkdirat(folder, part, self.mode(path)))?;
                open()
            }
            opened => opened,
        };
        opened.map_err(|error| match link_target(folder, part) {
            Some(target) => io::Error::other(LinkInTheWay { folder: self.name_of(path), target }),
            None if error == Errno::NOTDIR => not_a_folder(&self.name_of(path)),
            None => error.into(),
        })
    }

    /// Returns the mode that a folder is made with. The owner has all rights even if the input's folder is read-only:
    /// files are still to be made in it. The system then applies the user's mask, as always.
    fn mode(&self, folder: &Path) -> Mode {
        // A folder of an archive has the rights of the folder that it is unpacked to.
        let known = folder.ancestors().find_map(|folder| self.rights.get(folder));
        let rights = known.copied().unwrap_or(Mode::empty());
        Mode::RWXU | rights & (Mode::RWXG | Mode::RWXO)
    }
}

/// Refuses to replace what is at a place; `None` if nothing is.
pub(super) fn refuse_to_replace(file_type: Option<FileType>) -> io::Result<()> {
    match file_type {
        None | Some(FileType::RegularFile | FileType::Symlink) => Ok(()),
        Some(FileType::Directory) => {
            Err(io::Error::other("is a folder, which no file replaces; remove it, or choose another folder"))
        }
        Some(_) => Err(io::Error::other(
            "is a device or pipe, which no file replaces; remove it, or choose another folder",
        )),
    }
}

/// Returns the path of a folder, or `.` if the path is empty.
pub(super) fn or_current(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

/// Treats a folder that another thread has made meanwhile as made.
fn made(outcome: Result<(), Errno>) -> io::Result<()> {
    match outcome {
        Err(Errno::EXIST) => Ok(()),
        outcome => Ok(outcome?),
    }
}

fn not_a_folder(path: &Path) -> io::Error {
    let path = InputName::File(path.to_owned());
    io::Error::other(format!("{path} is no folder; remove it, or choose another folder"))
}

/// Returns the target of the link `name` in the folder; `None` if there is no link of that name.
fn link_target(folder: impl AsFd, name: &Path) -> Option<PathBuf> {
    let stat = statat(&folder, name, AtFlags::SYMLINK_NOFOLLOW).ok()?;
    if FileType::from_raw_mode(stat.st_mode) != FileType::Symlink {
        return None;
    }
    let target = readlinkat(&folder, name, Vec::new()).ok()?;
    Some(PathBuf::from(OsString::from_vec(target.into_bytes())))
}

impl fmt::Display for LinkInTheWay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [folder, target] = [&self.folder, &self.target].map(|path| InputName::File(path.clone()));
        write!(
            f,
            "the folder {folder} is a link to {target}, which is not followed; remove it, or choose another folder"
        )
    }
}

impl Error for LinkInTheWay {}
