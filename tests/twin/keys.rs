//! The key of a field, and what stands before it.

use super::before::{Step, steps_before};
use super::invisible::ROW_MAX;
use super::{Rules, is_identifier};

const KEYS: [&str; 7] = ["ret", "code", "retcode", "iret", "errcode", "errorcode", "thirdretcode"];

const KEY_MAX_BYTES: usize = 32;

/// No rule looks further than this before the key's first byte and behind its last.
pub(super) const REACH_BYTES: usize = 640;

/// A key.
#[derive(Clone, Debug)]
pub(super) struct Key {
    pub(super) start: usize,
    /// In lower case and without `_`.
    pub(super) name: String,
    /// True if the user added the key.
    pub(super) is_added: bool,
    /// True if `<` stands before it.
    pub(super) begins_element: bool,
}

/// Returns the keys that end at a place, the longest first.
///
/// A key is a whole identifier (a longest run of letters, digits and `_`, at most 32 bytes, of which what a written
/// escape or invisible ends in is no part) which, in lower case and without `_`, is one of the keys. Where the bytes at a
/// key can be read in more than one way (`\ret`: `\r` and `et`, or `\` and `ret`; `ESC[ret`; half a character), there is
/// a field if one reading has it.
///
/// Choice, where this leaves room: `at most 32 bytes` counts from where the key begins, not what ends in it.
pub(super) fn keys(line: &[u8], end: usize, rules: Rules<'_>) -> Vec<Key> {
    if line.get(end).copied().is_some_and(is_identifier) {
        return Vec::new();
    }
    let run = line[..end].iter().rev().take_while(|&&byte| is_identifier(byte)).count();
    (end - run..end)
        .filter(|&start| end - start <= KEY_MAX_BYTES)
        .filter_map(|start| {
            let identifier = std::str::from_utf8(&line[start..end]).unwrap();
            let name = identifier.to_ascii_lowercase().replace('_', "");
            let is_added = rules.added.contains(&&name[..]);
            let is_key = is_added || rules.defaults && KEYS.contains(&&name[..]);
            let before = &line[start.saturating_sub(REACH_BYTES)..start];
            let begins_element = allowed_before(before).filter(|_| is_key)?;
            Some(Key { start, name, is_added, begins_element })
        })
        .collect()
}

/// Returns `None` if no reading of the text before a key allows the key, and true if one has `<` before it.
///
/// Before the key any character may stand but `$` and `-` as they are (written ones may). A letter, a digit or `_`
/// before it makes it none: a written one (`%41ret`), or one with only invisible between that ends in `m` or `K` (`sec`,
/// colour, `ret`).
///
/// Choices, where this leaves room: `$` and `-` count through any invisible sequences. A sequence directly before the
/// key may also be read as the bytes that it consists of (`-ESC[@ret`); one behind which another stands may not. Before four in a row a fifth is
/// text, so that its last letter makes the key none where all four end in `m` or `K`.
fn allowed_before(before: &[u8]) -> Option<bool> {
    let mut allowed = Vec::new();
    chars_before(before, before.len(), 0, true, &mut allowed);
    (!allowed.is_empty()).then(|| allowed.contains(&true))
}

/// Adds true or false for each reading that allows a key at a place: true if `<` stands before it. `row` invisible
/// sequences stand behind the place.
fn chars_before(before: &[u8], at: usize, row: usize, only_m_or_k: bool, allowed: &mut Vec<bool>) {
    for step in steps_before(before, at, row < ROW_MAX) {
        match step {
            Step::Start => allowed.push(false),
            Step::Invisible { start, ends_in_m_or_k } => {
                let last = before[at - 1];
                if row == 0 && last.is_ascii() && !is_identifier(last) && !b"$-".contains(&last) {
                    allowed.push(last == b'<');
                }
                chars_before(before, start, row + 1, only_m_or_k && ends_in_m_or_k, allowed);
            }
            Step::Char { char, is_written, .. } => {
                let is_dash = !is_written && ['$', '-'].contains(&char);
                let joins = (char.is_ascii_alphanumeric() || char == '_') && only_m_or_k;
                if !is_dash && !joins {
                    allowed.push(char == '<');
                }
            }
        }
    }
}
