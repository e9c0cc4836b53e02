//! The catalog: the return codes, and the meaning of each.

mod category;
mod code;
mod index;
mod language;
mod load;
mod severity;
mod shown;

pub use category::{Category, CategoryError};
pub(crate) use code::{CODE_DIGITS_MAX, code_at, parse_code};
pub(crate) use code::{Codes, CodesError};
pub(crate) use index::CodeIndex;
pub use language::Language;
pub use load::{BadRow, CatalogError, CatalogFormat, RowError};
pub use severity::{Severity, SeverityError};
pub(crate) use shown::shown;

use std::cmp::Reverse;
use std::sync::Arc;

/// The vendor's table: a header, then a line for each code with its code, message and explanation, separated by tabs.
const BUILTIN_TSV: &str = include_str!("builtin.tsv");

/// A return code and its meaning.
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
    /// The message, then the explanation, in one allocation.
    texts: Box<str>,
    /// The byte offset in `texts` at which the message ends.
    message_end: usize,
}

impl Entry {
    /// Returns the entry of a code with a message, with the category and severity of the code's block and without an
    /// explanation.
    ///
    /// The message is taken as it is: a newline in the message would stand in each note of the code.
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

    /// Returns the entry with this explanation in place of its own.
    #[must_use]
    pub fn with_explanation(self, explanation: &str) -> Self {
        let texts = [self.message(), explanation].concat().into();
        Self { texts, ..self }
    }

    /// Returns the entry in another category, with the severity of this category.
    #[must_use]
    pub fn with_category(self, category: Category) -> Self {
        Self { severity: category.severity(), category, ..self }
    }

    /// Returns the entry with another severity.
    #[must_use]
    pub fn with_severity(self, severity: Severity) -> Self {
        Self { severity, ..self }
    }

    /// Returns the code, which is the number that the back end answers with.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// Returns the category of the code.
    pub fn category(&self) -> &Category {
        &self.category
    }

    /// Returns the severity of the code.
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns the message. The vendor's messages are in English, with their misspellings, because people search for
    /// them.
    pub fn message(&self) -> &str {
        &self.texts[..self.message_end]
    }

    /// Returns the explanation; empty for a code that has none. The vendor's explanations are mostly in Chinese, and
    /// few codes have none.
    pub fn explanation(&self) -> &str {
        &self.texts[self.message_end..]
    }
}

/// A set of codes with their meanings, looked up by code in constant time. A clone shares the entries of its original.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// The entries, ordered from the highest code to the lowest, as in the vendor's table.
    entries: Arc<Vec<Entry>>,
    index: Arc<CodeIndex>,
}

impl Catalog {
    /// Returns the 190 codes of the vendor's server table, which is compiled into the library.
    ///
    /// # Panics
    ///
    /// Panics if the table in the source tree is malformed. The tests compare it with the vendor's table.
    pub fn builtin() -> Self {
        Self::of_entries(BUILTIN_TSV.lines().skip(1).map(parse_row).collect())
    }

    /// Returns a catalog of entries. Where several entries have the same code, the last one counts.
    pub fn of_entries(mut entries: Vec<Entry>) -> Self {
        entries.reverse();
        Self::of_newest_first(entries)
    }

    /// Returns a catalog of entries. Where several entries have the same code, the first one counts.
    fn of_newest_first(mut entries: Vec<Entry>) -> Self {
        entries.sort_by_key(|entry| Reverse(entry.code));
        entries.dedup_by_key(|entry| entry.code);
        let index = CodeIndex::new(entries.iter().map(Entry::code));
        Self { entries: Arc::new(entries), index: Arc::new(index) }
    }

    /// Returns this catalog with the entries of `newer` added. They replace entries with the same code.
    #[must_use]
    pub fn overlaid(&self, newer: Vec<Entry>) -> Self {
        let mut entries = newer;
        entries.reverse();
        entries.extend_from_slice(&self.entries);
        Self::of_newest_first(entries)
    }

    /// Returns the entry of a code; `None` where the catalog lacks the code.
    pub fn get(&self, code: i32) -> Option<&Entry> {
        self.index.position(code).map(|at| &self.entries[at])
    }

    /// Returns all entries, ordered from the highest code to the lowest, as in the vendor's table.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the index that gives the position of each code in [`Catalog::entries`].
    pub(crate) fn index(&self) -> &Arc<CodeIndex> {
        &self.index
    }
}

impl Default for Catalog {
    /// Returns the built-in catalog.
    fn default() -> Self {
        Self::builtin()
    }
}

/// Reads a line of the built-in table. Panics where the line is malformed.
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
