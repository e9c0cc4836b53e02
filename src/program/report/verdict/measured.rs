//! The numbers that checks count, and what may be missing to decide by them.

/// The number that a check has counted.
#[derive(Clone, Debug, Default)]
pub(crate) struct Measured {
    /// The number of fields with selected codes, or of users of these codes, as far as it is known.
    pub(crate) count: u64,
    /// True if the number is no estimate.
    pub(crate) is_exact: bool,
    /// The selected codes that are told apart, with their numbers, the highest first.
    pub(crate) codes: Vec<(i32, u64)>,
    /// The lack for which a check cannot be decided, if its number is too low.
    pub(crate) lack: Option<Lack>,
}

/// The lack of a tally that a check would need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lack {
    /// The check may select some of the codes that the tally does not tell apart, but not all.
    Codes,
    /// The check may select some of the codes whose users the tally does not tell apart, but not all.
    UsersOfCodes,
    /// The tally has no users: the reports that were added up were made without them.
    Users,
    /// No line with the selected codes has a user.
    Values,
}
