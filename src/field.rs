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
    /// True if the key is spelled `code`, so that rule 3 of the scanner must be checked.
    pub(crate) spelled_code: bool,
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
    pub(crate) fn new(start: usize, end: usize, code: i32, entry: Option<usize>, spelled_code: bool) -> Self {
        Self {
            start,
            end,
            code,
            entry,
            spelled_code,
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

/// The form of a note.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum NoteForm {
    /// The text of the template.
    #[default]
    Text,
    /// The text of the template, in which characters that have a meaning in XML are escaped: in the value of an
    /// attribute, or between tags.
    XmlText,
    /// Members, whose names begin with the key.
    Members(Syntax),
    /// No note.
    Nothing,
}

/// The syntax of members.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// `,"ret_category":"auth"`
    Json,
    /// `,\"ret_category\":\"auth\"`, within a string that holds JSON.
    EscapedJson,
    /// ` ret_category=auth`
    KeyValue,
    /// ` ret_category="auth"` in a tag of XML, or between tags.
    Attribute,
    /// ` ret_category='auth'` in a tag of XML whose attributes are in single quotes, or which is within a string.
    SingleQuotedAttribute,
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
    /// Returns true if the members are members of a JSON object.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::EscapedJson)
    }
}
