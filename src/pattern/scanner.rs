//! Finds the codes of patterns in whole lines.

use super::{GroupSearch, Pattern};
use crate::catalog::CodeIndex;
use crate::field::{Checks, FoundField};
use crate::line::color;
use crate::scanner;
use std::sync::Arc;

/// Finds the fields of patterns.
#[derive(Clone, Debug)]
pub(crate) struct PatternScanner {
    patterns: Vec<Pattern>,
    codes: Arc<CodeIndex>,
    /// True if negative codes that the catalog lacks are found as well.
    unknown: bool,
}

/// The search for the fields of one pattern in a text of whole lines without notes.
#[derive(Clone, Debug)]
pub(crate) struct PatternSearch<'p> {
    scanner: &'p PatternScanner,
    pattern: &'p Pattern,
    search: GroupSearch,
}

impl PatternScanner {
    pub(crate) fn new(patterns: Vec<Pattern>, codes: Arc<CodeIndex>, unknown: bool) -> Self {
        Self { patterns, codes, unknown }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.patterns.is_empty()
    }

    /// Returns the codes of the catalog.
    pub(crate) fn codes(&self) -> &CodeIndex {
        &self.codes
    }

    /// Returns a search for each pattern, in the order of the patterns.
    pub(crate) fn searches(&self) -> impl Iterator<Item = PatternSearch<'_>> {
        self.patterns.iter().map(|pattern| PatternSearch { scanner: self, pattern, search: pattern.search() })
    }

    /// Returns the field whose code is `text` and begins at `start`; `None` where `text` is no code, or none that is to
    /// be found.
    fn field(&self, text: &[u8], start: usize) -> Option<FoundField> {
        let code = scanner::code_of(text)?;
        let entry = self.codes.position(code);
        let is_wanted = entry.is_some() || self.unknown && code < 0;
        is_wanted.then(|| FoundField::new(start, start + text.len(), code, entry, Checks::NONE))
    }
}

impl PatternSearch<'_> {
    /// Returns the next field of the text, which must be the same for each call; `None` where there are no more.
    pub(crate) fn next(&mut self, text: &[u8]) -> Option<FoundField> {
        loop {
            let group = self.pattern.next_group(text, &mut self.search)?;
            // A note within a colour sequence would break it.
            if !color::is_in_sequence(text, group.start)
                && let Some(field) = self.scanner.field(&text[group.clone()], group.start)
            {
                return Some(field);
            }
        }
    }
}
