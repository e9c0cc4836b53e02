//! Fields as the engine works with them, one for each key, separator and code that was found in a text.

/// A field that was found; its places are those of the text that was searched. [`Field`](crate::Field) shows it to users.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FoundField {
    /// Where the key begins; for a field that a pattern found, where its code does.
    pub(crate) start: usize,
    /// Where the field ends, and the note goes.
    pub(crate) end: usize,
    /// The code.
    pub(crate) code: i32,
    /// Where in [`Catalog::entries`](crate::Catalog::entries) the code is; `None` for one that is in no catalog.
    pub(crate) entry: Option<usize>,
    /// Whether rule 3 is to be asked: the key is spelled `code`.
    pub(crate) spelled_code: bool,
    /// How its note is written.
    pub(crate) form: NoteForm,
    /// The members that are written where the note is members; the others are in the line already.
    pub(crate) members: Members,
    /// Bytes from the key that names the members to `start`: not 0 where a pattern found the field.
    pub(crate) name_before: u8,
    /// How long its note is that stands behind it already; 0 where none does.
    pub(crate) old_note_bytes: usize,
}

impl FoundField {
    /// A field as it is found, of whose notes nothing is known yet.
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

    /// The place where the key begins that names the members of the note.
    pub(crate) fn name_start(&self) -> usize {
        self.start - usize::from(self.name_before)
    }
}

/// How a note is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum NoteForm {
    /// As the template says.
    #[default]
    Text,
    /// As the template says, with what XML gives a meaning to escaped: in the value of an attribute, or between tags.
    XmlText,
    /// As members, whose names begin with the key.
    Members(Syntax),
    /// Not at all.
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
    /// All sets, the one with most members first.
    pub(crate) const ALL: [Self; 3] = [Self::Both, Self::Category, Self::Message];
}

impl Syntax {
    /// Returns whether the members are those of a JSON object.
    pub(crate) fn is_json(self) -> bool {
        matches!(self, Self::Json | Self::EscapedJson)
    }
}
