//! Notes as members in the line's own syntax, so that machines can still read the line: `,"ret_category":"auth"`.

use super::charset::Charset;
use super::json_quote::ENCODED_BYTES_MAX;
use super::style::NoteStyle;
use super::text_forms::xml;
use super::texts::Texts;
use crate::buffer::CHUNK_BYTES;
use crate::catalog::Catalog;
use crate::field::{JsonQuote, Members, QuoteMark, Syntax};
use crate::scanner::{self, KEY_MAX_BYTES};
use memchr::memmem;
use std::ops::Range;
use std::sync::OnceLock;

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

/// The notes of a catalog as members. Those of a syntax are rendered when they are first asked for: a log has few
/// syntaxes.
#[derive(Clone, Debug)]
pub(super) struct MemberNotes {
    /// The categories and the messages of all entries, as the catalog has them, in UTF-8.
    texts: [Texts; 2],
    /// The encoding of the notes.
    charset: Charset,
    syntaxes: [OnceLock<SyntaxNotes>; SYNTAX_COUNT],
}

/// The number of syntaxes that are told apart.
const SYNTAX_COUNT: usize = JsonQuote::COUNT + 4;

impl Syntax {
    /// Returns the number of the syntax, less than [`SYNTAX_COUNT`].
    fn number(self) -> usize {
        match self {
            Self::Json(quote) => quote.number(),
            Self::KeyValue => JsonQuote::COUNT,
            Self::Attribute => JsonQuote::COUNT + 1,
            Self::SingleQuotedAttribute => JsonQuote::COUNT + 2,
            Self::EscapedAttribute => JsonQuote::COUNT + 3,
        }
    }

    /// Returns the text before the key of a member.
    fn lead(self) -> String {
        match self {
            Self::Json(quote) => quote.encode(",\""),
            _ => " ".to_owned(),
        }
    }

    /// Returns the text of a member behind the key: its suffix and its value.
    fn member(self, suffix: &str, text: &str) -> String {
        match self {
            Self::Json(quote) => quote.encode(&format!("{suffix}\":\"{}\"", json(text))),
            Self::KeyValue if suffix == SUFFIXES[0] => format!("{suffix}={}", value(text)),
            Self::KeyValue => format!("{suffix}={}", quoted(text)),
            Self::Attribute => format!("{suffix}=\"{}\"", xml(text)),
            Self::SingleQuotedAttribute => format!("{suffix}='{}'", xml(text)),
            Self::EscapedAttribute => format!("{suffix}=&quot;{}&quot;", xml(&xml(text))),
        }
    }
}

impl SyntaxNotes {
    fn new(syntax: Syntax, texts: &[Texts; 2], charset: Charset) -> Self {
        let mut lead = Texts::default();
        lead.push(&syntax.lead(), charset);
        lead.pad(CHUNK_BYTES);
        let member = |number: usize| texts[number].map(|text| syntax.member(SUFFIXES[number], text), charset);
        let members = [0, 1].map(member);
        Self { lead, members }
    }
}

impl MemberNotes {
    pub(super) fn new(catalog: &Catalog, style: &NoteStyle) -> Self {
        let mut texts = <[Texts; 2]>::default();
        for entry in catalog.entries() {
            let language = style.language_of(entry);
            texts[0].push(&entry.category().name_in(language), Charset::default());
            texts[1].push(&entry.message_in(language), Charset::default());
        }
        let syntaxes = [const { OnceLock::new() }; SYNTAX_COUNT];
        Self { texts, charset: style.charset, syntaxes }
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
        let new = || SyntaxNotes::new(syntax, &self.texts, self.charset);
        let notes = self.syntaxes[syntax.number()].get_or_init(new);
        let SyntaxNotes { lead, members: [category, message] } = notes;
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
        let reach = LEAD_MAX_BYTES + KEY_MAX_BYTES + SUFFIXES[0].len();
        let searched = &text[range.start..text.len().min(range.end + reach)];
        for found in SUFFIXES.into_iter().flat_map(|suffix| memmem::find_iter(searched, suffix)) {
            let suffix = range.start + found;
            // The end of a lead can look like the beginning of the key: `\u0022ret_category`.
            let longest = scanner::identifier_length_before(text, suffix).min(KEY_MAX_BYTES);
            for key_start in suffix - longest..suffix {
                let lead = lead_before(&text[..key_start]);
                let place = lead.map(|length| key_start - length).filter(|place| range.contains(place));
                place.into_iter().for_each(&mut on_place);
            }
        }
    }

    /// Returns true if all members are ASCII.
    #[cfg(feature = "cli")]
    pub(super) fn are_ascii(&self) -> bool {
        self.texts.iter().all(Texts::are_ascii)
    }

    /// Returns an upper bound of the length of a note, in bytes.
    pub(super) fn longest(&self) -> usize {
        let texts: usize = self.texts.iter().map(Texts::longest).sum();
        2 * (LEAD_MAX_BYTES + KEY_MAX_BYTES) + ENCODED_BYTES_MAX * (texts + 2 * MEMBER_BYTES)
    }
}

/// The most bytes of the text before a key: a comma and a quote.
const LEAD_MAX_BYTES: usize = 1 + ENCODED_BYTES_MAX;

/// The bytes of a member besides the key and the text: the suffix, quotes and a colon.
const MEMBER_BYTES: usize = SUFFIXES[0].len() + "\":\"\"".len();

/// Returns the length in bytes of the text before the key of a member that a text ends in.
fn lead_before(text: &[u8]) -> Option<usize> {
    if text.ends_with(b" ") {
        return Some(1);
    }
    let (quote, length) = JsonQuote::before(text)?;
    let comma: &[u8] = if quote.mark == QuoteMark::Percent { b"%2C" } else { b"," };
    text[..text.len() - length].ends_with(comma).then_some(length + comma.len())
}

/// Returns true if a text begins with a member whose name ends in one of [`SUFFIXES`].
pub(super) fn could_begin(text: &[u8]) -> bool {
    let name = match text {
        [b' ', rest @ ..] => Some(rest),
        [b',', rest @ ..] | [b'%', b'2', b'C', rest @ ..] => {
            JsonQuote::at(rest).map(|(_, length)| &rest[length..])
        }
        _ => None,
    };
    name.is_some_and(|rest| {
        let name = &rest[..scanner::identifier_length(rest)];
        SUFFIXES.iter().any(|suffix| name.ends_with(suffix.as_bytes()))
    })
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
    }
}
