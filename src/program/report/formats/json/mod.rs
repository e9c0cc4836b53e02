//! The report as JSON, with all figures of the other formats; reports of parts are added up from it.
//!
//! The document has a version, which changes when a reader of the old form would misunderstand the new one; members may
//! be added without a new version.

mod format;
mod load;
mod meaning;
mod no_report;
mod parts;
mod sum;
mod values;

pub(super) use format::Harmless;
pub use load::{LoadedReport, load};
pub(crate) use meaning::write_entries;
pub use sum::ReportSum;

use super::{FormatRow, ReportFormat};
use crate::program::encoding::CharEncoding;
use crate::program::report::tally::{Histogram, InputCount, LogPlace, NearLines};
use crate::program::report::verdict::{
    AcceptEntry, AcceptList, CheckKind, CheckOutcome, CheckVerdict, Comparison, Measure,
};
use crate::program::report::{Report, ReportRow, SoFar};
use crate::time::TimeStamp;
use meaning::Meaning;
use parts::JsonPart;
use serde::{Deserialize, Serialize};
use serde_json::ser::Serializer;
use std::collections::BTreeMap;
use std::io::{self, Write};
use values::{JsonCodeUsers, JsonTrace, JsonUsers};

pub(super) const FORMAT: FormatRow =
    FormatRow { format: ReportFormat::Json, name: "json", write: |report, _, wtr| write(report, wtr) };

/// The value of the document's member `format`.
const DOCUMENT_FORMAT: &str = "imsdk-annotate report";
const VERSION: u64 = 1;

#[derive(Serialize, Deserialize)]
struct Document {
    format: String,
    version: u64,
    /// True if all inputs could be read to their ends.
    complete: bool,
    /// True if a signal has ended reading; left out if none has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    stopped: bool,
    /// The time that the report covers, if the run went on; left out at the end of a run.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    so_far: Option<SoFar>,
    input: JsonInput,
    /// The number of fields with a code of the catalog; `unknown_fields` is the number of those with any other code.
    fields: u64,
    unknown_fields: u64,
    codes: Vec<JsonCode>,
    unknown: Vec<JsonCode>,
    /// The number of fields with unknown codes that are not listed, because there are too many.
    more_unknown_fields: u64,
    /// Left out if no line has a near miss.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    near: Option<JsonNear>,
    /// Left out if users were not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    users: Option<JsonUsers>,
    /// Left out if first failures were not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    trace: Option<JsonTrace>,
    /// True if times with a zone and times without one are on one axis, as if the latter were UTC; else left out.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    zone_assumed: bool,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    gone: Option<Vec<GoneCode>>,
    #[serde(skip_deserializing)]
    fail_on: Vec<CheckResult>,
    /// The list of accepted codes; left out if there is none.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    accepted: Vec<JsonAccepted>,
    /// Left out without `--expect`.
    #[serde(skip_deserializing, skip_serializing_if = "Vec::is_empty")]
    expect: Vec<CheckResult>,
}

#[derive(Serialize, Deserialize)]
struct JsonInput {
    files: u64,
    lines: u64,
    bytes: u64,
    /// The number of lines without a time of their own; left out if lines were not chosen by their times.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    undated_lines: Option<u64>,
    /// The number of files in each encoding; those in UTF-8 are left out.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    encodings: BTreeMap<CharEncoding, u64>,
    /// The inputs and ranges, but for standard input without a name.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    parts: Vec<JsonPart>,
}

#[derive(Serialize, Deserialize)]
struct JsonCode {
    code: i32,
    #[serde(flatten, skip_deserializing, skip_serializing_if = "Option::is_none")]
    meaning: Option<Meaning>,
    count: u64,
    lines: u64,
    files: u64,
    /// Left out if users were not counted, or if the code has none that are told apart.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    users: Option<JsonCodeUsers>,
    /// The number of requests that failed first with the code; left out if they were not counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    first_failures: Option<u64>,
    first: JsonLine,
    last: JsonLine,
    first_time: Option<TimeStamp>,
    last_time: Option<TimeStamp>,
    #[serde(default, skip_serializing_if = "Histogram::is_empty")]
    seconds: Histogram,
    #[serde(default, skip_serializing_if = "Histogram::is_empty")]
    offsets: Histogram,
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    baseline: Option<Comparison>,
    /// The number of the line that accepts the code, in the list of accepted codes.
    #[serde(skip_deserializing, skip_serializing_if = "Option::is_none")]
    accepted: Option<usize>,
}

/// A line of the list of accepted codes.
#[derive(Serialize)]
struct JsonAccepted {
    line: usize,
    codes: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
    reason: String,
    expired: bool,
}

#[derive(Serialize, Deserialize)]
struct JsonLine {
    file: String,
    line: u64,
    text: String,
}

/// The lines in which a key and a known code stand close together and are no field.
#[derive(Serialize, Deserialize)]
struct JsonNear {
    lines: u64,
    first: JsonLine,
    pattern: String,
}

#[derive(Serialize)]
struct GoneCode {
    code: i32,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    meaning: Option<Meaning>,
    baseline: Comparison,
}

/// A window of time with the most fields of a check.
#[derive(Serialize)]
struct JsonWindow {
    seconds: u32,
    /// The time at which it begins; left out if there are no fields.
    #[serde(skip_serializing_if = "String::is_empty")]
    from: String,
}

#[derive(Serialize)]
struct CheckResult {
    select: String,
    /// `users` where the check counts users; left out where it counts fields.
    #[serde(skip_serializing_if = "Option::is_none")]
    measure: Option<&'static str>,
    limit: u64,
    /// The number of fields; of users, if the check counts them.
    count: u64,
    verdict: CheckVerdict,
    failed: bool,
    /// The selected codes that the inputs have, the most frequent first.
    codes: Vec<i32>,
    /// The window of time that has the number of fields; left out where the check is of no rate.
    #[serde(skip_serializing_if = "Option::is_none")]
    window: Option<JsonWindow>,
}

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let tally = report.tally;
    let codes = |rows: Vec<ReportRow<'_>>| rows.iter().map(|row| JsonCode::of_row(report, row)).collect();
    let gone = || {
        report
            .gone()
            .iter()
            .map(|gone| GoneCode {
                code: gone.code,
                meaning: gone.entry.map(Meaning::of_entry),
                baseline: gone.comparison,
            })
            .collect()
    };
    let checks = |kind: CheckKind| {
        report.outcomes.iter().filter(|outcome| outcome.check.kind == kind).map(CheckResult::of).collect()
    };
    let InputCount { files, lines, bytes, undated_lines, encodings } = tally.input;
    let encodings = encodings.counted().collect();
    let document = Document {
        format: DOCUMENT_FORMAT.to_owned(),
        version: VERSION,
        complete: tally.complete,
        stopped: tally.stopped,
        so_far: report.so_far.cloned(),
        input: JsonInput { files, lines, bytes, undated_lines, encodings, parts: JsonPart::of(report) },
        fields: tally.known_fields(),
        unknown_fields: tally.unknown_fields(),
        codes: codes(report.rows_of(tally.known.iter())),
        unknown: codes(report.rows_of(tally.unknown.iter())),
        more_unknown_fields: tally.more_unknown,
        near: tally.near.as_ref().map(|near| JsonNear::of_lines(report, near)),
        users: JsonUsers::of(report),
        trace: tally.trace.as_ref().map(JsonTrace::of),
        zone_assumed: tally.zones.are_assumed(),
        gone: report.baseline.map(|_| gone()),
        accepted: report.accepted.map_or(&[][..], AcceptList::entries).iter().map(JsonAccepted::of).collect(),
        fail_on: checks(CheckKind::FailOn),
        expect: checks(CheckKind::Expect),
    };
    document.serialize(&mut Serializer::with_formatter(&mut *wtr, Harmless::default()))?;
    wtr.write_all(b"\n")
}

impl JsonCode {
    fn of_row(report: &Report<'_>, row: &ReportRow<'_>) -> Self {
        let counted = row.counted;
        Self {
            code: row.code,
            meaning: row.entry.map(Meaning::of_entry),
            count: counted.fields,
            lines: counted.lines,
            files: counted.files,
            users: JsonCodeUsers::of_row(report, row),
            first_failures: row.first_failures,
            first: JsonLine::of_place(report, &counted.first),
            last: JsonLine::of_place(report, &counted.last),
            first_time: counted.times.map(|(earliest, _)| earliest),
            last_time: counted.times.map(|(_, latest)| latest),
            seconds: counted.seconds.clone(),
            offsets: counted.offsets.clone(),
            baseline: row.comparison,
            accepted: row.accepted.map(|entry| entry.line),
        }
    }
}

impl JsonAccepted {
    fn of(entry: &AcceptEntry) -> Self {
        Self {
            line: entry.line,
            codes: entry.written_codes(),
            until: entry.until.map(|until| until.to_string()),
            reason: entry.reason.clone(),
            expired: entry.is_expired,
        }
    }
}

impl CheckResult {
    fn of(outcome: &CheckOutcome<'_>) -> Self {
        Self {
            select: outcome.check.text.clone(),
            measure: (outcome.check.measure == Measure::Users).then_some("users"),
            limit: outcome.check.limit,
            count: outcome.measured.count,
            verdict: outcome.verdict,
            failed: outcome.has_failed(),
            codes: outcome.measured.codes.iter().map(|&(code, _)| code).collect(),
            window: outcome
                .measured
                .rate
                .as_ref()
                .map(|rate| JsonWindow { seconds: rate.window.seconds(), from: rate.from.clone() }),
        }
    }
}

impl JsonNear {
    fn of_lines(report: &Report<'_>, near: &NearLines) -> Self {
        let NearLines { lines, first, pattern } = near;
        Self { lines: *lines, first: JsonLine::of_place(report, first), pattern: pattern.clone() }
    }
}

impl JsonLine {
    fn of_place(report: &Report<'_>, place: &LogPlace) -> Self {
        Self { file: report.name(place).to_owned(), line: place.line, text: place.text.clone() }
    }
}
