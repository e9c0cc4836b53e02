//! The lines with each code that came last, where several files grow at the same time.

use super::{LogPlace, Tally, UNKNOWN_CODES_MAX};
use std::collections::BTreeMap;

/// The place of each code in the line that came last, of the catalog's codes and of as many others as are told apart.
#[derive(Debug, Default)]
pub(crate) struct LatestPlaces {
    known: BTreeMap<i32, LogPlace>,
    unknown: BTreeMap<i32, LogPlace>,
}

impl LatestPlaces {
    /// Takes the last place of a code in a file for the one that came last.
    pub(crate) fn keep(&mut self, code: i32, file: &Tally) {
        if let Some(counted) = file.known.get(&code) {
            self.known.insert(code, counted.last.clone());
        } else if let Some(counted) = file.unknown.get(&code) {
            self.unknown.insert(code, counted.last.clone());
            if self.unknown.len() > UNKNOWN_CODES_MAX {
                self.unknown.pop_first();
            }
        }
    }

    /// Puts the places into a tally that has the codes.
    pub(crate) fn set_in(&self, tally: &mut Tally) {
        for (places, counted) in [(&self.known, &mut tally.known), (&self.unknown, &mut tally.unknown)] {
            for (code, place) in places {
                if let Some(counted) = counted.get_mut(code) {
                    counted.last = place.clone();
                }
            }
        }
    }
}

impl Tally {
    /// Returns the codes that are told apart.
    pub(crate) fn codes(&self) -> Vec<i32> {
        self.counts().map(|(code, _)| code).collect()
    }
}
