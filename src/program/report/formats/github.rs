//! The report as GitHub workflow commands, which GitHub shows at the top of a run.

use super::{FormatRow, ReportFormat};
use crate::Severity;
use crate::program::report::amount::fields;
use crate::program::report::tally::sum;
use crate::program::report::{Report, ReportRow};
use crate::program::terminal::visible::visible;
use std::io::{self, Write};

/// The most commands of one level that GitHub shows for each step.
const COMMANDS_MAX: usize = 10;

pub(super) const FORMAT: FormatRow =
    FormatRow { format: ReportFormat::Github, name: "github", write: |report, _, wtr| write(report, wtr) };

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let rows: Vec<ReportRow<'_>> = report.known().into_iter().chain(report.unknown()).collect();
    let ending = report.ending().map(|words| (if report.tally.complete { "notice" } else { "error" }, words));
    for level in ["error", "warning", "notice"] {
        let rows: Vec<&ReportRow<'_>> = rows.iter().filter(|row| level_of(row) == level).collect();
        let mut room = COMMANDS_MAX;
        if let Some((_, words)) = ending.filter(|(ending_level, _)| *ending_level == level) {
            writeln!(wtr, "::{level} title=iMSDK::{}", in_message(words))?;
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
            let message = format!("{}: {}", fields(count), codes.join(", "));
            let title = in_property(&format!("iMSDK: {} more codes", rest.len()));
            writeln!(wtr, "::{level} title={title}::{}", in_message(&message))?;
        }
    }
    Ok(())
}

fn write_command(
    report: &Report<'_>,
    level: &str,
    row: &ReportRow<'_>,
    wtr: &mut dyn Write,
) -> io::Result<()> {
    let counted = row.counted;
    let file = in_property(report.name(&counted.first));
    let title = in_property(&format!("iMSDK {} ({})", row.code, row.category()));
    let compared = row.comparison.map_or(String::new(), |comparison| {
        format!(" ({}, before: {})", comparison.change.name(), comparison.count)
    });
    let fields = fields(counted.fields);
    let message = format!("{}, {fields}{compared}: {}", row.message(), counted.first.text);
    let line = counted.first.line;
    writeln!(wtr, "::{level} file={file},line={line},title={title}::{}", in_message(&message))
}

/// Returns the level of a code's command. A code that is in no catalog is a warning: it deserves a look, and its
/// severity is not known.
fn level_of(row: &ReportRow<'_>) -> &'static str {
    match row.severity() {
        Some(Severity::Error) => "error",
        Some(Severity::Action) | None => "warning",
        Some(Severity::Success) => "notice",
    }
}

/// Returns a text escaped for the message of a GitHub workflow command.
fn in_message(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Returns a text escaped for a property of a GitHub workflow command.
fn in_property(text: &str) -> String {
    in_message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_have_no_more_lines_and_properties() {
        assert_eq!(in_message("50%\n::error::x"), "50%25\\u{a}::error::x");
        assert_eq!(in_property("a:1,b=2%"), "a%3A1%2Cb=2%25");
    }
}
