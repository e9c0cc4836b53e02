//! The scanner finds fields in bytes. This module alone says which bytes are a field.
//!
//! A field is a key, a separator and a code: `ret=-204`, `code: -204`, `"ret":-204`, `retCode[-204]`.
//! "Letter" and "byte" mean ASCII here; the haystack is bytes, never assumed to be UTF-8.
//!
//! 1. **Key.** A whole identifier (a longest run of letters, digits and `_`, at most 32 bytes) which, in
//!    lower case and without `_`, is one of `ret` `code` `retcode` `iret` `errcode` `errorcode`
//!    `thirdretcode`.
//! 2. **Before the key** any byte may stand but `$` and `-`. Two things count as no part of the
//!    identifier: the letter of a backslash escape (`\n`, `\r`, `\t`: the two bytes, as in logged JSON),
//!    and a colour sequence `ESC [ ... m` of at most 31 bytes.
//! 3. **Another kind of code.** A key spelled `code` (any case) is none where 1 to 16 blanks (spaces,
//!    tabs) stand before it, and before the blanks a token (a run without blanks; its last 48 bytes count)
//!    that contains `Domain=`, or whose trailing letters are a word like `exit` or `status`.
//! 4. **After the key** an optional quote (`"`, `'`, `\"` or `\'`), then an optional `]`.
//! 5. **Separator.** Up to 16 blanks, then `=`, `:`, `=>`, or the full-width `：` or `＝` (UTF-8), then up
//!    to 16 blanks. Or, directly after the bare key, `[`.
//! 6. **Code.** An optional quote (as in 4), `-` or nothing, then 1 to 9 digits, the first not `0`, and no
//!    further digit; then the same quote again where one opened it. In the bracket form: no quotes, only
//!    a negative code, and `]` right behind it.
//! 7. **After the code** (and its closing quote or bracket): the end of the line, or a byte that does not
//!    carry the number on. These do: a letter, a digit, any of `_ % / + * ^ = ~ @ $ -`; `.` or `:` before a
//!    digit; `,` before exactly three digits. A positive code is also none where a non-ASCII byte follows.
//! 8. **Known.** The catalog has the code. A positive code is none under `errcode` or `errorcode`.
//!
//! A negative code that rules 1 to 7 allow and the catalog lacks is unknown. The scanner finds unknown codes if it is
//! built to, and they get no note.
//!
//! Strict: a positive code counts only under `ret` or `iret`, or where the key has a quote behind it.
//!
//! A user may add keys, and leave out the keys of rule 1. Positive codes count under an added key, whatever rule 8 and
//! strictness say.
//!
//! The scanner works in two steps: [`candidates`] finds the few places where a separator could be, with vector
//! instructions; a look around each place ([`key`] backwards, [`code`] forwards) confirms it.

mod byte_class;
mod candidates;
mod code;
mod default_keys;
mod key;
mod key_set;
mod keys;
mod limits;
mod other_kinds;
mod pairs;
mod usual;

pub(crate) use code::{code_of, codes_before, is_undecided, may_carry_on};
pub(crate) use key::{identifier_length, identifier_length_before, identifier_start};
pub use keys::{KeyError, Keys};
pub(crate) use limits::{KEY_MAX_BYTES, LOOK_AHEAD_BYTES, LOOK_BEHIND_BYTES, TOKEN_REACH_BYTES};
pub(crate) use other_kinds::is_other_kind;

use crate::catalog::CodeIndex;
use crate::field::FoundField;
pub(crate) use candidates::Candidates;
use candidates::{CandidateBits, STRETCH_BYTES};
use code::Code;
use fearless_simd::{Level, Simd};
use key::Key;
use key_set::KeySet;
use pairs::PairClasses;
use std::ops::Range;
use std::sync::Arc;
use usual::usual_field;

/// Finds fields by the rules of this module.
#[derive(Clone, Debug)]
pub(crate) struct Scanner {
    codes: Arc<CodeIndex>,
    keys: KeySet,
    pairs: PairClasses,
    /// True if negative codes that the catalog lacks are found as well.
    unknown: bool,
    /// The vector instructions of the machine.
    pub(crate) level: Level,
}

impl Scanner {
    pub(crate) fn new(codes: Arc<CodeIndex>, keys: &Keys, strict: bool, unknown: bool) -> Self {
        let pairs = PairClasses::new(keys.names());
        Self { codes, keys: KeySet::new(keys, strict), pairs, unknown, level: Level::new() }
    }

    /// Calls `on_field` for each field whose separator lies in `range`, in ascending order. The caller applies rule 3
    /// with [`is_other_kind`], because that rule looks at the line without its notes, and the caller knows the notes.
    ///
    /// Looks at up to [`LOOK_BEHIND_BYTES`] before and [`LOOK_AHEAD_BYTES`] behind the range. The haystack must have
    /// that much of the line, unless the line begins or ends there.
    ///
    /// # Errors
    ///
    /// Returns the first error of `on_field`.
    // Inlined, with all functions that run for each field, so that all are compiled with the instructions of the level.
    #[inline(always)]
    pub(crate) fn for_each_field<S: Simd, E>(
        &self,
        simd: S,
        haystack: &[u8],
        range: Range<usize>,
        candidates: &mut Candidates,
        mut on_field: impl FnMut(FoundField) -> Result<(), E>,
    ) -> Result<(), E> {
        if self.keys.is_empty() {
            return Ok(());
        }
        let mut start = range.start;
        while start < range.end {
            let end = range.end.min(start + STRETCH_BYTES);
            candidates.find(simd, &self.pairs, haystack, start..end);
            for &CandidateBits { start, mut bits } in candidates.blocks() {
                while bits != 0 {
                    let separator = start + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    if let Some(field) = self.confirm(haystack, separator) {
                        on_field(field)?;
                    }
                }
            }
            start = end;
        }
        Ok(())
    }

    /// Returns the field whose separator (or bracket) is at `separator`, if there is one.
    #[inline(always)]
    fn confirm(&self, haystack: &[u8], separator: usize) -> Option<FoundField> {
        let is_wanted = |code| self.is_wanted(code, self.codes.position(code));
        let usual = usual_field(haystack, separator, &self.keys, is_wanted);
        let (key, code) = match usual {
            Some(found) => found?,
            None => self.ask_rules(haystack, separator)?,
        };
        let entry = self.codes.position(code.value);
        if !self.is_wanted(code.value, entry) {
            return None;
        }
        if !self.keys.allows(key.number, key.quoted, code.value) {
            return None;
        }
        let Key { start, spelled_code, .. } = key;
        Some(FoundField::new(start, code.end, code.value, entry, spelled_code))
    }

    /// Returns true if a code makes a field that is to be found, given the code's place in the catalog.
    #[inline(always)]
    fn is_wanted(&self, code: i32, entry: Option<usize>) -> bool {
        entry.is_some() || self.unknown && code < 0
    }

    /// Returns the key and the code around `separator`, by the rules.
    // Kept out of line, so that the code that runs for each field stays small enough to be inlined.
    #[inline(never)]
    fn ask_rules(&self, haystack: &[u8], separator: usize) -> Option<(Key, Code)> {
        // Looks for the code first: that turns more candidates away, and sooner.
        if haystack[separator] == b'[' {
            let code = Code::in_bracket(haystack, separator)?;
            Some((Key::ending_at(haystack, separator, &self.keys)?, code))
        } else {
            let code = Code::behind_separator(haystack, separator)?;
            Some((Key::before_separator(haystack, separator, &self.keys)?, code))
        }
    }
}
