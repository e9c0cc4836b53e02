//! Lists the files that operands name: files as they are, folders with all files in them.

use super::name_filter::NameFilter;
use crate::program::system::file_id::{FileId, file_id};
use crate::program::terminal::input_name::InputName;
use rustix::fs::FileType;
use std::cmp::Ordering;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};
use std::ffi::OsStr;
use std::fs::{self, Metadata};
use std::io::{self, ErrorKind};
use std::ops::RangeInclusive;
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use walkdir::{DirEntry, WalkDir};

/// The number of lower bits of an input's number that count the members of an archive.
const MEMBER_BITS: u32 = usize::BITS / 2;

/// An input to be read.
#[derive(Clone, Debug)]
pub struct InputFile {
    pub name: InputName,
    /// The path of the file below its operand; if the operand is the file itself, its name. With
    /// [`ListingRules::keeps_parents`], the operand's own path stands before it.
    pub(crate) relative: PathBuf,
    /// The number of the input. Numbers are in the order of the inputs, with room for the members of an archive behind
    /// that of the archive: see [`InputFile::place`].
    pub(crate) number: usize,
    /// The number of bytes to read; `None` if opening or reading the input can wait.
    pub(crate) regular_bytes: Option<u64>,
    /// True if the operand is a folder that the file is in, and not the file itself.
    pub(crate) in_folder: bool,
}

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
    /// The number of files in folders that the filter leaves out, without those of folders that it leaves out.
    pub filtered: usize,
}

/// A name of a file that is read under another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherName {
    pub(crate) name: InputName,
    pub read_as: InputName,
}

/// Lists the files that the operands name. In folders, hidden files, pipes and devices are left out, links to folders
/// are not followed, and a file that has several names is read once.
pub fn list(operands: &[InputName], rules: &ListingRules) -> Listing {
    let mut listing = Listing::default();
    let mut once = Once::default();
    for operand in operands {
        match operand {
            InputName::File(path) if path.is_dir() => walk(path, rules, &mut listing, &mut once),
            _ => listing.files.push(InputFile::of_operand(operand, rules)),
        }
    }
    let name = |place: usize| listing.files[place].name.clone();
    let others = once.other_places();
    let is_read: Vec<bool> = (0..listing.files.len()).map(|place| !others.contains_key(&place)).collect();
    listing.other_names = others
        .into_iter()
        .map(|(other, chosen)| OtherName { name: name(other), read_as: name(chosen) })
        .collect();
    let mut is_read = is_read.iter();
    listing.files.retain(|_| *is_read.next().expect("one for each file"));
    for (number, file) in listing.files.iter_mut().enumerate() {
        file.number = number << MEMBER_BITS;
    }
    // The rest of standard input for its second use is known only after its first use.
    let stdins = listing.files.iter_mut().filter(|file| file.name == InputName::Stdin);
    stdins.skip(1).for_each(|file| file.regular_bytes = None);
    listing
}

/// Chooses, among the names of a file in the folders, the name that the file is read under.
#[derive(Debug, Default)]
struct Once {
    /// For each file, the place of its chosen name in the list, and true if that name is a link.
    chosen: HashMap<FileId, (usize, bool)>,
    /// The places of the other names in the list, with their files.
    others: BTreeMap<usize, FileId>,
}

impl Once {
    /// Adds the next name of a file. A name that is not a link is preferred to a link; otherwise, the first name is
    /// chosen.
    fn add(&mut self, file: &Metadata, place: usize, is_link: bool) {
        let id = file_id(file);
        let other = match self.chosen.entry(id) {
            Entry::Vacant(entry) => {
                entry.insert((place, is_link));
                return;
            }
            Entry::Occupied(mut entry) if entry.get().1 && !is_link => entry.insert((place, is_link)).0,
            Entry::Occupied(_) => place,
        };
        self.others.insert(other, id);
    }

    /// Returns the places of the names that are not read, each with the place of the name that is read instead.
    fn other_places(&self) -> BTreeMap<usize, usize> {
        self.others.iter().map(|(&other, id)| (other, self.chosen[id].0)).collect()
    }
}

impl InputFile {
    /// Returns true if the input can be a stream: if opening or reading it may wait.
    pub(crate) fn is_stream(&self) -> bool {
        self.regular_bytes.is_none()
    }

    /// Returns the place of the input, or of the archive that it is a member of, in the listing.
    pub(crate) fn place(&self) -> usize {
        self.number >> MEMBER_BITS
    }

    /// Returns the numbers of the input and of its members, if it is an archive.
    pub(crate) fn numbers(&self) -> RangeInclusive<usize> {
        self.number..=self.number | ((1 << MEMBER_BITS) - 1)
    }

    /// Returns true if the input is a member of an archive.
    pub(crate) fn is_member(&self) -> bool {
        self.number.trailing_zeros() < MEMBER_BITS
    }

    /// Returns the member with this number, from 1, of this archive, or of one within it that has the name `within`.
    /// More members than there are numbers share the last one.
    pub(crate) fn member(&self, number: usize, within: &InputName, name: &[u8], bytes: u64) -> Self {
        Self {
            name: within.member(name),
            relative: PathBuf::new(),
            number: self.number | number.min((1 << MEMBER_BITS) - 1),
            regular_bytes: Some(bytes),
            in_folder: true,
        }
    }

    fn of_operand(operand: &InputName, rules: &ListingRules) -> Self {
        let (relative, regular_bytes) = match operand {
            InputName::Stdin => (PathBuf::new(), stdin_bytes()),
            InputName::File(path) => (
                if rules.keeps_parents {
                    own_path(path)
                } else {
                    path.file_name().map(PathBuf::from).unwrap_or_default()
                },
                fs::metadata(path).ok().filter(Metadata::is_file).map(|metadata| metadata.len()),
            ),
        };
        Self { name: operand.clone(), relative, number: 0, regular_bytes, in_folder: false }
    }
}

/// Returns the path of an operand below another folder: without a `/` at the beginning, without `.`, and without all
/// parts up to the last `..`, so that it leads out of no folder: `x/a.log` for `/x/a.log` and for `../x/a.log`.
fn own_path(operand: &Path) -> PathBuf {
    let mut own = PathBuf::new();
    for component in operand.components() {
        match component {
            Component::Normal(part) => own.push(part),
            Component::ParentDir => own.clear(),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    own
}

/// Returns the number of bytes that are left of standard input; `None` if it is not a regular file.
fn stdin_bytes() -> Option<u64> {
    let stat = rustix::fs::fstat(io::stdin()).ok()?;
    let position = rustix::fs::seek(io::stdin(), rustix::fs::SeekFrom::Current(0)).ok()?;
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    is_file.then(|| u64::try_from(stat.st_size).unwrap_or(0).saturating_sub(position))
}

/// Adds the files in a folder and in all folders below it to the listing.
fn walk(folder: &Path, rules: &ListingRules, listing: &mut Listing, once: &mut Once) {
    let below = |path: &Path| path.strip_prefix(folder).unwrap_or(path).to_owned();
    let is_excluded = |entry: &DirEntry| {
        entry.file_type().is_dir() && rules.filter.excludes(below(entry.path()).as_os_str().as_bytes())
    };
    let is_shown =
        |entry: &DirEntry| entry.depth() == 0 || !is_hidden(entry.file_name()) && !is_excluded(entry);
    let own_path = if rules.keeps_parents { own_path(folder) } else { PathBuf::new() };
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
        if entry.file_type().is_dir() {
            continue;
        }
        let path = entry.path();
        let relative = below(path);
        if !rules.filter.matches(relative.as_os_str().as_bytes()) {
            listing.filtered += 1;
            continue;
        }
        let name = InputName::File(path.to_owned());
        let metadata = match fs::metadata(path) {
            Ok(metadata) if metadata.is_file() => Some(metadata),
            // A pipe or a device, which could give bytes for ever, or a link to a folder.
            Ok(_) => continue,
            Err(error) if entry.path_is_symlink() && is_nothing(&error) => {
                listing.dangling.push(name);
                continue;
            }
            // Reading the file reports the error.
            Err(_) => None,
        };
        if let Some(metadata) = &metadata {
            once.add(metadata, listing.files.len(), entry.path_is_symlink());
        }
        let relative = if rules.keeps_parents { own_path.join(relative) } else { relative };
        let regular_bytes = metadata.map(|metadata| metadata.len());
        listing.files.push(InputFile { name, relative, number: 0, regular_bytes, in_folder: true });
    }
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
    fn an_own_path_leads_out_of_no_folder() {
        for (operand, own) in [
            ("h1/app.log", "h1/app.log"),
            ("./h1//app.log", "h1/app.log"),
            ("/var/log/", "var/log"),
            ("../../x/a.log", "x/a.log"),
            ("a/../b/./c", "b/c"),
            ("..", ""),
            ("/", ""),
            (".", ""),
        ] {
            assert_eq!(own_path(Path::new(operand)), Path::new(own), "{operand}");
        }
    }

    #[test]
    fn numbers_in_names_count() {
        let mut names = ["s.log.10", "s.log.2", "s.log", "s.log.02", "s.log.1.gz"];
        names.sort_by(|a, b| by_name(OsStr::new(a), OsStr::new(b)));
        assert_eq!(names, ["s.log", "s.log.1.gz", "s.log.2", "s.log.02", "s.log.10"]);
    }
}
