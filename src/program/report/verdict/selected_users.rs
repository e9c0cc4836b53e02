//! The users of selected codes: those of all of them together, each counted once.

use super::check::{Check, Lack, Measured};
use crate::Catalog;
use crate::program::report::tally::{LOWEST_CODE, Tally, UserTally};
use std::cmp::Reverse;

/// Returns the users of the codes that a check selects.
pub(super) fn users_of(check: &Check, tally: &Tally, catalog: &Catalog) -> Measured {
    let Some(users) = &tally.users else {
        return Measured { lack: Some(Lack::Users), ..Measured::default() };
    };
    let is_chosen = |code: i32| check.selects(code, catalog);
    let mut union = users.known.union(is_chosen);
    union.append(&users.unknown.union(is_chosen));
    let mut lack = None;
    let others = [
        (others_of_catalog(check, tally, users, catalog), &users.known),
        (other_unknown(check, users), &users.unknown),
    ];
    for (are_chosen, group) in others.into_iter().filter(|(_, group)| !group.others.is_empty()) {
        match are_chosen {
            Some(true) => union.append(&group.others),
            Some(false) => {}
            None => lack = Some(Lack::UsersOfCodes),
        }
    }
    let all = tally.known.keys().chain(tally.unknown.keys()).copied().filter(|&code| is_chosen(code));
    let mut codes: Vec<(i32, u64)> =
        all.map(|code| (code, users.of_code(code).map_or(0, |users| users.users.count()))).collect();
    if union.is_empty() && !codes.is_empty() {
        lack = lack.or(Some(Lack::Values));
    }
    codes.retain(|&(_, count)| count > 0);
    codes.sort_by_key(|&(code, count)| (Reverse(count), code.unsigned_abs()));
    Measured { count: union.count(), is_exact: union.is_exact(), codes, lack }
}

/// Returns true if a check selects all codes of the catalog whose users are not told apart, and false if it selects none;
/// `None` if it selects some.
fn others_of_catalog(check: &Check, tally: &Tally, users: &UserTally, catalog: &Catalog) -> Option<bool> {
    let others = tally.known.keys().filter(|code| !users.known.codes.contains_key(code));
    let mut are_chosen = others.map(|&code| check.selects(code, catalog));
    let first = are_chosen.next()?;
    are_chosen.all(|is_chosen| is_chosen == first).then_some(first)
}

/// As [`others_of_catalog`], for unknown codes.
fn other_unknown(check: &Check, users: &UserTally) -> Option<bool> {
    let lowest = users.unknown.codes.keys().next();
    check.selector.selects_unknown(&(LOWEST_CODE..=lowest.map_or(-1, |lowest| lowest - 1)))
}
