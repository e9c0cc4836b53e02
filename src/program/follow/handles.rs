//! The bound for open files: of more files, those that have been idle longest are closed, and opened again when they grow.

use super::followed_file::FollowedFile;
use rustix::process::{Resource, getrlimit};
use std::cmp::Reverse;

/// Open files that the program needs besides those that it follows.
const OTHER_FILES: u64 = 20;
/// The fewest files that are open at the same time.
const FEWEST: usize = 4;

/// Returns the most files that may be open at the same time.
pub(super) fn open_max() -> usize {
    let limit = getrlimit(Resource::Nofile).current.unwrap_or(u64::MAX);
    usize::try_from(limit.saturating_sub(OTHER_FILES)).unwrap_or(usize::MAX).max(FEWEST)
}

/// Closes files that have been idle longest, until one more can be opened. A file that can be found by no path, or whose last
/// line has no end yet, stays open as long as there are others. Closes more than is needed, because it takes time.
pub(super) fn make_room(files: &mut [FollowedFile], open_max: usize) {
    let open = files.iter().filter(|file| file.handle.is_some()).count();
    if open < open_max {
        return;
    }
    let mut idle: Vec<&mut FollowedFile> =
        files.iter_mut().filter(|file| file.handle.is_some() && file.path.is_some()).collect();
    idle.sort_by_key(|file| Reverse(file.grown_at.elapsed()));
    for file in idle.into_iter().take(open + 1 - open_max + open_max / 8) {
        file.handle = None;
    }
}
