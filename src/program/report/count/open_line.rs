//! The line that a part ends in, and that goes on in the next part.

/// A line that goes on in the next part.
#[derive(Clone, Debug, Default)]
pub(super) struct OpenLine {
    /// The beginning of the line, as far as it is kept.
    pub(super) head: Vec<u8>,
    /// The byte offset of the line in its input.
    pub(super) offset: u64,
    /// True if the last field was in this line.
    pub(super) has_field: bool,
    /// True if the line is outside the bounds of time.
    pub(super) is_left_out: bool,
}
