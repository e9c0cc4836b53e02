//! A field: a key, a separator and a code that was found in a text.

/// A field that was found; its places are those of the text that was searched.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Field {
    /// Where the key begins; for a field that a pattern found, where its code does.
    pub start: usize,
    /// Where the field ends, and the note goes.
    pub end: usize,
    /// The code.
    pub code: i32,
    /// Where in [`Catalog::entries`](crate::Catalog::entries) the code is; `None` for one that is in no catalog.
    pub entry: Option<usize>,
    /// Whether rule 3 is to be asked: the key is spelled `code`.
    pub(crate) spelled_code: bool,
    /// How its note is written.
    pub(crate) form: NoteForm,
    /// How long its note is that stands behind it already; 0 where none does.
    pub(crate) old_note_bytes: usize,
}

impl Field {
    /// A field as it is found, of whose notes nothing is known yet.
    #[inline(always)]
    pub(crate) fn new(start: usize, end: usize, code: i32, entry: Option<usize>, spelled_code: bool) -> Self {
        Self { start, end, code, entry, spelled_code, form: NoteForm::Text, old_note_bytes: 0 }
    }
}

/// How a note is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum NoteForm {
    /// As the template says.
    #[default]
    Text,
    /// As members of a JSON object, whose keys are in double quotes.
    Json,
    /// The same within a string, where the quotes are escaped.
    EscapedJson,
    /// As `key=value`.
    KeyValue,
    /// Not at all.
    Nothing,
}
