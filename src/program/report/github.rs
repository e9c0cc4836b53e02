//! The report as GitHub workflow commands, which show at the top of a run.

use super::escape::{github_message, github_property};
use super::tally::sum;
use super::{Report, ReportRow, count_of};
use crate::Severity;
use std::io::{self, Write};

/// GitHub shows no more of a level for each step.
const COMMANDS_MAX: usize = 10;

pub(super) fn write(report: &Report<'_>, wtr: &mut impl Write) -> io::Result<()> {
    let rows: Vec<ReportRow<'_>> = report.known().into_iter().chain(report.unknown()).collect();
    let ending = report.ending().map(|words| (if report.tally.complete { "notice" } else { "error" }, words));
    for level in ["error", "warning", "notice"] {
        let rows: Vec<&ReportRow<'_>> = rows.iter().filter(|row| level_of(row) == level).collect();
        let mut room = COMMANDS_MAX;
        if let Some((_, words)) = ending.filter(|(ending_level, _)| *ending_level == level) {
            writeln!(wtr, "::{level} title=iMSDK::{}", github_message(words))?;
            room -= 1;
        }
        let shown = if rows.len() > room { room - 1 } else { rows.len() };
        for row in &rows[..shown] {
            write_command(report, level, row, wtr)?;
        }
        let rest = &rows[shown..];
        if !rest.is_empty() {
            let count = sum(rest.iter().map(|row| row.counted.fields));
            let codes: Vec<String> = rest.iter().map(|row| row.code.to_string()).collect();
            let message = format!("{}: {}", count_of(count, "time", "times"), codes.join(", "));
            let title = github_property(&format!("iMSDK: {} more codes", rest.len()));
            writeln!(wtr, "::{level} title={title}::{}", github_message(&message))?;
        }
    }
    Ok(())
}

fn write_command(
    report: &Report<'_>,
    level: &str,
    row: &ReportRow<'_>,
    wtr: &mut impl Write,
) -> io::Result<()> {
    let counted = row.counted;
    let file = github_property(report.name(&counted.first));
    let title = github_property(&format!("iMSDK {} ({})", row.code, row.category()));
    let compared = row.comparison.map_or(String::new(), |comparison| {
        format!(" ({}, before: {})", comparison.change.name(), comparison.count)
    });
    let fields = count_of(counted.fields, "time", "times");
    let message = format!("{}, {fields}{compared}: {}", row.message(), counted.first.text);
    let line = counted.first.line;
    writeln!(wtr, "::{level} file={file},line={line},title={title}::{}", github_message(&message))
}

/// A code that is in no catalog is worth a look, and no more is known of it.
fn level_of(row: &ReportRow<'_>) -> &'static str {
    match row.severity() {
        Some(Severity::Error) => "error",
        Some(Severity::Action) | None => "warning",
        Some(Severity::Success) => "notice",
    }
}
