//! A text read backwards: all that can stand directly before a place.
//!
//! A byte 40 to 7E that an odd number, at most 63, of bytes 80 to FE stands directly before, which are not valid UTF-8,
//! may be read as the second half of a character (GBK: `朱镕ret=-204`), also where it is `\`, and as what it is; a
//! digit likewise that ends `[81-FE][30-39][81-FE][30-39]` (GB18030).
//!
//! Choices, where this leaves room:
//!
//! - The bytes 80 to FE are the longest run of them.
//! - A written escape or an invisible sequence that ends at the place is what it writes, or nothing: it is not also read
//!   as the bytes that it consists of. `&#65;ret` is no key, though `;ret` is one. Only if it begins with a byte that
//!   can be the second half of a character, both readings are tried.
//! - Of several escapes or sequences that end at the same place, the longest is taken.

use super::invisible::{SEQUENCE_MAX_BYTES, sequence_at};
use super::written::{FORM_MAX_BYTES, OTHER, forms};

const RUN_MAX: usize = 63;

/// One reading of the text directly before a place.
#[derive(Clone, Copy, Debug)]
pub(super) enum Step {
    /// Nothing: the text begins at the place.
    Start,
    Invisible {
        start: usize,
        ends_in_m_or_k: bool,
    },
    Char {
        char: char,
        start: usize,
        is_written: bool,
    },
}

/// Returns all that can stand directly before a place. Invisible sequences are text where they do not count.
pub(super) fn steps_before(text: &[u8], at: usize, invisible_counts: bool) -> Vec<Step> {
    if at == 0 {
        return vec![Step::Start];
    }
    let mut steps = Vec::new();
    let mut starts = Vec::new();
    if let Some((start, ends_in_m_or_k)) = sequence_before(text, at).filter(|_| invisible_counts) {
        steps.push(Step::Invisible { start, ends_in_m_or_k });
        starts.push(start);
    }
    if let Some((start, char)) = form_before(text, at) {
        steps.push(Step::Char { char, start, is_written: true });
        starts.push(start);
    }
    if is_second_half(text, at - 1) {
        steps.push(Step::Char { char: OTHER, start: at - 1, is_written: false });
    }
    if starts.iter().all(|&start| is_second_half(text, start)) {
        let char = if text[at - 1].is_ascii() { text[at - 1].into() } else { OTHER };
        steps.push(Step::Char { char, start: at - 1, is_written: false });
    }
    steps
}

/// Returns the start of the invisible sequence that ends at a place.
pub(super) fn sequence_before(text: &[u8], at: usize) -> Option<(usize, bool)> {
    (at.saturating_sub(SEQUENCE_MAX_BYTES)..at).find_map(|start| {
        let sequence = sequence_at(text, start).filter(|sequence| sequence.end == at)?;
        Some((start, sequence.ends_in_m_or_k))
    })
}

/// Returns the start of the written escape that ends at a place, and the character that it writes.
fn form_before(text: &[u8], at: usize) -> Option<(usize, char)> {
    (at.saturating_sub(FORM_MAX_BYTES)..at).find_map(|start| {
        forms(text, start).into_iter().find(|&(_, end)| end == at).map(|(char, _)| (start, char))
    })
}

/// Returns true if the byte at a place may be read as the second half of a character.
fn is_second_half(text: &[u8], at: usize) -> bool {
    let run = text[..at].iter().rev().take_while(|byte| (0x80..=0xFE).contains(*byte)).count();
    let is_half = run % 2 == 1 && run <= RUN_MAX && std::str::from_utf8(&text[at - run..at]).is_err();
    match text[at] {
        0x40..=0x7E => is_half,
        0x30..=0x39 => at >= 3 && matches!(text[at - 3..at], [0x81..=0xFE, 0x30..=0x39, 0x81..=0xFE]),
        _ => false,
    }
}

/// Returns the number of backslashes that a text ends in. The second half of a character is none.
pub(super) fn backslashes_before(text: &[u8]) -> usize {
    let places = (0..text.len()).rev().take_while(|&at| text[at] == b'\\');
    places.filter(|&at| !is_second_half(text, at)).count()
}
