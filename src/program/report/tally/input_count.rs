//! The amount of input that a tally is of.

use crate::program::encoding::EncodingCounts;
use serde::{Deserialize, Serialize};

/// The amount of input that was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputCount {
    pub files: u64,
    pub lines: u64,
    pub bytes: u64,
    /// The number of lines that have no time of their own; `None` if lines are not chosen by their times.
    pub(crate) undated_lines: Option<u64>,
    /// The inputs that are not in UTF-8.
    pub(crate) encodings: EncodingCounts,
}

impl InputCount {
    pub(crate) fn append(&mut self, next: Self) {
        self.files = self.files.saturating_add(next.files);
        self.lines = self.lines.saturating_add(next.lines);
        self.bytes = self.bytes.saturating_add(next.bytes);
        self.undated_lines = match (self.undated_lines, next.undated_lines) {
            (Some(these), Some(those)) => Some(these.saturating_add(those)),
            (these, those) => these.or(those),
        };
        self.encodings.append(next.encodings);
    }
}
