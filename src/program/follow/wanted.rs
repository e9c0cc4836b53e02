//! The names that a run follows: files, folders and globs, looked up again and again.

use super::file_glob::{FileGlob, is_glob};
use super::listed::{ListedFile, ListedFrom};
use crate::program::input::{ListingRules, list};
use crate::program::terminal::input_name::InputName;
use crate::program::terminal::messages::Messages;
use std::collections::HashSet;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// The number of looks in a row without a file after which its absence is said: between them, a rotation has made the new one.
const ABSENT_LOOKS: u32 = 2;

/// The names that a run follows, with the state of each.
#[derive(Debug)]
pub(super) struct WantedNames {
    names: Vec<WantedName>,
    /// Folders and names that stand for nothing that can be followed, which has been said.
    said: HashSet<PathBuf>,
    /// Files that cannot be opened or are not followed, which has been said.
    said_of_files: HashSet<PathBuf>,
}

#[derive(Debug)]
struct WantedName {
    path: PathBuf,
    kind: WantedKind,
    /// The number of looks in a row in which the name stood for nothing.
    absent_looks: u32,
    /// True if the name has stood for something before.
    was_there: bool,
}

#[derive(Debug)]
enum WantedKind {
    /// A name that has not stood for anything yet.
    NotYet,
    File,
    Folder,
    Glob(FileGlob),
}

impl WantedNames {
    /// Takes the operands. An operand with the characters of a glob is one unless a file has that name.
    ///
    /// # Errors
    ///
    /// Returns the message about a glob that is none.
    pub(super) fn new(operands: &[InputName]) -> Result<Self, String> {
        let mut names = Vec::new();
        for operand in operands {
            let InputName::File(path) = operand else {
                continue;
            };
            let is_glob = is_glob(path) && fs::symlink_metadata(path).is_err();
            let kind = if is_glob { WantedKind::Glob(FileGlob::new(path)?) } else { WantedKind::NotYet };
            names.push(WantedName { path: path.clone(), kind, absent_looks: 0, was_there: false });
        }
        Ok(Self { names, said: HashSet::new(), said_of_files: HashSet::new() })
    }

    /// Returns the folders in which named files appear, so that they can be watched.
    pub(super) fn folders(&self) -> impl Iterator<Item = &Path> {
        self.names.iter().filter_map(|name| match name.kind {
            WantedKind::Folder => Some(&*name.path),
            WantedKind::NotYet | WantedKind::File => name.path.parent().map(folder_or_here),
            WantedKind::Glob(_) => name.path.parent().filter(|parent| !is_glob(parent)).map(folder_or_here),
        })
    }

    /// Returns the files that the names stand for now. Says once which names stand for nothing, and which folders and files
    /// cannot be read. `is_regular` is false for looks between the regular ones, in which absence is not counted.
    pub(super) fn look(
        &mut self,
        rules: &ListingRules,
        is_regular: bool,
        messages: &Messages,
    ) -> Vec<ListedFile> {
        let (mut files, mut found_unread) = (Vec::new(), Vec::new());
        for name in &mut self.names {
            let before = files.len();
            let is_trouble = name.look(rules, &mut files, &mut found_unread);
            let is_absent = files.len() == before && !is_trouble;
            name.count_absence(is_absent, is_regular, messages);
        }
        for (path, error) in found_unread {
            if self.said.insert(path.clone()) {
                messages.input(&InputName::File(path), &error);
            }
        }
        for file in &files {
            self.said.remove(&file.path);
        }
        files
    }

    /// Returns true if trouble with the file at this path has not been said since it was opened last; it then counts as said.
    pub(super) fn is_news(&mut self, path: &Path) -> bool {
        self.said_of_files.insert(path.to_owned())
    }

    /// Takes note that the file at this path has been opened, so that later trouble with it is said.
    pub(super) fn has_opened(&mut self, path: &Path) {
        self.said_of_files.remove(path);
    }
}

impl WantedName {
    /// Adds the files that the name stands for, and what cannot be read. Returns true if the name stands for something else
    /// than files.
    fn look(&mut self, rules: &ListingRules, files: &mut Vec<ListedFile>, unread: &mut Unread) -> bool {
        match &self.kind {
            WantedKind::Glob(glob) => {
                let (paths, folders) = glob.paths();
                let is_trouble = !folders.is_empty();
                unread.extend(folders);
                files
                    .extend(paths.into_iter().filter_map(|path| ListedFile::of(path, ListedFrom::Glob).ok()));
                is_trouble
            }
            WantedKind::Folder => self.look_in_folder(rules, files, unread),
            WantedKind::NotYet | WantedKind::File => match fs::metadata(&self.path) {
                Ok(metadata) if metadata.is_dir() && matches!(self.kind, WantedKind::NotYet) => {
                    self.kind = WantedKind::Folder;
                    self.look_in_folder(rules, files, unread)
                }
                Ok(metadata) if metadata.is_file() => {
                    self.kind = WantedKind::File;
                    files.push(ListedFile::new(self.path.clone(), ListedFrom::Name, &metadata));
                    false
                }
                Ok(metadata) => {
                    let is = if metadata.is_dir() {
                        "is a folder now; it is followed again when it is a file"
                    } else {
                        "is no regular file, and cannot be followed; read it without -F"
                    };
                    unread.push((self.path.clone(), std::io::Error::other(is)));
                    true
                }
                Err(error) if is_nothing(error.kind()) => false,
                Err(error) => {
                    unread.push((self.path.clone(), error));
                    true
                }
            },
        }
    }

    fn look_in_folder(&self, rules: &ListingRules, files: &mut Vec<ListedFile>, unread: &mut Unread) -> bool {
        if fs::metadata(&self.path).is_err() {
            return false;
        }
        let listing = list(&[InputName::File(self.path.clone())], rules);
        for file in listing.files {
            if let InputName::File(path) = file.name
                && let Ok(file) = ListedFile::of(path, ListedFrom::Folder)
            {
                files.push(file);
            }
        }
        for (name, error) in listing.unread {
            // A file may go away while the folder is read.
            if let InputName::File(path) = name
                && error.kind() != ErrorKind::NotFound
            {
                unread.push((path, error));
            }
        }
        // A folder without files is waited for without a word: it is there.
        true
    }

    /// Counts a look without any file, and says so once.
    fn count_absence(&mut self, is_absent: bool, is_regular: bool, messages: &Messages) {
        if !is_absent {
            (self.absent_looks, self.was_there) = (0, true);
            return;
        }
        if !is_regular {
            return;
        }
        self.absent_looks = self.absent_looks.saturating_add(1);
        let name = InputName::File(self.path.clone());
        match (&self.kind, self.was_there) {
            (WantedKind::Glob(_), false) if self.absent_looks == 1 => {
                messages.mention(&format!("{name}: matches no file yet; waiting for one"));
            }
            (WantedKind::Glob(_), _) => {}
            (_, false) if self.absent_looks == 1 => {
                messages.mention(&format!("{name}: is not there yet; waiting for it"));
            }
            (_, true) if self.absent_looks == ABSENT_LOOKS => {
                messages.mention(&format!("{name}: is not there any more; waiting for it"));
            }
            _ => {}
        }
    }
}

/// Folders and files that cannot be read, each with the error.
type Unread = Vec<(PathBuf, std::io::Error)>;

/// Returns the names of the files that operands stand for now, as far as globs are concerned; other operands are given back.
pub(crate) fn paths_now(operands: &[InputName]) -> Vec<InputName> {
    let paths = operands.iter().flat_map(|operand| match operand {
        InputName::File(path) if is_glob(path) && fs::symlink_metadata(path).is_err() => {
            let glob = FileGlob::new(path);
            glob.map_or_else(|_| Vec::new(), |glob| glob.paths().0.into_iter().map(InputName::File).collect())
        }
        InputName::File(path) if fs::metadata(path).is_ok() => vec![operand.clone()],
        _ => Vec::new(),
    });
    paths.collect()
}

fn folder_or_here(folder: &Path) -> &Path {
    if folder.as_os_str().is_empty() { Path::new(".") } else { folder }
}

fn is_nothing(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::NotFound | ErrorKind::NotADirectory)
}
