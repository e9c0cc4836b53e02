//! The identities of the listed files: a file that has several names in folders is read once, and no output replaces a
//! file that is read.

use super::InputFile;
use crate::program::system::file_id::FileId;
use crate::program::terminal::input_name::InputName;

/// The identities of listed regular files, each with the place of the file in the listing. A sorted list takes less
/// memory than a map.
#[derive(Debug, Default)]
pub struct Identities(Vec<(FileId, usize)>);

/// A name of a file that is read under another name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherName {
    pub(crate) name: InputName,
    pub read_as: InputName,
}

impl Identities {
    /// Adds a file.
    pub(super) fn add(&mut self, id: FileId, place: usize) {
        self.0.push((id, place));
    }

    /// Leaves in the list one name of each file in folders, and returns the other names, in their order. A name that is
    /// not a link is preferred to a link; otherwise, the first name is chosen. Operands themselves are all kept.
    ///
    /// From then on, the identities are sorted and have the new places.
    pub(super) fn keep_one_name(&mut self, files: &mut Vec<InputFile>) -> Vec<OtherName> {
        self.0.sort_unstable_by_key(|&(id, place)| {
            let file = &files[place];
            (id, !file.in_folder, file.is_link, place)
        });
        let mut others: Vec<(usize, usize)> = Vec::new();
        for names in self.0.chunk_by(|a, b| a.0 == b.0) {
            let in_folders = names.iter().filter(|(_, place)| files[*place].in_folder);
            others.extend(in_folders.skip(1).map(|&(_, place)| (place, names[0].1)));
        }
        if others.is_empty() {
            return Vec::new();
        }
        others.sort_unstable();
        let name = |place: usize| files[place].name.clone();
        let named =
            others.iter().map(|&(other, chosen)| OtherName { name: name(other), read_as: name(chosen) });
        let named = named.collect();
        let others_before = |place: usize| others.partition_point(|&(other, _)| other < place);
        let is_other =
            |place: usize| others.get(others_before(place)).is_some_and(|&(other, _)| other == place);
        self.0.retain(|&(_, place)| !is_other(place));
        self.0.iter_mut().for_each(|(_, place)| *place -= others_before(*place));
        let mut places = 0..;
        files.retain(|_| !places.next().is_some_and(is_other));
        named
    }

    /// Returns the first place of a file in the listing; `None` if the file is not listed.
    pub(crate) fn first_place(&self, id: FileId) -> Option<usize> {
        let start = self.0.partition_point(|&(other, _)| other < id);
        self.0[start..].iter().take_while(|&&(other, _)| other == id).map(|&(_, place)| place).min()
    }
}
