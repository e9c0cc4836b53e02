//! The table of codes, which fits the screen, and the first line with each code.

use super::bars::Bars;
use crate::SeverityColors;
use crate::program::report::tally::sum;
use crate::program::report::{Report, ReportRow};
use crate::program::terminal::screen::Screen;
use crate::program::terminal::table::{self, Align, Cell};
use crate::program::terminal::visible::visible;
use std::io::{self, Write};

const MESSAGE: usize = 1;
/// The fewest bars, and columns of a message, that are worth showing.
const BARS_MIN: usize = 8;
const MESSAGE_MIN: usize = 12;

/// A column of the table.
struct TableColumn {
    align: Align,
    title: &'static str,
}

pub(super) fn write(
    report: &Report<'_>,
    rows: &[ReportRow<'_>],
    screen: Screen,
    wtr: &mut dyn Write,
) -> io::Result<()> {
    let (shown, rest) = report.top_of(rows, |row| row.counted.fields);
    writeln!(wtr)?;
    write_table(report, rows, shown, screen, wtr)?;
    let width = shown.iter().map(|row| row.code.to_string().len()).max().unwrap_or(0);
    writeln!(wtr, "\nFirst lines:\n")?;
    for row in shown {
        let first = &row.counted.first;
        writeln!(wtr, "  {:>width$}  {}: {}", row.code, visible(&report.place(first)), visible(&first.text))?;
    }
    rest.map_or(Ok(()), |rest| writeln!(wtr, "\n{rest}"))
}

/// Writes the table of the codes that are shown, with bars and shares that are those of all rows. What does not fit gives way:
/// first the places, which stand below, too, then the bars, then the end of the messages.
fn write_table(
    report: &Report<'_>,
    rows: &[ReportRow<'_>],
    shown: &[ReportRow<'_>],
    screen: Screen,
    wtr: &mut dyn Write,
) -> io::Result<()> {
    let bars = Bars::of(rows);
    let columns = columns(report, &bars);
    let aligns: Vec<Align> = columns.iter().map(|column| column.align).collect();
    // The bars, the first and the last place.
    let bars_at = columns.len() - 3;
    let all = sum(rows.iter().map(|row| row.counted.fields));
    let cells_with = |bars: &Bars| cells(report, shown, all, bars, screen.colors);
    let cells = cells_with(&bars);
    let widths = table::widths(&cells);
    let width_of =
        |columns: usize| widths[..columns].iter().map(|width| table::GAP.len() + width).sum::<usize>();
    let fitting = (bars_at + 1..=columns.len()).rev().find(|&columns| width_of(columns) <= screen.columns);
    if let Some(columns) = fitting {
        return table::write(&aligns[..columns], &cells, wtr);
    }
    let left_for_bars = screen.columns.saturating_sub(width_of(bars_at) + table::GAP.len());
    if left_for_bars >= BARS_MIN {
        let cells = cells_with(&bars.narrowed(left_for_bars));
        return table::write(&aligns[..=bars_at], &cells, wtr);
    }
    let too_wide = width_of(bars_at).saturating_sub(screen.columns);
    let most = widths[MESSAGE].saturating_sub(too_wide).max(MESSAGE_MIN);
    let mut cells = cells;
    cells.iter_mut().for_each(|row| row[MESSAGE].cut(most));
    table::write(&aligns[..bars_at], &cells, wtr)
}

/// Returns the columns, in the order in which they stand.
fn columns(report: &Report<'_>, bars: &Bars) -> Vec<TableColumn> {
    let fields = if report.baseline.is_some() { "fields (before)" } else { "fields" };
    let column = |align: Align, title: &'static str| TableColumn { align, title };
    let mut columns = vec![
        column(Align::Right, "code"),
        column(Align::Left, "message"),
        column(Align::Right, fields),
        column(Align::Right, "share"),
    ];
    columns.extend(report.tally.users.as_ref().map(|_| column(Align::Right, "users")));
    columns.extend(report.tally.trace.as_ref().map(|_| column(Align::Right, "failed first")));
    columns.push(column(Align::Left, "category"));
    columns.extend([bars.title(), "first", "last"].map(|title| column(Align::Left, title)));
    columns
}

/// Returns the cells of the table, with a row of titles. `all` is the number of fields of which each row has a share.
fn cells(
    report: &Report<'_>,
    rows: &[ReportRow<'_>],
    all: u64,
    bars: &Bars,
    colors: Option<SeverityColors>,
) -> Vec<Vec<Cell>> {
    let mut cells = vec![columns(report, bars).into_iter().map(|column| column.title.into()).collect()];
    for row in rows {
        let paint = row.severity().zip(colors).map(|(severity, colors)| colors.sequence(severity));
        let colored = |text: String| Cell { text, color: paint.clone() };
        let counted = row.counted;
        let mut of_row = vec![
            colored(row.code.to_string()),
            colored(visible(&row.message())),
            count_cell(row).into(),
            format!("{:.1} %", counted.fields as f64 * 100.0 / all as f64).into(),
        ];
        of_row.extend(report.tally.users.as_ref().map(|_| row.users_cell().into()));
        of_row.extend(report.tally.trace.as_ref().map(|_| row.first_failures_cell().into()));
        of_row.extend([
            visible(&row.category()).into(),
            bars.of_row(row).into(),
            visible(&report.place(&counted.first)).into(),
            visible(&report.place(&counted.last)).into(),
        ]);
        cells.push(of_row);
    }
    cells
}

/// Returns the cell for a number of fields, with the change and the earlier number if they are known: `more 12 (8)`.
fn count_cell(row: &ReportRow<'_>) -> String {
    let change = row.change().map_or(String::new(), |change| format!("{change} "));
    let before = row.comparison.map_or(String::new(), |comparison| format!(" ({})", comparison.count));
    format!("{change}{}{before}", row.counted.fields)
}
