//! The formats of reports: a file with all about one, and a row in [`FORMATS`].

mod github;
mod json;
mod junit;
mod markdown;
mod text;

pub(crate) use json::write_entries;
pub use json::{LoadedReport, load};

use super::Report;
use std::io::{self, Write};

/// The forms that a report can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    Text,
    Json,
    Markdown,
    Junit,
    Github,
}

/// The formats, in the order in which messages name them.
static FORMATS: [FormatRow; 5] =
    [text::FORMAT, json::FORMAT, markdown::FORMAT, junit::FORMAT, github::FORMAT];

/// All about a format of reports.
struct FormatRow {
    format: ReportFormat,
    /// The name behind `--report`.
    name: &'static str,
    /// Writes a report; `true` asks for colours, which formats for machines do not have. Fails where the writer does.
    write: fn(&Report<'_>, bool, &mut dyn Write) -> io::Result<()>,
}

impl ReportFormat {
    /// Returns all formats, in the order in which messages name them.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMATS.iter().map(|row| row.format)
    }

    /// Returns the format that has this name behind `--report`.
    pub(crate) fn of_name(name: &str) -> Option<Self> {
        Self::all().find(|format| format.name() == name)
    }

    pub fn name(self) -> &'static str {
        self.row().name
    }

    fn row(self) -> &'static FormatRow {
        FORMATS.iter().find(|row| row.format == self).expect("each format has a row")
    }
}

impl Report<'_> {
    /// Writes the report; `color` counts for those that people read in a terminal.
    ///
    /// # Errors
    ///
    /// Fails where the writer does.
    pub fn write(&self, format: ReportFormat, color: bool, wtr: &mut impl Write) -> io::Result<()> {
        (format.row().write)(self, color, wtr)
    }
}
