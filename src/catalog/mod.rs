//! The catalog: which return codes there are, and what each means.

mod category;
mod code;
mod index;
mod language;
mod load;
mod severity;

pub use category::{Category, CategoryError};
pub(crate) use code::{CODE_DIGITS_MAX, code_at, parse_code};
pub(crate) use code::{Codes, CodesError};
pub(crate) use index::CodeIndex;
pub use language::Language;
pub use load::{BadRow, CatalogError, CatalogFormat};
pub use severity::{Severity, SeverityError};

use std::cmp::Reverse;
use std::sync::Arc;

/// The vendor's table, one code a line: code, message, explanation.
const BUILTIN_TSV: &str = include_str!("builtin.tsv");

/// One return code and its meaning.
///
/// ```
/// use imsdk_annotate::Catalog;
///
/// let catalog = Catalog::builtin();
/// let entry = catalog.get(-204).expect("-204 is in the vendor's table");
/// assert_eq!(entry.message(), "user session is failure!");
/// assert_eq!(entry.category().name(), "auth");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    code: i32,
    category: Category,
    severity: Severity,
    /// The message, then the explanation: one piece of memory for both.
    texts: Box<str>,
    /// Where in `texts` the message ends.
    message_end: usize,
}

impl Entry {
    /// A code with its message, and the category and severity of its block; no explanation.
    ///
    /// Texts are taken as they are: a newline in a message would be one in each of its notes.
    pub fn new(code: i32, message: &str) -> Self {
        let category = Category::of_code(code);
        Self {
            code,
            severity: category.severity(),
            category,
            texts: message.into(),
            message_end: message.len(),
        }
    }

    /// The same with an explanation.
    #[must_use]
    pub fn with_explanation(self, explanation: &str) -> Self {
        let texts = [self.message(), explanation].concat().into();
        Self { texts, ..self }
    }

    /// The same in another category, with the severity of that.
    #[must_use]
    pub fn with_category(self, category: Category) -> Self {
        Self { severity: category.severity(), category, ..self }
    }

    /// The same with another severity.
    #[must_use]
    pub fn with_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// The number that the back end answers with.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// The area that the code belongs to.
    pub fn category(&self) -> &Category {
        &self.category
    }

    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// The message, in English in the vendor's table, misspellings kept: people search for them.
    pub fn message(&self) -> &str {
        &self.texts[..self.message_end]
    }

    /// The explanation, mostly in Chinese in the vendor's table; empty for the few codes that have none.
    pub fn explanation(&self) -> &str {
        &self.texts[self.message_end..]
    }
}

/// A set of codes with their meanings, looked up by code in constant time. Clones share them.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// The highest code first, as in the vendor's table.
    entries: Arc<Vec<Entry>>,
    index: Arc<CodeIndex>,
}

impl Catalog {
    /// The 190 codes of the vendor's server table, which the program carries in itself.
    ///
    /// # Panics
    ///
    /// When the table in the source tree is malformed; the tests hold it against the vendor's.
    pub fn builtin() -> Self {
        Self::of_entries(BUILTIN_TSV.lines().skip(1).map(parse_row).collect())
    }

    /// The catalog of these entries. Of several with one code, the last one counts.
    pub fn of_entries(mut entries: Vec<Entry>) -> Self {
        entries.reverse();
        Self::of_newest_first(entries)
    }

    fn of_newest_first(mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| Reverse(entry.code));
        entries.dedup_by_key(|entry| entry.code);
        let index = CodeIndex::new(entries.iter().map(Entry::code));
        Self { entries: Arc::new(entries), index: Arc::new(index) }
    }

    /// This catalog with other entries over it, which replace those with the same code.
    #[must_use]
    pub fn overlaid(&self, newer: Vec<Entry>) -> Self {
        let mut entries = newer;
        entries.reverse();
        entries.extend_from_slice(&self.entries);
        Self::of_newest_first(entries)
    }

    /// The entry of a code, if the catalog has it.
    pub fn get(&self, code: i32) -> Option<&Entry> {
        self.index.position(code).map(|at| &self.entries[at])
    }

    /// All entries, the highest code first, as in the vendor's table.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where in [`Catalog::entries`] codes are.
    pub(crate) fn index(&self) -> &Arc<CodeIndex> {
        &self.index
    }
}

impl Default for Catalog {
    /// The built-in catalog.
    fn default() -> Self {
        Self::builtin()
    }
}

/// Reads a line of the built-in table.
fn parse_row(row: &'static str) -> Entry {
    let mut cells = row.split('\t');
    let (Some(code), Some(message), Some(explanation), None) =
        (cells.next(), cells.next(), cells.next(), cells.next())
    else {
        panic!("builtin.tsv: not three cells: {row}");
    };
    let code = code.parse().unwrap_or_else(|_| panic!("builtin.tsv: no number: {row}"));
    Entry::new(code, message).with_explanation(explanation)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_found_and_its_neighbours_are_not() {
        let catalog = Catalog::builtin();
        assert_eq!(catalog.entries().len(), 190);
        for entry in catalog.entries() {
            assert_eq!(catalog.get(entry.code()), Some(entry));
            assert_ne!(entry.category().name(), "other");
        }
        for code in [-1109, -1100, -232, -200, -100, -2, 0, 6, 7, i32::MIN, i32::MAX] {
            assert_eq!(catalog.get(code), None, "{code}");
        }
    }

    #[test]
    fn later_entries_replace_earlier_ones() {
        let catalog = Catalog::builtin();
        let before = catalog.entries().len();
        let newer = vec![
            Entry::new(-204, "first"),
            Entry::new(70_000, "far"),
            Entry::new(-204, "second").with_severity(Severity::Action),
        ];
        let catalog = catalog.overlaid(newer);
        assert_eq!(catalog.entries().len(), before + 1);
        let entry = catalog.get(-204).unwrap();
        assert_eq!((entry.message(), entry.explanation()), ("second", ""));
        assert_eq!((entry.category().name(), entry.severity()), ("auth", Severity::Action));
        assert_eq!(catalog.get(70_000).unwrap().category().name(), "other");
        assert!(catalog.entries().is_sorted_by(|a, b| a.code() > b.code()));
    }
}
