//! Observers: who is told of the fields of a stream, and changes nothing.

use crate::catalog::Entry;
use crate::field::FoundField;
use crate::fields::Field;
use std::ops::Range;

/// A part of a stream that has been worked on. The parts of a stream follow each other without a gap.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct Part<'a> {
    /// The part, and as much of the stream before and behind it as is at hand.
    pub text: &'a [u8],
    /// The byte offset in `text` at which the part begins, which is where the last part ended.
    pub start: usize,
    /// The byte offset in `text` at which the part ends: at the end of a line, or in a line that is longer than the buffer
    /// or than 128 KiB, or at the end of the stream.
    pub end: usize,
    /// The byte offset in the stream at which the part begins.
    pub offset: u64,
    /// The number of fields of the part whose code the catalog has.
    pub known_count: u64,
    /// The fields, in their order; none, if the observer does not want them.
    pub(crate) found: &'a [FoundField],
    /// The entries of the catalog in force.
    pub(crate) entries: &'a [Entry],
}

impl<'a> Part<'a> {
    /// Returns the place of the part in [`Part::text`], in bytes.
    pub fn range(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Returns the fields of the part, in their order; none, if the observer does not [want](Observer::wants_fields)
    /// them. Their ranges are places in [`Part::text`]: each ends within the part, and a key may begin before it, in a line
    /// that is longer than a part.
    pub fn fields(&self) -> impl Iterator<Item = Field<'a>> + use<'a> {
        let entries = self.entries;
        self.found.iter().map(move |found| Field::new(found, entries))
    }
}

/// Is told of a stream, part for part, and cannot change what is written.
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
    /// Returns whether [`Part::fields`] is to have the fields of each part, which takes some time for each field. It is
    /// asked now and then, and must not change its answer within a stream.
    fn wants_fields(&self) -> bool {
        true
    }

    /// Takes a part that has been annotated. It is called before more of the stream is read.
    fn observe(&mut self, part: Part<'_>);
}

/// Observes nothing.
impl Observer for () {
    fn wants_fields(&self) -> bool {
        false
    }

    fn observe(&mut self, _: Part<'_>) {}
}
