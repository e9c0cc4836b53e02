//! Notes as members in the line's own syntax, so that machines can still read the line: `,"ret_category":"auth"`.

use super::style::NoteStyle;
use super::texts::Texts;
use crate::buffer::CHUNK_BYTES;
use crate::catalog::Catalog;
use crate::field::{Members, Syntax};
use crate::scanner::{self, KEY_MAX_BYTES};
use memchr::memmem;
use std::ops::Range;

/// The ends of the names of the members. A key stands before them: `ret_category`.
pub(crate) const SUFFIXES: [&str; 2] = ["_category", "_message"];

/// The parts of a note: for each member the text before the key, the key, and the rest of the member. Each part is a
/// range of a longer text.
type MemberPieces<'a> = [(&'a [u8], Range<usize>); 6];

/// The notes of all entries in one syntax.
#[derive(Clone, Debug)]
struct SyntaxNotes {
    /// The text before the key of each member, as number 0.
    lead: Texts,
    /// The rest of each member behind the key, by entry: the suffix of the name and the value. First categories, then
    /// messages.
    members: [Texts; 2],
}

/// The notes of a catalog as members, in each syntax.
#[derive(Clone, Debug)]
pub(super) struct MemberNotes([SyntaxNotes; Syntax::ALL.len()]);

impl Syntax {
    /// All syntaxes, in the order of their numbers.
    const ALL: [Self; 5] =
        [Self::Json, Self::EscapedJson, Self::KeyValue, Self::Attribute, Self::SingleQuotedAttribute];

    /// Returns the text before the key of a member.
    fn lead(self) -> &'static str {
        match self {
            Self::Json => ",\"",
            Self::EscapedJson => ",\\\"",
            Self::KeyValue | Self::Attribute | Self::SingleQuotedAttribute => " ",
        }
    }

    /// Returns the text behind the key, for the category and for the message.
    fn members(self, category: &str, message: &str) -> [String; 2] {
        let [category_suffix, message_suffix] = SUFFIXES;
        let each =
            |form: fn(&str, &str) -> String| [form(category_suffix, category), form(message_suffix, message)];
        match self {
            Self::Json => each(|suffix, text| format!("{suffix}\":\"{}\"", json(text))),
            Self::EscapedJson => each(|suffix, text| format!("{suffix}\\\":\\\"{}\\\"", json(&json(text)))),
            Self::KeyValue => [
                format!("{category_suffix}={}", value(category)),
                format!("{message_suffix}={}", quoted(message)),
            ],
            Self::Attribute => each(|suffix, text| format!("{suffix}=\"{}\"", xml(text))),
            Self::SingleQuotedAttribute => each(|suffix, text| format!("{suffix}='{}'", xml(text))),
        }
    }
}

impl MemberNotes {
    pub(super) fn new(catalog: &Catalog, style: &NoteStyle) -> Self {
        Self(Syntax::ALL.map(|syntax| {
            let (mut lead, mut members) = (Texts::default(), <[Texts; 2]>::default());
            lead.push(syntax.lead(), style.charset);
            for entry in catalog.entries() {
                let language = style.language_of(entry);
                let texts = syntax.members(&entry.category().name_in(language), &entry.message_in(language));
                members.iter_mut().zip(texts).for_each(|(member, text)| member.push(&text, style.charset));
            }
            lead.pad(CHUNK_BYTES);
            members.iter_mut().for_each(|member| member.pad(CHUNK_BYTES));
            SyntaxNotes { lead, members }
        }))
    }

    /// Returns the parts of the note of an entry. `key` is a range of a text, with which the names of the members
    /// begin.
    pub(super) fn pieces<'a>(
        &'a self,
        syntax: Syntax,
        members: Members,
        entry: usize,
        key: (&'a [u8], Range<usize>),
    ) -> MemberPieces<'a> {
        const NOTHING: (&[u8], Range<usize>) = (b"", 0..0);
        let SyntaxNotes { lead, members: [category, message] } = &self.0[syntax as usize];
        let (category, message) = (category.place(entry), message.place(entry));
        let lead = lead.place(0);
        match members {
            Members::Both => [lead.clone(), key.clone(), category, lead, key, message],
            Members::Category => [lead, key, category, NOTHING, NOTHING, NOTHING],
            Members::Message => [NOTHING, NOTHING, NOTHING, lead, key, message],
        }
    }

    /// Returns the length in bytes of the note of an entry that a text begins with, of both members or of one; `None`
    /// where the text begins with none.
    pub(super) fn length_at(&self, syntax: Syntax, entry: usize, key: &[u8], text: &[u8]) -> Option<usize> {
        let length =
            |members| length_of_pieces(self.pieces(syntax, members, entry, (key, 0..key.len())), text);
        Members::ALL.into_iter().find_map(length)
    }

    /// Calls `on_place` with each place in a range of a text where a note could begin. The places come in no order, and
    /// one may come several times.
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
            for lead in Syntax::ALL.map(Syntax::lead) {
                let place = (suffix - key).checked_sub(lead.len());
                place.filter(|place| range.contains(place)).into_iter().for_each(&mut on_place);
            }
        }
    }

    /// Returns true if all members are ASCII.
    #[cfg(feature = "cli")]
    pub(super) fn are_ascii(&self) -> bool {
        self.0.iter().flat_map(|notes| &notes.members).all(Texts::are_ascii)
    }

    /// Returns an upper bound of the length of a note, in bytes.
    pub(super) fn longest(&self) -> usize {
        let longest = |notes: &SyntaxNotes| {
            let texts: usize = notes.members.iter().map(Texts::longest).sum();
            2 * (notes.lead.longest() + KEY_MAX_BYTES) + texts
        };
        self.0.iter().map(longest).max().unwrap_or(0)
    }
}

/// Returns true if a text begins with a member whose name ends in one of [`SUFFIXES`].
pub(super) fn could_begin(text: &[u8]) -> bool {
    let is_member = |rest: &[u8]| {
        let name = &rest[..scanner::identifier_length(rest)];
        SUFFIXES.iter().any(|suffix| name.ends_with(suffix.as_bytes()))
    };
    [Syntax::Json, Syntax::EscapedJson, Syntax::KeyValue]
        .iter()
        .any(|syntax| text.strip_prefix(syntax.lead().as_bytes()).is_some_and(is_member))
}

/// Returns the length in bytes of all parts together, if the text begins with them.
pub(super) fn length_of_pieces(pieces: MemberPieces<'_>, text: &[u8]) -> Option<usize> {
    let rest =
        pieces.into_iter().try_fold(text, |rest, (longer, piece)| rest.strip_prefix(&longer[piece]))?;
    Some(text.len() - rest.len())
}

/// Returns a text in the form that it has in a JSON string, which may stand in XML: characters with a meaning there
/// become escapes, as does the second of two hyphens in a row.
fn json(text: &str) -> String {
    let quoted = serde_json::to_string(text).expect("a text has a JSON form");
    let mut escaped = String::with_capacity(quoted.len());
    for char in quoted[1..quoted.len() - 1].chars() {
        match char {
            '<' => escaped.push_str("\\u003c"),
            '>' => escaped.push_str("\\u003e"),
            '&' => escaped.push_str("\\u0026"),
            '\'' => escaped.push_str("\\u0027"),
            '-' if escaped.ends_with('-') => escaped.push_str("\\u002d"),
            _ => escaped.push(char),
        }
    }
    escaped
}

/// Returns a text in the form that it has in XML: in the value of an attribute in quotes of either kind, also within a
/// JSON string, and so with neither quotes nor backslashes; between tags; and in a comment, and so with no two hyphens
/// in a row.
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
            '-' if escaped.ends_with('-') => escaped.push_str("&#45;"),
            '\t' => escaped.push(' '),
            _ => escaped.push(char),
        }
    }
    escaped
}

/// Returns a text as the value of `key=value`, in quotes where it needs them.
fn value(text: &str) -> String {
    let needs_quotes = text.is_empty() || text.contains([' ', '"', '=', '\\', '\'']);
    if needs_quotes { quoted(text) } else { text.to_owned() }
}

/// Returns a text in double quotes, with backslashes before quotes and backslashes.
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
        assert_eq!(json("<it's> & -- b---"), "\\u003cit\\u0027s\\u003e \\u0026 -\\u002d b-\\u002d-");
        assert_eq!(json(&json("&")), "\\\\u0026");
        assert_eq!(xml("a<b>&\"'\\\t."), "a&lt;b&gt;&amp;&quot;&apos;&#92; .");
        assert_eq!(xml("a-b -- c---"), "a-b -&#45; c-&#45;-");
    }
}
