//! Times in members of JSON objects.
//!
//! Choices, where the rules leave room: a name is compared as it stands, without its escapes. An object whose members
//! cannot be told apart, or that ends before its time, has none.

use super::forms::value;
use super::{QUOTED, Time, expression, length};
use regex::bytes::Regex;
use std::sync::LazyLock;

const NAMES: &str = "time ts timestamp @timestamp datetime date t eventTime log_time timeMillis epochMillis \
                     __REALTIME_TIMESTAMP timestamp_ns";

static BLANKS: LazyLock<Regex> = LazyLock::new(|| expression(r"\A[ \t]*"));
static SCALAR: LazyLock<Regex> = LazyLock::new(|| expression(r"\A([^,} \t\r]*)[,} \t\r]"));

/// Returns the time in a member of the object that a text begins with.
pub(super) fn time(text: &[u8], year: i16) -> Option<Time> {
    let mut rest = mark(text, b"{")?;
    loop {
        let quoted = QUOTED.captures(rest)?;
        let name = String::from_utf8_lossy(&quoted[1]).into_owned();
        rest = mark(blanks(&rest[quoted[0].len()..]), b":")?;
        let (inner, behind) = match rest.first()? {
            b'"' => {
                let quoted = QUOTED.captures(rest)?;
                (rest[1..quoted[0].len() - 1].to_vec(), &rest[quoted[0].len()..])
            }
            b'{' | b'[' => (Vec::new(), &rest[nested(rest)?..]),
            _ => {
                let scalar = SCALAR.captures(rest)?;
                (scalar[1].to_vec(), &rest[scalar[1].len()..])
            }
        };
        let is_named = NAMES.split(' ').any(|known| known.eq_ignore_ascii_case(&name));
        if let Some((time, _)) = value(&inner, year).filter(|_| is_named) {
            return Some(time);
        }
        rest = mark(blanks(behind), b",")?;
    }
}

/// Returns the text behind a mark and blanks.
fn mark<'a>(text: &'a [u8], mark: &[u8]) -> Option<&'a [u8]> {
    text.strip_prefix(mark).map(blanks)
}

fn blanks(text: &[u8]) -> &[u8] {
    &text[length(&BLANKS, text)..]
}

/// Returns the length of the object or array that a text begins with.
fn nested(text: &[u8]) -> Option<usize> {
    let (mut at, mut depth) = (0, 0);
    loop {
        match text.get(at)? {
            b'"' => at += Some(length(&QUOTED, &text[at..])).filter(|&length| length > 0)? - 1,
            b'{' | b'[' => depth += 1,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return Some(at);
        }
    }
}
