//! The report for people: verdicts, a table of codes, and the first line with each code.

mod bars;
mod codes;

use super::{FormatRow, ReportFormat};
use crate::program::report::amount::fields;
use crate::program::report::{Report, ReportRow};
use crate::program::terminal::screen::Screen;
use crate::program::terminal::visible::visible;
use std::io::{self, Write};

pub(super) const FORMAT: FormatRow = FormatRow { format: ReportFormat::Text, name: "text", write };

fn write(report: &Report<'_>, screen: Screen, wtr: &mut dyn Write) -> io::Result<()> {
    write_summary(report, wtr)?;
    write_checks(report, wtr)?;
    let rows = report.rows();
    for words in report.new_words(&rows) {
        writeln!(wtr, "{}", visible(&words))?;
    }
    if !rows.is_empty() {
        codes::write(report, &rows, screen, wtr)?;
    }
    if report.tally.more_unknown > 0 {
        writeln!(
            wtr,
            "\nand {} with yet other codes that are in no catalog",
            fields(report.tally.more_unknown)
        )?;
    }
    write_axis(report, wtr)?;
    write_values(report, &rows, wtr)?;
    write_near(report, wtr)?;
    write_gone(report, wtr)?;
    for (index, remark) in report.accept_remarks().iter().enumerate() {
        let title = if index == 0 { "\nAccepted codes to look at:\n\n" } else { "" };
        writeln!(wtr, "{title}  {}", visible(remark))?;
    }
    Ok(())
}

fn write_summary(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    writeln!(wtr, "{}", report.summary())?;
    if let Some(ending) = report.ending() {
        writeln!(wtr, "{ending}")?;
    }
    Ok(())
}

/// Writes the ends of the axis that the bars have: the first and the last time, or places in the inputs.
fn write_axis(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let tally = report.tally;
    match tally.times() {
        Some((first, last)) => {
            let assumed = if tally.zones.are_assumed() { " (times without a zone as UTC)" } else { "" };
            writeln!(wtr, "\nwhen: from {first} to {last}{assumed}")
        }
        None if tally.known.is_empty() && tally.unknown.is_empty() => Ok(()),
        None => writeln!(wtr, "\nwhere: from the beginning to the end of an input; no time is understood"),
    }
}

/// Writes the users and the first failures, if they were counted.
fn write_values(report: &Report<'_>, rows: &[ReportRow<'_>], wtr: &mut dyn Write) -> io::Result<()> {
    for (index, words) in report.users_words().iter().enumerate() {
        let title = if index == 0 { "\nUsers affected, " } else { "  " };
        writeln!(wtr, "{title}{}", visible(words))?;
        if index == 0 {
            writeln!(wtr)?;
        }
    }
    for row in report.top_of(rows, |row| row.counted.fields).0 {
        if let Some(words) = row.users_words() {
            writeln!(wtr, "  {}: {words}", row.code)?;
        }
    }
    for (index, words) in report.trace_words().iter().enumerate() {
        let title = if index == 0 { "\nFirst failures, " } else { "  " };
        writeln!(wtr, "{title}{}", visible(words))?;
    }
    Ok(())
}

fn write_near(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let Some(near) = &report.tally.near else {
        return Ok(());
    };
    let first = &near.first;
    writeln!(wtr, "\n{} a key and a known code that are no field, first:\n", near.lines_have())?;
    writeln!(wtr, "  {}: {}", visible(&report.place(first)), visible(&first.text))?;
    writeln!(wtr, "\nThis would take it: {}", visible(&near.option()))
}

fn write_gone(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let (gone, rest) = report.top_of_gone();
    for (index, gone) in gone.iter().enumerate() {
        let title = if index == 0 { "\nGone since the earlier run:\n\n" } else { "" };
        let meaning = gone.entry.map_or(String::new(), |entry| {
            let category = entry.category().name_in(report.language);
            format!(" ({category}: {})", entry.message_in(report.language))
        });
        writeln!(wtr, "{title}  {}{}, {} then", gone.code, visible(&meaning), fields(gone.comparison.count))?;
    }
    rest.map_or(Ok(()), |rest| writeln!(wtr, "\n{rest}"))
}

fn write_checks(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    for outcome in &report.outcomes {
        let verdict = outcome.verdict.words();
        writeln!(wtr, "{verdict}: {}, {}", visible(&outcome.option()), outcome.found())?;
    }
    Ok(())
}
