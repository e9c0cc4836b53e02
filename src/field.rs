//! Fields, one for each key, separator and code that is found in a text: as the engine works with them, and as users of
//! the library see them.

use crate::catalog::Entry;
use std::ops::Range;

/// A field of a text: a key, a separator and a return code, such as `ret=-204`.
///
/// [`Annotator::fields`](crate::Annotator::fields) returns the fields of a text, [`Part::fields`](crate::Part::fields)
/// the fields of a part of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field<'a> {
    start: usize,
    end: usize,
    code: i32,
    entry: Option<&'a Entry>,
}

impl<'a> Field<'a> {
    /// Returns a field that has been found. `entries` are the entries of the catalog that its code was looked up in.
    pub(crate) fn new(found: &FoundField, entries: &'a [Entry]) -> Self {
        let entry = found.entry.map(|place| &entries[place]);
        Self { start: found.start, end: found.end, code: found.code, entry }
    }

    /// Returns the range of the field in its text, in bytes: from its key to the end of its code, or of the quote or
    /// bracket that closes the code. The note goes to the end of the range. For a field that a
    /// [`Pattern`](crate::Pattern) found, the range is that of the code.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Returns the code.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// Returns the entry of the code; `None` for a code that the catalog lacks, which is found only with
    /// [`AnnotatorBuilder::unknown`](crate::AnnotatorBuilder::unknown).
    pub fn entry(&self) -> Option<&'a Entry> {
        self.entry
    }
}

/// A field that has been found. Its byte offsets are in the text that was searched. [`Field`](crate::Field) shows it to
/// users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FoundField {
    /// The byte offset at which the key begins, or the code if a pattern found the field.
    pub(crate) start: usize,
    /// The byte offset at which the field ends and the note is written.
    pub(crate) end: usize,
    /// The code.
    pub(crate) code: i32,
    /// The position of the code in [`Catalog::entries`](crate::Catalog::entries); `None` for a code that the catalog
    /// lacks.
    pub(crate) entry: Option<usize>,
    /// The rules of the scanner that must still be checked, because they look at the line without its notes.
    pub(crate) checks: Checks,
    /// The form of the note.
    pub(crate) form: NoteForm,
    /// The members that a note of members has. The line has the other members already.
    pub(crate) members: Members,
    /// The number of bytes from the key that names the members to `start`; 0 unless a pattern found the field.
    pub(crate) name_before: u8,
    /// The length in bytes of the note that stands behind the field already; 0 where there is none.
    pub(crate) old_note_bytes: usize,
}

impl FoundField {
    /// Returns a field of whose notes nothing is known yet.
    #[inline(always)]
    pub(crate) fn new(start: usize, end: usize, code: i32, entry: Option<usize>, checks: Checks) -> Self {
        Self {
            start,
            end,
            code,
            entry,
            checks,
            form: NoteForm::Text,
            members: Members::Both,
            name_before: 0,
            old_note_bytes: 0,
        }
    }

    /// Returns the byte offset at which the key begins that names the members of the note.
    pub(crate) fn name_start(&self) -> usize {
        self.start - usize::from(self.name_before)
    }
}

/// Rules of the scanner that a supposed field must still keep, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Checks(u8);

impl Checks {
    pub(crate) const NONE: Self = Self(0);
    /// The key is spelled `code`: text before it may make it another kind of code.
    pub(crate) const CODE: Self = Self(1);
    /// The key is spelled `code`, no quote stands behind it, and the separator is a colon.
    pub(crate) const BARE_COLON: Self = Self(1 << 1);
    /// The field is in an element of XML: `<` must stand behind it, or behind its note.
    pub(crate) const ELEMENT: Self = Self(1 << 2);

    /// Returns the set with the checks of `other` if `is_wanted` is true.
    #[inline(always)]
    pub(crate) fn with(self, other: Self, is_wanted: bool) -> Self {
        Self(self.0 | (other.0 * u8::from(is_wanted)))
    }

    /// Returns true if the set has a check.
    #[inline(always)]
    pub(crate) fn has(self, check: Self) -> bool {
        self.0 & check.0 != 0
    }
}

/// The form of a note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum NoteForm {
    /// The text of the template.
    #[default]
    Text,
    /// The text of the template, in which characters that have a meaning in XML are escaped: in the value of an
    /// attribute, or between tags.
    XmlText,
    /// The form of [`NoteForm::XmlText`], escaped once more: in XML that is text of other XML, `&lt;ret&gt;-204`.
    EscapedXmlText,
    /// Members, whose names begin with the key.
    Members(Syntax),
    /// No note.
    Nothing,
}

/// The syntax of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// `,"ret_category":"auth"`, with quotes of this form, which are those of the key.
    Json(JsonQuote),
    /// ` ret_category=auth`
    KeyValue,
    /// ` ret_category="auth"` in a tag of XML, or between tags.
    Attribute,
    /// ` ret_category='auth'` in a tag of XML whose attributes are in single quotes, or which is within a string.
    SingleQuotedAttribute,
    /// ` ret_category=&quot;auth&quot;` in a tag that is text of other XML.
    EscapedAttribute,
}

/// The form in which a line has the quotes of JSON: a mark with backslashes before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct JsonQuote {
    /// The number of backslashes before the mark: one in a string of JSON, three in a string of JSON in such a string.
    pub(crate) backslashes: u8,
    pub(crate) mark: QuoteMark,
}

/// The mark that stands for a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum QuoteMark {
    /// `""`, in CSV.
    Doubled,
    /// `"`
    Plain,
    /// `u0022` behind a backslash, in JSON.
    Unicode,
    /// `x22` behind a backslash.
    Hex,
    /// `%22`, in a URL. Backslashes before it are `%5C`.
    Percent,
    /// `&quot;`, in XML and HTML.
    Named,
    /// `&#34;`
    Decimal,
    /// `&#x22;`
    Hexadecimal,
}

impl QuoteMark {
    /// All marks; a mark that ends in another one comes before it.
    pub(crate) const ALL: [Self; 8] = [
        Self::Doubled,
        Self::Plain,
        Self::Unicode,
        Self::Hex,
        Self::Percent,
        Self::Named,
        Self::Decimal,
        Self::Hexadecimal,
    ];

    /// Returns the text of the mark, without backslashes.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Doubled => "\"\"",
            Self::Plain => "\"",
            Self::Unicode => "u0022",
            Self::Hex => "x22",
            Self::Percent => "%22",
            Self::Named => "&quot;",
            Self::Decimal => "&#34;",
            Self::Hexadecimal => "&#x22;",
        }
    }

    /// Returns the bytes of [`QuoteMark::as_str`].
    pub(crate) fn text(self) -> &'static [u8] {
        self.as_str().as_bytes()
    }
}

/// The members that a note has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Members {
    Both,
    Category,
    Message,
}

impl Members {
    /// All sets of members, the largest first.
    pub(crate) const ALL: [Self; 3] = [Self::Both, Self::Category, Self::Message];
}

impl Syntax {
    /// The syntaxes of pairs, `key=value`.
    pub(crate) const PAIRS: [Self; 4] =
        [Self::KeyValue, Self::Attribute, Self::SingleQuotedAttribute, Self::EscapedAttribute];

    /// Returns true if the members are members of a JSON object.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json(_))
    }
}
