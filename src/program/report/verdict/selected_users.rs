//! The users of selected codes: those of all of them together, each counted once.

use super::measured::{Lack, Measured};
use crate::program::report::tally::{LOWEST_CODE, Tally, UserTally};
use crate::{Catalog, Selector};
use std::cmp::Reverse;

/// Returns the users of the codes that a selector chooses.
pub(super) fn users_of(selector: &Selector, tally: &Tally, catalog: &Catalog) -> Measured {
    let Some(users) = &tally.users else {
        return Measured { lack: Some(Lack::Users), ..Measured::default() };
    };
    let is_chosen = |code: i32| selector.selects(code, catalog.get(code));
    let mut union = users.known.union(is_chosen);
    union.append(&users.unknown.union(is_chosen));
    let mut lack = None;
    let others = [
        (others_of_catalog(selector, tally, users, catalog), &users.known),
        (other_unknown(selector, users), &users.unknown),
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
    Measured { count: union.count(), is_exact: union.is_exact(), codes, lack, rate: None }
}

/// Returns true if a selector chooses all codes of the catalog whose users are not told apart, and false if it chooses none;
/// `None` if it chooses some.
fn others_of_catalog(
    selector: &Selector,
    tally: &Tally,
    users: &UserTally,
    catalog: &Catalog,
) -> Option<bool> {
    let others = tally.known.keys().filter(|code| !users.known.codes.contains_key(code));
    let mut are_chosen = others.map(|&code| selector.selects(code, catalog.get(code)));
    let first = are_chosen.next()?;
    are_chosen.all(|is_chosen| is_chosen == first).then_some(first)
}

/// As [`others_of_catalog`], for unknown codes.
fn other_unknown(selector: &Selector, users: &UserTally) -> Option<bool> {
    let lowest = users.unknown.codes.keys().next();
    selector.selects_unknown(&(LOWEST_CODE..=lowest.map_or(-1, |lowest| lowest - 1)))
}
