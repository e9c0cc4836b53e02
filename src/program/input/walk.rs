//! Lists the files that operands name: files as they are, folders with all files in them.

use super::identities::{Identities, OtherName};
use super::input_file::InputFile;
use super::name_filter::NameFilter;
use crate::program::system::file_id::{FileId, file_id};
use crate::program::terminal::input_name::InputName;
use std::cmp::Ordering;
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use walkdir::{DirEntry, WalkDir};

/// The rules by which files are listed. By default, all files of folders are, with their paths below their operands.
#[derive(Debug, Default)]
pub struct ListingRules {
    /// Chooses files of folders by their names.
    pub(crate) filter: NameFilter,
    /// True if the path of a file begins with its operand's own path.
    pub(crate) keeps_parents: bool,
}

/// The files that the operands name.
#[derive(Debug, Default)]
pub struct Listing {
    /// The inputs in the order of the operands; in a folder, in the order of names (`a.2` before `a.10`).
    pub files: Vec<InputFile>,
    /// Folders, and files in folders, that cannot be read, each with the error.
    pub unread: Vec<(InputName, io::Error)>,
    /// Links in folders whose target does not exist.
    pub dangling: Vec<InputName>,
    /// Names in folders of files that are read under another name, in the order of `files`.
    pub other_names: Vec<OtherName>,
    /// The identities of `files`.
    pub identities: Identities,
    /// The number of files in folders that the filter leaves out, without those of folders that it leaves out.
    pub filtered: usize,
}

/// Lists the files that the operands name. In folders, hidden files, pipes and devices are left out, links to folders
/// are not followed, and a file that has several names is read once.
pub fn list(operands: &[InputName], rules: &ListingRules) -> Listing {
    let mut listing = Listing::default();
    for operand in operands {
        match operand {
            InputName::Stdin(_) => listing.add(InputFile::stdin(operand.clone())),
            InputName::File(path) => list_operand(path, rules, &mut listing),
        }
    }
    listing.other_names = listing.identities.keep_one_name(&mut listing.files);
    listing.files.iter_mut().enumerate().for_each(|(place, file)| file.set_place(place));
    // The rest of standard input for its second use is known only after its first use.
    let stdins = listing.files.iter_mut().filter(|file| file.name.is_stdin());
    stdins.skip(1).for_each(|file| file.regular_bytes = None);
    listing
}

/// Adds the file that an operand names, or the files in the folder that it names, to the listing.
fn list_operand(path: &Path, rules: &ListingRules, listing: &mut Listing) {
    let own = fs::symlink_metadata(path).ok();
    let is_link = own.as_ref().is_some_and(Metadata::is_symlink);
    let metadata = if is_link { fs::metadata(path).ok() } else { own };
    if metadata.as_ref().is_some_and(Metadata::is_dir) {
        walk(path, rules, listing);
    } else {
        let (file, id) = InputFile::of_operand(path, metadata.as_ref(), rules.keeps_parents);
        listing.add((InputFile { is_link, ..file }, id));
    }
}

impl Listing {
    /// Adds an input, with the identity of its file if it is a regular one.
    fn add(&mut self, (file, id): (InputFile, Option<FileId>)) {
        if let Some(id) = id {
            self.identities.add(id, self.files.len());
        }
        self.files.push(file);
    }
}

/// Adds the files in a folder and in all folders below it to the listing.
fn walk(folder: &Path, rules: &ListingRules, listing: &mut Listing) {
    // All paths below the folder begin with its path and one `/`.
    let below_start = folder.join("x").as_os_str().len() - 1;
    let is_excluded = |entry: &DirEntry| {
        entry.file_type().is_dir() && rules.filter.excludes(below(entry.path(), below_start))
    };
    let is_shown =
        |entry: &DirEntry| entry.depth() == 0 || !is_hidden(entry.file_name()) && !is_excluded(entry);
    let entries = WalkDir::new(folder).sort_by(|a, b| by_name(a.file_name(), b.file_name()));
    for entry in entries.into_iter().filter_entry(is_shown) {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                listing.unread.push((InputName::File(path), error.into()));
                continue;
            }
        };
        // The folder itself may be named by a link to it.
        if entry.depth() == 0 || entry.file_type().is_dir() {
            continue;
        }
        if !rules.filter.matches(below(entry.path(), below_start)) {
            listing.filtered += 1;
            continue;
        }
        let is_link = entry.path_is_symlink();
        let name = InputName::File(entry.path().to_owned());
        let metadata = match fs::metadata(entry.path()) {
            Ok(metadata) if metadata.is_file() => Some(metadata),
            // A pipe or a device, which could give bytes for ever, or a link to a folder.
            Ok(_) => continue,
            Err(error) if is_link && is_nothing(&error) => {
                listing.dangling.push(name);
                continue;
            }
            // Reading the file reports the error.
            Err(_) => None,
        };
        let relative_start = (!rules.keeps_parents).then_some(below_start as u32);
        let file = InputFile::new(name, relative_start, metadata.as_ref().map(Metadata::len));
        let id = metadata.as_ref().map(file_id);
        let modified = metadata.as_ref().map(MetadataExt::mtime);
        listing.add((InputFile { in_folder: true, is_link, modified, ..file }, id));
    }
}

/// Returns the bytes of a path from the byte offset `start` on.
fn below(path: &Path, start: usize) -> &[u8] {
    &path.as_os_str().as_bytes()[start..]
}

/// Returns true if a link leads to nothing, or to itself, according to the error of following it.
fn is_nothing(error: &io::Error) -> bool {
    let leads_to_itself = error.raw_os_error() == Some(rustix::io::Errno::LOOP.raw_os_error());
    leads_to_itself || matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory)
}

fn is_hidden(name: &OsStr) -> bool {
    name.as_encoded_bytes().starts_with(b".")
}

/// Compares two names, with their numbers as numbers (`a2` before `a10`). Names that are equal then (`a1`, `a01`) are
/// in the order of their bytes.
fn by_name(a: &OsStr, b: &OsStr) -> Ordering {
    alphanumeric_sort::compare_str(a.to_string_lossy(), b.to_string_lossy()).then_with(|| a.cmp(b))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_names_count() {
        let mut names = ["s.log.10", "s.log.2", "s.log", "s.log.02", "s.log.1.gz"];
        names.sort_by(|a, b| by_name(OsStr::new(a), OsStr::new(b)));
        assert_eq!(names, ["s.log", "s.log.1.gz", "s.log.2", "s.log.02", "s.log.10"]);
    }
}
