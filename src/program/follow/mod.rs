//! Following: files that grow are found by name, in folders and by globs, and their lines are given as they come, whole, each
//! with its file. Files that are replaced, renamed, truncated or not there yet are part of it.

mod bytes;
mod change_events;
mod file_glob;
mod followed_file;
mod follower;
mod handles;
mod listed;
mod looks;
mod nature;
mod piece;
mod tail_start;
mod wanted;

pub(crate) use file_glob::is_glob;
pub(crate) use follower::{Follower, RoundEnd};
pub(crate) use piece::FollowedLines;
pub(crate) use wanted::paths_now;

use rustix::process::Pid;
use std::time::Duration;

/// The settings for following files.
#[derive(Clone, Debug)]
pub(crate) struct FollowRules {
    /// The number of lines before the end of a file that are read at first; `None` for all.
    pub(crate) tail: Option<u64>,
    /// The interval of looks at files, if it is chosen: changes are then not told by the system.
    pub(crate) poll: Option<Duration>,
    /// True if the run ends as soon as a check fails.
    pub(crate) until_fail: bool,
    /// The time without new text after which the run ends.
    pub(crate) until_idle: Option<Duration>,
    /// The process with which the run ends.
    pub(crate) pid: Option<Pid>,
    /// True if numbers of lines are needed, so that the lines before the first one that is read are counted.
    pub(crate) counts_lines: bool,
}
