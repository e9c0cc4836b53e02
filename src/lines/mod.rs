//! Lines of a stream: which are written, with what lines around them, and their numbers.

mod held;
mod number;
mod writer;

pub(crate) use writer::LineWriter;

use crate::catalog::Catalog;
use crate::field::FoundField;
use crate::selector::Selector;

/// The lines of a stream that are written, and the numbers before them. [`Lines::new`] writes all lines, without numbers.
///
/// A line is written whole or not at all. A line is searched for selected codes up to 16 MiB; a longer line is written,
/// whatever its codes. A last line without a newline gets one.
///
/// ```
/// use imsdk_annotate::{Annotator, Catalog, Context, Lines, Selector};
///
/// let errors = Selector::parse("error", &Catalog::builtin(), None)?;
/// let lines = Lines::new().only(errors).context(Context::new().before(1)).numbered(true);
/// let annotator = Annotator::builder().lines(lines).build();
/// assert_eq!(
///     annotator.annotate(b"start\nlogin\nret=-204\nend\n"),
///     b"2-login\n3:ret=-204 (auth: user session is failure!)\n",
/// );
/// # Ok::<(), imsdk_annotate::SelectorError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// The codes of which a line must have one; all lines are written where there is no selector.
    only: Option<Selector>,
    context: Option<Context>,
    numbered: bool,
}

impl Lines {
    /// Returns all lines, without numbers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes only lines that have a selected code, and their context. With `None`, writes all lines.
    ///
    /// For a selector that selects codes which the catalog lacks, the annotator must
    /// [find these](crate::AnnotatorBuilder::unknown).
    #[must_use]
    pub fn only(self, only: impl Into<Option<Selector>>) -> Self {
        Self { only: only.into(), ..self }
    }

    /// Writes lines around selected lines as well, and a line `--` between groups of lines that do not follow each other.
    /// With `None`, writes neither.
    #[must_use]
    pub fn context(self, context: impl Into<Option<Context>>) -> Self {
        Self { context: context.into(), ..self }
    }

    /// Writes the number of each line, from 1, before it: `12:`, or `12-` for a line of the context.
    #[must_use]
    pub fn numbered(self, numbered: bool) -> Self {
        Self { numbered, ..self }
    }
}

/// The numbers of lines before and behind each selected line that are written as well; 0 by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    before: usize,
    after: usize,
}

impl Context {
    /// Returns no lines before and none behind.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes this number of lines before each selected line, as far as 16 MiB hold them.
    #[must_use]
    pub fn before(self, before: usize) -> Self {
        Self { before, ..self }
    }

    /// Writes this number of lines behind each selected line.
    #[must_use]
    pub fn after(self, after: usize) -> Self {
        Self { after, ..self }
    }
}

/// The [`Lines`] to write, worked out for one catalog.
#[derive(Clone, Debug)]
pub(crate) struct LineRules {
    lines: Lines,
    /// For each entry of the catalog, whether a line with it is written.
    selected: Box<[bool]>,
}

impl LineRules {
    pub(crate) fn new(lines: Lines, catalog: &Catalog) -> Self {
        let is_selected = |only: &Selector| {
            catalog.entries().iter().map(|entry| only.selects(entry.code(), Some(entry))).collect()
        };
        let selected = lines.only.as_ref().map(is_selected).unwrap_or_default();
        Self { lines, selected }
    }

    /// Whether lines are left out, so that each must be whole when it is decided on.
    pub(crate) fn choose(&self) -> bool {
        self.lines.only.is_some()
    }

    /// Whether the line of a field is selected, where lines are chosen.
    #[inline]
    pub(crate) fn selects(&self, field: &FoundField) -> bool {
        match field.entry {
            Some(entry) => self.selected[entry],
            None => self.lines.only.as_ref().is_some_and(|only| only.selects(field.code, None)),
        }
    }

    fn context(&self) -> Context {
        self.lines.context.unwrap_or_default()
    }

    fn has_context(&self) -> bool {
        self.lines.context.is_some()
    }
}
