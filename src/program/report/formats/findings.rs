//! The entries of reports for CI services: the way in which reading ended, checks that have not passed, and each code, at
//! one level and one place.

use crate::Severity;
use crate::program::report::amount::fields;
use crate::program::report::tally::LogPlace;
use crate::program::report::verdict::CheckVerdict;
use crate::program::report::{Report, ReportRow};
use std::borrow::Cow;

/// An entry of a report, which a CI service shows as one issue.
pub(super) struct Finding<'a> {
    pub(super) subject: Subject,
    pub(super) level: FindingLevel,
    /// The category of a code in the report's language; a word for the subject for all else.
    pub(super) category: Cow<'a, str>,
    /// The meaning of a code and its number of fields, or a sentence for all else, without a place. It may have any characters.
    words: String,
    /// The catalog's explanation of a code; empty for all else.
    pub(super) explanation: &'a str,
    /// The first place of a code; `None` for all else.
    pub(super) place: Option<&'a LogPlace>,
}

/// The thing that an entry is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Subject {
    /// All inputs.
    Input,
    /// A check that has not passed, by its option: `--fail-on error>3`.
    Check(String),
    Code(i32),
    /// The unknown codes that are not told apart.
    OtherCodes,
    /// The codes beyond those that were asked for.
    LeftOut,
}

/// The urgency of an entry, the most urgent first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FindingLevel {
    /// The run ends with a status other than 0 for it: a check that has failed or is not decided, a code for which a check has
    /// failed, an input that could not be read, no input.
    Failed,
    /// A code that means an error.
    Error,
    /// A code that asks for an action or is in no catalog, and reading that a signal has ended.
    Warning,
    /// A code that is not new, by the earlier run or the accepted codes, and for which no check has failed; the number of codes
    /// that are left out.
    Known,
}

impl Subject {
    /// Returns the word that stands for the subject where a service groups entries: the code for a code.
    pub(super) fn kind(&self) -> String {
        match self {
            Self::Input => "input".to_owned(),
            Self::Check(_) => "check".to_owned(),
            Self::Code(code) => code.to_string(),
            Self::OtherCodes => "unknown".to_owned(),
            Self::LeftOut => "left-out".to_owned(),
        }
    }

    /// Returns a text that no other entry of a report has, and that the entry has in each run: it depends on neither
    /// lines nor counts.
    pub(super) fn fingerprint(&self) -> String {
        match self {
            Self::Check(option) => format!("imsdk-check {option}"),
            _ => format!("imsdk-{}", self.kind()),
        }
    }
}

impl Finding<'_> {
    /// Returns a sentence that begins with the code or the check.
    pub(super) fn message(&self) -> String {
        match self.subject {
            Subject::Code(code) => format!("{code} {}", self.words),
            _ => self.words.clone(),
        }
    }

    /// Returns the words for the entry in a sum of entries that are not shown one by one: the code for a code.
    fn name_in_sum(&self) -> String {
        match &self.subject {
            Subject::Check(option) => option.clone(),
            Subject::LeftOut => self.words.clone(),
            subject => subject.kind(),
        }
    }

    /// Returns the sentence with the category of the code: `-204 (auth) user session is failure!, 2 fields`.
    pub(super) fn message_with_category(&self) -> String {
        match self.subject {
            Subject::Code(code) => format!("{code} ({}) {}", self.category, self.words),
            _ => self.words.clone(),
        }
    }
}

/// Returns the sentence for entries that have none of their own; `None` if there are no such entries.
pub(super) fn sum_of(rest: &[&Finding<'_>]) -> Option<String> {
    let names: Vec<String> = rest.iter().map(|finding| finding.name_in_sum()).collect();
    (!rest.is_empty()).then(|| format!("iMSDK: {} more: {}", rest.len(), names.join(", ")))
}

impl<'a> Report<'a> {
    /// Returns the entries: the ending, checks that have not passed, and the codes in the order of [`ReportRow::rank`]. A
    /// code of success has none, unless a check has failed for it.
    pub(super) fn findings(&self) -> Vec<Finding<'a>> {
        let mut findings: Vec<Finding<'a>> = self.finding_of_input().into_iter().collect();
        for (subject, message) in self.checks_to_tell() {
            // The same check may be given twice.
            if findings.iter().all(|finding| finding.subject != subject) {
                findings.push(plain(subject, FindingLevel::Failed, "check", message));
            }
        }
        let rows = self.rows();
        let rows: Vec<_> = rows.iter().filter_map(|row| Some((row, self.finding_of_code(row)?))).collect();
        let (shown, rest) = self.top_of(&rows, |(row, _)| row.counted.fields);
        let shown = shown.len();
        findings.extend(rows.into_iter().take(shown).map(|(_, finding)| finding));
        findings.extend(rest.map(|rest| plain(Subject::LeftOut, FindingLevel::Known, "left out", rest)));
        if self.tally.more_unknown > 0 {
            let message =
                format!("{} with yet other codes that are in no catalog", fields(self.tally.more_unknown));
            findings.push(plain(Subject::OtherCodes, FindingLevel::Warning, "unknown", message));
        }
        findings
    }

    /// Returns the checks that have failed and then those that are not decided, each with a sentence.
    fn checks_to_tell(&self) -> impl Iterator<Item = (Subject, String)> {
        let failed = self.with_verdict(CheckVerdict::Failed).map(|outcome| (outcome, outcome.found()));
        let undecided = self.with_verdict(CheckVerdict::Undecided);
        let all = failed.chain(undecided.map(|outcome| (outcome, self.why_undecided(outcome))));
        all.map(|(outcome, words)| {
            let option = outcome.option();
            let message = format!("{option}: {words}");
            (Subject::Check(option), message)
        })
    }

    fn finding_of_input(&self) -> Option<Finding<'a>> {
        let level = if self.ends_in_trouble() { FindingLevel::Failed } else { FindingLevel::Warning };
        Some(plain(Subject::Input, level, "input", self.ending()?.to_owned()))
    }

    fn finding_of_code(&self, row: &ReportRow<'a>) -> Option<Finding<'a>> {
        let level = match row.severity() {
            _ if row.has_failed => FindingLevel::Failed,
            Some(Severity::Success) => return None,
            _ if self.tells_changes() && !row.is_new => FindingLevel::Known,
            Some(Severity::Error) => FindingLevel::Error,
            Some(Severity::Action) | None => FindingLevel::Warning,
        };
        let words = format!("{}, {}", row.message(), row.amounts());
        Some(Finding {
            subject: Subject::Code(row.code),
            level,
            category: row.category().into_owned().into(),
            words,
            explanation: row.entry.map_or("", |entry| entry.explanation()),
            place: Some(&row.counted.first),
        })
    }
}

/// Returns an entry that is about no code.
fn plain(subject: Subject, level: FindingLevel, category: &'static str, words: String) -> Finding<'static> {
    let category = Cow::Borrowed(category);
    Finding { subject, level, category, words, explanation: "", place: None }
}
