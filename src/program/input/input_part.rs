//! A part of a plain file, from one line to another.

/// A part of a plain file: at both of its ends, a line begins or the file ends.
#[derive(Clone, Copy, Debug)]
pub(super) struct InputPart {
    /// The byte offsets of the part in the file.
    pub(super) start: u64,
    pub(super) end: u64,
    /// The number of lines of the input before the part; 0 if nobody needs it.
    pub(super) lines_before: u64,
    /// True if any line with a time was found while the part was looked for.
    pub(super) has_times: bool,
}
