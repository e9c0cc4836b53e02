//! Tables for people: each column is as wide as its widest cell.

use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// The space before each column.
const GAP: &str = "  ";

/// The side on which the cells of a column are aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A cell: its text, and the escape sequence that colours it, if any.
#[derive(Clone, Debug)]
pub(crate) struct Cell {
    pub(crate) text: String,
    pub(crate) color: Option<String>,
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self { text, color: None }
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        text.to_owned().into()
    }
}

/// Writes rows, each of which must have a cell for each column. No spaces are written behind the last cell of a row.
///
/// # Errors
///
/// Returns the error of the writer.
pub(crate) fn write(columns: &[Align], rows: &[Vec<Cell>], wtr: &mut dyn Write) -> io::Result<()> {
    let width = |column: usize| rows.iter().map(|row| row[column].text.width()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns.len()).map(width).collect();
    for row in rows {
        let mut line = String::new();
        for ((cell, align), width) in row.iter().zip(columns).zip(&widths) {
            let padding = " ".repeat(width - cell.text.width());
            let text = match &cell.color {
                Some(color) => format!("{color}{}\x1b[0m", cell.text),
                None => cell.text.clone(),
            };
            line.push_str(GAP);
            line.push_str(&match align {
                Align::Left => text + &padding,
                Align::Right => padding + &text,
            });
        }
        writeln!(wtr, "{}", line.trim_end())?;
    }
    Ok(())
}
