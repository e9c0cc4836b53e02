//! Times in members of JSON objects: `{"level":"error","ts":1714557600.1}`.

use super::value;
use crate::time::forms::Tables;
use crate::time::quoted;
use crate::time::written::WrittenTime;

/// Returns true if a text begins with an object that may have members: `{"` or `{ "`.
pub(super) fn begins_object(text: &[u8]) -> bool {
    text.first() == Some(&b'{') && text.get(skip_blanks(text, 1)) == Some(&b'"')
}

/// Reads the first time in a member of the object that a text begins with, not of objects in it. The member must have
/// one of the names for times, and a string or a number. Returns `None` if the text ends before.
pub(super) fn read<'a>(text: &'a [u8], tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let mut at = skip_blanks(text, 1);
    loop {
        let name_at = at + 1;
        let name_end = quoted::find_end(text, text.get(at).filter(|byte| **byte == b'"').map(|_| name_at)?)?;
        let colon = skip_blanks(text, name_end + 1);
        let begin = skip_blanks(text, text.get(colon).filter(|byte| **byte == b':').map(|_| colon + 1)?);
        let (inner, end) = match text.get(begin)? {
            b'"' => quoted::find_end(text, begin + 1).map(|quote| (begin + 1..quote, quote + 1))?,
            b'{' | b'[' => (begin..begin, skip_nested(text, begin)?),
            _ => text[begin..]
                .iter()
                .position(|byte| b",} \t\r".contains(byte))
                .map(|length| (begin..begin + length, begin + length))?,
        };
        if !inner.is_empty()
            && is_name_of_time(&text[name_at..name_end])
            && let Some(time) = value::read(&text[inner], tables)
        {
            return Some(time);
        }
        let comma = skip_blanks(text, end);
        at = skip_blanks(text, text.get(comma).filter(|byte| **byte == b',').map(|_| comma + 1)?);
    }
}

/// Returns true if a member with this name holds the time of a line.
fn is_name_of_time(name: &[u8]) -> bool {
    let names: &[&str] = match name.len() {
        1 => &["t"],
        2 => &["ts"],
        4 => &["time", "date"],
        8 => &["datetime", "log_time"],
        9 => &["timestamp", "eventTime"],
        10 => &["@timestamp", "timeMillis"],
        11 => &["epochMillis"],
        12 => &["timestamp_ns"],
        20 => &["__REALTIME_TIMESTAMP"],
        _ => &[],
    };
    names.iter().any(|known| name.eq_ignore_ascii_case(known.as_bytes()))
}

fn skip_blanks(text: &[u8], mut at: usize) -> usize {
    while matches!(text.get(at), Some(b' ' | b'\t')) {
        at += 1;
    }
    at
}

/// Returns the byte offset behind the object or the array that begins at a byte offset; `None` if it does not end.
fn skip_nested(text: &[u8], begin: usize) -> Option<usize> {
    let (mut at, mut depth) = (begin, 0_usize);
    loop {
        match text.get(at)? {
            b'"' => at = quoted::find_end(text, at + 1)?,
            b'{' | b'[' => depth += 1,
            b'}' | b']' if depth == 1 => return Some(at + 1),
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
}
