//! Invisible sequences: what a terminal does not show, such as colours and `ESC[K`. Invisible text counts as nothing.

use super::byte_class::opens;
use super::written::{self, WRITTEN_MAX_BYTES, char_at, count_backslashes, first_backslash, written_at};

/// The most bytes of an invisible sequence.
pub(super) const SEQUENCE_MAX_BYTES: usize = 64;

/// The most invisible sequences in a row that count as nothing.
pub(super) const ROW_MAX: usize = 4;

const ESCAPE: u32 = 0x1B;

/// An invisible sequence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Invisible {
    /// The length in bytes.
    pub(super) length: usize,
    /// True if the sequence sets a colour or erases: it ends in `m` or `K`, and text goes on behind it.
    pub(super) joins: bool,
}

/// Returns the invisible sequence at the beginning of a text: `ESC [`, bytes 20 to 3F (hex) and one byte 40 to 7E; or
/// `ESC (` or `ESC )` and one ASCII byte. `ESC` and the bracket may be written.
#[inline]
pub(super) fn invisible_at(text: &[u8]) -> Option<Invisible> {
    match text {
        [0x1B, b'[', ..] => bracketed(text, 2),
        _ => unusual_at(text),
    }
}

#[inline(never)]
fn unusual_at(text: &[u8]) -> Option<Invisible> {
    let escape = if text.first() == Some(&0x1B) { 1 } else { written_escape(text)? };
    let bracket = char_at(&text[escape..])?;
    let start = escape + bracket.length;
    match bracket.ascii() {
        b'[' => bracketed(text, start),
        b'(' | b')' => {
            let is_whole = start < SEQUENCE_MAX_BYTES
                && text.get(start).is_some_and(|&byte| byte.is_ascii() && byte != b'\n');
            is_whole.then(|| Invisible { length: start + 1, joins: joins(text[start]) })
        }
        _ => None,
    }
}

/// Returns the sequence at the beginning of a text whose parameters begin at `start`.
#[inline]
fn bracketed(text: &[u8], start: usize) -> Option<Invisible> {
    let text = &text[..text.len().min(SEQUENCE_MAX_BYTES)];
    let parameters = text.get(start..)?.iter().position(|&byte| !is_parameter(byte))?;
    let last = start + parameters;
    let ends = matches!(text[last], 0x40..=0x7E);
    ends.then(|| Invisible { length: last + 1, joins: joins(text[last]) })
}

#[inline]
fn is_parameter(byte: u8) -> bool {
    matches!(byte, 0x20..=0x3F)
}

/// Returns true if text goes on behind a sequence that ends in this byte.
#[inline]
fn joins(last: u8) -> bool {
    matches!(last, b'm' | b'K')
}

/// Returns the length in bytes of a written `ESC` at the beginning of a text.
fn written_escape(text: &[u8]) -> Option<usize> {
    if !may_be_escape(text) {
        return None;
    }
    written_at(text).filter(|written| written.value == ESCAPE).map(|written| written.length)
}

/// Returns false if a text surely does not begin with ESC, as it is or written. A look at a byte or two tells it from
/// nearly all other written escapes.
#[inline]
fn may_be_escape(text: &[u8]) -> bool {
    match text {
        [0x1B, ..] | [b'%', b'1', ..] | [b'^', b'[', ..] | [b'&', b'#', ..] | [b'#', b'0' | b'x', ..] => true,
        [b'\\', ..] => matches!(text.get(count_backslashes(text)), Some(b'e' | b'x' | b'u' | b'0')),
        _ => false,
    }
}

/// Returns true if an invisible sequence begins anywhere in a text.
pub(crate) fn has_invisible(text: &[u8]) -> bool {
    (0..text.len()).any(|at| opens(text[at]) && invisible_at(&text[at..]).is_some())
}

/// Returns true if a text ends in an invisible sequence.
pub(crate) fn ends_in_invisible(text: &[u8]) -> bool {
    invisible_before(text).is_some()
}

/// Returns the byte offset behind the invisible sequences at `at`, up to [`ROW_MAX`] of them.
#[inline(always)]
pub(super) fn skip(text: &[u8], at: usize) -> usize {
    match text.get(at) {
        Some(&byte) if opens(byte) => skip_all(text, at),
        _ => at,
    }
}

#[inline(never)]
fn skip_all(text: &[u8], at: usize) -> usize {
    match only_sequence_at(&text[at..]) {
        Some(invisible) => at + invisible.length,
        None => skip_if(text, at, |_| true).0,
    }
}

/// Returns the sequence at the beginning of a text if it is not written and surely the only one there: most are.
#[inline]
pub(super) fn only_sequence_at(text: &[u8]) -> Option<Invisible> {
    let [0x1B, b'[', ..] = text else { return None };
    bracketed(text, 2).filter(|invisible| text.get(invisible.length).is_some_and(|&byte| !opens(byte)))
}

/// Returns the length in bytes of the invisible sequences that a text begins with and behind which text goes on, up to
/// [`ROW_MAX`] of them, and their number.
#[inline]
pub(super) fn joining_length(text: &[u8]) -> (usize, usize) {
    skip_if(text, 0, |invisible| invisible.joins)
}

/// Returns the byte offset behind the sequences that are wanted, up to [`ROW_MAX`] of them, and their number.
#[inline(always)]
fn skip_if(text: &[u8], mut at: usize, is_wanted: impl Fn(Invisible) -> bool) -> (usize, usize) {
    for count in 0..ROW_MAX {
        let rest = &text[at..];
        match if may_be_escape(rest) { invisible_at(rest) } else { None } {
            Some(invisible) if is_wanted(invisible) => at += invisible.length,
            _ => return (at, count),
        }
    }
    (at, ROW_MAX)
}

/// Returns the length in bytes of the colour that a text ends in: a sequence with `m` behind nothing but numbers, not
/// written. Returns 0 if the text ends in anything else.
#[inline]
pub(super) fn color_length_before(text: &[u8]) -> usize {
    let [rest @ .., b'm'] = text else { return 0 };
    let numbers =
        rest.iter().rev().take(SEQUENCE_MAX_BYTES - 3).take_while(|byte| matches!(byte, b'0'..=b';')).count();
    if rest[..rest.len() - numbers].ends_with(b"\x1b[") { numbers + 3 } else { 0 }
}

/// Returns the invisible sequence that ends at the end of a text. Of several, it is the longest: `ESC[0&#27;)z` is one
/// sequence, though `&#27;)z` alone is one, too.
#[inline]
pub(super) fn invisible_before(text: &[u8]) -> Option<Invisible> {
    let may_end = match text {
        // Before the last byte stands a parameter, or a bracket as it is or written (`%5B`, `%28`, `\050`, `&#40;`).
        [.., 0x20..=0x3F | b'[' | b'b' | b'B' | b'}', 0x40..=0x7E] => true,
        [.., b'(' | b')' | b';' | b'}', _] | [.., b'2', b'8' | b'9', _] | [.., b'5', b'0' | b'1', _] => true,
        _ => false,
    };
    if may_end { search_back(text) } else { None }
}

#[inline(never)]
fn search_back(text: &[u8]) -> Option<Invisible> {
    let last = text.len() - 1;
    let first = text.len().saturating_sub(SEQUENCE_MAX_BYTES);
    let parameters = text[first..last].iter().rev().take_while(|&&byte| is_parameter(byte)).count();
    let parameters = last - parameters..last;
    // Before the parameters stands a bracket or an `ESC`, or a part of one that is written; only entities and `#033`
    // look like parameters.
    let is_bracket = matches!(
        text[..parameters.start].last(),
        Some(b'[' | b'b' | b'B' | b'}' | b'\\' | b'e' | b'u' | b'x' | b'{' | 0x1B)
    );
    if !is_bracket && !text[parameters.clone()].contains(&b'#') {
        return None;
    }
    let first = first.max(parameters.start.saturating_sub(2 * WRITTEN_MAX_BYTES));
    let mut longest = None;
    for start in (first..last).rev().filter(|&start| opens(text[start])) {
        let is_escape = text[start] == 0x1B;
        let start = if text[start] == b'\\' { first_backslash(text, start).max(first) } else { start };
        let whole = invisible_at(&text[start..]).filter(|invisible| start + invisible.length == text.len());
        longest = whole.or(longest);
        // No sequence goes on behind an ESC in it, because ESC is no parameter: `ESC[3ESC[1x` ends in `ESC[1x`.
        if is_escape {
            break;
        }
    }
    longest
}

/// Returns true if a text is the beginning of an invisible sequence: more bytes could make it one.
pub(super) fn is_begun(text: &[u8]) -> bool {
    let escape = match text {
        [0x1B, ..] => 1,
        _ => match written_escape(text) {
            Some(length) => length,
            None => return text.len() <= WRITTEN_MAX_BYTES && written::is_begun(text),
        },
    };
    let Some(bracket) = char_at(&text[escape..]) else {
        return true;
    };
    let rest = &text[escape + bracket.length..];
    match bracket.ascii() {
        b'[' => text.len() < SEQUENCE_MAX_BYTES && rest.iter().all(|&byte| is_parameter(byte)),
        b'(' | b')' => rest.is_empty(),
        _ => written::is_begun(&text[escape..]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sequence_is_read_from_both_ends() {
        for (text, joins) in [
            ("\x1b[31m", true),
            ("\x1b[m", true),
            ("\x1b[K", true),
            ("\x1b[1G", false),
            ("\x1b[?25l", false),
            ("\x1b(B", false),
            ("\x1b)0", false),
            ("\\x1b[31m", true),
            ("\\\\u001b[31m", true),
            ("\\u{1b}[0m", true),
            ("\\033[31m", true),
            ("\\e[K", true),
            ("\\e(B", false),
            ("\x1b\\u0028B", false),
            ("\x1b%280", false),
            ("#033[31m", true),
            ("#x1B[31m", true),
            ("%1B%5B31m", true),
            ("&#27;&#91;31m", true),
            ("^[[31m", true),
        ] {
            let expected = Some(Invisible { length: text.len(), joins });
            assert_eq!(invisible_at(text.as_bytes()), expected, "{text}");
            assert_eq!(invisible_before(text.as_bytes()), expected, "{text}");
            assert_eq!(invisible_at(format!("{text}ret").as_bytes()), expected, "{text}");
            assert_eq!(invisible_before(format!("$\x1b[0m{text}").as_bytes()), expected, "{text}");
            for end in 1..text.len() {
                assert!(is_begun(&text.as_bytes()[..end]), "{text} {end}");
            }
        }
        let longest = "\x1b[0%&#00000027;)z";
        assert_eq!(invisible_before(longest.as_bytes()).map(|found| found.length), Some(longest.len()));
        for text in
            ["\x1b", "\x1b[", "\x1b[31", "\x1b31m", "[31m", "\x1b[3\n1m", "\x1b(\n", "\x1b(é", "\x1b[31\x7f"]
        {
            assert_eq!(invisible_at(text.as_bytes()), None, "{text}");
            assert_eq!(invisible_before(text.as_bytes()), None, "{text}");
        }
    }

    #[test]
    fn a_sequence_has_at_most_64_bytes() {
        let of_length = |length: usize| format!("\x1b[{}m", ";".repeat(length - 3)).into_bytes();
        assert!(invisible_at(&of_length(64)).is_some() && invisible_before(&of_length(64)).is_some());
        assert!(invisible_at(&of_length(65)).is_none() && invisible_before(&of_length(65)).is_none());
    }

    #[test]
    fn four_sequences_in_a_row_are_skipped() {
        let text = "\x1b[0m".repeat(5).into_bytes();
        assert_eq!(skip(&text, 0), 16);
        assert_eq!(joining_length(b"\x1b[0m\x1b[1Gx"), (4, 1));
        assert_eq!(skip(b"\x1b[0m\x1b[1Gx", 0), 8);
    }
}
