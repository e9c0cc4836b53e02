//! The use of the selected lines of an input: they are written, or something else is in their place.

use std::io::{self, ErrorKind, Write};

/// The use of the selected lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SelectedLines {
    /// Written.
    Written,
    /// Counted: a row with their number is written for each input.
    Counted,
    /// Replaced by a row with the name of the input, which is read up to its first selected line.
    Named,
    /// Sought: the run ends at the first one, and writes nothing.
    Sought,
}

impl SelectedLines {
    /// Returns the number of selected lines of an input at which its reading ends, if `asked` is the number that was asked
    /// for; `None` if it is read to its end and its lines are not counted.
    pub(crate) fn max_count(self, asked: Option<u64>) -> Option<u64> {
        match self {
            Self::Written => asked,
            Self::Counted => Some(asked.unwrap_or(u64::MAX)),
            Self::Named | Self::Sought => Some(asked.unwrap_or(1).min(1)),
        }
    }

    /// Returns true if names of inputs can stand before lines or numbers of lines. `numbers_lines` is true if the number of
    /// each line is written.
    pub(crate) fn have_names(self, numbers_lines: bool) -> bool {
        numbers_lines || self == Self::Counted
    }

    /// Returns true if the exit status tells if there is a selected line.
    pub(crate) fn decides_status(self) -> bool {
        self != Self::Written
    }

    /// Writes the row of an input that has this number of selected lines. `name` is the name of the input if rows have
    /// names, else empty. With [`SelectedLines::Sought`], makes a [`DeafWriter`] fail where there is a selected line.
    ///
    /// # Errors
    ///
    /// Returns the error of the writer.
    pub(super) fn write_row(self, name: &[u8], count: u64, wtr: &mut impl Write) -> io::Result<()> {
        match self {
            Self::Counted => {
                let mark = if name.is_empty() { "" } else { ":" };
                wtr.write_all(&[name, format!("{mark}{count}\n").as_bytes()].concat())
            }
            Self::Named if count > 0 => wtr.write_all(&[name, b"\n"].concat()),
            Self::Sought if count > 0 => {
                wtr.write_all(b"\n")?;
                wtr.flush()
            }
            Self::Written | Self::Named | Self::Sought => Ok(()),
        }
    }
}

/// A writer that fails as a pipe does whose reader has gone away, so that the run ends as it does then.
pub(crate) struct DeafWriter;

impl Write for DeafWriter {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
