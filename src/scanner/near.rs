//! Near misses: a key and a known negative code that stand close together, and that no rule makes a field.
//!
//! They show that a log has a form that the rules of the [scanner](super) lack, such as `ret is -204`. A near miss is a
//! key by rules 1 and 2, with a code by rules 6 to 8 behind it, at least 1 and at most [`GAP_MAX_BYTES`] bytes between,
//! on one line. It is none
//!
//! - where a field has the code, or a note has it;
//! - where rule 3 says that `code` is of another kind (`exit code -1`), or `<code>` of HTML has -1;
//! - where a digit stands right before the `-`, or between key and code: the key has another value (`ret=0 x=-1`);
//! - where another item begins between them (`ret, line -1`), or the code is the value of another name (`ret=ok n=-1`);
//! - where the two are compared (`ret != -1`).

use super::Scanner;
use super::before::{ends_in_less_than, may_begin_behind};
use super::behind::CodeEnd;
use super::byte_class::{is_digit, is_identifier, is_letter};
use super::code::number;
use super::invisible::skip;
use super::key::{Key, reach_before};
use super::minus::for_each_minus;
use super::other_kinds::is_other_kind;
use super::written::char_at;
use crate::field::{Checks, FoundField};
use fearless_simd::{Simd, dispatch};
use std::ops::Range;

/// The most bytes between a key and its code.
const GAP_MAX_BYTES: usize = 12;

/// Signs that compare a key with a code.
const COMPARISONS: [&[u8]; 7] = [b"-", b"!=", b"<", b">", b"<=", b">=", b"<>"];

/// A key and a code that are close together and no field. Byte offsets are in the text that was searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NearMiss {
    /// The byte offset where the key begins.
    pub(crate) key_start: usize,
    /// The byte offset of the code's `-`.
    pub(crate) code_start: usize,
}

/// Finds near misses, by the keys and the catalog of a scanner.
#[derive(Clone, Debug)]
pub(crate) struct NearScanner(Scanner);

impl NearScanner {
    pub(crate) fn new(scanner: Scanner) -> Self {
        Self(scanner)
    }

    /// Calls `on_miss` for each near miss whose code begins in `range`, in ascending order. `fields` are all fields that
    /// end in the range.
    ///
    /// Looks at up to [`LOOK_BEHIND_BYTES`](super::LOOK_BEHIND_BYTES) before and
    /// [`LOOK_AHEAD_BYTES`](super::LOOK_AHEAD_BYTES) behind the range.
    pub(crate) fn for_each_miss(
        &self,
        haystack: &[u8],
        range: Range<usize>,
        fields: &[FoundField],
        mut on_miss: impl FnMut(NearMiss),
    ) {
        if self.0.keys.is_empty() {
            return;
        }
        let mut fields = fields;
        dispatch!(self.0.level, simd => simd.vectorize(
            #[inline(always)]
            || for_each_minus(
                simd,
                haystack,
                range,
                #[inline(always)]
                |place| {
                    while let [field, rest @ ..] = fields
                        && field.end + field.old_note_bytes <= place
                    {
                        fields = rest;
                    }
                    if fields.first().is_none_or(|field| place < field.start)
                        && let Some(miss) = self.miss_at(haystack, place)
                    {
                        on_miss(miss);
                    }
                },
            ),
        ));
    }

    /// Returns the near miss whose code is at `place`, where no field is.
    #[inline(never)]
    fn miss_at(&self, haystack: &[u8], place: usize) -> Option<NearMiss> {
        let (code, end) = number(haystack, place)?;
        self.0.codes.position(code)?;
        let earliest = place.saturating_sub(GAP_MAX_BYTES);
        let key = (earliest..place).rev().find_map(|end| {
            let is_end = end > 0 && is_identifier(haystack[end - 1]) && !is_identifier(haystack[end]);
            let key = is_end.then(|| Key::ending_at(haystack, end, &self.0.keys, |_| true))??;
            Some((key, end))
        });
        let (key, key_end) = key?;
        let is_miss = self.0.keys.allows(key.number, false, code)
            && separates(&haystack[key_end..place])
            && may_begin_behind(reach_before(haystack, place))
            && CodeEnd::new(&haystack[end..], false, code).ends
            && !(key.spelled_code && self.is_other_code(haystack, &key, code, end));
        is_miss.then_some(NearMiss { key_start: key.start, code_start: place })
    }

    /// Returns true if `code` is of another kind than iMSDK's.
    fn is_other_code(&self, haystack: &[u8], key: &Key, code: i32, end: usize) -> bool {
        let field = FoundField::new(key.start, end, code, None, Checks::NONE.with(Checks::CODE, true));
        is_other_kind(&haystack[..key.start], &field)
            || code == -1 && ends_in_less_than(reach_before(haystack, key.start))
    }
}

/// Returns true if the text between a key and a code lets the code be the key's.
fn separates(gap: &[u8]) -> bool {
    let (mut read, mut length, mut at) = ([0; GAP_MAX_BYTES], 0, 0);
    while let Some(next) = gap.get(skip(gap, at)..).and_then(char_at) {
        at = skip(gap, at) + next.length;
        read[length] = next.ascii();
        length += 1;
    }
    let read = &read[..length];
    let gap = read.trim_ascii();
    if read.iter().any(|&byte| is_digit(byte) || byte == b'\n') || COMPARISONS.contains(&gap) {
        return false;
    }
    let Some(word_end) = gap.iter().rposition(|&byte| is_letter(byte)) else {
        return true;
    };
    let word =
        gap[..word_end].iter().rposition(|&byte| !is_letter(byte) && byte != b'_').map_or(0, |at| at + 1);
    let (before, behind) = (&gap[..word], &gap[word_end + 1..]);
    let begins_item = before.iter().any(|byte| matches!(byte, b',' | b';' | b'&'));
    let names_value = behind.iter().any(|byte| matches!(byte, b'=' | b':' | 0xFF)) && !before.is_empty();
    !begins_item && !names_value
}
