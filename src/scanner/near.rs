//! Near misses: a key and a known negative code that stand close together, and that no rule makes a field.
//!
//! They show that a log has a form that the rules of the [scanner](super) lack, such as `ret is -204`. A near miss is a
//! key by rules 1 and 2, with a code by rules 6 to 8 behind it, at least 1 and at most [`GAP_MAX_BYTES`] bytes between,
//! on one line. It is none
//!
//! - where a field has the code, or a note has it, or an invisible sequence (`ret=ESC[-204 y`);
//! - where rule 3 says that `code` is of another kind (`exit code -1`), or `<code>` of HTML has -1;
//! - where a digit stands right before the `-`, or between key and code: the key has another value (`ret=0 x=-1`);
//! - where another item begins between them (`ret, line -1`), or the code is the value of another name (`ret=ok n=-1`);
//! - where the line is source code: operators between them (`ret != -1`), or another statement (`goto ret; -1`).

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
use crate::line::color::is_in_sequence;
use fearless_simd::{Simd, dispatch};
use std::ops::Range;

/// The most bytes between a key and its code.
const GAP_MAX_BYTES: usize = 12;

/// Operators of source code between a key and a number, which then is no value of the key, if they are all that stands
/// between. In a longer text they are punctuation: `ret - failed -204`.
const OPERATORS_ALONE: [&[u8]; 5] = [
    // A difference, a sum, a product: `ret - -1`.
    b"-", b"+", b"*",
    // A comparison, unless they are brackets: `ret < -1`, and `ret<-204>` or `<ret>-204`.
    b"<", b">",
];

/// Operators of source code that mean nothing else in a log, and so count in any text between a key and a number:
/// `ret == x ? -1`.
const OPERATORS: [&[&[u8]]; 5] = [
    // Comparisons: `if (ret == -1)`. In JavaScript `===`, in SQL `<>`, in Lua `~=`, in PHP `<=>`.
    &[b"==", b"!=", b"<=", b">=", b"===", b"!==", b"<>", b"~=", b"<=>"],
    // Conditions: `return ret ? -1 : 0`. In Kotlin `?:`, in JavaScript `??`.
    &[b"?", b"?:", b"??"],
    // Logic: `ret || -1`.
    &[b"||", b"&&"],
    // A shift, or output in C++: `ret >> -1`, `cout << ret << -1`.
    &[b"<<", b">>"],
    // Changes of a variable: `ret += -1`.
    &[b"+=", b"-=", b"*=", b"|=", b"&=", b"^="],
];

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
        let gap = Gap::read(haystack, key_end..place)?;
        let is_bracketed = || {
            char_at(&haystack[skip(haystack, end)..]).is_some_and(|next| next.ascii() == b'>')
                || ends_in_less_than(reach_before(haystack, key.start))
        };
        let is_miss = self.0.keys.allows(key.number, false, code)
            && gap.separates(is_bracketed)
            && !is_in_sequence(haystack, place)
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

/// The text between a key and a code, without invisible sequences, each character as one byte.
struct Gap {
    read: [u8; GAP_MAX_BYTES],
    length: usize,
}

impl Gap {
    /// Reads a range of a text. Returns `None` if an invisible sequence that begins in the range goes on behind it.
    fn read(haystack: &[u8], range: Range<usize>) -> Option<Self> {
        let mut gap = Self { read: [0; GAP_MAX_BYTES], length: 0 };
        let mut at = skip(haystack, range.start);
        while at < range.end {
            let next = char_at(&haystack[at..])?;
            gap.read[gap.length] = next.ascii();
            gap.length += 1;
            at = skip(haystack, at + next.length);
        }
        (at == range.end).then_some(gap)
    }

    /// Returns true if the text lets the code be the key's. `is_bracketed` returns true if `<` and `>` may be the brackets
    /// around key or code.
    fn separates(&self, is_bracketed: impl FnOnce() -> bool) -> bool {
        let read = &self.read[..self.length];
        let ends_item = |pair: &[u8]| matches!(pair, [b';', b' ' | b'\t']);
        if read.iter().any(|&byte| is_digit(byte) || byte == b'\n') || read.windows(2).any(ends_item) {
            return false;
        }
        if has_operator(read) {
            return false;
        }
        let alone = trimmed(read);
        if OPERATORS_ALONE.contains(&alone) && !(matches!(alone, b"<" | b">") && is_bracketed()) {
            return false;
        }
        lets_value_stand(read.trim_ascii())
    }
}

/// Returns true if a text has an operator that counts wherever it stands.
fn has_operator(text: &[u8]) -> bool {
    let is_sign = |byte: &u8| b"!<>=?|&+*^~:-".contains(byte);
    text.chunk_by(|a, b| is_sign(a) == is_sign(b))
        .any(|run| OPERATORS.iter().any(|operators| operators.contains(&run)))
}

/// Returns a text without the blanks and parentheses around it: of `) < (` as in `if ((ret) < (-1))`, `<`.
fn trimmed(text: &[u8]) -> &[u8] {
    let is_around = |byte: &u8| matches!(byte, b' ' | b'\t' | b'(' | b')');
    let start = text.iter().position(|byte| !is_around(byte)).unwrap_or(text.len());
    let end = text.iter().rposition(|byte| !is_around(byte)).map_or(start, |last| last + 1);
    &text[start..end]
}

/// Returns true if a text behind a key lets a value of the key stand behind it: no word in the text begins another item,
/// or names another value.
fn lets_value_stand(gap: &[u8]) -> bool {
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
