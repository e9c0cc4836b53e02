//! The words for a report on a run that goes on: from when it is, and how much has come since the last one.

use super::Report;
use super::amount::{count_of, fields};
use super::tally::Tally;
use serde::Serialize;

/// The time that a report on a run that goes on covers. Serialized as the member `so_far` of the JSON report.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct SoFar {
    /// The start of the run, as text: `2026-05-01T10:00:00Z`.
    start: String,
    /// The time of the report.
    time: String,
    /// The amounts since the last report; left out in the first one.
    #[serde(skip_serializing_if = "Option::is_none")]
    since_last: Option<SinceLast>,
    #[serde(skip)]
    pub(super) english: String,
    #[serde(skip)]
    pub(super) chinese: String,
}

/// The amounts that have come since the last report.
#[derive(Clone, Copy, Debug, Serialize)]
struct SinceLast {
    lines: u64,
    fields: u64,
}

impl SoFar {
    /// Returns the words for a report on `tally`, between two times as text. `last` is the tally's number of lines and fields
    /// at the last report.
    pub(crate) fn new(start: String, time: String, tally: &Tally, last: Option<(u64, u64)>) -> Self {
        let (lines, found) = Self::amounts(tally);
        let since_last = last.map(|last| SinceLast {
            lines: lines.saturating_sub(last.0),
            fields: found.saturating_sub(last.1),
        });
        let mut english = format!("so far, from {start} to {time}: more is to come");
        let mut chinese = format!("目前为止，从 {start} 到 {time}：还在继续");
        if let Some(since) = since_last {
            let (lines, found) = (count_of(since.lines, "line", "lines"), fields(since.fields));
            english += &format!("; {lines} and {found} since the last report");
            chinese += &format!("；上次报告以来 {} 行、{} 个字段", since.lines, since.fields);
        }
        Self { start, time, since_last, english, chinese }
    }

    /// Returns the number of lines and of fields of a tally.
    pub(crate) fn amounts(tally: &Tally) -> (u64, u64) {
        (tally.input.lines, tally.known_fields().saturating_add(tally.unknown_fields()))
    }

    /// Returns the time of the report, as text.
    pub(crate) fn time(&self) -> &str {
        &self.time
    }
}

impl<'a> Report<'a> {
    /// Returns the report as one on a run that goes on.
    pub(crate) fn on_run_that_goes_on(self, so_far: Option<&'a SoFar>) -> Self {
        Self { so_far, ..self }
    }
}
