//! The formats of reports: each has a file of its own and a row in [`FORMATS`].

mod azure;
mod chosen;
mod findings;
mod github;
mod gitlab;
mod html;
mod html_text;
mod jenkins;
mod json;
mod junit;
mod markdown;
mod teamcity;
mod text;

pub(crate) use chosen::AUTO;
pub(crate) use json::write_entries;
pub use json::{LoadedReport, ReportSum, load};

use super::Report;
use crate::program::terminal::screen::Screen;
use std::io::{self, Write};

/// The formats that a report can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    Text,
    Json,
    Markdown,
    Junit,
    Github,
    Jenkins,
    Teamcity,
    Azure,
    Gitlab,
    Html,
}

/// The formats, in the order in which messages name them.
static FORMATS: [FormatRow; 10] = [
    text::FORMAT,
    json::FORMAT,
    markdown::FORMAT,
    junit::FORMAT,
    github::FORMAT,
    jenkins::FORMAT,
    teamcity::FORMAT,
    azure::FORMAT,
    gitlab::FORMAT,
    html::FORMAT,
];

/// The description of a report format.
struct FormatRow {
    format: ReportFormat,
    /// The name behind `--report`.
    name: &'static str,
    /// Writes a report. Formats for machines ignore the screen. Fails where the writer does.
    write: fn(&Report<'_>, Screen, &mut dyn Write) -> io::Result<()>,
}

impl ReportFormat {
    /// Returns all formats, in the order in which messages name them.
    pub fn all() -> impl Iterator<Item = Self> {
        FORMATS.iter().map(|row| row.format)
    }

    pub fn name(self) -> &'static str {
        self.row().name
    }

    /// Returns true if reports of the format can be added up.
    pub(crate) fn is_json(self) -> bool {
        self == Self::Json
    }

    /// Returns true if reports of the format show lines with near misses.
    pub(crate) fn shows_near(self) -> bool {
        matches!(self, Self::Text | Self::Json | Self::Html)
    }

    fn row(self) -> &'static FormatRow {
        FORMATS.iter().find(|row| row.format == self).expect("each format has a row")
    }
}

impl Report<'_> {
    /// Writes the report. The screen counts only for formats that people read in a terminal.
    ///
    /// # Errors
    ///
    /// Fails where the writer does.
    pub fn write(&self, format: ReportFormat, screen: Screen, wtr: &mut impl Write) -> io::Result<()> {
        (format.row().write)(self, screen, wtr)
    }
}
