//! Headers of tables: which column stands where.

use super::row::{CatalogRow, Column, shown};
use std::borrow::Cow;

/// So many headings are shown in a message.
const SHOWN_MAX: usize = 10;

/// What the header of a table says: of each place the column there, if it means something.
#[derive(Debug)]
pub(super) struct Header {
    columns: Vec<Option<Column>>,
}

impl Header {
    pub(super) fn of<'a>(headings: impl Iterator<Item = &'a str>) -> Self {
        Self { columns: headings.map(Column::named).collect() }
    }

    /// How many cells a row has.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// The columns that no table of codes is without, and this one is.
    pub(super) fn missing(&self) -> Vec<Column> {
        let has = |column: &Column| self.columns.contains(&Some(*column));
        [Column::Code, Column::Message].into_iter().filter(|column| !has(column)).collect()
    }

    /// # Errors
    ///
    /// Where a column is missing or there twice: which one. `headings` are those that the header is of.
    pub(super) fn check<'a>(&self, headings: impl Iterator<Item = &'a str>) -> Result<(), String> {
        if let [first, rest @ ..] = &self.missing()[..] {
            let names = match rest {
                [] => format!("column {}", first.name()),
                _ => format!(
                    "columns {}",
                    self.missing().iter().map(|column| column.name()).collect::<Vec<_>>().join(" and ")
                ),
            };
            let found: Vec<String> = headings.take(SHOWN_MAX).map(|heading| shown(heading.trim())).collect();
            return Err(format!("the header has no {names}; it has {}", found.join(", ")));
        }
        let is_twice = |&(at, column): &(usize, &Option<Column>)| {
            column.is_some() && self.columns[..at].contains(column)
        };
        match self.columns.iter().enumerate().find(is_twice) {
            Some((_, Some(column))) => Err(format!("the header has the column {} twice", column.name())),
            _ => Ok(()),
        }
    }

    /// The row with these cells; those that are missing are empty, those beyond the last column are dropped.
    pub(super) fn row<'a>(&self, cells: impl Iterator<Item = Cow<'a, str>>) -> CatalogRow<'a> {
        let mut row = CatalogRow::default();
        for (column, cell) in self.columns.iter().zip(cells) {
            if let Some(column) = column {
                row.set(*column, cell);
            }
        }
        row
    }
}
