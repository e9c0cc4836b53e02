//! Tables for people: columns as wide as what is in them.

use std::io::{self, Write};
use unicode_width::UnicodeWidthStr;

/// What stands between columns.
const GAP: &str = "  ";

/// How a column stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A cell: its text, and the escape sequence that colours it, if one does.
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

/// Writes rows of as many cells as there are columns. Nothing stands behind the last cell of a row.
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
