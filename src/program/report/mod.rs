//! Reports: the codes in logs, their frequency, their first places, and the change since an earlier run.

mod amount;
mod axis;
mod count;
mod formats;
mod lack_words;
mod live_table;
mod metrics;
mod new_words;
mod so_far;
mod tally;
mod value_words;
mod verdict;

pub(crate) use count::ArrivedTime;
pub use count::Counter;
pub(crate) use formats::{AUTO, write_entries};
pub use formats::{LoadedReport, ReportFormat, ReportSum, load};
pub(crate) use live_table::LiveTable;
pub(crate) use metrics::Metrics;
pub(crate) use so_far::SoFar;
pub use tally::Tally;
pub(crate) use tally::{LatestPlaces, Ledger, TakenSteps};
pub(crate) use tally::{ValueHasher, salt_tag};
pub(crate) use verdict::{AcceptList, Check, CheckKind, Trip, of_selector};
pub use verdict::{Baseline, Judgement};

use crate::program::terminal::visible::visible;
use crate::{Catalog, Category, EarlierCodes, Entry, Language, Severity};
use amount::{count_of, fields};
use std::borrow::Cow;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use tally::{CodeUsers, Counted, LogPlace, sum};
use verdict::{AcceptEntry, Change, CheckOutcome, CheckVerdict, Comparison};

/// The data that all report formats are made of.
pub struct Report<'a> {
    tally: &'a Tally,
    /// The names of the inputs, by their numbers.
    names: &'a InputNames,
    catalog: &'a Catalog,
    /// The result of each check.
    outcomes: Vec<CheckOutcome<'a>>,
    baseline: Option<&'a Baseline>,
    accepted: Option<&'a AcceptList>,
    /// The codes that are not new; `None` if nothing tells which are.
    known_codes: Option<EarlierCodes>,
    /// The language of categories and messages, in formats that people read.
    language: Language,
    /// The most codes that a list shows, in formats that people or services read; `None` if it shows all.
    top: Option<usize>,
    /// The time that the report covers, if the run goes on; `None` at the end.
    so_far: Option<&'a SoFar>,
}

/// The name of the category of codes that are in no catalog, in English and in Chinese.
const UNKNOWN: &str = "unknown";
const UNKNOWN_ZH: &str = "未知";

/// The names of inputs, by their numbers.
pub(crate) type InputNames = BTreeMap<usize, String>;

/// The line of a report about one code.
struct ReportRow<'a> {
    code: i32,
    /// The catalog's entry for the code; `None` if the code is unknown.
    entry: Option<&'a Entry>,
    counted: &'a Counted,
    comparison: Option<Comparison>,
    /// The entry of the list of accepted codes that accepts the code.
    accepted: Option<&'a AcceptEntry>,
    /// True if the code is neither one of the earlier run nor accepted.
    is_new: bool,
    /// True if a check has failed that selects the code.
    has_failed: bool,
    /// The users of the code; `None` if they were not counted, or are not told apart from those of other codes.
    users: Option<&'a CodeUsers>,
    /// The number of requests that failed first with the code; `None` if they were not counted, or the code is no error.
    first_failures: Option<u64>,
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
        judgement: &'a Judgement,
        language: Language,
    ) -> Self {
        let is_whole = tally.is_whole();
        // A tally that was added up from reports has no counts for checks.
        let counted = |index| tally.unknown_selected.get(index).copied();
        let Judgement { checks, baseline, accepted } = judgement;
        let outcomes = checks.iter().enumerate();
        let outcomes = outcomes
            .map(|(index, check)| check.outcome(index, tally, catalog, counted(index), is_whole))
            .collect();
        let (baseline, accepted) = (baseline.as_ref(), accepted.as_ref());
        Self {
            tally,
            names,
            catalog,
            outcomes,
            baseline,
            accepted,
            known_codes: judgement.known_codes(),
            language,
            top: None,
            so_far: None,
        }
    }

    /// Bounds the number of codes in each list, in formats that people or services read; 0 is no bound.
    pub(crate) fn with_top(self, top: Option<usize>) -> Self {
        Self { top: top.filter(|top| *top > 0), ..self }
    }

    /// Returns the entries of a list that are shown, which are its first ones, and a sentence about the others, if there are any.
    /// `fields_of` returns the number of fields of an entry.
    fn top_of<'r, T>(&self, list: &'r [T], fields_of: impl Fn(&T) -> u64) -> (&'r [T], Option<String>) {
        let (shown, rest) = list.split_at(self.top.map_or(list.len(), |top| top.min(list.len())));
        let sentence = || {
            let codes = count_of(rest.len() as u64, "more code", "more codes");
            let fields = fields(sum(rest.iter().map(fields_of)));
            let are = if rest.len() == 1 { "is" } else { "are" };
            format!("{codes} with {fields} {are} left out; --top 0 shows all")
        };
        (shown, (!rest.is_empty()).then(sentence))
    }

    /// Returns one line for each check that has failed.
    pub(crate) fn failures(&self) -> Vec<String> {
        self.with_verdict(CheckVerdict::Failed)
            .map(|outcome| format!("{}: {}", outcome.option(), outcome.found()))
            .collect()
    }

    /// Returns one line for each check that is not decided.
    pub(crate) fn undecided(&self) -> Vec<String> {
        let undecided = self.with_verdict(CheckVerdict::Undecided);
        undecided.map(|outcome| format!("{}: {}", outcome.option(), self.why_undecided(outcome))).collect()
    }

    /// Returns true if more than the rest of the input is missing to decide a check.
    pub(crate) fn lacks_something(&self) -> bool {
        self.with_verdict(CheckVerdict::Undecided).any(|outcome| outcome.measured.lack.is_some())
    }

    fn with_verdict(&self, verdict: CheckVerdict) -> impl Iterator<Item = &CheckOutcome<'a>> {
        self.outcomes.iter().filter(move |outcome| outcome.verdict == verdict)
    }

    /// Returns the codes that the inputs have, in the order of [`ReportRow::rank`].
    fn rows(&self) -> Vec<ReportRow<'a>> {
        self.rows_of(self.tally.known.iter().chain(&self.tally.unknown))
    }

    /// Returns the codes that have gone since the earlier run, as [`Self::top_of`] returns a list. Where not all may be shown,
    /// the most frequent ones lead.
    fn top_of_gone(&self) -> (Vec<Gone<'a>>, Option<String>) {
        let mut gone = self.gone();
        if self.top.is_some() {
            gone.sort_by_key(|gone| (Reverse(gone.comparison.count), gone.code.unsigned_abs()));
        }
        let (shown, rest) = self.top_of(&gone, |gone| gone.comparison.count);
        let shown = shown.len();
        gone.truncate(shown);
        (gone, rest)
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
        let failed =
            self.with_verdict(CheckVerdict::Failed).filter(|outcome| outcome.check.kind == CheckKind::FailOn);
        let failed: BTreeSet<i32> =
            failed.flat_map(|outcome| &outcome.measured.codes).map(|&(code, _)| code).collect();
        let row = |(&code, counted): (&i32, &'a Counted)| ReportRow {
            code,
            entry: self.catalog.get(code),
            counted,
            comparison: self.baseline.and_then(|baseline| baseline.compare(code, counted.fields)),
            accepted: self.accepted.and_then(|accepted| accepted.entry_of(code)),
            is_new: self.known_codes.as_ref().is_some_and(|known| !known.may_have(code)),
            has_failed: failed.contains(&code),
            users: self.tally.users.as_ref().and_then(|users| users.of_code(code)),
            first_failures: self.first_failures_of(code),
            language: self.language,
        };
        let mut rows: Vec<_> = codes.map(row).collect();
        rows.sort_by_key(ReportRow::rank);
        rows
    }

    /// Returns the number of requests that failed first with a code; `None` if they were not counted, or the code is no error.
    fn first_failures_of(&self, code: i32) -> Option<u64> {
        let is_error = self.catalog.get(code).is_some_and(|entry| entry.severity() == Severity::Error);
        self.tally.trace.as_ref().filter(|_| is_error).map(|trace| trace.of_code(code))
    }

    /// Returns the number of fields with known codes and the amount of input, in words, with the encodings of inputs
    /// that are not in UTF-8.
    fn summary(&self) -> String {
        let input = self.tally.input;
        let known = fields(self.tally.known_fields());
        let lines = count_of(input.lines, "line", "lines");
        let encoded = self.encodings_words();
        let encoded = if encoded.is_empty() { encoded } else { format!(" ({encoded})") };
        format!(
            "{known} with known codes in {lines} of {}{encoded}",
            count_of(input.files, "input", "inputs")
        )
    }

    /// Returns the numbers of inputs that are not in UTF-8: `1 in gbk, 2 in utf-16le`.
    fn encodings_words(&self) -> String {
        let encodings = self.tally.input.encodings.counted();
        encodings
            .map(|(encoding, count)| format!("{count} in {}", encoding.name()))
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// Returns what to say of accepted codes that have expired or do not occur, a line each.
    pub(crate) fn accept_remarks(&self) -> Vec<String> {
        self.accepted.map_or_else(Vec::new, |accepted| accepted.remarks(self.tally))
    }

    /// Returns true if reports say how codes have changed: by an earlier run, or by what was accepted.
    fn tells_changes(&self) -> bool {
        self.known_codes.is_some()
    }

    /// Returns a line of a list of accepted codes for each new code, with its meaning and first place as the reason.
    pub(crate) fn new_codes(&self) -> Vec<(i32, String)> {
        let reason = |row: &ReportRow<'_>| {
            let (category, message) = (row.category(), row.message());
            let (count, first) = (fields(row.counted.fields), self.place(&row.counted.first));
            format!("{} # {category}: {message}; {count}, first {first}", row.code)
        };
        let is_new = |row: &ReportRow<'_>| row.is_new || self.known_codes.is_none();
        let rows = self.rows();
        rows.iter().filter(|row| is_new(row)).map(|row| (row.code, visible(&reason(row)))).collect()
    }

    /// Returns the way in which reading ended, in words, or the time that the report covers if the run goes on; `None` if
    /// all inputs were read to their ends. See [`Report::ends_in_trouble`].
    fn ending(&self) -> Option<&'a str> {
        if let Some(so_far) = self.so_far {
            return Some(&so_far.english);
        }
        match (self.tally.complete, self.tally.stopped) {
            (true, false) if self.tally.input.files == 0 => Some("there was no input"),
            (true, false) => None,
            (true, true) => Some("stopped by a signal"),
            (false, true) => Some("stopped by a signal before all was read"),
            (false, false) => Some("not all could be read: see the messages"),
        }
    }

    /// Returns true if reading has ended, and not all could be read.
    fn ends_in_trouble(&self) -> bool {
        self.so_far.is_none() && !self.tally.is_whole()
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
    /// codes that nobody has accepted, errors, unknown codes and those that ask for an action, and then those with which
    /// most requests failed first, the most frequent ones and those nearest to zero. Success comes last, whatever is said of it.
    fn rank(&self) -> impl Ord + use<> {
        let severity = match self.severity() {
            Some(Severity::Error) => 0,
            Some(Severity::Action) | None => 1,
            Some(Severity::Success) => 2,
        };
        let leads = [severity < 2, self.has_failed, self.is_new, self.accepted.is_none(), severity < 1];
        let most = [self.first_failures.unwrap_or(0), self.counted.fields];
        (leads.map(Reverse), most.map(Reverse), self.code.unsigned_abs())
    }

    /// Returns the change since the earlier run in one word, or `accepted`; `None` if there is nothing to say.
    fn change(&self) -> Option<&'static str> {
        let change = || self.comparison.map(|comparison| comparison.change.name());
        let is_new = || self.is_new.then(|| Change::New.name());
        self.accepted.map(|_| "accepted").or_else(change).or_else(is_new)
    }

    /// Returns the change and the earlier count, in words: `new (before: 0)`. Returns `None` if there is nothing to say.
    fn compared(&self) -> Option<String> {
        let before = |comparison: Comparison| format!(" (before: {})", comparison.count);
        Some(format!("{}{}", self.change()?, self.comparison.map(before).unwrap_or_default()))
    }

    fn message(&self) -> Cow<'_, str> {
        let message = self.entry.map(|entry| entry.message_in(self.language));
        message.unwrap_or_else(|| in_language(self.language, "in no catalog", "不在目录中"))
    }

    fn category(&self) -> Cow<'_, str> {
        category_in(self.entry.map(Entry::category), self.language)
    }

    fn severity(&self) -> Option<Severity> {
        self.entry.map(Entry::severity)
    }
}

/// Returns the name of a category in a language; `None` is the category of unknown codes.
fn category_in(category: Option<&Category>, language: Language) -> Cow<'_, str> {
    category.map_or_else(|| in_language(language, UNKNOWN, UNKNOWN_ZH), |category| category.name_in(language))
}

/// Returns a text in the language, or in both: `in no catalog/不在目录中`.
fn in_language(language: Language, english: &'static str, chinese: &'static str) -> Cow<'static, str> {
    match language {
        Language::English => english.into(),
        Language::Chinese => chinese.into(),
        Language::Both => format!("{english}/{chinese}").into(),
    }
}
