//! Reports: what went wrong, how often, where first, and whether it is new.

mod count;
mod formats;
mod tally;
mod verdict;

pub use count::Counter;
pub(crate) use formats::write_entries;
pub use formats::{LoadedReport, ReportFormat, load};
pub(crate) use tally::Ledger;
pub use tally::Tally;
pub(crate) use verdict::of_selector;
pub use verdict::{Baseline, Check};

use crate::{Catalog, Entry, Language, Severity};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::BTreeMap;
use tally::{Counted, LogPlace};
use verdict::{Change, CheckOutcome, Comparison};

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

impl<'a> Report<'a> {
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
                comparison: Comparison { count, change: Change::Gone },
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

    /// Returns how many fields with known codes there were in how much, in words.
    fn summary(&self) -> String {
        let input = self.tally.input;
        let known = fields(self.tally.known_fields());
        let lines = count_of(input.lines, "line", "lines");
        format!("{known} with known codes in {lines} of {}", count_of(input.files, "input", "inputs"))
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

/// A number of fields, which is what reports count, with the word.
fn fields(number: u64) -> String {
    count_of(number, "field", "fields")
}

/// A number with the word for what it counts.
fn count_of(number: u64, one: &str, several: &str) -> String {
    if number == 1 { format!("1 {one}") } else { format!("{number} {several}") }
}
