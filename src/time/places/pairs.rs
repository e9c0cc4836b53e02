//! Times in logfmt: `level=error ts=2024-05-01T10:00:00Z`, `time="2024-05-01T10:00:00+08:00"`.

use super::{lead, value};
use crate::time::forms::Tables;
use crate::time::quoted;
use crate::time::written::WrittenTime;

const KEYS: [&[u8]; 4] = [b"ts", b"time", b"timestamp", b"date"];

/// A pair of a key and a value.
pub(super) enum TimePair<'a> {
    /// The value is a time, which the text behind it ends with.
    Time(WrittenTime<'a>),
    /// The value is no time, and the text is searched from this byte offset on, behind the value if it is quoted.
    GoOn(usize),
}

/// Reads the pair whose `=` stands at a byte offset.
pub(super) fn read<'a>(text: &'a [u8], equals: usize, tables: &mut Tables) -> TimePair<'a> {
    let is_time = is_key_of_time(&text[..equals]);
    let begin = equals + 1;
    if text.get(begin) != Some(&b'"') {
        let time = if is_time { value::read(&text[begin..], tables) } else { None };
        return time.map_or(TimePair::GoOn(begin), TimePair::Time);
    }
    // A quoted value that does not end holds the rest of the line.
    let Some(end) = quoted::find_end(text, begin + 1) else {
        return TimePair::GoOn(text.len());
    };
    let time = if is_time { value::read(&text[begin + 1..end], tables) } else { None };
    match time {
        Some(time) => TimePair::Time(WrittenTime { rest: &text[end..], ..time }),
        None => TimePair::GoOn(end + 1),
    }
}

/// Returns false if a text ends with the key of no time, as most texts before `=` do.
#[inline]
pub(super) fn may_be_key_of_time(text: &[u8]) -> bool {
    text.last_chunk().is_some_and(|last| matches!(last, b"ts" | b"me" | b"mp" | b"te"))
}

/// Returns true if a text ends with the key of a time, and with no longer key.
fn is_key_of_time(text: &[u8]) -> bool {
    let mut before = KEYS.iter().filter_map(|key| text.strip_suffix(*key));
    before.any(|before| {
        matches!(before, [] | [.., b' ' | b'\t' | b'[' | b'(' | b'{' | b'"' | b',' | b';' | b'|'])
            || lead::is_byte_order_mark(before)
            || lead::ends_with_color(before)
    })
}
