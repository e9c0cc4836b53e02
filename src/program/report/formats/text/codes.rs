//! The table of codes, which fits the screen, and the first line with each code.

use super::bars::Bars;
use crate::program::report::tally::sum;
use crate::program::report::{Report, ReportRow};
use crate::program::terminal::screen::Screen;
use crate::program::terminal::table::{self, Align, Cell};
use crate::program::terminal::visible::visible;
use std::io::{self, Write};

/// The columns, in the order in which they stand.
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
const MESSAGE: usize = 1;
const BARS: usize = 5;
/// The fewest bars, and columns of a message, that are worth showing.
const BARS_MIN: usize = 8;
const MESSAGE_MIN: usize = 12;

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
    let all = sum(rows.iter().map(|row| row.counted.fields));
    let cells_with = |bars: &Bars| cells(report, shown, all, bars, screen.color);
    let cells = cells_with(&bars);
    let widths = table::widths(&cells);
    let width_of =
        |columns: usize| widths[..columns].iter().map(|width| table::GAP.len() + width).sum::<usize>();
    let fitting = (BARS + 1..=COLUMNS.len()).rev().find(|&columns| width_of(columns) <= screen.columns);
    if let Some(columns) = fitting {
        return table::write(&COLUMNS[..columns], &cells, wtr);
    }
    let left_for_bars = screen.columns.saturating_sub(width_of(BARS) + table::GAP.len());
    if left_for_bars >= BARS_MIN {
        let cells = cells_with(&bars.narrowed(left_for_bars));
        return table::write(&COLUMNS[..=BARS], &cells, wtr);
    }
    let too_wide = width_of(BARS).saturating_sub(screen.columns);
    let most = widths[MESSAGE].saturating_sub(too_wide).max(MESSAGE_MIN);
    let mut cells = cells;
    cells.iter_mut().for_each(|row| row[MESSAGE].cut(most));
    table::write(&COLUMNS[..BARS], &cells, wtr)
}

/// Returns the cells of the table, with a row of titles. `all` is the number of fields of which each row has a share.
fn cells(report: &Report<'_>, rows: &[ReportRow<'_>], all: u64, bars: &Bars, color: bool) -> Vec<Vec<Cell>> {
    let count_title = if report.baseline.is_some() { "fields (before)" } else { "fields" };
    let titles = ["code", "message", count_title, "share", "category", bars.title(), "first", "last"];
    let mut cells = vec![titles.map(Cell::from).to_vec()];
    for row in rows {
        let paint = row.severity().filter(|_| color).map(|severity| format!("\x1b[{}m", severity.color()));
        let colored = |text: String| Cell { text, color: paint.clone() };
        let counted = row.counted;
        cells.push(vec![
            colored(row.code.to_string()),
            colored(visible(&row.message())),
            count_cell(row).into(),
            format!("{:.1} %", counted.fields as f64 * 100.0 / all as f64).into(),
            visible(&row.category()).into(),
            bars.of_row(row).into(),
            visible(&report.place(&counted.first)).into(),
            visible(&report.place(&counted.last)).into(),
        ]);
    }
    cells
}

/// Returns the cell for a number of fields, with the change and the earlier number if they are known: `more 12 (8)`.
fn count_cell(row: &ReportRow<'_>) -> String {
    let change = row.change().map_or(String::new(), |change| format!("{change} "));
    let before = row.comparison.map_or(String::new(), |comparison| format!(" ({})", comparison.count));
    format!("{change}{}{before}", row.counted.fields)
}
