//! Reports: the codes in logs, their frequency, their first places, and the change since an earlier run.

mod amount;
mod count;
mod formats;
mod tally;
mod verdict;

pub use count::Counter;
pub(crate) use formats::write_entries;
pub use formats::{LoadedReport, ReportFormat, load};
pub(crate) use tally::Ledger;
pub use tally::Tally;
pub use verdict::Baseline;
pub(crate) use verdict::{Check, of_selector};

use crate::{Catalog, Entry, Language, Severity};
use amount::{count_of, fields};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use tally::{Counted, LogPlace};
use verdict::{Change, CheckOutcome, Comparison};

/// The data that all report formats are made of.
pub struct Report<'a> {
    tally: &'a Tally,
    /// The names of the inputs, by their numbers.
    names: &'a InputNames,
    catalog: &'a Catalog,
    /// The result of each check.
    outcomes: Vec<CheckOutcome<'a>>,
    baseline: Option<&'a Baseline>,
    /// The language of categories and messages, in formats that people read.
    language: Language,
}

/// The names of inputs, by their numbers.
pub(crate) type InputNames = BTreeMap<usize, String>;

/// The line of a report about one code.
struct ReportRow<'a> {
    code: i32,
    /// The catalog's entry for the code; `None` if the code is unknown.
    entry: Option<&'a Entry>,
    counted: &'a Counted,
    comparison: Option<Comparison>,
    /// True if a check has failed that selects the code.
    has_failed: bool,
    language: Language,
}

/// A code that the earlier run had and this run has not.
struct Gone<'a> {
    code: i32,
    entry: Option<&'a Entry>,
    comparison: Comparison,
}

impl<'a> Report<'a> {
    /// Returns the report on a tally. `language` is that of categories and messages, in formats that people read.
    pub fn new(
        tally: &'a Tally,
        names: &'a InputNames,
        catalog: &'a Catalog,
        checks: &'a [Check],
        baseline: Option<&'a Baseline>,
        language: Language,
    ) -> Self {
        let unknown_fields = tally.unknown_selected.iter().copied().chain(std::iter::repeat(0));
        let outcomes = checks.iter().zip(unknown_fields);
        let outcomes = outcomes.map(|(check, unknown)| check.outcome(tally, catalog, unknown)).collect();
        Self { tally, names, catalog, outcomes, baseline, language }
    }

    /// Returns one line for each check that has failed.
    pub(crate) fn failures(&self) -> Vec<String> {
        let failed = self.outcomes.iter().filter(|outcome| outcome.has_failed());
        failed.map(|outcome| format!("{}: {}", outcome.option(), outcome.found())).collect()
    }

    /// Returns the codes that the inputs have, in the order of [`ReportRow::rank`].
    fn rows(&self) -> Vec<ReportRow<'a>> {
        self.rows_of(self.tally.known.iter().chain(&self.tally.unknown))
    }

    /// Returns the codes that have gone since the earlier run.
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

    /// Returns a row for each code, in the order of [`ReportRow::rank`].
    fn rows_of(&self, codes: impl Iterator<Item = (&'a i32, &'a Counted)>) -> Vec<ReportRow<'a>> {
        let failed = self.outcomes.iter().filter(|outcome| outcome.has_failed());
        let failed: BTreeSet<i32> =
            failed.flat_map(|outcome| &outcome.codes).map(|&(code, _)| code).collect();
        let row = |(&code, counted): (&i32, &'a Counted)| ReportRow {
            code,
            entry: self.catalog.get(code),
            counted,
            comparison: self.baseline.and_then(|baseline| baseline.compare(code, counted.fields)),
            has_failed: failed.contains(&code),
            language: self.language,
        };
        let mut rows: Vec<_> = codes.map(row).collect();
        rows.sort_by_key(ReportRow::rank);
        rows
    }

    /// Returns the number of fields with known codes and the amount of input, in words, with the encodings of inputs
    /// that are not in UTF-8.
    fn summary(&self) -> String {
        let input = self.tally.input;
        let known = fields(self.tally.known_fields());
        let lines = count_of(input.lines, "line", "lines");
        let encoded =
            input.encodings.counted().map(|(encoding, count)| format!("{count} in {}", encoding.name()));
        let encoded = encoded.collect::<Vec<_>>().join(", ");
        let encoded = if encoded.is_empty() { encoded } else { format!(" ({encoded})") };
        format!(
            "{known} with known codes in {lines} of {}{encoded}",
            count_of(input.files, "input", "inputs")
        )
    }

    /// Returns the way in which reading ended, in words; `None` if all inputs were read to their ends.
    fn ending(&self) -> Option<&'static str> {
        match (self.tally.complete, self.tally.stopped) {
            (true, false) => None,
            (true, true) => Some("stopped by a signal"),
            (false, true) => Some("stopped by a signal before all was read"),
            (false, false) => Some("not all could be read: see the messages"),
        }
    }

    /// Returns a place as reports show it: `server.log:12`.
    fn place(&self, place: &LogPlace) -> String {
        format!("{}:{}", self.name(place), place.line)
    }

    fn name(&self, place: &LogPlace) -> &str {
        self.names.get(&place.file).map_or("?", String::as_str)
    }
}

impl ReportRow<'_> {
    /// Returns the key by which rows are sorted, so that what matters leads: codes for which a check has failed, new codes,
    /// errors, unknown codes and those that ask for an action, and then the most frequent ones and those nearest to zero.
    /// Success comes last, whatever is said of it.
    fn rank(&self) -> impl Ord + use<> {
        let severity = match self.severity() {
            Some(Severity::Error) => 0,
            Some(Severity::Action) | None => 1,
            Some(Severity::Success) => 2,
        };
        let leads = [severity < 2, self.has_failed, self.is_new(), severity < 1];
        (leads.map(Reverse), Reverse(self.counted.fields), self.code.unsigned_abs())
    }

    /// Returns true if the earlier run did not have the code.
    fn is_new(&self) -> bool {
        self.comparison.is_some_and(|comparison| comparison.change == Change::New)
    }

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

/// Returns a text in the language, or in both: `in no catalog/不在目录中`.
fn in_language(language: Language, english: &'static str, chinese: &'static str) -> Cow<'static, str> {
    match language {
        Language::English => english.into(),
        Language::Chinese => chinese.into(),
        Language::Both => format!("{english}/{chinese}").into(),
    }
}
