//! The error of a catalog that is refused, with its bad rows.

use crate::catalog::{CategoryError, SeverityError};
use std::fmt;

/// A row of a catalog's file that is refused. Its message is `LINE: reason`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BadRow {
    pub(super) line: u64,
    pub(super) reason: RowError,
}

/// The reason why a row of a catalog's file is refused. Its message may quote text of the file.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RowError {
    /// The category cannot have its name.
    Category {
        /// The code of the row.
        code: i32,
        /// The reason.
        error: CategoryError,
    },
    /// The severity has no such name.
    Severity {
        /// The code of the row.
        code: i32,
        /// The reason.
        error: SeverityError,
    },
    /// Any other reason, as its message.
    Other(String),
}

impl BadRow {
    /// Returns the number of the line where the row begins, from 1.
    pub fn line(&self) -> u64 {
        self.line
    }

    /// Returns the reason why the row is refused.
    pub fn reason(&self) -> &RowError {
        &self.reason
    }
}

impl fmt::Display for BadRow {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.reason)
    }
}

impl fmt::Display for RowError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Category { code, error } => write!(f, "{code}: {error}"),
            Self::Severity { code, error } => write!(f, "{code}: {error}"),
            Self::Other(message) => f.write_str(message),
        }
    }
}

impl std::error::Error for RowError {}

impl From<String> for RowError {
    /// Takes the message of any other reason.
    fn from(message: String) -> Self {
        Self::Other(message)
    }
}

/// The error of a text that is no catalog. It has all bad rows of the text, at least one. Its message is the message of
/// the first bad row, with the number of the others.
///
/// ```
/// use imsdk_annotate::CatalogFormat;
///
/// let error = CatalogFormat::Csv.parse(b"code,message\n-3001,\nx,y\n").unwrap_err();
/// assert_eq!(error.bad_rows()[1].line(), 3);
/// assert_eq!(error.to_string(), "line 2: -3001: the message is missing; and 1 more bad row");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CatalogError {
    bad_rows: Vec<BadRow>,
}

impl CatalogError {
    /// Takes the bad rows of a catalog, of which there must be at least one.
    pub(super) fn new(bad_rows: Vec<BadRow>) -> Self {
        debug_assert!(!bad_rows.is_empty());
        Self { bad_rows }
    }

    /// Returns all bad rows in their order, at least one.
    pub fn bad_rows(&self) -> &[BadRow] {
        &self.bad_rows
    }
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.bad_rows[0])?;
        match self.bad_rows.len() - 1 {
            0 => Ok(()),
            1 => write!(f, "; and 1 more bad row"),
            more => write!(f, "; and {more} more bad rows"),
        }
    }
}

impl std::error::Error for CatalogError {}
