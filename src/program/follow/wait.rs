//! Events of the system about folders: they tell at once that a file in them has changed. Looks at sizes find the same later.

use crate::program::system::file_id::FileId;
use std::collections::HashSet;

/// The changes that events tell.
#[derive(Debug, Default)]
pub(super) struct FolderChanges {
    /// True if names have come, gone or changed.
    pub(super) names: bool,
    /// The files that have changed.
    pub(super) files: HashSet<FileId>,
    /// True if a file has changed whose name is not followed.
    pub(super) others: bool,
    /// True if events were lost, so that all files may have changed.
    pub(super) all: bool,
}

#[cfg(target_os = "linux")]
pub(super) use linux::FolderEvents;
#[cfg(not(target_os = "linux"))]
pub(super) use none::FolderEvents;

#[cfg(target_os = "linux")]
mod linux {
    use super::{FileId, FolderChanges};
    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
    use rustix::fs::statfs;
    use std::collections::HashMap;
    use std::ffi::{OsStr, OsString};
    use std::fs;
    use std::mem::MaybeUninit;
    use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
    use std::os::unix::ffi::OsStrExt;
    use std::path::{Path, PathBuf};

    /// The types of file systems whose files others change without an event here: NFS, SMB, CIFS, SMB 2, FUSE, overlay, 9p.
    const WITHOUT_EVENTS: [u32; 7] =
        [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546, 0x794c_7630, 0x0102_1997];
    const BUFFER_BYTES: usize = 16 * 1024;

    /// The folders whose events are read.
    #[derive(Debug)]
    pub(in crate::program::follow) struct FolderEvents {
        inotify: OwnedFd,
        /// The watch of each folder, and true if the system tells all changes in it.
        folders: HashMap<PathBuf, (i32, bool)>,
        /// The files by the watch of their folder and their name in it.
        files: HashMap<(i32, OsString), FileId>,
        /// True if each folder has its watch, and the system tells all changes.
        are_complete: bool,
    }

    impl FolderEvents {
        /// Begins to read events; `None` if the system refuses.
        pub(in crate::program::follow) fn new() -> Option<Self> {
            let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
            Some(Self { inotify, folders: HashMap::new(), files: HashMap::new(), are_complete: true })
        }

        /// Watches these folders, and these files in their folders, and no others' names.
        pub(in crate::program::follow) fn watch<'a>(
            &mut self,
            folders: impl Iterator<Item = &'a Path>,
            files: impl Iterator<Item = (&'a Path, FileId)>,
        ) {
            self.are_complete = true;
            self.files.clear();
            for folder in folders {
                let _ = self.watch_folder(folder);
            }
            for (path, id) in files {
                // Events are those of the folder that the file is in, also where a link leads to it.
                let Ok(path) = fs::canonicalize(path) else {
                    continue;
                };
                if let (Some(folder), Some(name)) = (path.parent(), path.file_name())
                    && let Some(watch) = self.watch_folder(folder)
                {
                    self.files.insert((watch, name.to_owned()), id);
                }
            }
        }

        fn watch_folder(&mut self, folder: &Path) -> Option<i32> {
            if let Some(&(watch, tells_all)) = self.folders.get(folder) {
                self.are_complete &= tells_all;
                return Some(watch);
            }
            let flags = WatchFlags::MODIFY
                | WatchFlags::CREATE
                | WatchFlags::MOVE
                | WatchFlags::DELETE
                | WatchFlags::ONLYDIR;
            let kind = statfs(folder).map(|stat| stat.f_type as u32);
            let tells_all = kind.is_ok_and(|kind| !WITHOUT_EVENTS.contains(&kind));
            self.are_complete &= tells_all;
            match inotify::add_watch(&self.inotify, folder, flags) {
                Ok(watch) => {
                    self.folders.insert(folder.to_owned(), (watch, tells_all));
                    Some(watch)
                }
                Err(_) => {
                    self.are_complete = false;
                    None
                }
            }
        }

        /// Returns true if the system tells all changes in the folders.
        pub(in crate::program::follow) fn are_complete(&self) -> bool {
            self.are_complete
        }

        pub(in crate::program::follow) fn as_fd(&self) -> BorrowedFd<'_> {
            self.inotify.as_fd()
        }

        /// Takes the events that have come.
        pub(in crate::program::follow) fn take(&mut self) -> FolderChanges {
            let mut changes = FolderChanges::default();
            let mut buffer = [MaybeUninit::uninit(); BUFFER_BYTES];
            let mut events = Reader::new(&self.inotify, &mut buffer);
            while let Ok(event) = events.next() {
                let flags = event.events();
                if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                    (changes.all, changes.names) = (true, true);
                } else if flags.contains(ReadFlags::IGNORED) {
                    let watch = event.wd();
                    self.folders.retain(|_, (here, _)| *here != watch);
                    changes.names = true;
                } else if flags.intersects(
                    ReadFlags::CREATE | ReadFlags::MOVED_FROM | ReadFlags::MOVED_TO | ReadFlags::DELETE,
                ) {
                    changes.names = true;
                } else if let Some(name) = event.file_name() {
                    let name = OsStr::from_bytes(name.to_bytes()).to_owned();
                    match self.files.get(&(event.wd(), name)) {
                        Some(id) => drop(changes.files.insert(*id)),
                        None => changes.others = true,
                    }
                }
            }
            changes
        }
    }
}

#[cfg(not(target_os = "linux"))]
mod none {
    use super::{FileId, FolderChanges};
    use std::os::fd::BorrowedFd;
    use std::path::Path;

    /// No events: the system has none that are read here.
    #[derive(Debug)]
    pub(in crate::program::follow) enum FolderEvents {}

    impl FolderEvents {
        pub(in crate::program::follow) fn new() -> Option<Self> {
            None
        }

        pub(in crate::program::follow) fn watch<'a>(
            &mut self,
            _: impl Iterator<Item = &'a Path>,
            _: impl Iterator<Item = (&'a Path, FileId)>,
        ) {
            match *self {}
        }

        pub(in crate::program::follow) fn are_complete(&self) -> bool {
            match *self {}
        }

        pub(in crate::program::follow) fn as_fd(&self) -> BorrowedFd<'_> {
            match *self {}
        }

        pub(in crate::program::follow) fn take(&mut self) -> FolderChanges {
            match *self {}
        }
    }
}
