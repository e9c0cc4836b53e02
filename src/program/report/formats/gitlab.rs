//! The report as JSON of GitLab's Code Quality, which a merge request shows beside the changes.

use super::findings::{Finding, FindingLevel};
use super::json::Harmless;
use super::{FormatRow, ReportFormat};
use crate::program::report::Report;
use crate::program::terminal::visible::visible;
use serde::Serialize;
use serde_json::ser::Serializer;
use std::io::{self, Write};

pub(super) const FORMAT: FormatRow =
    FormatRow { format: ReportFormat::Gitlab, name: "gitlab", write: |report, _, wtr| write(report, wtr) };

/// The path of entries that have no place: GitLab shows no entry without one.
const NO_PATH: &str = "imsdk-annotate";

#[derive(Serialize)]
struct Degradation {
    description: String,
    check_name: String,
    /// A text that no other entry has: GitLab shows the first of those that have the same.
    fingerprint: String,
    severity: &'static str,
    location: DegradedPlace,
}

#[derive(Serialize)]
struct DegradedPlace {
    path: String,
    lines: DegradedLines,
}

/// The lines of an entry. GitLab reads no report in which an entry has none.
#[derive(Serialize)]
struct DegradedLines {
    /// The number of the first line, from 1.
    begin: u64,
}

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let findings = report.findings();
    let entries: Vec<_> = findings.iter().map(|finding| Degradation::of(report, finding)).collect();
    entries.serialize(&mut Serializer::with_formatter(&mut *wtr, Harmless::default()))?;
    wtr.write_all(b"\n")
}

impl Degradation {
    fn of(report: &Report<'_>, finding: &Finding<'_>) -> Self {
        let severity = match finding.level {
            FindingLevel::Failed => "blocker",
            FindingLevel::Error => "critical",
            FindingLevel::Warning => "minor",
            FindingLevel::Known => "info",
        };
        let place = finding.place;
        let text = place.map_or(String::new(), |place| format!(": {}", place.text));
        Self {
            description: visible(&format!("{}{text}", finding.message_with_category())),
            check_name: format!("imsdk {}", finding.subject.kind()),
            fingerprint: visible(&finding.subject.fingerprint()),
            severity,
            location: DegradedPlace {
                path: place.map_or(NO_PATH.to_owned(), |place| visible(relative(report.name(place)))),
                lines: DegradedLines { begin: place.map_or(1, |place| place.line) },
            },
        }
    }
}

/// Returns a path without `./` before it, which GitLab does not take.
fn relative(mut path: &str) -> &str {
    while let Some(rest) = path.strip_prefix("./").filter(|rest| !rest.is_empty()) {
        path = rest;
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_do_not_begin_with_the_folder_itself() {
        assert_eq!(["./a/b", "././a", "a/./b", "./"].map(relative), ["a/b", "a", "a/./b", "./"]);
    }
}
