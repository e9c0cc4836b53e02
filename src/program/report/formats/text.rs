//! The report for people: a table, followed by the first line with each code.

use super::{FormatRow, ReportFormat};
use crate::program::report::amount::fields;
use crate::program::report::tally::{Histogram, NearLines, sum};
use crate::program::report::{Report, ReportRow};
use crate::program::terminal::table::{self, Align, Cell};
use crate::program::terminal::visible::visible;
use std::io::{self, Write};

pub(super) const FORMAT: FormatRow = FormatRow { format: ReportFormat::Text, name: "text", write };

/// Bars, in steps of an eighth of a line's height.
const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
/// The bar for a count of zero.
const NO_BAR: char = ' ';

const COLUMNS: [Align; 8] = [
    Align::Right,
    Align::Left,
    Align::Right,
    Align::Right,
    Align::Left,
    Align::Left,
    Align::Left,
    Align::Left,
];

fn write(report: &Report<'_>, color: bool, wtr: &mut dyn Write) -> io::Result<()> {
    let (known, unknown) = (report.known(), report.unknown());
    write_summary(report, wtr)?;
    if !known.is_empty() {
        write_rows(report, "", &known, color, wtr)?;
    }
    if !unknown.is_empty() {
        write_rows(report, "\nCodes that are in no catalog:\n", &unknown, color, wtr)?;
    }
    if report.tally.more_unknown > 0 {
        writeln!(
            wtr,
            "\nand {} with yet other codes that are in no catalog",
            fields(report.tally.more_unknown)
        )?;
    }
    write_axis(report, wtr)?;
    write_near(report, wtr)?;
    write_gone(report, wtr)?;
    write_checks(report, wtr)
}

fn write_summary(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    writeln!(wtr, "{}", report.summary())?;
    if let Some(ending) = report.ending() {
        writeln!(wtr, "{ending}")?;
    }
    Ok(())
}

fn write_rows(
    report: &Report<'_>,
    title: &str,
    rows: &[ReportRow<'_>],
    color: bool,
    wtr: &mut dyn Write,
) -> io::Result<()> {
    let all = sum(rows.iter().map(|row| row.counted.fields));
    let bars = Bars::of(rows);
    let count_title = if report.baseline.is_some() { "fields (before)" } else { "fields" };
    let titles = ["code", "category", count_title, "share", bars.title(), "first", "last", "message"];
    let mut cells = vec![titles.map(Cell::from).to_vec()];
    for row in rows {
        let paint = row.severity().filter(|_| color).map(|severity| format!("\x1b[{}m", severity.color()));
        let colored = |text: String| Cell { text, color: paint.clone() };
        let counted = row.counted;
        cells.push(vec![
            colored(row.code.to_string()),
            visible(&row.category()).into(),
            count_cell(row).into(),
            format!("{:.1} %", counted.fields as f64 * 100.0 / all as f64).into(),
            bars.of_row(row).into(),
            visible(&report.place(&counted.first)).into(),
            visible(&report.place(&counted.last)).into(),
            colored(visible(&row.message())),
        ]);
    }
    writeln!(wtr, "{title}")?;
    table::write(&COLUMNS, &cells, wtr)?;
    let width = rows.iter().map(|row| row.code.to_string().len()).max().unwrap_or(0);
    writeln!(wtr, "\nFirst lines:\n")?;
    for row in rows {
        let first = &row.counted.first;
        writeln!(wtr, "  {:>width$}  {}: {}", row.code, visible(&report.place(first)), visible(&first.text))?;
    }
    Ok(())
}

/// Writes the ends of the axis that the bars have: the first and the last time, or places in the inputs.
fn write_axis(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let tally = report.tally;
    let times = tally.known.values().chain(tally.unknown.values()).filter_map(|counted| counted.times);
    match times.reduce(|(first, last), (earliest, latest)| (first.min(earliest), last.max(latest))) {
        Some((first, last)) => {
            let assumed = if tally.zones.are_assumed() { " (times without a zone as UTC)" } else { "" };
            writeln!(wtr, "\nwhen: from {first} to {last}{assumed}")
        }
        None if tally.known.is_empty() && tally.unknown.is_empty() => Ok(()),
        None => writeln!(wtr, "\nwhere: from the beginning to the end of an input; no time is understood"),
    }
}

/// Returns the cell for a number of fields, with the earlier number if that is known.
fn count_cell(row: &ReportRow<'_>) -> String {
    match row.comparison {
        None => row.counted.fields.to_string(),
        Some(comparison) => {
            format!("{} {} ({})", comparison.change.name(), row.counted.fields, comparison.count)
        }
    }
}

fn write_near(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    let Some(NearLines { lines, first, pattern }) = &report.tally.near else {
        return Ok(());
    };
    let have = if *lines == 1 { "1 line has" } else { &format!("{lines} lines have") };
    let pattern = visible(&pattern.replace('\'', r"'\''"));
    writeln!(wtr, "\n{have} a key and a known code that are no field, first:\n")?;
    writeln!(wtr, "  {}: {}", visible(&report.place(first)), visible(&first.text))?;
    writeln!(wtr, "\nThis would take it: --pattern '{pattern}'")
}

fn write_gone(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    for (index, gone) in report.gone().iter().enumerate() {
        let title = if index == 0 { "\nGone since the earlier run:\n\n" } else { "" };
        let meaning = gone.entry.map_or(String::new(), |entry| {
            let category = entry.category().name_in(report.language);
            format!(" ({category}: {})", entry.message_in(report.language))
        });
        writeln!(wtr, "{title}  {}{}, {} then", gone.code, visible(&meaning), fields(gone.comparison.count))?;
    }
    Ok(())
}

fn write_checks(report: &Report<'_>, wtr: &mut dyn Write) -> io::Result<()> {
    for (index, outcome) in report.outcomes().iter().enumerate() {
        let title = if index == 0 { "\nChecks:\n\n" } else { "" };
        let verdict = if outcome.has_failed() { "failed" } else { "passed" };
        let fields = fields(outcome.count);
        writeln!(wtr, "{title}  {verdict}: --fail-on {}, {fields}", visible(&outcome.check.text))?;
    }
    Ok(())
}

/// Rows of bars with one axis: the time if lines have time stamps, else the byte offset in the input.
struct Bars {
    axis: Histogram,
    is_time: bool,
}

impl Bars {
    fn of(rows: &[ReportRow<'_>]) -> Self {
        let axis_of = |of: fn(&ReportRow<'_>) -> Histogram| {
            let mut sum = Histogram::default();
            rows.iter().for_each(|row| sum.append(&of(row)));
            sum
        };
        let axis = axis_of(|row| row.counted.seconds.clone());
        if axis.is_empty() {
            Self { axis: axis_of(|row| row.counted.offsets.clone()), is_time: false }
        } else {
            Self { axis, is_time: true }
        }
    }

    fn title(&self) -> &'static str {
        if self.is_time { "when" } else { "where" }
    }

    fn of_row(&self, row: &ReportRow<'_>) -> String {
        let histogram = if self.is_time { &row.counted.seconds } else { &row.counted.offsets };
        let counts = histogram.counts_along(&self.axis);
        let highest = counts.iter().copied().max().unwrap_or(0);
        let bar = |count: u64| match usize::try_from(
            u128::from(count) * BARS.len() as u128 / u128::from(highest.max(1)),
        ) {
            _ if count == 0 => NO_BAR,
            Ok(eighths) => BARS[eighths.saturating_sub(1)],
            Err(_) => NO_BAR,
        };
        counts.into_iter().map(bar).collect()
    }
}
