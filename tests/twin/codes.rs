//! The code of a field, with what encloses it, and what may stand behind it.

use super::invisible::{behind_colors, behind_row};
use super::parts::{behind_char, quotes};
use super::written::{OTHER, char_at};

const WRAPPERS: [&str; 12] = [
    "int",
    "integer",
    "long",
    "i32",
    "i64",
    "int32",
    "int64",
    "some",
    "optional",
    "number",
    "numberint",
    "numberlong",
];

/// A code.
#[derive(Clone, Copy, Debug)]
pub(super) struct Code {
    pub(super) number: i32,
    pub(super) end: usize,
    /// True if it ends in a quote or a bracket.
    pub(super) is_closed: bool,
}

/// Returns the codes that stand at a place behind a separator.
///
/// A code is an optional quote, `-` or nothing, then 1 to 9 digits, the first not `0`, and no further digit; then the
/// same quote again, byte for byte, where one opened it. A negative code without a quote may be wrapped: a word (any
/// case) and `(`, with `)` right behind the code (`int(-204)`), which belongs to the field. A negative code without a
/// quote may have `.0` behind it (`-204.0`), which belongs to it.
///
/// Choices, where this leaves room: a wrapped code may have `.0`, and what is invisible may stand between the word and
/// its `(`.
pub(super) fn codes_behind(text: &[u8], at: usize) -> Vec<Code> {
    let mut codes: Vec<Code> = number(text, at).map(|code| with_point(text, code)).into_iter().collect();
    for open in quotes(text, at) {
        let Some(code) = number(text, behind_row(text, open)) else { continue };
        let (quote, close) = (&text[at..open], behind_row(text, code.end));
        if text[close..].starts_with(quote) {
            codes.push(Code { end: close + quote.len(), is_closed: true, ..code });
        }
    }
    let wrapped = WRAPPERS.iter().filter_map(|word| {
        let written = text.get(at..at + word.len())?;
        let open = behind_row(text, at + word.len());
        if written.eq_ignore_ascii_case(word.as_bytes()) { bracketed(text, open, '(', ')') } else { None }
    });
    codes.extend(wrapped);
    codes
}

/// Returns the negative code between brackets.
pub(super) fn bracketed(text: &[u8], at: usize, open: char, close: char) -> Option<Code> {
    let code = negative(text, behind_row(text, behind_char(text, at, open)?))?;
    let end = behind_char(text, behind_row(text, code.end), close)?;
    Some(Code { end, is_closed: true, ..code })
}

/// Returns the negative code without a quote at a place.
pub(super) fn negative(text: &[u8], at: usize) -> Option<Code> {
    number(text, at).filter(|code| code.number < 0).map(|code| with_point(text, code))
}

/// Returns the code with the `.0` that may stand behind it.
fn with_point(text: &[u8], code: Code) -> Code {
    let has_point = code.number < 0 && text[code.end..].starts_with(b".0");
    Code { end: code.end + if has_point { 2 } else { 0 }, ..code }
}

fn number(text: &[u8], at: usize) -> Option<Code> {
    let rest = text.get(at..)?;
    let sign = usize::from(rest.starts_with(b"-"));
    let digits = rest[sign..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let is_code = (1..=9).contains(&digits) && rest[sign] != b'0';
    is_code.then(|| Code {
        number: super::parse(&rest[..sign + digits]),
        end: at + sign + digits,
        is_closed: false,
    })
}

/// Texts of which each end goes on with what stands before it, for each beginning of an escape, of a sequence or of a
/// number.
const GO_ON: [&str; 20] = [
    "u005bmx",
    "u{00005b}mx",
    "x5bmx",
    "133mx",
    "177",
    "#x0000005b;mx",
    "#00000091;mx",
    "u001b[mx",
    "033[mx",
    "%5Bmx",
    "%28mx",
    "050mx",
    "28;mx",
    "28}mx",
    "amp;",
    "apos;",
    "quot;",
    "nbsp;",
    "lt;",
    "gt;",
];

/// Returns true if what stands behind a code lets it be one. The text ends where the line does, or where no rule looks;
/// `is_cut` is true for the latter.
///
/// A field whose next character lies where no rule looks is none. Choice, where this leaves room: nor is a field for
/// which one of the characters that decide may go on there, such as that of a `\` in reach before a `/` out of reach.
pub(super) fn may_end(text: &[u8], code: Code, is_cut: bool) -> bool {
    let read = deciding(text, code);
    let goes_on = |beyond: &[u8]| deciding(&[text, beyond].concat(), code) != read;
    let mut ends = GO_ON.iter().flat_map(|text| (0..text.len()).map(|at| &text.as_bytes()[at..]));
    may_stand_behind(code, &read) && !(is_cut && ends.any(goes_on))
}

/// Returns true if the characters behind a code let it be one.
///
/// Behind a closing quote or bracket, anything but a letter, a digit or `_`. Else the end of the line, or a character
/// that does not carry the number on. These do: a letter, a digit, any of `_ % / + * ^ = ~ @ $ -`; `.` or `:` before a
/// digit; `,` before exactly three digits. Written ones, too: `%26` ends the number, `%2F` and `\/` carry it on. A
/// positive code is also none where a character that is not ASCII follows.
///
/// Choices, where this leaves room: digits behind `.`, `:` and `,` may be written, and with colours between, and a
/// positive code with a quote is none, too, where a character that is not ASCII follows.
fn may_stand_behind(code: Code, read: &[(char, usize)]) -> bool {
    let Some((&(char, _), rest)) = read.split_first() else { return true };
    let digits = rest.iter().take_while(|(char, _)| char.is_ascii_digit()).count();
    let carries_on = match char {
        '_' => true,
        _ if char.is_ascii_alphanumeric() => true,
        _ if code.is_closed => false,
        '.' | ':' => digits > 0,
        ',' => digits == 3,
        _ => "%/+*^=~@$-".contains(char),
    };
    !carries_on && (code.number < 0 || char.is_ascii())
}

/// Returns the characters behind a code that decide about it, each with the place behind it: the next one, and behind
/// `.`, `:` and `,` those that may be digits. Colours count as nothing. Of a character that is not ASCII nothing else
/// matters.
fn deciding(text: &[u8], code: Code) -> Vec<(char, usize)> {
    let mut read = Vec::new();
    let (mut at, mut wanted) = (code.end, 1);
    while read.len() < wanted
        && let Some((char, end)) = char_at(text, behind_colors(text, at))
    {
        let more = match char {
            '.' | ':' if !code.is_closed => 1,
            ',' if !code.is_closed => 4,
            _ => 0,
        };
        wanted = match read.len() {
            0 => 1 + more,
            _ if char.is_ascii_digit() => wanted,
            _ => 0,
        };
        read.push(if char.is_ascii() { (char, end) } else { (OTHER, 0) });
        at = end;
    }
    read
}
