//! The places in which a line may have its time. The first of them that has one counts.

mod json;
mod lead;
mod pairs;
mod seen;
mod value;

pub(super) use seen::SeenPrefixes;

use super::forms::{self, Tables};
use super::number;
use super::written::WrittenTime;
use memchr::{memchr, memchr2};
use pairs::TimePair;

/// The number of bytes at the beginning of a line that are looked at.
pub(super) const LINE_MAX_BYTES: usize = 512;
/// A time that ends so near to the end of the bytes that are looked at is none, because its zone may not be seen.
const ZONE_MAX_BYTES: usize = 8;
/// The number of bytes at the beginning of a line in which a time between brackets is found.
const BRACKET_MAX_BYTES: usize = 256;
/// The number of words that may stand before a time, and the most bytes of each.
const WORDS_MAX: usize = 4;
const WORD_MAX_BYTES: usize = 64;

/// The most bytes of an address: `255.255.255.255`.
const ADDRESS_MAX_BYTES: usize = 15;

/// A step over a word.
enum WordStep<'a> {
    /// The time of the line stands in the word, or the line has none.
    Decided(Option<WrittenTime<'a>>),
    /// The word ends before this byte offset.
    Behind(usize),
    /// The word goes on at this byte offset, and is too long.
    TooLong(usize),
}

/// Reads the time of a line. `line` has neither a newline nor more than [`LINE_MAX_BYTES`].
pub(super) fn read<'a>(line: &'a [u8], tables: &mut Tables) -> Option<WrittenTime<'a>> {
    read_common_log(line, tables).or_else(|| read_behind_words(line, tables))
}

/// Reads the time of a line in the common log format, `203.0.113.7 - - [02/Mar/2017:10:52:08 +0800]`, whose words need not be
/// looked at one by one.
fn read_common_log<'a>(line: &'a [u8], tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let is_of_address = |byte: &&u8| matches!(byte, b'0'..=b'9' | b'.');
    let address_bytes = line.iter().take(ADDRESS_MAX_BYTES).take_while(is_of_address).count();
    // More digits could be a date or a number of seconds.
    if !line.get(1..4)?.contains(&b'.') {
        return None;
    }
    let text = line[address_bytes..].strip_prefix(b" - - [")?;
    forms::read(text, true, tables).filter(|time| is_whole(time, line))
}

fn read_behind_words<'a>(line: &'a [u8], tables: &mut Tables) -> Option<WrittenTime<'a>> {
    let mut from = lead::byte_order_mark_bytes(line);
    for words in 0..=WORDS_MAX {
        let at = lead::skip(line, from);
        if at == line.len() {
            return None;
        }
        let (text, in_bracket) = (&line[at..], at > 0 && line[at - 1] == b'[');
        let number = if words == 0 { number::read(text) } else { None };
        if let Some(time) = number.or_else(|| forms::read(text, in_bracket, tables)) {
            return if is_whole(&time, line) { Some(time) } else { None };
        }
        match step(line, at, tables) {
            WordStep::Decided(time) => return time,
            WordStep::Behind(end) => from = end,
            WordStep::TooLong(end) => {
                from = end;
                break;
            }
        }
    }
    search(line, from, tables)
}

/// Steps over the word that begins at a byte offset, and looks for what has a time at any place in a word.
fn step<'a>(line: &'a [u8], begin: usize, tables: &mut Tables) -> WordStep<'a> {
    let mut at = begin;
    while let Some(byte) = line.get(at) {
        at = match byte {
            b' ' | b'\t' => return WordStep::Behind(at),
            b'{' if json::begins_object(&line[at..]) => {
                return WordStep::Decided(json::read(&line[at..], tables));
            }
            b'[' | b'=' => match read_at_mark(line, at, tables) {
                Ok(time) => return WordStep::Decided(Some(time)),
                Err(next) => next,
            },
            _ => at + 1,
        };
        if at > begin + WORD_MAX_BYTES {
            return WordStep::TooLong(at);
        }
    }
    WordStep::Behind(at)
}

/// Searches a line from a byte offset on for what has a time behind any number of words.
fn search<'a>(line: &'a [u8], mut at: usize, tables: &mut Tables) -> Option<WrittenTime<'a>> {
    loop {
        at += memchr2(b'=', b'[', line.get(at..)?)?;
        match read_at_mark(line, at, tables) {
            Ok(time) => return Some(time),
            Err(next) => at = next,
        }
    }
}

/// Reads the time at the `[` or the `=` at a byte offset. Returns the byte offset at which the search goes on where there
/// is no time.
fn read_at_mark<'a>(line: &'a [u8], at: usize, tables: &mut Tables) -> Result<WrittenTime<'a>, usize> {
    if line[at] == b'[' {
        return read_in_brackets(line, at, tables).ok_or(at + 1);
    }
    match pairs::read(line, at, tables) {
        TimePair::Time(time) if is_whole(&time, line) => Ok(time),
        TimePair::Time(_) => Err(line.len()),
        TimePair::GoOn(next) => Err(next),
    }
}

/// Reads the time that stands behind the `[` at a byte offset, with `]` behind it.
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
