//! Observers, which receive the parts of a stream with their fields and cannot change the output.

use crate::catalog::Entry;
use crate::field::{Field, FoundField};
use std::ops::Range;

/// A part of a stream that has been annotated. The parts of a stream follow each other without a gap.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Part<'a> {
    /// The part, with the bytes of the stream before and behind it that are in memory.
    pub text: &'a [u8],
    /// The byte offset in `text` at which the part begins, which is where the previous part ended.
    pub start: usize,
    /// The byte offset in `text` at which the part ends: at the end of a line, in a line that is longer than the buffer
    /// or than 128 KiB, or at the end of the stream.
    pub end: usize,
    /// The byte offset in the stream at which the part begins.
    pub offset: u64,
    /// True if the part is outside the bounds of time, so that it is not written and its fields are not looked for.
    pub is_left_out: bool,
    /// The number of fields of the part whose code the catalog has.
    pub known_count: u64,
    /// The fields of the part, in their order; empty if the observer does not want fields.
    pub(crate) found: &'a [FoundField],
    /// The entries of the catalog that codes are looked up in.
    pub(crate) entries: &'a [Entry],
}

impl<'a> Part<'a> {
    /// Returns the range of the part in [`Part::text`], in bytes.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Returns the fields of the part, in their order; no fields, if [`Observer::wants_fields`] returns false. Their
    /// ranges are byte offsets in [`Part::text`]. Each field ends within the part, but its key may begin before the
    /// part, in a line that is longer than a part.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let entries = self.entries;
        self.found.iter().map(move |found| Field::new(found, entries))
    }
}

/// A receiver of the parts of a stream, one after another, which cannot change the output.
///
/// ```
/// use imsdk_annotate::{Annotator, Observer, Part};
/// use std::collections::BTreeMap;
///
/// #[derive(Default)]
/// struct Counts(BTreeMap<i32, u64>);
///
/// impl Observer for Counts {
///     fn observe(&mut self, part: Part<'_>) {
///         for field in part.fields() {
///             *self.0.entry(field.code()).or_default() += 1;
///         }
///     }
/// }
///
/// let (mut counts, log) = (Counts::default(), &b"ret=-204\nret=5 ret=-204\n"[..]);
/// Annotator::new().observe_stream(log, std::io::sink(), &mut counts)?;
/// assert_eq!(counts.0, BTreeMap::from([(-204, 2), (5, 1)]));
/// # Ok::<(), imsdk_annotate::StreamError>(())
/// ```
pub trait Observer {
    /// Returns true if [`Part::fields`] is to have the fields of each part, which takes some time for each field. This
    /// method may be called at any time, and must return the same value throughout a stream.
    fn wants_fields(&self) -> bool {
        true
    }

    /// Takes a part that has been annotated. This method is called before more of the stream is read.
    fn observe(&mut self, part: Part<'_>);
}

/// An observer that ignores all parts and needs no fields.
impl Observer for () {
    fn wants_fields(&self) -> bool {
        false
    }

    fn observe(&mut self, _: Part<'_>) {}
}
