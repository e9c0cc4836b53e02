//! Reports: what went wrong, how often, where first, and whether it is new.

mod baseline;
mod check;
mod counter;
mod escape;
mod github;
mod histogram;
mod json;
mod junit;
mod ledger;
mod markdown;
mod tally;
mod text;
mod time_stamp;

pub use baseline::Baseline;
pub use check::Check;
pub(crate) use check::of_selector;
pub use counter::Counter;
pub use json::LoadedReport;
pub use json::load;
pub(crate) use json::write_entries;
pub(crate) use ledger::Ledger;
pub use tally::Tally;

use crate::{Catalog, Entry, Language, Severity};
use baseline::Comparison;
use check::CheckOutcome;
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};
use tally::{Counted, LogPlace};

/// The forms that a report can have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportFormat {
    Text,
    Json,
    Markdown,
    Junit,
    Github,
}

/// All that reports are made of.
pub struct Report<'a> {
    pub tally: &'a Tally,
    /// What the inputs are called.
    pub names: &'a [String],
    pub catalog: &'a Catalog,
    pub checks: &'a [Check],
    pub baseline: Option<&'a Baseline>,
    /// Of categories and messages, in forms that people read.
    pub language: Language,
}

/// What a report says of a code.
struct ReportRow<'a> {
    code: i32,
    /// What the catalog says of it; nothing where it is unknown.
    entry: Option<&'a Entry>,
    counted: &'a Counted,
    comparison: Option<Comparison>,
    language: Language,
}

/// A code that the earlier run had and this one has not.
struct Gone<'a> {
    code: i32,
    entry: Option<&'a Entry>,
    comparison: Comparison,
}

impl ReportFormat {
    pub const ALL: [Self; 5] = [Self::Text, Self::Json, Self::Markdown, Self::Junit, Self::Github];

    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Json => "json",
            Self::Markdown => "markdown",
            Self::Junit => "junit",
            Self::Github => "github",
        }
    }
}

impl<'a> Report<'a> {
    /// Writes the report; `color` counts for those that people read in a terminal.
    ///
    /// # Errors
    ///
    /// Where the writer cannot be written.
    pub fn write(&self, format: ReportFormat, color: bool, wtr: &mut impl Write) -> io::Result<()> {
        match format {
            ReportFormat::Text => text::write(self, color, wtr),
            ReportFormat::Json => json::write(self, wtr),
            ReportFormat::Markdown => markdown::write(self, wtr),
            ReportFormat::Junit => junit::write(self, wtr),
            ReportFormat::Github => github::write(self, wtr),
        }
    }

    /// What came of each check.
    fn outcomes(&self) -> Vec<CheckOutcome<'a>> {
        let unknown_fields = self.tally.unknown_selected.iter().copied().chain(std::iter::repeat(0));
        let checks = self.checks.iter().zip(unknown_fields);
        checks.map(|(check, unknown)| check.outcome(self.tally, self.catalog, unknown)).collect()
    }

    /// One line for each check that has failed.
    pub(crate) fn failures(&self) -> Vec<String> {
        let failed = self.outcomes().into_iter().filter(CheckOutcome::has_failed);
        failed.map(|outcome| outcome.message(self.tally, self.catalog)).collect()
    }

    /// The codes of the catalog that were there, the most frequent first.
    fn known(&self) -> Vec<ReportRow<'a>> {
        self.rows(&self.tally.known)
    }

    /// The codes that were there and are in no catalog, the most frequent first.
    fn unknown(&self) -> Vec<ReportRow<'a>> {
        self.rows(&self.tally.unknown)
    }

    /// The codes that have gone since the earlier run.
    fn gone(&self) -> Vec<Gone<'a>> {
        let gone = self.baseline.map(|baseline| baseline.gone(self.tally)).unwrap_or_default();
        gone.into_iter()
            .map(|(code, count)| Gone {
                code,
                entry: self.catalog.get(code),
                comparison: Comparison { count, change: baseline::Change::Gone },
            })
            .collect()
    }

    fn rows(&self, codes: &'a BTreeMap<i32, Counted>) -> Vec<ReportRow<'a>> {
        let row = |(&code, counted): (&i32, &'a Counted)| ReportRow {
            code,
            entry: self.catalog.get(code),
            counted,
            comparison: self.baseline.and_then(|baseline| baseline.compare(code, counted.fields)),
            language: self.language,
        };
        let mut rows: Vec<_> = codes.iter().map(row).collect();
        rows.sort_by_key(|row| (Reverse(row.counted.fields), row.code.unsigned_abs()));
        rows
    }

    /// How many return codes there were in how much, in words.
    fn summary(&self) -> String {
        let input = self.tally.input;
        let codes = count_of(self.tally.known_fields(), "return code", "return codes");
        let lines = count_of(input.lines, "line", "lines");
        format!("{codes} in {lines} of {}", count_of(input.files, "input", "inputs"))
    }

    /// Returns how reading ended, in words, where that was not at the end of all inputs.
    fn ending(&self) -> Option<&'static str> {
        match (self.tally.complete, self.tally.stopped) {
            (true, false) => None,
            (true, true) => Some("stopped by a signal"),
            (false, true) => Some("stopped by a signal before all was read"),
            (false, false) => Some("not all could be read: see the messages"),
        }
    }

    /// `server.log:12`, as it is in the report.
    fn place(&self, place: &LogPlace) -> String {
        format!("{}:{}", self.name(place), place.line)
    }

    fn name(&self, place: &LogPlace) -> &str {
        self.names.get(place.file).map_or("?", String::as_str)
    }
}

impl ReportRow<'_> {
    fn message(&self) -> Cow<'_, str> {
        let message = self.entry.map(|entry| entry.message_in(self.language));
        message.unwrap_or_else(|| in_language(self.language, "in no catalog", "不在目录中"))
    }

    fn category(&self) -> Cow<'_, str> {
        let category = self.entry.map(|entry| entry.category().name_in(self.language));
        category.unwrap_or_else(|| in_language(self.language, "unknown", "未知"))
    }

    fn severity(&self) -> Option<Severity> {
        self.entry.map(Entry::severity)
    }
}

/// What is said of a code that is in no catalog.
fn in_language(language: Language, english: &'static str, chinese: &'static str) -> Cow<'static, str> {
    match language {
        Language::English => english.into(),
        Language::Chinese => chinese.into(),
        Language::Both => format!("{english}/{chinese}").into(),
    }
}

/// A number with the word for what it counts.
fn count_of(number: u64, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}
