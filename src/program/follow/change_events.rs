//! Events of the system: they tell at once that a name or a file has changed. Looks at names and sizes find the same later.

use crate::program::system::file_id::FileId;
use std::collections::HashSet;

/// The changes that events tell.
#[derive(Debug, Default)]
pub(super) struct Changes {
    /// True if names have come, gone or changed.
    pub(super) names: bool,
    /// The files that have changed.
    pub(super) files: HashSet<FileId>,
    /// True if events were lost, so that all files may have changed.
    pub(super) all: bool,
}

#[cfg(target_os = "linux")]
pub(super) use linux::ChangeEvents;
#[cfg(not(target_os = "linux"))]
pub(super) use none::ChangeEvents;

#[cfg(target_os = "linux")]
mod linux {
    use super::{Changes, FileId};
    use rustix::fs::inotify::{self, CreateFlags, ReadFlags, Reader, WatchFlags};
    use rustix::fs::{fstatfs, statfs};
    use std::collections::{HashMap, HashSet};
    use std::fs::File;
    use std::mem::MaybeUninit;
    use std::os::fd::{AsFd, AsRawFd, BorrowedFd, OwnedFd};
    use std::path::{Path, PathBuf};

    /// The types of file systems whose files others change without an event here: NFS, SMB, CIFS, SMB 2, FUSE, overlay, 9p.
    const WITHOUT_EVENTS: [u32; 7] =
        [0x6969, 0x517b, 0xff53_4d42, 0xfe53_4d42, 0x6573_5546, 0x794c_7630, 0x0102_1997];
    const BUFFER_BYTES: usize = 16 * 1024;

    /// The folders whose names are watched, and the files whose growth is. A file is watched itself and not by its name, so that
    /// what others write to its folder wakes nobody, and a renamed file is watched on.
    #[derive(Debug)]
    pub(in crate::program::follow) struct ChangeEvents {
        inotify: OwnedFd,
        folders: HashMap<PathBuf, ChangeWatch>,
        files: HashMap<FileId, ChangeWatch>,
        /// The files by their watches.
        by_watch: HashMap<i32, FileId>,
        /// True if each folder has its watch, and the system tells all changes in it.
        has_folders: bool,
        /// True if each file has its watch, and the system tells all changes of it. Kept, because each wait asks for it.
        has_files: bool,
    }

    #[derive(Clone, Copy, Debug)]
    struct ChangeWatch {
        /// The number of the watch; `None` if the system refuses one.
        number: Option<i32>,
        /// True if the system tells all changes.
        tells_all: bool,
    }

    impl ChangeEvents {
        /// Begins to read events; `None` if the system refuses.
        pub(in crate::program::follow) fn new() -> Option<Self> {
            let inotify = inotify::init(CreateFlags::CLOEXEC | CreateFlags::NONBLOCK).ok()?;
            let (folders, files, by_watch) = (HashMap::new(), HashMap::new(), HashMap::new());
            Some(Self { inotify, folders, files, by_watch, has_folders: true, has_files: true })
        }

        /// Watches the names in these folders.
        pub(in crate::program::follow) fn watch_folders<'a>(
            &mut self,
            folders: impl Iterator<Item = &'a Path>,
        ) {
            let flags = WatchFlags::CREATE | WatchFlags::MOVE | WatchFlags::DELETE | WatchFlags::ONLYDIR;
            self.has_folders = true;
            for folder in folders {
                let watch = match self.folders.get(folder) {
                    Some(watch) => *watch,
                    None => ChangeWatch {
                        number: inotify::add_watch(&self.inotify, folder, flags).ok(),
                        tells_all: statfs(folder).is_ok_and(|stat| tells_all(stat.f_type as u32)),
                    },
                };
                self.has_folders &= watch.is_complete();
                if watch.number.is_some() {
                    self.folders.insert(folder.to_owned(), watch);
                }
            }
        }

        /// Watches the growth of a file, which is open.
        pub(in crate::program::follow) fn watch_file(&mut self, id: FileId, file: &File) {
            // By the descriptor: its name may be another file's by now.
            let path = format!("/proc/self/fd/{}", file.as_raw_fd());
            let watch = ChangeWatch {
                number: inotify::add_watch(&self.inotify, path, WatchFlags::MODIFY).ok(),
                tells_all: fstatfs(file).is_ok_and(|stat| tells_all(stat.f_type as u32)),
            };
            if let Some(number) = watch.number {
                self.by_watch.insert(number, id);
            }
            self.has_files &= watch.is_complete();
            self.files.insert(id, watch);
        }

        /// Keeps the watches of these files alone.
        pub(in crate::program::follow) fn keep_files(&mut self, ids: impl Iterator<Item = FileId>) {
            let ids: HashSet<FileId> = ids.collect();
            let Self { inotify, files, by_watch, .. } = self;
            files.retain(|id, watch| {
                let is_kept = ids.contains(id);
                if let (false, Some(number)) = (is_kept, watch.number) {
                    by_watch.remove(&number);
                    let _ = inotify::remove_watch(&*inotify, number);
                }
                is_kept
            });
            self.has_files = self.files.values().all(|watch| watch.is_complete());
        }

        /// Returns true if the system tells all changes.
        pub(in crate::program::follow) fn are_complete(&self) -> bool {
            self.has_folders && self.has_files
        }

        pub(in crate::program::follow) fn as_fd(&self) -> BorrowedFd<'_> {
            self.inotify.as_fd()
        }

        /// Takes events that have come, at most a buffer of them: the others are there at the next wait.
        pub(in crate::program::follow) fn take(&mut self) -> Changes {
            let mut changes = Changes::default();
            let mut buffer = [MaybeUninit::uninit(); BUFFER_BYTES];
            let mut events = Reader::new(&self.inotify, &mut buffer);
            while let Ok(event) = events.next() {
                let (flags, number) = (event.events(), event.wd());
                if flags.contains(ReadFlags::QUEUE_OVERFLOW) {
                    (changes.all, changes.names) = (true, true);
                } else if flags.contains(ReadFlags::IGNORED) {
                    // The folder or the file is not there any more.
                    self.folders.retain(|_, watch| watch.number != Some(number));
                    if let Some(id) = self.by_watch.remove(&number)
                        && self.files.get(&id).is_some_and(|watch| watch.number == Some(number))
                    {
                        self.files.remove(&id);
                    }
                    changes.names = true;
                } else if let Some(id) = self.by_watch.get(&number) {
                    changes.files.insert(*id);
                } else {
                    changes.names = true;
                }
                if events.is_buffer_empty() {
                    break;
                }
            }
            changes
        }
    }

    impl ChangeWatch {
        fn is_complete(self) -> bool {
            self.number.is_some() && self.tells_all
        }
    }

    /// Returns true if the system tells all changes of files on a file system of this type.
    fn tells_all(kind: u32) -> bool {
        !WITHOUT_EVENTS.contains(&kind)
    }
}

#[cfg(not(target_os = "linux"))]
mod none {
    use super::{Changes, FileId};
    use std::fs::File;
    use std::os::fd::BorrowedFd;
    use std::path::Path;

    /// No events: the system has none that are read here.
    #[derive(Debug)]
    pub(in crate::program::follow) enum ChangeEvents {}

    impl ChangeEvents {
        pub(in crate::program::follow) fn new() -> Option<Self> {
            None
        }

        pub(in crate::program::follow) fn watch_folders<'a>(&mut self, _: impl Iterator<Item = &'a Path>) {
            match *self {}
        }

        pub(in crate::program::follow) fn watch_file(&mut self, _: FileId, _: &File) {
            match *self {}
        }

        pub(in crate::program::follow) fn keep_files(&mut self, _: impl Iterator<Item = FileId>) {
            match *self {}
        }

        pub(in crate::program::follow) fn are_complete(&self) -> bool {
            match *self {}
        }

        pub(in crate::program::follow) fn as_fd(&self) -> BorrowedFd<'_> {
            match *self {}
        }

        pub(in crate::program::follow) fn take(&mut self) -> Changes {
            match *self {}
        }
    }
}
