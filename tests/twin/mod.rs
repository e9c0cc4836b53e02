//! A naive twin of the annotator, written from the rules alone: forwards, a line at a time, each rule by itself and
//! without a thought for speed.
//!
//! Text is read as a person reads it: what is [`invisible`] counts as nothing, and a [`written`] escape counts as the
//! character that it writes. A field is a key ([`keys`], [`before`]), a separator ([`parts`]) and a code ([`codes`]),
//! which is not another kind of code ([`other_kinds`]). [`notes`] writes what stands behind fields, and [`lines`]
//! chooses lines. Where the rules leave room, the comments at the rules name the choice.

mod before;
mod codes;
mod forms;
mod invisible;
mod json_quotes;
mod keys;
pub(crate) mod lines;
pub(crate) mod notes;
mod objects;
mod other_kinds;
mod parts;
pub(crate) mod times;
mod written;

use codes::{Code, bracketed, codes_behind, may_end, negative};
use imsdk_annotate::Catalog;
use invisible::behind_row;
use keys::{Key, REACH_BYTES, keys};
use other_kinds::is_other_kind;
use parts::{BLANKS_MAX, behind_char, blanks, quotes, separator};
use std::ops::Range;

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

/// A line of which a part has been read.
struct Line<'a> {
    /// The line without its newline.
    content: &'a [u8],
    /// The notes that stand behind the fields so far.
    notes: &'a [Range<usize>],
    /// Returns the length of the note that stands behind a field.
    note_behind: &'a dyn Fn(&Field) -> Option<usize>,
}

/// The separator and the code behind a key.
#[derive(Clone, Copy, Debug)]
struct Body {
    code: Code,
    /// True if a quote stands behind the key.
    is_quoted: bool,
    is_with_colon: bool,
}

impl Line<'_> {
    /// Returns the field whose key ends at `end`. Of several readings that have a field, the longest key counts.
    fn field_with_key_end(&self, end: usize, rules: Rules<'_>) -> Option<Field> {
        keys(self.content, end, rules).into_iter().find_map(|key| {
            let field =
                |code: Code| Field { start: key.start, key_end: end, end: code.end, code: code.number };
            let mut bodies = bodies(self.in_reach(end, 0), &key, end);
            bodies.extend(self.element(&key, end, &field));
            let body = bodies.into_iter().find(|body| {
                let text = self.in_reach(end, 0);
                may_end(text, body.code, text.len() < self.content.len())
                    && self.counts(&key, end, *body, rules)
            })?;
            Some(field(body.code))
        })
    }

    /// Returns the line up to the last byte that a rule looks at for a key, of which `note` bytes more are a note.
    ///
    /// No rule looks further than 640 bytes before the key's first and behind its last byte; a field that goes on beyond,
    /// or whose next character lies beyond, is none.
    fn in_reach(&self, key_end: usize, note: usize) -> &[u8] {
        &self.content[..self.content.len().min(key_end + REACH_BYTES + note)]
    }

    /// Returns the code of the bare key as an XML element, for a negative code only: `<` before it, `>` behind it, `<`
    /// right behind the code, or behind its note (`<ret>-204</ret>`). `<code>-1</code>` (any case) is HTML text, and
    /// none.
    ///
    /// Choices, where this leaves room: it is HTML text whatever stands behind its last `<`, and with `.0`. The bytes of
    /// the note do not count for how far the rule looks.
    fn element(&self, key: &Key, end: usize, field: &dyn Fn(Code) -> Field) -> Option<Body> {
        let text = self.in_reach(end, 0);
        let code = negative(text, behind_row(text, behind_char(text, behind_row(text, end), '>')?))?;
        let is_closed_at = |text: &[u8], at| behind_char(text, behind_row(text, at), '<').is_some();
        let is_closed = is_closed_at(text, code.end)
            || (self.note_behind)(&field(code))
                .is_some_and(|note| is_closed_at(self.in_reach(end, note), code.end + note));
        let is_html = self.content[key.start..end].eq_ignore_ascii_case(b"code") && code.number == -1;
        let body = Body { code, is_quoted: false, is_with_colon: false };
        (key.begins_element && is_closed && !is_html).then_some(body)
    }

    /// Returns true if neither the key nor what stands before it speaks against the code.
    ///
    /// A positive code is none under `errcode` or `errorcode`. With `strict`, a positive code counts only under `ret` or
    /// `iret`, or where the key has a quote behind it. Neither holds for added keys.
    fn counts(&self, key: &Key, end: usize, body: Body, rules: Rules<'_>) -> bool {
        let is_negative = body.code.number < 0;
        let is_of_error = ["errcode", "errorcode"].contains(&&key.name[..]);
        let is_plain_enough = !rules.strict || body.is_quoted || ["ret", "iret"].contains(&&key.name[..]);
        if !(is_negative || key.is_added || !is_of_error && is_plain_enough) {
            return false;
        }
        if !self.content[key.start..end].eq_ignore_ascii_case(b"code") {
            return true;
        }
        let mut before = self.content[..key.start].to_vec();
        self.notes.iter().rev().for_each(|note| drop(before.drain(note.clone())));
        let before = &before[before.len().saturating_sub(REACH_BYTES)..];
        !is_other_kind(before, is_negative, body.is_with_colon && !body.is_quoted)
    }
}

/// Returns the separators and codes that can stand behind a key, but for those of an element.
///
/// After the key an optional quote, then an optional `]`. Then up to 16 blanks, a separator, up to 16 blanks, and a code.
/// Or, for a negative code only, without quote or wrapper: directly after the bare key `[` or `(`, with `]` or `)` right
/// behind the code, which belongs to the field; or after the bare `retcode` or `thirdretcode` a `.` and 1 to 4 blanks
/// (`thirdRetCode. -905`).
///
/// Choices, where this leaves room: the `.` may be written. The name of the key decides, also where it was added.
fn bodies(text: &[u8], key: &Key, end: usize) -> Vec<Body> {
    let mut bodies = Vec::new();
    let quotes = quotes(text, behind_row(text, end));
    let behind_quotes = quotes.into_iter().map(|quote| (quote, true)).chain([(end, false)]);
    for (quote, is_quoted) in behind_quotes {
        let bracket = behind_char(text, behind_row(text, quote), ']');
        for at in [Some(quote), bracket].into_iter().flatten() {
            let (before, at) = blanks(text, at);
            let Some((at, is_with_colon)) = separator(text, at) else { continue };
            let (behind, at) = blanks(text, at);
            if before <= BLANKS_MAX && behind <= BLANKS_MAX {
                bodies.extend(codes_behind(text, at).into_iter().map(|code| Body {
                    code,
                    is_quoted,
                    is_with_colon,
                }));
            }
        }
    }
    let at = behind_row(text, end);
    let mut bare = vec![bracketed(text, at, '[', ']'), bracketed(text, at, '(', ')')];
    if let Some(dot) =
        behind_char(text, at, '.').filter(|_| ["retcode", "thirdretcode"].contains(&&key.name[..]))
    {
        let (count, at) = blanks(text, dot);
        bare.push(negative(text, at).filter(|_| (1..=4).contains(&count)));
    }
    let bare = bare.into_iter().flatten();
    bodies.extend(bare.map(|code| Body { code, is_quoted: false, is_with_colon: false }));
    bodies
}

fn parse(code: &[u8]) -> i32 {
    std::str::from_utf8(code).unwrap().parse().unwrap()
}
