//! The catalog: which return codes there are, and what the vendor's table says of each.

mod category;

pub use category::{Category, Severity};

/// The built-in table, one code a line: code, category, message, explanation.
const BUILTIN_TSV: &str = include_str!("builtin.tsv");

/// What a gap in [`Catalog`]'s table holds.
const NO_ENTRY: u16 = u16::MAX;

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
    message: &'static str,
    explanation: &'static str,
}

impl Entry {
    /// The number that the back end answers with.
    pub fn code(&self) -> i32 {
        self.code
    }

    /// The area that the code belongs to, given by its block of numbers.
    pub fn category(&self) -> Category {
        self.category
    }

    /// How bad it is; the same for all codes of a category.
    pub fn severity(&self) -> Severity {
        self.category.severity()
    }

    /// The vendor's message, in English, misspellings kept: people search for them.
    pub fn message(&self) -> &str {
        self.message
    }

    /// The vendor's explanation, mostly in Chinese; empty for the few codes that have none.
    pub fn explanation(&self) -> &str {
        self.explanation
    }
}

/// A set of codes with their meanings, looked up by code in constant time.
#[derive(Clone, Debug)]
pub struct Catalog {
    /// In the order of the vendor's table.
    entries: Vec<Entry>,
    /// The lowest code; `table[0]` is its place.
    lowest: i32,
    /// For each number from `lowest` to the highest code, where in `entries` it is, or [`NO_ENTRY`].
    table: Vec<u16>,
}

impl Catalog {
    /// The 190 codes of the vendor's server table, which the program carries in itself.
    ///
    /// # Panics
    ///
    /// When the table in the source tree is malformed; the tests hold it against the vendor's.
    pub fn builtin() -> Self {
        Self::from_entries(BUILTIN_TSV.lines().skip(1).map(parse_row).collect())
    }

    fn from_entries(entries: Vec<Entry>) -> Self {
        let lowest = entries.iter().map(Entry::code).min().unwrap_or(0);
        let highest = entries.iter().map(Entry::code).max().unwrap_or(-1);
        let place = |code: i32| usize::try_from(code - lowest).expect("no code is below the lowest");
        let mut table = vec![NO_ENTRY; place(highest + 1)];
        for (at, entry) in entries.iter().enumerate() {
            table[place(entry.code)] = u16::try_from(at).expect("fewer than 65,535 entries");
        }
        Self { entries, lowest, table }
    }

    /// The entry of a code, if the catalog has it.
    pub fn get(&self, code: i32) -> Option<&Entry> {
        self.position(code).map(|at| &self.entries[at])
    }

    /// All entries, in the order of the vendor's table.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Where in [`Catalog::entries`] a code is.
    #[inline]
    pub(crate) fn position(&self, code: i32) -> Option<usize> {
        let place = usize::try_from(i64::from(code) - i64::from(self.lowest)).ok()?;
        let at = *self.table.get(place)?;
        (at != NO_ENTRY).then_some(usize::from(at))
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
    let (Some(code), Some(category), Some(message), Some(explanation), None) =
        (cells.next(), cells.next(), cells.next(), cells.next(), cells.next())
    else {
        panic!("builtin.tsv: not four cells: {row}");
    };
    Entry {
        code: code.parse().unwrap_or_else(|_| panic!("builtin.tsv: no number: {row}")),
        category: Category::from_name(category).unwrap_or_else(|| panic!("builtin.tsv: no category: {row}")),
        message,
        explanation,
    }
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
        }
        for code in [-1109, -1100, -232, -200, -100, -2, 0, 6, 7, i32::MIN, i32::MAX] {
            assert_eq!(catalog.get(code), None, "{code}");
        }
    }

    #[test]
    fn every_category_is_the_one_of_its_block() {
        for entry in Catalog::builtin().entries() {
            assert_eq!(Category::of_code(entry.code()), Some(entry.category()), "{}", entry.code());
        }
    }
}
