//! The members that a line has already, which are not added again.

use super::members::SUFFIXES;
use super::name::{BLANKS_MAX, blanks_behind};
use crate::field::{JsonQuote, Members, Syntax};
use crate::scanner;
use fearless_simd::{Level, dispatch, prelude::*, u8x64};
use memchr::{memchr, memmem, memrchr};
use std::collections::BTreeSet;

/// The bytes that are looked at together.
const BLOCK_BYTES: usize = 64;

/// The beginning of an escape that writes a letter, a digit or `_`: `ret_\u006dessage`.
const ESCAPED_LETTER: &str = "\\u00";

/// The members that a line has already: names such as `ret_category` that end in one of [`SUFFIXES`].
#[derive(Debug, Default)]
pub(super) struct LineMembers<'t> {
    /// The end of the line that was read last.
    line_end: usize,
    /// The keys that stand before each of [`SUFFIXES`] in the line.
    keys: [BTreeSet<&'t [u8]>; 2],
    /// True if a name of the line has letters that are written as escapes: such a name may be any name in JSON.
    has_escaped_name: bool,
}

impl<'t> LineMembers<'t> {
    /// Returns the members that are to be written for a key: those that the line around `at` does not have. Returns
    /// `None` where the line has both, or may have them.
    pub(super) fn missing(
        &mut self,
        text: &'t [u8],
        at: usize,
        key: &[u8],
        syntax: Syntax,
    ) -> Option<Members> {
        if at >= self.line_end {
            self.read_line(text, at);
        }
        if self.has_escaped_name && syntax.is_json() {
            return None;
        }
        match [0, 1].map(|suffix| self.keys[suffix].contains(key)) {
            [false, false] => Some(Members::Both),
            [false, true] => Some(Members::Category),
            [true, false] => Some(Members::Message),
            [true, true] => None,
        }
    }

    /// Reads the names of the line around a place.
    fn read_line(&mut self, text: &'t [u8], at: usize) {
        let start = memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
        self.line_end = memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline);
        let line = &text[start..self.line_end];
        self.has_escaped_name = false;
        self.keys.iter_mut().for_each(BTreeSet::clear);
        if !could_have_members(line) {
            return;
        }
        self.has_escaped_name = has_escaped_name(line);
        for (keys, suffix) in self.keys.iter_mut().zip(SUFFIXES) {
            for found in memmem::find_iter(line, suffix) {
                if let Some(key_start) = scanner::identifier_start(line, found)
                    && names_something(&line[found + suffix.len()..])
                {
                    keys.insert(&line[key_start..found]);
                }
            }
        }
    }
}

/// Returns true if a line has the first two bytes of one of [`SUFFIXES`] or of [`ESCAPED_LETTER`]. Hardly a line has.
fn could_have_members(line: &[u8]) -> bool {
    dispatch!(Level::new(), simd => simd.vectorize(
        #[inline(always)]
        || could_have_members_with(simd, line),
    ))
}

#[inline(always)]
fn could_have_members_with<S: Simd>(simd: S, line: &[u8]) -> bool {
    let pair = |at: usize| matches!(line[at..], [b'_', b'c' | b'm', ..] | [b'\\', b'u', ..]);
    let mut start = 0;
    while let Some(block) = line[start..].first_chunk::<{ BLOCK_BYTES + 1 }>() {
        let first = u8x64::from_slice(simd, &block[..BLOCK_BYTES]);
        let second = u8x64::from_slice(simd, &block[1..]);
        let suffix = first.simd_eq(b'_') & (second.simd_eq(b'c') | second.simd_eq(b'm'));
        let escape = first.simd_eq(b'\\') & second.simd_eq(b'u');
        if (suffix | escape).any_true() {
            return true;
        }
        start += BLOCK_BYTES;
    }
    (start..line.len()).any(pair)
}

/// Returns true if a line has an escaped letter before a quote that ends a name.
fn has_escaped_name(line: &[u8]) -> bool {
    let mut rest = line;
    while let Some(found) = memmem::find(rest, ESCAPED_LETTER.as_bytes()) {
        rest = &rest[found + ESCAPED_LETTER.len()..];
        if !matches!(rest.first(), Some(b'3'..=b'7')) {
            continue;
        }
        let Some(quote) = memchr(b'"', rest) else {
            return false;
        };
        rest = &rest[quote + 1..];
        if are_before(rest, |byte| byte == b':') {
            return true;
        }
    }
    false
}

/// Returns true if the bytes behind one of [`SUFFIXES`] make it the end of a name: an optional quote, blanks, and `:`
/// or `=`.
fn names_something(behind: &[u8]) -> bool {
    let quote = match JsonQuote::at(behind) {
        Some((_, length)) => length,
        None => usize::from(behind.starts_with(b"'")),
    };
    let rest = &behind[quote..];
    are_before(rest, |byte| matches!(byte, b':' | b'=')) || scanner::begins_with(rest, b':')
}

/// Returns true if a text begins with blanks and one of the bytes, or with more blanks than are looked at.
fn are_before(text: &[u8], is_wanted: impl Fn(u8) -> bool) -> bool {
    let blanks = blanks_behind(text);
    blanks >= BLANKS_MAX || text.get(blanks).is_some_and(|&byte| is_wanted(byte))
}
