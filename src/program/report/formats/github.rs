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
/// The most failed checks, and the most that are not decided, that have a command of their own, so that commands are left
/// for codes.
const CHECKS_MAX: usize = 3;
const FAILED_TITLE: &str = "iMSDK: check failed";
const UNDECIDED_TITLE: &str = "iMSDK: check not decided";

pub(super) const FORMAT: FormatRow =
    FormatRow { format: ReportFormat::Github, name: "github", write: |report, _, wtr| write(report, wtr) };

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let all = report.rows();
    let (rows, rest) = report.top_of(&all, |row| row.counted.fields);
    for level in ["error", "warning", "notice"] {
        let mut verdicts = verdicts(report, level);
        verdicts.extend(rest.iter().filter(|_| level == "notice").map(|rest| ("iMSDK", rest.clone())));
        let rows: Vec<&ReportRow<'_>> = rows.iter().filter(|row| level_of(report, row) == level).collect();
        let room = COMMANDS_MAX - verdicts.len();
        for (title, words) in verdicts {
            writeln!(wtr, "::{level} title={title}::{}", in_message(&words))?;
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

/// Returns the titles and the words of what is said of the run as a whole at a level: the way in which reading ended, and
/// checks that have not passed.
fn verdicts(report: &Report<'_>, level: &str) -> Vec<(&'static str, String)> {
    let ending_level = if report.ends_in_trouble() { "error" } else { "notice" };
    let ending = report.ending().filter(|_| ending_level == level).map(str::to_owned);
    let mut verdicts: Vec<_> = ending.map(|words| ("iMSDK", words)).into_iter().collect();
    if level == "error" {
        for (title, lines) in [(FAILED_TITLE, report.failures()), (UNDECIDED_TITLE, report.undecided())] {
            let (shown, rest) = lines.split_at(lines.len().min(CHECKS_MAX));
            verdicts.extend(shown.iter().map(|line| (title, line.clone())));
            if !rest.is_empty() {
                verdicts.push((title, format!("{} more: {}", rest.len(), rest.join("; "))));
            }
        }
    }
    verdicts
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
    let message = format!("{}, {}: {}", row.message(), row.amounts(), counted.first.text);
    let line = counted.first.line;
    writeln!(wtr, "::{level} file={file},line={line},title={title}::{}", in_message(&message))
}

/// Returns the level of a code's command: error for a code for which a check has failed. With a baseline or accepted codes,
/// codes that are not new get a notice: they were there before. A code that is in no catalog is a warning: it deserves a look, and its
/// severity is not known.
fn level_of(report: &Report<'_>, row: &ReportRow<'_>) -> &'static str {
    match row.severity() {
        _ if row.has_failed => "error",
        _ if report.tells_changes() && !row.is_new => "notice",
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
