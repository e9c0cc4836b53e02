//! Tables for people: each column is as wide as its widest cell.

use std::io::{self, Write};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

/// The space before each column.
pub(crate) const GAP: &str = "  ";

/// The side on which the cells of a column are aligned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
}

/// A cell: its text, and the escape sequence that colours it, if any. An empty sequence is none.
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

impl Cell {
    /// Cuts the text to at most `columns` columns, which must not be 0; `…` stands for what is cut off.
    pub(crate) fn cut(&mut self, columns: usize) {
        if self.text.width() <= columns {
            return;
        }
        let mut width = 0;
        let fits = |&(_, char): &(usize, char)| {
            width += char.width().unwrap_or(0);
            width >= columns
        };
        let end = self.text.char_indices().find(fits).map_or(self.text.len(), |(at, _)| at);
        self.text.truncate(end);
        self.text.push('…');
    }
}

/// Returns the width of each column: that of its widest cell.
pub(crate) fn widths(rows: &[Vec<Cell>]) -> Vec<usize> {
    let columns = rows.first().map_or(0, Vec::len);
    (0..columns).map(|column| rows.iter().map(|row| row[column].text.width()).max().unwrap_or(0)).collect()
}

/// Writes rows, each of which must have a cell for each column, and may have more, which are left out.
/// No spaces are written behind the last cell of a row.
///
/// # Errors
///
/// Returns the error of the writer.
pub(crate) fn write(columns: &[Align], rows: &[Vec<Cell>], wtr: &mut dyn Write) -> io::Result<()> {
    let widths = widths(rows);
    for row in rows {
        let mut line = String::new();
        for ((cell, align), width) in row.iter().zip(columns).zip(&widths) {
            let padding = " ".repeat(width - cell.text.width());
            let text = match cell.color.as_deref() {
                None | Some("") => cell.text.clone(),
                Some(color) => format!("{color}{}\x1b[0m", cell.text),
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_that_is_cut_fits() {
        for (text, columns, cut) in [
            ("abc", 3, "abc"),
            ("abcd", 3, "ab…"),
            ("abcd", 1, "…"),
            ("用户登录", 8, "用户登录"),
            ("用户登录", 7, "用户登…"),
            ("用户登录", 6, "用户…"),
        ] {
            let mut cell = Cell::from(text);
            cell.cut(columns);
            assert_eq!(cell.text, cut, "{columns}");
            assert!(cell.text.width() <= columns);
        }
    }
}
