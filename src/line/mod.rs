//! Contents of a line besides its text: colours, quotes, tags, and notes that it has already.

pub(crate) mod color;
pub(crate) mod old_notes;
pub(crate) mod quotes;
pub(crate) mod tags;
