//! The paths that a run writes to, by which collisions are told. Only hashes of the paths are kept, with which the paths
//! are found again.

use std::hash::{BuildHasher, RandomState};
use std::path::{Path, PathBuf};

/// The paths below the output folder, each with its place in the list of inputs.
#[derive(Debug)]
pub(super) struct Targets {
    hashes: RandomState,
    /// Hashes of paths with the places, sorted.
    sorted: Vec<(u64, usize)>,
}

impl Targets {
    /// Takes the paths in the order of their places.
    pub(super) fn of(paths: impl Iterator<Item = PathBuf>) -> Self {
        let hashes = RandomState::new();
        let mut sorted: Vec<_> = paths.map(|path| hashes.hash_one(&*path)).zip(0..).collect();
        sorted.sort_unstable();
        Self { hashes, sorted }
    }

    /// Returns the first place that has the path; `None` if none has it. `path_at` returns the path of a place.
    pub(super) fn find(&self, path: &Path, path_at: impl Fn(usize) -> PathBuf) -> Option<usize> {
        let hash = self.hashes.hash_one(path);
        let start = self.sorted.partition_point(|&(other, _)| other < hash);
        let same = self.sorted[start..].iter().take_while(|&&(other, _)| other == hash);
        same.map(|&(_, place)| place).find(|&place| path_at(place) == path)
    }

    /// Returns the first place whose path an earlier place has, too, behind the first of these; `None` if all paths differ.
    /// `path_at` returns the path of a place.
    pub(super) fn first_collision(
        &self,
        path_at: impl Fn(usize) -> PathBuf + Copy,
    ) -> Option<(usize, usize)> {
        let same_hash = self.sorted.chunk_by(|a, b| a.0 == b.0).filter(|chunk| chunk.len() > 1);
        let collisions = same_hash.flat_map(|chunk| {
            let of_chunk = chunk.iter().filter_map(move |&(_, place)| {
                let first = self.find(&path_at(place), path_at)?;
                (first < place).then_some((first, place))
            });
            of_chunk.collect::<Vec<_>>()
        });
        collisions.min_by_key(|&(_, second)| second)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_of_several_collisions_is_told() {
        let told = |paths: &[&str]| {
            let targets = Targets::of(paths.iter().map(PathBuf::from));
            targets.first_collision(|place| PathBuf::from(paths[place]))
        };
        assert_eq!(told(&[]), None);
        assert_eq!(told(&["a", "b", "a/b", "b/a"]), None);
        assert_eq!(told(&["a", "b", "b", "a", "b"]), Some((1, 2)));
        assert_eq!(told(&["a", "b", "a", "a", "b"]), Some((0, 2)));
    }

    #[test]
    fn a_path_is_found_at_its_first_place() {
        let paths = ["x/a", "x/b", "x/a"];
        let targets = Targets::of(paths.iter().map(PathBuf::from));
        let find = |path: &str| targets.find(Path::new(path), |place| PathBuf::from(paths[place]));
        assert_eq!([find("x/a"), find("x/b"), find("x"), find("")], [Some(0), Some(1), None, None]);
    }
}
