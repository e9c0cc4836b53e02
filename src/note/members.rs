//! Notes as members in the line's own syntax, so that machines go on reading it: `,"ret_category":"auth"`.

use super::texts::Texts;
use crate::catalog::{Catalog, Language};
use crate::field::{Members, Syntax};
use crate::scanner::{self, KEY_MAX_BYTES};
use memchr::memmem;
use std::ops::Range;

/// What the names of the members have behind the key.
pub(crate) const SUFFIXES: [&str; 2] = ["_category", "_message"];

/// The pieces of a note: for each member what stands before the key, the key, the rest of the name with what
/// opens the value, the value, and what closes it.
type Pieces<'a> = [&'a [u8]; 10];

/// What stands around the key and the value of a member, for each of [`SUFFIXES`].
struct Frame {
    lead: &'static str,
    open: [&'static str; 2],
    close: &'static str,
}

/// The values of the two members, for each entry of a catalog.
type Values = [Texts; 2];

/// The notes of a catalog as members.
#[derive(Clone, Debug)]
pub(super) struct MemberNotes {
    /// As JSON strings have them, without the quotes.
    json: Values,
    /// The same within a JSON string.
    escaped_json: Values,
    /// With the quotes that they need.
    key_value: Values,
    /// As attributes have them, without the quotes.
    xml: Values,
}

impl Syntax {
    const ALL: [Self; 5] =
        [Self::Json, Self::EscapedJson, Self::KeyValue, Self::Attribute, Self::SingleQuotedAttribute];

    const fn frame(self) -> Frame {
        match self {
            Self::Json => Frame { lead: ",\"", open: ["_category\":\"", "_message\":\""], close: "\"" },
            Self::EscapedJson => {
                Frame { lead: ",\\\"", open: ["_category\\\":\\\"", "_message\\\":\\\""], close: "\\\"" }
            }
            Self::KeyValue => Frame { lead: " ", open: ["_category=", "_message="], close: "" },
            Self::Attribute => Frame { lead: " ", open: ["_category=\"", "_message=\""], close: "\"" },
            Self::SingleQuotedAttribute => {
                Frame { lead: " ", open: ["_category='", "_message='"], close: "'" }
            }
        }
    }
}

impl MemberNotes {
    pub(super) fn new(catalog: &Catalog, language: Language) -> Self {
        let values = |form: fn(&str) -> String, message_form: fn(&str) -> String| {
            let mut values = Values::default();
            for entry in catalog.entries() {
                values[0].push(&form(&entry.category().name_in(language)));
                values[1].push(&message_form(&entry.message_in(language)));
            }
            values
        };
        Self {
            json: values(json, json),
            escaped_json: values(|text| json(&json(text)), |text| json(&json(text))),
            key_value: values(value, quoted),
            xml: values(xml, xml),
        }
    }

    fn values(&self, syntax: Syntax) -> &Values {
        match syntax {
            Syntax::Json => &self.json,
            Syntax::EscapedJson => &self.escaped_json,
            Syntax::KeyValue => &self.key_value,
            Syntax::Attribute | Syntax::SingleQuotedAttribute => &self.xml,
        }
    }

    /// The pieces of the note of an entry, whose names begin with `key`.
    pub(super) fn pieces<'a>(
        &'a self,
        syntax: Syntax,
        members: Members,
        entry: usize,
        key: &'a [u8],
    ) -> Pieces<'a> {
        let (frame, values) = (syntax.frame(), self.values(syntax));
        let mut pieces: Pieces<'a> = [b""; 10];
        for (at, is_written) in [members.category, members.message].into_iter().enumerate() {
            if is_written {
                pieces[5 * at..][..5].copy_from_slice(&[
                    frame.lead.as_bytes(),
                    key,
                    frame.open[at].as_bytes(),
                    values[at].get(entry),
                    frame.close.as_bytes(),
                ]);
            }
        }
        pieces
    }

    /// Returns the length of the note of an entry that a text begins with, of both members or of one; `None` where
    /// it begins with none.
    pub(super) fn length_at(&self, syntax: Syntax, entry: usize, key: &[u8], text: &[u8]) -> Option<usize> {
        let length = |members| length_of_pieces(self.pieces(syntax, members, entry, key), text);
        Members::SETS.into_iter().find_map(length)
    }

    /// Calls `on_place` with each place in a range of a text where a note could begin, in no order, perhaps
    /// several times.
    pub(super) fn for_each_beginning(
        &self,
        text: &[u8],
        range: Range<usize>,
        mut on_place: impl FnMut(usize),
    ) {
        let reach = KEY_MAX_BYTES + 2 * SUFFIXES[0].len();
        let searched = &text[range.start..text.len().min(range.end + reach)];
        for found in SUFFIXES.into_iter().flat_map(|suffix| memmem::find_iter(searched, suffix)) {
            let suffix = range.start + found;
            let key = scanner::identifier_length_before(text, suffix);
            for lead in Syntax::ALL.map(|syntax| syntax.frame().lead) {
                let place = (suffix - key).checked_sub(lead.len());
                place.filter(|place| range.contains(place)).into_iter().for_each(&mut on_place);
            }
        }
    }

    /// The most bytes that a note has.
    pub(super) fn longest(&self) -> usize {
        let longest = |syntax: Syntax| {
            let (frame, [category, message]) = (syntax.frame(), self.values(syntax));
            let frames = 2 * (frame.lead.len() + KEY_MAX_BYTES + frame.close.len());
            frames + frame.open.map(str::len).iter().sum::<usize>() + category.longest() + message.longest()
        };
        Syntax::ALL.map(longest).into_iter().max().unwrap_or(0)
    }
}

/// Returns the length of all pieces together, if a text begins with them.
pub(super) fn length_of_pieces(pieces: Pieces<'_>, text: &[u8]) -> Option<usize> {
    let rest = pieces.into_iter().try_fold(text, |rest, piece| rest.strip_prefix(piece))?;
    Some(text.len() - rest.len())
}

/// A text as it stands in a JSON string.
fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a text has a JSON form");
    quoted[1..quoted.len() - 1].to_owned()
}

/// A text as it stands in the value of an attribute, in quotes of either kind, also within a JSON string: with
/// neither quotes nor backslashes.
pub(super) fn xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&apos;"),
            '\\' => escaped.push_str("&#92;"),
            '\t' => escaped.push(' '),
            _ => escaped.push(char),
        }
    }
    escaped
}

/// A value of `key=value`, in quotes where it needs them.
fn value(text: &str) -> String {
    let needs_quotes = text.is_empty() || text.contains([' ', '"', '=', '\\', '\'']);
    if needs_quotes { quoted(text) } else { text.to_owned() }
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_quoted_where_they_need_it() {
        assert_eq!(value("auth"), "auth");
        assert_eq!(value("auth/登录鉴权"), "auth/登录鉴权");
        assert_eq!(value("a b"), "\"a b\"");
        assert_eq!(value("a=\"b\""), "\"a=\\\"b\\\"\"");
        assert_eq!(quoted("a\\b"), "\"a\\\\b\"");
    }

    #[test]
    fn texts_are_escaped_as_their_syntax_has_it() {
        assert_eq!(json("a\"b\\c"), "a\\\"b\\\\c");
        assert_eq!(json(&json("\"")), "\\\\\\\"");
        assert_eq!(xml("a<b>&\"'\\\t."), "a&lt;b&gt;&amp;&quot;&apos;&#92; .");
    }
}
