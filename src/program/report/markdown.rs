//! The report as Markdown, for the summary of a job.

use super::escape::{markdown, markdown_code};
use super::{Report, ReportRow, count_of};
use std::io::{self, Write};

pub(super) fn write(report: &Report<'_>, wtr: &mut impl Write) -> io::Result<()> {
    let (known, unknown) = (report.known(), report.unknown());
    writeln!(wtr, "## iMSDK return codes\n")?;
    writeln!(wtr, "{}.", report.summary())?;
    if let Some(ending) = report.ending() {
        writeln!(wtr, "\n**Note:** {ending}.")?;
    }
    for outcome in report.outcomes() {
        let verdict = if outcome.has_failed() { "❌ failed" } else { "✅ passed" };
        let fields = count_of(outcome.count, "field", "fields");
        writeln!(wtr, "\n{verdict}: {}, {fields}", markdown(&format!("--fail-on {}", outcome.check.text)))?;
    }
    write_table(report, &known, wtr)?;
    if !unknown.is_empty() {
        writeln!(wtr, "\n### Codes that are in no catalog")?;
        write_table(report, &unknown, wtr)?;
    }
    if report.tally.more_unknown > 0 {
        let fields = count_of(report.tally.more_unknown, "field", "fields");
        writeln!(wtr, "\nAnd {fields} with yet other codes that are in no catalog.")?;
    }
    write_gone(report, wtr)
}

fn write_table(report: &Report<'_>, rows: &[ReportRow<'_>], wtr: &mut impl Write) -> io::Result<()> {
    if rows.is_empty() {
        return Ok(());
    }
    let (before, rule) =
        if report.baseline.is_some() { (" before | change |", " ---: | --- |") } else { ("", "") };
    writeln!(wtr, "\n| code | category | message | count |{before} first | last | first line |")?;
    writeln!(wtr, "| ---: | --- | --- | ---: |{rule} --- | --- | --- |")?;
    for row in rows {
        let counted = row.counted;
        let (category, message) = (markdown(&row.category()), markdown(&row.message()));
        write!(wtr, "| {} | {category} | {message} | {} |", row.code, counted.fields)?;
        match row.comparison {
            Some(comparison) => write!(wtr, " {} | {} |", comparison.count, comparison.change.name())?,
            // How often it was there earlier is not known.
            None if report.baseline.is_some() => write!(wtr, "  |  |")?,
            None => {}
        }
        let [first, last] = [&counted.first, &counted.last].map(|place| markdown_code(&report.place(place)));
        writeln!(wtr, " {first} | {last} | {} |", markdown_code(&counted.first.text))?;
    }
    Ok(())
}

fn write_gone(report: &Report<'_>, wtr: &mut impl Write) -> io::Result<()> {
    let gone = report.gone();
    if gone.is_empty() {
        return Ok(());
    }
    writeln!(wtr, "\n### Gone since the earlier run\n\n| code | message | before |\n| ---: | --- | ---: |")?;
    for code in gone {
        let message = code.entry.map_or(String::new(), |entry| markdown(&entry.message_in(report.language)));
        writeln!(wtr, "| {} | {message} | {} |", code.code, code.comparison.count)?;
    }
    Ok(())
}
