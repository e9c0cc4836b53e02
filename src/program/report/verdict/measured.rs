//! The numbers that checks count, and what may be missing to decide by them.

use crate::program::report::amount::fields;
use crate::program::report::tally::{RateWindow, TimelessFields};

/// The most codes that a message names.
pub(super) const CODES_IN_MESSAGE: usize = 3;

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
    /// The window that has the number of fields, and no other has more; `None` if the check is of no rate.
    pub(crate) rate: Option<MeasuredRate>,
}

/// The window of time in which a check of a rate has found the most fields.
#[derive(Clone, Debug)]
pub(crate) struct MeasuredRate {
    pub(crate) window: RateWindow,
    /// The time at which it begins, as text; empty if there are no fields.
    pub(crate) from: String,
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
    /// Inputs with selected codes have no times, and the check is of a rate.
    Times(TimelessFields),
    /// This number of fields came so long behind later ones that their windows had been judged.
    Late(u64),
}

impl MeasuredRate {
    /// Returns the number of fields, the window, and the codes that most fields have: `7 fields within 1m from
    /// 2026-05-01T10:00:00 (-204, -402)`.
    pub(super) fn found(&self, count: u64, codes: &[(i32, u64)]) -> String {
        let mut named: Vec<_> =
            codes.iter().take(CODES_IN_MESSAGE).map(|(code, _)| code.to_string()).collect();
        if codes.len() > CODES_IN_MESSAGE {
            named.push(format!("and {} more", codes.len() - CODES_IN_MESSAGE));
        }
        let named = if named.is_empty() { String::new() } else { format!(" ({})", named.join(", ")) };
        let from = if self.from.is_empty() { String::new() } else { format!(" from {}", self.from) };
        format!("{} within {}{from}{named}", fields(count), self.window)
    }
}
