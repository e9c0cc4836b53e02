//! The state of a finished output, by which it is told from what comes to its place later.

use rustix::fs::Stat;
use serde::{Deserialize, Serialize};

/// The size and the inode of an output when it got its name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct OutputStamp {
    output_size: u64,
    output_inode: u64,
}

impl OutputStamp {
    /// Returns the state of a file of which the system tells `stat`.
    pub(super) fn of(stat: &Stat) -> Self {
        Self { output_size: stat.st_size as u64, output_inode: stat.st_ino }
    }
}
