//! The report as Markdown, for the summary of a CI job.

use super::{FormatRow, ReportFormat};
use crate::program::report::amount::fields;
use crate::program::report::verdict::CheckVerdict;
use crate::program::report::{Report, ReportRow};
use crate::program::terminal::visible::visible;
use std::io::{self, Write};

pub(super) const FORMAT: FormatRow = FormatRow {
    format: ReportFormat::Markdown,
    name: "markdown",
    write: |report, _, wtr| write(report, wtr),
};

fn write(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    writeln!(wtr, "## iMSDK return codes\n")?;
    writeln!(wtr, "{}.", report.summary())?;
    if let Some(ending) = report.ending() {
        writeln!(wtr, "\n**Note:** {ending}.")?;
    }
    for outcome in &report.outcomes {
        let sign = match outcome.verdict {
            CheckVerdict::Passed => "✅",
            CheckVerdict::Failed => "❌",
            CheckVerdict::Undecided => "❔",
        };
        let (verdict, option) = (outcome.verdict.words(), escaped(&outcome.option()));
        writeln!(wtr, "\n{sign} {verdict}: {option}, {}", escaped(&outcome.found()))?;
    }
    write_table(report, &report.rows(), wtr)?;
    if report.tally.more_unknown > 0 {
        let fields = fields(report.tally.more_unknown);
        writeln!(wtr, "\nAnd {fields} with yet other codes that are in no catalog.")?;
    }
    write_gone(report, wtr)?;
    for (index, remark) in report.accept_remarks().iter().enumerate() {
        let title = if index == 0 { "\n### Accepted codes to look at\n\n" } else { "" };
        writeln!(wtr, "{title}- {}", escaped(remark))?;
    }
    Ok(())
}

fn write_table(report: &Report<'_>, rows: &[ReportRow<'_>], wtr: &mut dyn Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let (before, rule) =
        if report.tells_changes() { (" before | change |", " ---: | --- |") } else { ("", "") };
    writeln!(wtr, "\n| code | category | message | fields |{before} first | last | first line |")?;
    writeln!(wtr, "| ---: | --- | --- | ---: |{rule} --- | --- | --- |")?;
    for row in rows {
        let counted = row.counted;
        let (category, message) = (escaped(&row.category()), escaped(&row.message()));
        write!(wtr, "| {} | {category} | {message} | {} |", row.code, counted.fields)?;
        if report.tells_changes() {
            // The earlier count of the code may not be known.
            let before = row.comparison.map_or_else(String::new, |comparison| comparison.count.to_string());
            write!(wtr, " {before} | {} |", row.change().unwrap_or_default())?;
        }
        let [first, last] = [&counted.first, &counted.last].map(|place| code_span(&report.place(place)));
        writeln!(wtr, " {first} | {last} | {} |", code_span(&counted.first.text))?;
    }
    Ok(())
}

fn write_gone(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let gone = report.gone();
    if gone.is_empty() {
        return Ok(());
    }
    writeln!(wtr, "\n### Gone since the earlier run\n\n| code | message | before |\n| ---: | --- | ---: |")?;
    for code in gone {
        let message = code.entry.map_or(String::new(), |entry| escaped(&entry.message_in(report.language)));
        writeln!(wtr, "| {} | {message} | {} |", code.code, code.comparison.count)?;
    }
    Ok(())
}

/// Returns a text as a code span that Markdown shows unchanged, also in a cell of a table.
fn code_span(text: &str) -> String {
    let text = visible(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let longest_run = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest_run + 1);
    let mut code = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            // A backslash keeps a bar from ending the cell, unless another backslash escapes it.
            '|' if code.ends_with('\\') => code.push_str("\\u{7c}"),
            '|' => code.push_str("\\|"),
            _ => code.push(char),
        }
    }
    let begins_or_ends = |char| code.starts_with(char) || code.ends_with(char);
    // Markdown removes one space at each end of a code span.
    let blank = if begins_or_ends('`') || begins_or_ends(' ') { " " } else { "" };
    format!("{fence}{blank}{code}{blank}{fence}")
}

/// Characters that have a meaning within a line of Markdown. A colon turns addresses into links.
const MARKDOWN_SYNTAX: &str = "\\`*_{}[]<>#|~&$@:";

/// Returns a text escaped so that Markdown shows it unchanged within a line.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in visible(text).chars() {
        if MARKDOWN_SYNTAX.contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_keeps_its_fence() {
        assert_eq!(code_span("a`b``c|"), "```a`b``c\\|```");
        assert_eq!(code_span("`a\\|"), "`` `a\\\\u{7c} ``");
        assert_eq!(code_span("  "), "");
        assert_eq!(escaped("*a* <b> |"), "\\*a\\* \\<b\\> \\|");
    }
}
