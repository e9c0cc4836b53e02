//! The kinds of times that lines have: with a zone or without one.

use crate::time::TimeStamp;
use serde::{Deserialize, Serialize};

/// The kinds of times that the lines with fields have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ZonesMet {
    /// True if a time has a zone.
    pub(crate) zoned: bool,
    /// True if a time has none.
    pub(crate) zoneless: bool,
}

impl ZonesMet {
    pub(crate) fn add(&mut self, time: TimeStamp) {
        match time.offset_minutes() {
            Some(_) => self.zoned = true,
            None => self.zoneless = true,
        }
    }

    /// Returns true if times without a zone were put on one axis with others, as if they were UTC.
    pub(crate) fn are_assumed(self) -> bool {
        self.zoned && self.zoneless
    }

    pub(crate) fn append(&mut self, next: Self) {
        self.zoned |= next.zoned;
        self.zoneless |= next.zoneless;
    }
}
