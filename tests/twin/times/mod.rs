//! A naive twin of the reader of times, written from its rules alone: each form is an expression, each place in a line is
//! a candidate, and the first candidate that is a time counts.

mod forms;
mod objects;

use forms::{form, number, value};
use regex::bytes::Regex;
use std::sync::LazyLock;

/// A time: seconds and nanoseconds as they are written, and the zone in minutes.
pub(crate) type Time = (i64, u32, Option<i16>);

/// A time, and the number of bytes behind it.
type Found = (Time, usize);

const COLOR: &str = r"\x1B\[[0-9;:]{0,29}m";

static LEAD: LazyLock<Regex> =
    LazyLock::new(|| expression(&format!(r#"\A(?:[ \t\[("]|{COLOR}|<[0-9]{{1,3}}>(?:1 )?)*"#)));
static COLORS: LazyLock<Regex> = LazyLock::new(|| expression(&format!(r"\A(?:{COLOR})*")));
static QUOTED: LazyLock<Regex> = LazyLock::new(|| expression(r#"\A"((?:[^"\\]|\\.)*)""#));
/// The beginning of a line behind which a time is of the message.
static MESSAGE: LazyLock<Regex> = LazyLock::new(|| {
    let last = "after|at|before|by|expired|expires|notafter:|notbefore:|on|since|till|to|until|valid";
    let before = r"(?:\A|[ \t])";
    let behind = r"[ \t][^0-9A-Za-z]*(?:[ \t][^0-9A-Za-z]*)*\z";
    expression(&format!(
        r"{before}Caused[ \t]|{before}[^ \t]*[^ \t](?:Exception|Error):[ \t]|{before}(?i:{last}){behind}"
    ))
});
static KEY: LazyLock<Regex> = LazyLock::new(|| {
    let before = format!(r#"\A|\A\xEF\xBB\xBF|[ \t\[({{",;|]|{COLOR}"#);
    expression(&format!(r"(?:{before})(?:ts|time|timestamp|date)\z"))
});

/// Returns an expression for bytes.
fn expression(text: &str) -> Regex {
    Regex::new(&format!("(?s-u){text}")).unwrap()
}

/// Returns the length of what an expression matches at the beginning of a text.
fn length(expression: &Regex, text: &[u8]) -> usize {
    expression.find(text).map_or(0, |found| found.end())
}

/// A place where a line may have its time.
enum Place {
    Word { is_first: bool },
    Object,
    Bracket,
    Pair,
}

/// Returns the time of a line; one without a year is in `year`, or on February 29 in the last leap year.
///
/// Only the first 512 bytes and the first line count. A time that ends less than 8 bytes before the end of 512 bytes is
/// none.
pub(crate) fn time(line: &[u8], year: i16) -> Option<Time> {
    let line = &line[..line.len().min(512)];
    let line = line.split(|&byte| byte == b'\n').next()?;
    for (at, place) in places(line) {
        let text = &line[at..];
        let found = match place {
            Place::Object => return objects::time(text, year),
            Place::Word { is_first } => {
                number(text).filter(|_| is_first).or_else(|| form(text, at > 0 && line[at - 1] == b'[', year))
            }
            Place::Bracket => {
                let head = &line[..line.len().min(256)];
                let begin = at + 1 + head.get(at + 1..).map_or(0, |text| length(&COLORS, text));
                let found = head.get(begin..).and_then(|text| form(text, begin == at + 1, year));
                found
                    .filter(|(_, behind)| head[head.len() - behind..].contains(&b']'))
                    .map(|(time, _)| (time, 8))
            }
            Place::Pair if !KEY.is_match(&line[..at]) => None,
            Place::Pair => match QUOTED.captures(&text[1..]) {
                Some(quoted) => value(&quoted[1], year).map(|(time, _)| (time, text.len() - quoted[0].len())),
                None => value(&text[1..], year),
            },
        };
        if let Some((time, behind)) = found {
            return (line.len() < 512 || behind >= 8).then_some(time);
        }
    }
    None
}

/// Returns the places of a line in which a time is looked for, in their order.
///
/// Choices, where the rules leave room: a word ends before a blank that is not in a quoted value (`a="b c"`), and no
/// place is in such a value; one that is not closed holds the rest of the line. An object begins in one of the first five
/// words, in its first 64 bytes.
fn places(line: &[u8]) -> Vec<(usize, Place)> {
    let mut places = Vec::new();
    let mut at = if line.starts_with(b"\xEF\xBB\xBF") { 3 } else { 0 };
    let mut words = 0;
    let mut word = None;
    while at < line.len() || word.is_none() && words <= 4 {
        if word.is_none() && words <= 4 {
            at += length(&LEAD, &line[at..]);
            if words == 0 || !MESSAGE.is_match(&line[..at]) {
                places.push((at, Place::Word { is_first: words == 0 }));
            }
            word = Some(at);
            words += 1;
        }
        let Some(byte) = line.get(at) else { break };
        let object = line[at..].iter().skip(1).find(|byte| !b" \t".contains(byte));
        let is_in_word = word.is_some_and(|begin| at <= begin + 64);
        if word.is_some() && !is_in_word {
            words = 5;
            word = None;
        }
        match byte {
            b' ' | b'\t' if is_in_word => {
                word = None;
                continue;
            }
            b'{' if is_in_word && object == Some(&b'"') => {
                places.push((at, Place::Object));
                return places;
            }
            b'[' => places.push((at, Place::Bracket)),
            b'=' => {
                places.push((at, Place::Pair));
                if line.get(at + 1) == Some(&b'"') {
                    let quoted = length(&QUOTED, &line[at + 1..]);
                    if quoted == 0 {
                        return places;
                    }
                    at += quoted;
                }
            }
            _ => {}
        }
        at += 1;
    }
    places
}
