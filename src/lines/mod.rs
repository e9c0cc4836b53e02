//! Lines of a stream: the choice of the lines that are written, the context around them, and their numbers.

mod begun;
mod held;
mod newlines;
#[cfg(feature = "cli")]
mod pieces;
mod prefix;
mod prefixed;
mod selected;
mod time_choice;
mod writer;

pub(crate) use newlines::count_newlines;
pub(crate) use time_choice::TimeChoice;
#[cfg(feature = "cli")]
pub(crate) use time_choice::without_nuls;
#[cfg(feature = "cli")]
pub(crate) use writer::GROUP_SEPARATOR;
pub(crate) use writer::LineWriter;

use crate::catalog::Catalog;
use crate::field::FoundField;
use crate::selector::Selector;

/// The choice of the lines of a stream that are written, and the numbers before them. [`Lines::new`] writes all lines,
/// without numbers.
///
/// A line is written whole or not at all. Lines of up to 16 MiB are searched for selected codes; a longer line is
/// written, whatever its codes. A last line without a newline gets one. Where lines are chosen, NULs at the beginning of a
/// line are no part of it, and are not written: a log has them that was cut off while a program went on to write at its
/// former end, or after a crash.
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
    /// The codes of which a line must have one; `None` writes all lines.
    only: Option<Selector>,
    context: Option<Context>,
    numbered: bool,
    named: bool,
    /// The most selected lines of a stream; `None` counts none and sets no bound.
    max_count: Option<u64>,
    /// True if selected lines are counted, and no line is written.
    silent: bool,
}

impl Lines {
    /// Returns all lines, without numbers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Writes only lines that have a selected code, and their context. With `None`, writes all lines.
    ///
    /// A selector that selects codes which the catalog lacks needs an annotator that
    /// [finds such codes](crate::AnnotatorBuilder::unknown).
    #[must_use]
    pub fn only(self, only: impl Into<Option<Selector>>) -> Self {
        Self { only: only.into(), ..self }
    }

    /// Writes lines around each selected line as well, and a line `--` between groups of lines that do not follow each
    /// other. With `None`, writes neither.
    #[must_use]
    pub fn context(self, context: impl Into<Option<Context>>) -> Self {
        Self { context: context.into(), ..self }
    }

    /// Writes the number of each line, from 1, before it: `12:`, or `12-` for a line of the context.
    #[must_use]
    pub fn numbered(self, numbered: bool) -> Self {
        Self { numbered, ..self }
    }

    /// Writes the name of the input before each line, where it has one, and before the number: `server.log:`.
    #[must_use]
    pub fn named(self, named: bool) -> Self {
        Self { named, ..self }
    }

    /// Ends reading a stream when this number of selected lines, and the context behind the last one, has been written. With
    /// `None`, reads to the end. Has no effect where lines are not chosen.
    ///
    /// ```
    /// use imsdk_annotate::{Annotator, Catalog, Lines, Selector};
    ///
    /// let any = Selector::parse("any", &Catalog::builtin(), None)?;
    /// let annotator = Annotator::builder().lines(Lines::new().only(any).max_count(1)).build();
    /// let endless = std::io::repeat(b'\n');
    /// let log = std::io::Read::chain(&b"start\nret=5\nret=-1\n"[..], endless);
    /// let mut output = Vec::new();
    /// annotator.annotate_stream(log, &mut output).unwrap();
    /// assert_eq!(output, b"ret=5 (action: need google authcode)\n");
    /// # Ok::<(), imsdk_annotate::SelectorError>(())
    /// ```
    #[must_use]
    pub fn max_count(self, max_count: impl Into<Option<u64>>) -> Self {
        Self { max_count: max_count.into(), ..self }
    }

    /// Counts selected lines and writes none. Needs [`Lines::max_count`], without which lines are not counted.
    #[cfg(feature = "cli")]
    #[must_use]
    pub(crate) fn silent(self, silent: bool) -> Self {
        Self { silent, ..self }
    }
}

/// The numbers of lines before and behind each selected line that are written as well; 0 by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Context {
    before: usize,
    after: usize,
}

impl Context {
    /// Returns a context of no lines before and no lines behind a selected line.
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

/// The [`Lines`] to write, prepared for one catalog.
#[derive(Clone, Debug)]
pub(crate) struct LineRules {
    lines: Lines,
    /// For each entry of the catalog, true if a line with its code is selected; empty where lines are not chosen.
    selected: Box<[bool]>,
}

impl LineRules {
    /// Prepares the choice of lines for a catalog.
    pub(crate) fn new(lines: Lines, catalog: &Catalog) -> Self {
        let is_selected = |only: &Selector| {
            catalog.entries().iter().map(|entry| only.selects(entry.code(), Some(entry))).collect()
        };
        let selected = lines.only.as_ref().map(is_selected).unwrap_or_default();
        Self { lines, selected }
    }

    /// Returns true if lines are chosen. Each line must then be whole before it can be written or left out.
    pub(crate) fn choose(&self) -> bool {
        self.lines.only.is_some()
    }

    /// Returns true if selected lines are counted, and no line is written.
    pub(crate) fn is_silent(&self) -> bool {
        self.lines.silent
    }

    /// Returns true if the selected lines are counted, or are bounded in number.
    #[cfg(feature = "cli")]
    pub(crate) fn count_selected(&self) -> bool {
        self.lines.max_count.is_some()
    }

    /// Returns true if the number of each line is written before it.
    pub(crate) fn number(&self) -> bool {
        self.lines.numbered
    }

    /// Returns true if a name or a number is written before each line.
    pub(crate) fn have_prefix(&self) -> bool {
        self.lines.numbered || self.lines.named
    }

    /// Returns true if a field selects its line. Must be called only where [`LineRules::choose`] returns true; it may
    /// panic otherwise.
    #[inline]
    pub(crate) fn selects(&self, field: &FoundField) -> bool {
        match field.entry {
            Some(entry) => self.selected[entry],
            None => self.lines.only.as_ref().is_some_and(|only| only.selects(field.code, None)),
        }
    }

    /// Returns the numbers of lines around each selected line; 0 where no context is set.
    fn context(&self) -> Context {
        self.lines.context.unwrap_or_default()
    }

    /// Returns true if a context is set, even one of 0 lines: `--` then stands between groups of lines.
    fn has_context(&self) -> bool {
        self.lines.context.is_some()
    }
}
