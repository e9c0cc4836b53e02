//! The number of selected fields with unknown codes, where only the codes nearest to zero are told apart.

use crate::Selector;
use crate::program::report::tally::{LOWEST_CODE, sum};

/// Returns the number of selected fields with unknown codes. `told_apart` are the unknown codes with their numbers of fields, from
/// the lowest on, and `more` is the number of fields with codes that are not told apart, which are lower. Returns `None` if
/// the selector may choose some of the latter, but not all.
pub(super) fn unknown_fields(
    selector: &Selector,
    told_apart: impl Iterator<Item = (i32, u64)>,
    more: u64,
) -> Option<u64> {
    let mut told_apart = told_apart.peekable();
    let lowest = told_apart.peek().map(|&(code, _)| code);
    let selected = told_apart.filter(|&(code, _)| selector.selects(code, None));
    let fields = sum(selected.map(|(_, count)| count));
    if more == 0 {
        return Some(fields);
    }
    let farther = LOWEST_CODE..=lowest.map_or(-1, |lowest| lowest - 1);
    let all = selector.selects_unknown(&farther)?;
    Some(if all { fields.saturating_add(more) } else { fields })
}
