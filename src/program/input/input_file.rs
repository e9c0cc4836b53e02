//! One input to be read, as it was found.

use crate::program::system::file_id::{FileId, file_id, id_of};
use crate::program::terminal::input_name::InputName;
use rustix::fs::FileType;
use std::borrow::Cow;
use std::ffi::OsStr;
use std::fs::Metadata;
use std::io;
use std::ops::RangeInclusive;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::{Component, Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// The number of lower bits of an input's number that count the members of an archive.
const MEMBER_BITS: u32 = usize::BITS / 2;

/// An input to be read. There may be hundreds of thousands, so that paths which follow from the name are not kept.
#[derive(Clone, Debug)]
pub struct InputFile {
    pub name: InputName,
    /// The byte offset in the name at which the path below the operand begins: see [`InputFile::relative`]. `None` if the
    /// operand's own path stands before it.
    pub(super) relative_start: Option<u32>,
    /// The number of the input. Numbers are in the order of the inputs, with room for the members of an archive behind
    /// that of the archive: see [`InputFile::place`].
    pub(crate) number: usize,
    /// The number of bytes to read; `None` if opening or reading the input can wait.
    pub(crate) regular_bytes: Option<u64>,
    /// The time at which the file was changed last, in seconds from the beginning of 1970; `None` if it is not known.
    pub(crate) modified: Option<i64>,
    /// True if the operand is a folder that the file is in, and not the file itself.
    pub(crate) in_folder: bool,
    /// True if the name is that of a link.
    pub(crate) is_link: bool,
}

impl InputFile {
    /// Returns the path of the file below its operand; if the operand is the file itself, its name. With
    /// `--parents`, the operand's own path stands before it. Empty for standard input.
    pub(crate) fn relative(&self) -> Cow<'_, Path> {
        match (&self.name, self.relative_start) {
            (InputName::Stdin(_), _) => Cow::Borrowed(Path::new("")),
            (InputName::File(path), None) => Cow::Owned(own_path(path)),
            (InputName::File(path), Some(start)) => {
                Cow::Borrowed(Path::new(OsStr::from_bytes(&path.as_os_str().as_bytes()[start as usize..])))
            }
        }
    }

    /// Returns true if the input can be a stream: if opening or reading it may wait.
    pub(crate) fn is_stream(&self) -> bool {
        self.regular_bytes.is_none()
    }

    /// Returns the place of the input, or of the archive that it is a member of, in the listing.
    pub(crate) fn place(&self) -> usize {
        self.number >> MEMBER_BITS
    }

    /// Gives the input its place in the listing.
    pub(super) fn set_place(&mut self, place: usize) {
        self.number = place << MEMBER_BITS;
    }

    /// Returns the numbers of the input and of its members, if it is an archive.
    pub(crate) fn numbers(&self) -> RangeInclusive<usize> {
        self.number..=self.number | ((1 << MEMBER_BITS) - 1)
    }

    /// Returns the number of the input that has the member of an archive with this number, or that has this number itself.
    pub(crate) fn number_of_archive(number: usize) -> usize {
        number >> MEMBER_BITS << MEMBER_BITS
    }

    /// Returns true if the input is a member of an archive.
    pub(crate) fn is_member(&self) -> bool {
        self.number.trailing_zeros() < MEMBER_BITS
    }

    /// Returns the member with this number, from 1, of this archive, or of one within it that has the name `within`.
    /// More members than there are numbers share the last one.
    pub(crate) fn member(
        &self,
        number: usize,
        within: &InputName,
        name: &[u8],
        bytes: u64,
        modified: Option<SystemTime>,
    ) -> Self {
        let number = self.number | number.min((1 << MEMBER_BITS) - 1);
        let file = Self::new(within.member(name), None, Some(bytes));
        let modified = modified.map(second_of).or(self.modified);
        Self { number, in_folder: true, modified, ..file }
    }

    /// Returns the file with this number, from 1, and this name among those that `tail` has put into this input.
    pub(super) fn tailed(&self, number: usize, name: &[u8]) -> Self {
        let number = self.number | number.min((1 << MEMBER_BITS) - 1);
        let name = InputName::File(OsStr::from_bytes(name).into());
        Self { number, modified: self.modified, ..Self::new(name, None, self.regular_bytes) }
    }

    /// Returns the input with this place that a file is which is followed.
    pub(crate) fn followed(name: InputName, place: usize) -> Self {
        let mut file = Self::new(name, None, None);
        file.set_place(place);
        file
    }

    /// Returns the input that standard input is, by its name, with the identity of its file if it is a regular one.
    pub(super) fn stdin(name: InputName) -> (Self, Option<FileId>) {
        let file = stdin_file();
        let (bytes, modified) = (file.map(|file| file.bytes), file.map(|file| file.modified));
        (Self { modified, ..Self::new(name, Some(0), bytes) }, file.map(|file| file.id))
    }

    /// Returns the input that an operand names which is no folder, with the identity of its file if it is a regular one.
    pub(super) fn of_operand(
        path: &Path,
        metadata: Option<&Metadata>,
        keeps_parents: bool,
    ) -> (Self, Option<FileId>) {
        let regular = metadata.filter(|metadata| metadata.is_file());
        let relative_start = (!keeps_parents).then(|| name_start(path) as u32);
        let name = InputName::File(path.to_owned());
        let modified = regular.map(MetadataExt::mtime);
        let file = Self { modified, ..Self::new(name, relative_start, regular.map(Metadata::len)) };
        (file, regular.map(file_id))
    }

    /// Returns an input that is an operand itself.
    pub(crate) fn new(name: InputName, relative_start: Option<u32>, regular_bytes: Option<u64>) -> Self {
        Self {
            name,
            relative_start,
            number: 0,
            regular_bytes,
            modified: None,
            in_folder: false,
            is_link: false,
        }
    }
}

/// Returns the byte offset at which the last part of a path begins; the length of a path that ends with no name, as `..`
/// does.
fn name_start(path: &Path) -> usize {
    let bytes = path.as_os_str().as_bytes();
    if path.file_name().is_none() {
        return bytes.len();
    }
    let parent = path.parent().map_or(0, |parent| parent.as_os_str().len());
    parent + bytes[parent..].iter().take_while(|&&byte| byte == b'/').count()
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

/// The regular file that standard input is.
#[derive(Clone, Copy)]
struct StdinFile {
    /// The number of bytes that are left of it.
    bytes: u64,
    modified: i64,
    id: FileId,
}

/// Returns the seconds from the beginning of 1970 to a time.
fn second_of(time: SystemTime) -> i64 {
    let seconds = |duration: Duration| i64::try_from(duration.as_secs()).unwrap_or(i64::MAX);
    match time.duration_since(UNIX_EPOCH) {
        Ok(after) => seconds(after),
        Err(error) => -seconds(error.duration()),
    }
}

/// Returns the file of standard input; `None` if it is not a regular file.
fn stdin_file() -> Option<StdinFile> {
    let stat = rustix::fs::fstat(io::stdin()).ok()?;
    let position = rustix::fs::seek(io::stdin(), rustix::fs::SeekFrom::Current(0)).ok()?;
    let is_file = FileType::from_raw_mode(stat.st_mode) == FileType::RegularFile;
    let left = u64::try_from(stat.st_size).unwrap_or(0).saturating_sub(position);
    is_file.then(|| StdinFile { bytes: left, modified: stat.st_mtime as i64, id: id_of(&stat) })
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
    fn an_operand_goes_by_its_last_part() {
        for (operand, name) in [
            ("a", "a"),
            ("x/a", "a"),
            ("x//a", "a"),
            ("/a", "a"),
            ("a/", "a"),
            ("x/a/.", "a"),
            ("..", ""),
            ("a/..", ""),
        ] {
            let (file, _) = InputFile::of_operand(Path::new(operand), None, false);
            assert_eq!(&*file.relative(), Path::new(name), "{operand}");
        }
    }
}
