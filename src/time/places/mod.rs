//! The places in which a line may have its time. The first of them that has one counts.

mod json;
mod lead;
mod marks;
mod message_words;
mod pairs;
mod seen;
mod value;

pub(super) use marks::LINE_MAX_BYTES;
pub(super) use seen::SeenPrefixes;

use super::forms::{self, Tables};
use super::number;
use super::written::WrittenTime;
use marks::LineMarks;
use memchr::memchr;
use message_words::are_of_message;
use pairs::TimePair;

/// A time that ends so near to the end of the bytes that are looked at is none, because its zone may not be seen.
const ZONE_MAX_BYTES: usize = 8;
/// The number of bytes at the beginning of a line in which a time between brackets is found.
const BRACKET_MAX_BYTES: usize = 256;
/// The number of words that may stand before a time, and the most bytes of each.
const WORDS_MAX: usize = 4;
const WORD_MAX_BYTES: usize = 64;

/// Reads the time of the line that a text begins with, at any place.
pub(super) fn read<'a>(text: &'a [u8], tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let begin = lead::skip(text, lead::byte_order_mark_bytes(text));
    let first = read_first_word(text, begin, tables);
    match first {
        Some(time) if is_near(&time, text) => Some(time),
        _ => read_behind_words(text, begin, first.is_some(), tables),
    }
}

/// Returns true if a time ends in the first half of the bytes that are looked at, so that what it depends on has been seen.
/// Neither a newline nor the end of these bytes stands in the time.
#[inline]
pub(super) fn is_near(time: &WrittenTime<'_>, text: &[u8]) -> bool {
    text.len() - time.rest.len() < LINE_MAX_BYTES / 2
}

/// Reads the time of a line in the common log format, `203.0.113.7 - - [02/Mar/2017:10:52:08 +0800]`, whose words need not be
/// looked at one by one. [`read`] reads it, too.
#[inline(always)]
pub(super) fn read_access_log<'a>(line: &'a [u8], tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let address_bytes = lead::address_bytes(line)?;
    forms::read_access_log(line[address_bytes..].strip_prefix(b" - - [")?, tables)
}

/// Reads the time that stands in place of the first word, which begins at a byte offset.
#[inline]
fn read_first_word<'a>(line: &'a [u8], begin: usize, tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let text = line.get(begin..)?;
    if !forms::may_begin_with(*text.first()?) {
        return None;
    }
    number::read(text).or_else(|| forms::read(text, begin > 0 && line[begin - 1] == b'[', tables))
}

/// Reads the time of the line that a text begins with. The first word begins at a byte offset. `is_first_read` is true if a
/// time may stand in its place.
fn read_behind_words<'a>(
    text: &'a [u8],
    begin: usize,
    is_first_read: bool,
    tables: &mut Tables,
) -> Option<WrittenTime<'a>> {
    let mut marks = LineMarks::default();
    marks.find(text);
    if !marks.may_have_time {
        return None;
    }
    let line = &text[..marks.length];
    let first = if is_first_read { read_first_word(line, begin, tables) } else { None };
    if let Some(time) = first {
        return is_whole(&time, line).then_some(time);
    }
    let (mut begin, mut from, mut words) = (begin, begin, 0);
    // Each word in turn, up to the last one, or to one that is too long.
    while let Some(mark) = marks.next(from).filter(|mark| *mark <= begin + WORD_MAX_BYTES) {
        let byte = line[mark];
        from = if byte == b' ' || byte == b'\t' {
            if words == WORDS_MAX {
                break;
            }
            words += 1;
            begin = mark + 1;
            // Most words begin with a letter with which neither a time nor what may stand before one begins.
            if !line.get(begin)?.is_ascii_lowercase() {
                begin = lead::skip(line, begin);
                let time = forms::read(line.get(begin..)?, line[begin - 1] == b'[', tables);
                if let Some(time) = time.filter(|_| !are_of_message(&line[..begin])) {
                    return is_whole(&time, line).then_some(time);
                }
            }
            begin
        } else if byte != b'{' {
            match read_at_mark(line, mark, tables) {
                Ok(time) => return Some(time),
                Err(next) => next,
            }
        } else if json::begins_object(&line[mark..]) {
            return json::read(&line[mark..], tables);
        } else {
            mark + 1
        };
    }
    while let Some(mark) = marks.next_bracket_or_equals(from) {
        match read_at_mark(line, mark, tables) {
            Ok(time) => return Some(time),
            Err(next) => from = next,
        }
    }
    None
}

/// Reads the time at the `[` or the `=` at a byte offset. Returns the byte offset at which the search goes on where there
/// is no time.
#[inline(always)]
fn read_at_mark<'a>(line: &'a [u8], at: usize, tables: &mut Tables) -> Result<WrittenTime<'a>, usize> {
    if line[at] == b'[' {
        let may_begin = |&byte: &u8| byte == lead::ESCAPE || forms::may_begin_with(byte);
        let is_read = line.get(at + 1).is_some_and(may_begin);
        return if is_read { read_in_brackets(line, at, tables).ok_or(at + 1) } else { Err(at + 1) };
    }
    if pairs::may_be_key_of_time(&line[..at]) || line.get(at + 1) == Some(&b'"') {
        read_pair(line, at, tables)
    } else {
        Err(at + 1)
    }
}

/// Reads the time in the pair whose `=` stands at a byte offset, as [`read_at_mark`] does.
#[inline(never)]
fn read_pair<'a>(line: &'a [u8], equals: usize, tables: &mut Tables) -> Result<WrittenTime<'a>, usize> {
    match pairs::read(line, equals, tables) {
        TimePair::Time(time) if is_whole(&time, line) => Ok(time),
        TimePair::Time(_) => Err(line.len()),
        TimePair::GoOn(next) => Err(next),
    }
}

/// Reads the time that stands behind the `[` at a byte offset, with `]` behind it.
#[inline(never)]
fn read_in_brackets<'a>(line: &'a [u8], bracket: usize, tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let line_head = &line[..line.len().min(BRACKET_MAX_BYTES)];
    let begin = lead::skip_colors(line_head, bracket + 1);
    let time = forms::read(line_head.get(begin..)?, begin == bracket + 1, tables)?;
    memchr(b']', time.rest).map(|_| time)
}

/// Returns false if a zone behind the time may not be seen, because only the first bytes of the line are looked at.
fn is_whole(time: &WrittenTime<'_>, line: &[u8]) -> bool {
    line.len() < LINE_MAX_BYTES || time.rest.len() >= ZONE_MAX_BYTES
}
