//! Headers of tables: the column at each place of a row.

use super::row::{CatalogRow, Column};
use crate::catalog::shown;
use std::borrow::Cow;

/// The most headings that a message shows.
const SHOWN_MAX: usize = 10;

/// The header of a table: the column at each place, or `None` where the heading names no column.
#[derive(Debug)]
pub(super) struct Header {
    columns: Vec<Option<Column>>,
}

impl Header {
    /// Takes the headings of a table, in their order.
    pub(super) fn of<'a>(headings: impl Iterator<Item = &'a str>) -> Self {
        Self { columns: headings.map(Column::named).collect() }
    }

    /// Returns the number of headings, which is the most cells that a row can fill.
    pub(super) fn width(&self) -> usize {
        self.columns.len()
    }

    /// Returns the columns that every table of codes must have and this table lacks.
    pub(super) fn missing(&self) -> Vec<Column> {
        let has = |column: &Column| self.columns.contains(&Some(*column));
        [Column::Code, Column::Message].into_iter().filter(|column| !has(column)).collect()
    }

    /// Checks that no column is missing and none occurs twice. `headings` are the headings that the header was made of.
    ///
    /// # Errors
    ///
    /// Fails with a message that names the columns that are missing, or the column that occurs twice.
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

    /// Returns the row with these cells. Missing cells are empty, and cells beyond the last column are dropped.
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
