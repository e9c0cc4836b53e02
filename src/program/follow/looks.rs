//! Looks at names and sizes: which files are there, which have been replaced, which are new, and which have grown.

use super::followed_file::FollowedFile;
use super::follower::Follower;
use super::handles::make_room;
use super::listed::{ListedFile, ListedFrom};
use super::nature::FileNature;
use crate::program::system::file_id::FileId;
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::OwnOutput;
use rustix::io::Errno;
use std::collections::{HashMap, HashSet};
use std::fs::{self, File};
use std::io;
use std::path::PathBuf;
use std::time::Instant;

impl Follower<'_> {
    /// Looks at names: which files are there, which have been replaced, and which are new.
    pub(super) fn look_at_names(&mut self, is_regular: bool) {
        self.names_due = false;
        self.names_looked = Instant::now();
        let mut listed = self.wanted.look(self.listing, is_regular, self.messages);
        listed.retain(|file| !self.is_own(file));
        let mut by_id: HashMap<FileId, usize> = HashMap::new();
        for (place, file) in listed.iter().enumerate() {
            by_id.entry(file.id).or_insert(place);
        }
        let by_path: HashMap<&PathBuf, FileId> = listed.iter().map(|file| (&file.path, file.id)).collect();
        let now = Instant::now();
        for file in &mut self.files {
            let found = by_id.remove(&file.id).map(|place| &listed[place]);
            let has_name = file.path.as_ref().is_some_and(|path| by_path.get(path) == Some(&file.id));
            match found {
                Some(_) if has_name => file.replaced_at = None,
                Some(found) => {
                    file.path = Some(found.path.clone());
                    file.replaced_at.get_or_insert(now);
                }
                None if file.path.is_some() && file.handle.is_none() => {
                    // It was closed, and its name is gone: perhaps it has another in the same folder.
                    file.handle = renamed(file);
                    file.path = None;
                    file.replaced_at = Some(now);
                }
                None => {
                    file.path = None;
                    file.replaced_at.get_or_insert(now);
                }
            }
            // A look each second finds other bytes in a file of the same size.
            file.is_due |= file.handle.is_some() || found.is_some_and(|found| found.size != file.seen);
        }
        let here: HashSet<(FileId, PathBuf)> =
            listed.iter().map(|file| (file.id, file.path.clone())).collect();
        self.left_out.retain(|known| here.contains(known));
        let mut new: Vec<usize> = by_id.into_values().collect();
        new.sort_unstable();
        for place in new {
            self.open(&listed[place]);
        }
        if let Some(events) = &mut self.events {
            events.watch_folders(self.wanted.folders());
            events.keep_files(self.files.iter().map(|file| file.id));
        }
    }

    /// Returns true if the file is an output of the run, such as a report that is replaced again and again: to follow it would
    /// never end. Says so once.
    fn is_own(&mut self, file: &ListedFile) -> bool {
        let has_name = |own: &&PathBuf| own.file_name() == file.path.file_name();
        let is_here = |own: &PathBuf| fs::canonicalize(&file.path).is_ok_and(|path| path == *own);
        let is_own = self.own_outputs.iter().filter(has_name).any(is_here);
        if is_own && self.wanted.is_news(&file.path) {
            let name = InputName::File(file.path.clone());
            self.messages.mention(&format!("{name}: is an output of this run, and is not followed"));
        }
        is_own
    }

    /// Begins to follow a file that was not there before, unless it was finished under another name, or is no text.
    fn open(&mut self, listed: &ListedFile) {
        let key = (listed.id, listed.path.clone());
        if self.left_out.contains(&key) {
            return;
        }
        if self.outputs.contains(&listed.id) {
            self.messages.input(&InputName::File(listed.path.clone()), &io::Error::other(OwnOutput));
            self.left_out.insert(key);
            return;
        }
        make_room(&mut self.files, self.open_max);
        let handle = match File::open(&listed.path) {
            Ok(handle) => handle,
            Err(error) if error.raw_os_error() == Some(Errno::MFILE.raw_os_error()) && self.open_max > 1 => {
                let open = self.files.iter().filter(|file| file.handle.is_some()).count();
                self.open_max = (open * 3 / 4).max(1);
                make_room(&mut self.files, self.open_max);
                self.names_due = true;
                return;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => return,
            Err(error) => {
                if self.wanted.is_news(&listed.path) {
                    self.messages.input(&InputName::File(listed.path.clone()), &error);
                }
                return;
            }
        };
        self.wanted.has_opened(&listed.path);
        if self.finished.remove(&listed.id).is_some_and(|file| file.is_known_in(&handle)) {
            self.left_out.insert(key);
            return;
        }
        let mut file = FollowedFile::new(self.next_number, listed, handle);
        match self.first_look(&mut file, listed) {
            Ok(true) => {}
            Ok(false) => {
                self.left_out.insert(key);
                return;
            }
            Err(error) => return self.messages.input(&file.name, &error),
        }
        if let (Some(events), Some(handle)) = (&mut self.events, &file.handle) {
            events.watch_file(file.id, handle);
        }
        self.next_number += 1;
        let earlier = self.files.iter_mut().rev().find(|earlier| earlier.name == file.name);
        if let Some(earlier) = earlier {
            (earlier.is_awaited, earlier.is_due) = (earlier.handle.is_some(), true);
            file.behind = Some(earlier.number);
        }
        self.files.push(file);
    }

    /// Looks at the first bytes of a file, and goes to the place at which it is read from. Returns false if it is not followed.
    fn first_look(&mut self, file: &mut FollowedFile, listed: &ListedFile) -> io::Result<bool> {
        match file.nature(self.reading)? {
            FileNature::Text(encoding) => {
                if let (true, Some(lines)) = (self.is_start, self.rules.tail) {
                    file.skip_to_tail(encoding, lines, self.rules.counts_lines)?;
                }
                Ok(true)
            }
            FileNature::Packed if self.is_start && self.rules.tail.is_none() => {
                self.packed.push(file.name.clone());
                Ok(false)
            }
            FileNature::Packed if listed.from == ListedFrom::Name => {
                let remedy = "is compressed or an archive, and does not grow by lines; read it once with --tail all, or without -F";
                self.messages.say(&format!("{}: {remedy}", file.name));
                Ok(false)
            }
            FileNature::Packed | FileNature::Binary => Ok(false),
        }
    }

    /// Looks at the sizes of files, and at their names where one stands for another file.
    pub(super) fn look_at_sizes(&mut self) {
        self.sizes_looked = Instant::now();
        for file in &mut self.files {
            let Some(path) = &file.path else {
                file.is_due = true;
                continue;
            };
            match ListedFile::of(path.clone(), ListedFrom::Name) {
                Ok(here) if here.id == file.id => file.is_due |= here.size != file.seen,
                Ok(_) | Err(_) => (self.names_due, file.is_due) = (true, file.handle.is_some()),
            }
        }
    }
}

/// Opens a file that has another name in its folder now; `None` if there is none.
fn renamed(file: &FollowedFile) -> Option<File> {
    let folder = file.path.as_ref()?.parent()?;
    let folder = if folder.as_os_str().is_empty() { ".".as_ref() } else { folder };
    let entries = fs::read_dir(folder).ok()?.flatten();
    let mut found = entries.filter_map(|entry| ListedFile::of(entry.path(), ListedFrom::Name).ok());
    let found = found.find(|found| found.id == file.id)?;
    File::open(found.path).ok().filter(|handle| file.is_known_in(handle))
}
