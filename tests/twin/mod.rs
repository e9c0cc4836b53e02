//! A naive twin of the annotator, written from the rules alone: forwards, a line at a time, with regexes.
//!
//! This file recognises fields, [`notes`] writes them, and [`lines`] chooses lines.

pub(crate) mod lines;
pub(crate) mod notes;
mod objects;

use imsdk_annotate::Catalog;
use regex::bytes::Regex;
use std::sync::LazyLock;

const KEYS: [&str; 7] = ["ret", "code", "retcode", "iret", "errcode", "errorcode", "thirdretcode"];

const OTHER_KINDS: &str = "abnormal area auth authorization close country coupon currency exit http \
    invitation invite language phone post postal promo region response signal sms source status verification \
    verify zip";

/// Matches from a key's end to the end of its code. The bracket form has its own pattern.
static FIELD: LazyLock<Regex> = LazyLock::new(|| {
    let pattern = r#"(?-u)^(?P<behind>\\?["'])?\]?[ \t]{0,16}(?:=>|=|:|\xEF\xBC\x9A|\xEF\xBC\x9D)[ \t]{0,16}(?P<open>\\?["'])?(?P<code>-?[1-9][0-9]{0,8})"#;
    Regex::new(pattern).unwrap()
});

static BRACKET: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?-u)^\[(?P<code>-[1-9][0-9]{0,8})\]").unwrap());

static COLOR_AT_END: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?-u)\x1B\[[0-9;:]{0,28}m$").unwrap());

static CARRIED_ON: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?-u)^(?:[A-Za-z0-9_%/+*^=~@$-]|[.:][0-9]|,[0-9]{3}(?:[^0-9]|$))").unwrap()
});

/// The options for recognising fields.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rules<'a> {
    pub(crate) strict: bool,
    /// True if iMSDK's own keys are recognised.
    pub(crate) defaults: bool,
    /// The added keys, in lower case and without `_`.
    pub(crate) added: &'a [&'a str],
}

impl Default for Rules<'_> {
    fn default() -> Self {
        Self { strict: false, defaults: true, added: &[] }
    }
}

/// A field of a key.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    pub(crate) start: usize,
    pub(crate) key_end: usize,
    pub(crate) end: usize,
    pub(crate) code: i32,
    /// True if the key is spelled `code`, so that rule 3 applies.
    spelled_code: bool,
}

pub(crate) fn annotate(text: &[u8], strict: bool) -> Vec<u8> {
    annotate_by(text, Rules { strict, ..Rules::default() })
}

pub(crate) fn annotate_by(text: &[u8], rules: Rules<'_>) -> Vec<u8> {
    let style = notes::Style { rules, ..notes::Style::new(Catalog::builtin()) };
    text.split_inclusive(|&byte| byte == b'\n').flat_map(|line| style.annotate_line(line)).collect()
}

/// Returns the codes of all fields of a line, unknown codes included.
pub(crate) fn codes(line: &[u8], strict: bool, catalog: &Catalog) -> Vec<i32> {
    let rules = Rules { strict, ..Rules::default() };
    let style = notes::Style { rules, unknown: true, ..notes::Style::new(catalog.clone()) };
    style.fields(line).into_iter().map(|field| field.code).collect()
}

fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// Returns the field whose key ends at `end`. Rule 3 is not applied yet.
fn field_with_key_end(line: &[u8], end: usize, rules: Rules<'_>) -> Option<Field> {
    let content = line.strip_suffix(b"\n").unwrap_or(line);
    if end > content.len()
        || !is_identifier(line[end - 1])
        || line.get(end).copied().is_some_and(is_identifier)
    {
        return None;
    }
    let mut start = (0..end).rev().take_while(|&at| is_identifier(line[at])).last()?;
    if start > 0 && line[start - 1] == b'\\' && b"nrt".contains(&line[start]) {
        start += 1;
    } else if let Some(behind) =
        (start..=end).find(|&at| COLOR_AT_END.is_match(&line[at.saturating_sub(31)..at]))
    {
        start = behind;
    }
    let identifier = &line[start..end];
    if !(1..=32).contains(&identifier.len()) {
        return None;
    }
    let name = String::from_utf8(identifier.to_ascii_lowercase()).unwrap().replace('_', "");
    let is_added = rules.added.contains(&&name[..]);
    if !(is_added || rules.defaults && KEYS.contains(&&name[..]))
        || (start > 0 && b"$-".contains(&line[start - 1]))
    {
        return None;
    }
    let rest = &content[end..];
    let (length, code, quoted) = if let Some(found) = BRACKET.captures(rest) {
        (found.get(0)?.len(), parse(&found["code"]), false)
    } else {
        let found = FIELD.captures(rest)?;
        let quote = found.name("open").map_or(&b""[..], |open| open.as_bytes());
        let code_end = found.get(0)?.len();
        if !rest[code_end..].starts_with(quote) || rest.get(code_end).is_some_and(u8::is_ascii_digit) {
            return None;
        }
        (code_end + quote.len(), parse(&found["code"]), found.name("behind").is_some())
    };
    let behind = &rest[length..];
    if CARRIED_ON.is_match(behind) || (code > 0 && behind.first().is_some_and(|&byte| byte >= 0x80)) {
        return None;
    }
    let positive_counts = is_added
        || !["errcode", "errorcode"].contains(&&name[..])
            && (!rules.strict || quoted || ["ret", "iret"].contains(&&name[..]));
    let spelled_code = identifier.eq_ignore_ascii_case(b"code");
    (code < 0 || positive_counts).then_some(Field {
        start,
        key_end: end,
        end: end + length,
        code,
        spelled_code,
    })
}

fn parse(code: &[u8]) -> i32 {
    std::str::from_utf8(code).unwrap().parse().unwrap()
}

fn is_other_kind(before: &[u8]) -> bool {
    let is_blank = |byte: &u8| b" \t".contains(byte);
    let blanks = before.iter().rev().take_while(|&byte| is_blank(byte)).count();
    if !(1..=16).contains(&blanks) {
        return false;
    }
    let before = &before[..before.len() - blanks];
    let token = before.rsplit(|byte| is_blank(byte)).next().unwrap();
    let token = &token[token.len().saturating_sub(48)..];
    let letters = token.iter().rev().take_while(|byte| byte.is_ascii_alphabetic()).count();
    let word = token[token.len() - letters..].to_ascii_lowercase();
    OTHER_KINDS.split_whitespace().any(|kind| kind.as_bytes() == word)
        || token.windows(7).any(|part| part == b"Domain=")
}
