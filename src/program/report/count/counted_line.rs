//! The line that is being counted.

use super::slot::Moment;

/// The line of the last field.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct CountedLine {
    /// The number of the line among lines that have fields.
    pub(super) number: u64,
    /// The byte offset of the line's beginning in the part.
    pub(super) start: usize,
    /// The byte offset of the last field's end in the part.
    pub(super) searched: usize,
    /// True if the line has a field; false at the beginning of a part until its first field, unless a line with a field
    /// goes on there.
    pub(super) has_field: bool,
    pub(super) moment: Moment,
}
