//! The scanner finds fields in bytes. This module alone says which bytes are a field.
//!
//! A field is a key, a separator and a code: `ret=-204`, `code: -204`, `"ret":-204`, `retCode[-204]`, `ret(-204)`,
//! `<ret>-204</ret>`. "Letter" and "byte" mean ASCII here; the haystack is bytes, never assumed to be UTF-8. Text is
//! read as a person reads it, by two conventions:
//!
//! **Invisible counts as nothing.** [Invisible](invisible) is what a terminal does not show: `ESC [`, bytes 20 to 3F
//! (hex) and one byte 40 to 7E, at most 64 bytes; or `ESC (` or `ESC )` and one byte. Up to 4 in a row. It may stand
//! before the key, between any two parts of a field (a code with its `-` and `.0`, `=>` and a doubled quote are one part
//! each), within blanks, and in what rule 3 looks at; in what rule 7 looks at only such as ends in `m` or `K`.
//!
//! **A written escape counts as the character that it writes.** [Written escapes](written) are `\n` and its kin,
//! `\uHHHH`, `\u{H}`, `\xHH`, `\ooo`, `#ooo`, `#xHH`, `%HH`, `&#N;`, `&#xH;`, `&quot;` and its kin, and `^[`. A form with
//! a backslash may have up to 8 of them. This holds wherever a rule names a quote, a separator, a blank, a bracket, `<`,
//! `>` or ESC, and for the text before and behind a field. A key's letters and `_`, the `-` and the digits of a code are
//! never written. Where the bytes at a key can be read in more than one way (`\ret`: `\r` and `et`, or `\` and `ret`),
//! one reading that has a field is enough; elsewhere a written escape is what it writes, in its longest form.
//!
//! 1. **Key.** A whole identifier which, in lower case and without `_`, is one of `ret` `code` `retcode` `iret` `errcode`
//!    `errorcode` `thirdretcode`. An identifier is a longest run of letters, digits and `_`, and has at most 32 bytes. It
//!    begins behind a written escape or an invisible sequence: in `\nret` and `ESC[31mret` it is `ret`, without `n` or `m`.
//! 2. **Before the key** any character may stand but `$` and `-` as they are. A written letter, digit or `_` before it
//!    makes it none, and so does one with only invisible text between that ends in `m` or `K`. A byte may be read as the
//!    [second half](second_half) of a character, and as what it is.
//! 3. **Another kind of code.** For a key spelled `code` (any case) with 1 to 16 blanks (spaces, tabs) before it, and
//!    before those a token (a run without blanks; its last 48 bytes count, without invisible text and notes). The
//!    token's word is the letters that it ends in. No field where the token contains `Domain=`, or its word is like
//!    `exit`; no positive code where its word is like `zip`; no positive code where no quote stands behind the key, the
//!    separator is a colon, and there is a word.
//! 4. **After the key** an optional quote, then an optional `]`. A quote is `"` or `'`, as it is or written, with up to 8
//!    backslashes (or `%5C`) before it; or doubled as it is (`""ret""`).
//! 5. **Separator.** Up to 16 blanks, then `=`, `:`, `=>`, or the full-width `：` or `＝` (in UTF-8, written, or the bytes
//!    A3 BA, A3 BD of GBK), then up to 16 blanks. Or, for a negative code only, without quote or wrapper: directly after
//!    the bare key `[` or `(`, with `]` or `)` right behind the code, which belongs to the field; after the bare
//!    `retcode` or `thirdretcode` a `.` and 1 to 4 blanks; or the bare key as an element of XML, `<` before it, `>`
//!    behind it, and `<` right behind the code or behind its note. `<code>-1</code>` is HTML text, and none.
//! 6. **Code.** An optional quote (as in 4), `-` or nothing, then 1 to 9 digits, the first not `0`, and no further digit;
//!    then the same quote again, byte for byte, where one opened it. A negative code without a quote may be wrapped:
//!    `int(-204)`, `Some(-204)`; the wrapper belongs to the field. A negative code without a quote may have `.0` behind
//!    it, which belongs to it.
//! 7. **After the code.** Behind a closing quote or bracket, anything but a letter, a digit or `_`. Else the end of the
//!    line, or a character that does not carry the number on. These do: a letter, a digit, any of
//!    `_ % / + * ^ = ~ @ $ -`; `.` or `:` before a digit; `,` before exactly three digits. A positive code is also none
//!    where a character that is not ASCII follows.
//! 8. **Known.** The catalog has the code. A positive code is none under `errcode` or `errorcode`.
//!
//! No rule looks further than 640 bytes before the key's first and behind its last byte; a field that goes on beyond, or
//! whose next character lies beyond, is none.
//!
//! A negative code that rules 1 to 7 allow and the catalog lacks is unknown. The scanner finds unknown codes if it is
//! built to, and they get no note.
//!
//! Strict: a positive code counts only under `ret` or `iret`, or where the key has a quote behind it.
//!
//! A user may add keys, and leave out the keys of rule 1. Positive codes count under an added key, whatever rule 8 and
//! strictness say.
//!
//! The scanner works in two steps: [`candidates`] finds the few places behind a key where a separator, or something
//! written or invisible before it, could begin, with vector instructions; a look around each place confirms it:
//! [`usual`] for the forms that nearly all fields have, [`key`] and [`code`] for all.

mod before;
mod behind;
mod byte_class;
mod candidates;
mod code;
mod default_keys;
mod invisible;
mod key;
mod key_set;
mod keys;
mod limits;
// Reports alone show near misses.
#[cfg(feature = "cli")]
mod minus;
#[cfg(feature = "cli")]
mod near;
mod other_kinds;
mod pairs;
mod parts;
mod second_half;
mod untouched;
mod usual;
// Reports alone count values.
#[cfg(feature = "cli")]
mod value_end;
#[cfg(feature = "cli")]
mod values;
mod written;

pub(crate) use behind::{is_undecided, may_carry_on};
pub(crate) use code::{code_of, codes_before};
pub(crate) use invisible::{ends_in_invisible, has_invisible};
pub(crate) use key::{identifier_length, identifier_length_before, identifier_start};
pub use keys::{KeyError, Keys};
pub(crate) use limits::{KEY_MAX_BYTES, LOOK_AHEAD_BYTES, LOOK_BEHIND_BYTES, REACH_BYTES};
#[cfg(feature = "cli")]
pub(crate) use near::{NearMiss, NearScanner};
pub(crate) use other_kinds::{is_other_kind, may_end_in_blank};
pub(crate) use parts::begins_with;
pub(crate) use second_half::backslashes_before;
#[cfg(feature = "cli")]
pub(crate) use values::{VALUE_REACH_BYTES, ValueFinder};
pub(crate) use written::BACKSLASHES_MAX;

use crate::catalog::CodeIndex;
use crate::field::{Checks, FoundField};
use before::ends_in_less_than;
use byte_class::{is_identifier, may_stand_between};
pub(crate) use candidates::Candidates;
use candidates::{CandidateBits, STRETCH_BYTES};
use code::{Code, CodeForm};
use fearless_simd::{Level, Simd};
use invisible::joining_length;
use key::{Key, reach_before};
use key_set::KeySet;
use limits::BETWEEN_MAX_BYTES;
use pairs::PairClasses;
use parts::begins_with_less_than;
use std::ops::Range;
use std::sync::Arc;
use usual::usual_field;
use written::count_backslashes_before;

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

    /// Calls `on_field` for each field whose candidate lies in `range`, in ascending order. The caller applies the
    /// [`Checks`] of the field, because these rules look at the line without its notes, and the caller knows the notes.
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
        let (mut start, mut found_up_to) = (range.start, 0);
        while start < range.end {
            let end = range.end.min(start + STRETCH_BYTES);
            candidates.find(simd, &self.pairs, haystack, start..end);
            for &CandidateBits { start, mut bits } in candidates.blocks() {
                while bits != 0 {
                    let place = start + bits.trailing_zeros() as usize;
                    bits &= bits - 1;
                    if let Some(field) = self.confirm(haystack, place, &mut found_up_to) {
                        on_field(field)?;
                    }
                }
            }
            start = end;
        }
        Ok(())
    }

    /// Returns the field of the candidate at `place`, if there is one. `found_up_to` is the end of the last field that
    /// [`Scanner::ask_rules`] found: no field begins within it.
    #[inline(always)]
    fn confirm(&self, haystack: &[u8], place: usize, found_up_to: &mut usize) -> Option<FoundField> {
        let is_wanted = |code| self.is_wanted(code, self.codes.position(code));
        let (key, code) = match usual_field(haystack, place, &self.keys, is_wanted) {
            Some(found) => found?,
            None => self.ask_rules(haystack, place, found_up_to)?,
        };
        let entry = self.codes.position(code.value);
        if !self.is_wanted(code.value, entry) || !self.keys.allows(key.number, code.quoted_key, code.value) {
            return None;
        }
        Some(FoundField::new(key.start, code.end, code.value, entry, checks_of(&key, &code)))
    }

    /// Returns true if a note at `place` of a text would add a key to the text behind it, or take one out. The text
    /// there begins with bytes over 7F and a letter before a key, as in `ret=-204`, `A3 AC`, `xret=-1`: the letter is
    /// the second half of a character or not, depending on the bytes that stand before. `note` returns the end of the
    /// note, and is called only before such a text.
    pub(crate) fn is_key_changed<'n>(
        &self,
        text: &[u8],
        place: usize,
        note: impl FnOnce() -> &'n [u8],
    ) -> bool {
        let (before, behind) = text.split_at(place);
        let Some(letter) = second_half::leading_count(behind) else {
            return false;
        };
        if !behind.get(letter).is_some_and(|&byte| is_identifier(byte)) {
            return false;
        }
        let start = letter + 1;
        let key = start + joining_length(&behind[start..]).0;
        // Of two keys that end at one place, `iRet` and `Ret`, the longer one counts in either reading.
        if !self.is_key(&behind[key..]) || key == start && self.is_key(&behind[letter..]) {
            return false;
        }
        let is_half = |note| second_half::is_second_half_of(&[before, note, &behind[..start]]);
        is_half(note()) != is_half(b"")
    }

    /// Returns true if the identifier that a text begins with is a key.
    fn is_key(&self, text: &[u8]) -> bool {
        let identifier = &text[..identifier_length(text)];
        let mut is_key = false;
        if identifier.len() <= KEY_MAX_BYTES {
            self.keys.for_each_ending(identifier, |_, length| is_key |= length == identifier.len());
        }
        is_key
    }

    /// Returns true if a code makes a field that is to be found, given the code's place in the catalog.
    #[inline(always)]
    fn is_wanted(&self, code: i32, entry: Option<usize>) -> bool {
        entry.is_some() || self.unknown && code < 0
    }

    /// Returns the key and the code around a candidate, by the rules. Only wanted codes are returned.
    // Kept out of line, so that the code that runs for each field stays small enough to be inlined.
    #[inline(never)]
    fn ask_rules(&self, haystack: &[u8], place: usize, found_up_to: &mut usize) -> Option<(Key, Code)> {
        let mut key_end = place;
        while let Some(&byte) = haystack[..key_end].last()
            && may_stand_between(byte)
            && place - key_end < BETWEEN_MAX_BYTES
        {
            key_end -= if byte == b'\\' { count_backslashes_before(&haystack[..key_end]) } else { 1 };
        }
        let may_be_key = self.keys.could_end_before(haystack, key_end);
        if may_be_key { self.ask_rules_at(haystack, key_end, found_up_to) } else { None }
    }

    /// Returns the key that ends at `key_end` and the code behind it, as [`Scanner::ask_rules`] does.
    #[inline(never)]
    fn ask_rules_at(&self, haystack: &[u8], key_end: usize, found_up_to: &mut usize) -> Option<(Key, Code)> {
        // Looks for the code first: that turns more candidates away, and sooner.
        let code = code_behind(haystack, key_end)?;
        let is_joined = |key: &Key| match code.form {
            CodeForm::Dot => key.takes_dot(),
            CodeForm::Element => {
                // `<code>-1</code>` is how HTML sets text.
                let is_html = key.spelled_code && code.value == -1;
                !is_html && ends_in_less_than(reach_before(haystack, key.start))
            }
            CodeForm::Separated | CodeForm::Bracket => true,
        };
        let key = Key::ending_at(haystack, key_end, &self.keys, is_joined)?;
        let is_allowed = self.is_wanted(code.value, self.codes.position(code.value))
            && self.keys.allows(key.number, code.quoted_key, code.value);
        if !is_allowed || key.start < *found_up_to {
            return None;
        }
        *found_up_to = code.end;
        Some((key, code))
    }
}

/// Returns true if the [`Checks`] of a supposed field make it none, in a text without notes.
pub(crate) fn is_ruled_out(text: &[u8], field: &FoundField) -> bool {
    field.checks.has(Checks::CODE) && is_other_kind(&text[..field.start], field)
        || field.checks.has(Checks::ELEMENT) && !closes_element(text, field, 0)
}

/// Returns true if `<` stands behind a field and its note of `note_bytes`, within [`REACH_BYTES`] behind the key, to which
/// the note does not count.
pub(crate) fn closes_element(text: &[u8], field: &FoundField, note_bytes: usize) -> bool {
    let key_end = field.start + identifier_length(&text[field.start..field.end]);
    let reach = text.len().min(key_end + REACH_BYTES + note_bytes);
    text.get(field.end + note_bytes..reach).is_some_and(begins_with_less_than)
}

/// Returns the code behind the key that ends at `key_end`; `None` where the field, or what decides about it, goes on
/// beyond [`REACH_BYTES`].
fn code_behind(haystack: &[u8], key_end: usize) -> Option<Code> {
    let Some(text) = haystack.get(..key_end + REACH_BYTES) else {
        return Code::behind_key(haystack, key_end);
    };
    let goes_on = || haystack.get(text.len()).is_some_and(|&byte| byte != b'\n');
    Code::behind_key(text, key_end).filter(|code| !(code.is_undecided && goes_on()))
}

/// Returns the rules that the caller must still check for a field.
#[inline(always)]
fn checks_of(key: &Key, code: &Code) -> Checks {
    Checks::NONE
        .with(Checks::CODE, key.spelled_code)
        .with(Checks::BARE_COLON, key.spelled_code & code.bare_colon)
        .with(Checks::ELEMENT, code.form == CodeForm::Element)
}
