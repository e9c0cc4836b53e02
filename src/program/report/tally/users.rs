//! The users that each code has affected: the different values of a key in lines with the code.

use super::distinct::DistinctValues;
use super::value_keys::ValueKeys;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Users are counted for at most this many codes of the catalog, and this many unknown ones: those nearest to zero. With
/// 16 KiB a code this is 24 MiB at most.
pub(crate) const KNOWN_MAX: usize = 1200;
pub(crate) const UNKNOWN_MAX: usize = 300;

/// The users of all codes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UserTally {
    /// The keys whose values are users.
    pub(crate) keys: ValueKeys,
    /// The number of lines with a code, and of those with a user, too.
    pub(crate) code_lines: u64,
    pub(crate) lines: u64,
    /// The users of the catalog's codes.
    pub(crate) known: UserGroup,
    /// The users of other codes.
    pub(crate) unknown: UserGroup,
}

/// The users of a number of codes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct UserGroup {
    /// The users of codes that are told apart.
    pub(crate) codes: BTreeMap<i32, CodeUsers>,
    /// The users of all others.
    pub(crate) others: DistinctValues,
}

/// The users of one code.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct CodeUsers {
    /// The number of lines with the code that have a user.
    pub(crate) lines: u64,
    pub(crate) users: DistinctValues,
}

impl UserTally {
    /// Returns the tally of no lines.
    pub(crate) fn new(keys: ValueKeys) -> Self {
        Self { keys, code_lines: 0, lines: 0, known: UserGroup::default(), unknown: UserGroup::default() }
    }

    /// Returns the sum with the users of what follows, which must be of the same keys.
    pub(super) fn append(mut self, next: Self) -> Self {
        self.code_lines = self.code_lines.saturating_add(next.code_lines);
        self.lines = self.lines.saturating_add(next.lines);
        self.known.append(next.known, KNOWN_MAX);
        self.unknown.append(next.unknown, UNKNOWN_MAX);
        self
    }

    /// Returns the tally with no more codes told apart than there may be.
    pub(crate) fn limited(mut self) -> Self {
        self.known.limit(KNOWN_MAX);
        self.unknown.limit(UNKNOWN_MAX);
        self
    }

    /// Returns the users of a code; `None` if they are not told apart from those of other codes.
    pub(crate) fn of_code(&self, code: i32) -> Option<&CodeUsers> {
        self.known.codes.get(&code).or_else(|| self.unknown.codes.get(&code))
    }

    /// Returns the users of all codes together.
    pub(crate) fn all(&self) -> DistinctValues {
        let mut all = self.known.union(|_| true);
        all.append(&self.unknown.union(|_| true));
        all.append(&self.known.others);
        all.append(&self.unknown.others);
        all
    }
}

impl UserGroup {
    /// Adds users of a code.
    pub(crate) fn add(&mut self, code: i32, users: CodeUsers) {
        self.codes.entry(code).or_default().append(users);
    }

    /// Returns the users of the codes that are told apart and chosen, together.
    pub(crate) fn union(&self, is_chosen: impl Fn(i32) -> bool) -> DistinctValues {
        let mut union = DistinctValues::default();
        let chosen = self.codes.iter().filter(|(code, _)| is_chosen(**code));
        chosen.for_each(|(_, users)| union.append(&users.users));
        union
    }

    /// Adds the users of what follows. At most `max` codes are told apart.
    fn append(&mut self, next: Self, max: usize) {
        next.codes.into_iter().for_each(|(code, users)| self.add(code, users));
        self.others.append(&next.others);
        self.limit(max);
    }

    /// Tells the users of a code apart no more.
    pub(super) fn forget(&mut self, code: i32) {
        if let Some(users) = self.codes.remove(&code) {
            self.others.append(&users.users);
        }
    }

    /// Tells apart only the codes nearest to zero, at most `max`.
    fn limit(&mut self, max: usize) {
        while self.codes.len() > max
            && let (Some((&first, _)), Some((&last, _))) =
                (self.codes.first_key_value(), self.codes.last_key_value())
        {
            self.forget(farther(first, last));
        }
    }
}

impl CodeUsers {
    /// Counts a line that has the user with this hash.
    #[inline]
    pub(crate) fn add(&mut self, hash: u64) {
        self.lines += 1;
        self.users.add(hash);
    }

    pub(crate) fn append(&mut self, next: Self) {
        self.lines = self.lines.saturating_add(next.lines);
        self.users.append(&next.users);
    }
}

/// Returns the code that is farther from zero; of -1 and 1, -1.
pub(crate) fn farther(one: i32, other: i32) -> i32 {
    [one, other].into_iter().max_by_key(|code| (code.unsigned_abs(), *code < 0)).unwrap_or(one)
}
