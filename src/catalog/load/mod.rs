//! Catalogs from files: tables in Markdown, CSV, TSV, JSON, and rows of PHP.

mod error;
mod format;
mod header;
mod html;
mod json;
mod markdown;
mod php;
mod row;
mod table;

pub use error::{BadRow, CatalogError, RowError};
pub use format::CatalogFormat;

use super::Entry;
use memchr::memchr_iter;
use row::Rows;
use std::borrow::Cow;

/// The byte order mark, which some programs write before UTF-8.
const BYTE_ORDER_MARK: &[u8] = "\u{feff}".as_bytes();

/// The refusal of a text that has no row of PHP.
const NO_PHP: &str =
    "the catalog has no rows of PHP; write each on a line: -2 => \"message\", // explanation";

impl CatalogFormat {
    /// Reads a catalog of this format and returns its entries, in the order of the text.
    ///
    /// The columns of a table, or the members of an object, are `code`, `message`, `explanation`, `category` and
    /// `severity`. The last three may be left out, and other columns are ignored. A code without a category has the
    /// category of its block of numbers; a code without a severity has the severity of its category.
    ///
    /// ```
    /// use imsdk_annotate::{Catalog, CatalogFormat};
    ///
    /// let entries = CatalogFormat::Csv.parse(b"code,message,category\n-3001,card declined,payment\n").unwrap();
    /// let catalog = Catalog::builtin().overlaid(entries);
    /// assert_eq!(catalog.get(-3001).unwrap().category().name(), "payment");
    ///
    /// let error = CatalogFormat::Csv.parse(b"code,message\n-3001,\n").unwrap_err();
    /// assert_eq!(error.to_string(), "line 2: -3001: the message is missing");
    /// ```
    ///
    /// # Errors
    ///
    /// Fails where a row is malformed, with all malformed rows, and where there is no row at all.
    pub fn parse(self, text: &[u8]) -> Result<Vec<Entry>, CatalogError> {
        let text = text.strip_prefix(BYTE_ORDER_MARK).unwrap_or(text);
        let (text_lossy, no_utf8) = match str::from_utf8(text) {
            Ok(text) => (Cow::Borrowed(text), Vec::new()),
            // Rows behind lines that are no UTF-8 are checked, too.
            Err(_) => (String::from_utf8_lossy(text), lines_without_utf8(text)),
        };
        let mut rows = Rows::for_lines(memchr_iter(b'\n', text).count());
        match self {
            Self::Markdown => markdown::read(&text_lossy, &mut rows),
            Self::Csv => table::read(&text_lossy, b',', &mut rows),
            Self::Tsv => table::read(&text_lossy, b'\t', &mut rows),
            Self::Json => json::read(&text_lossy, &mut rows),
            Self::Php => {
                if !php::read(&text_lossy, &mut rows) {
                    rows.refuse(1, NO_PHP.to_owned());
                }
            }
        }
        rows.finish(&no_utf8)
    }
}

/// Returns the numbers of the lines that are no UTF-8, from 1.
fn lines_without_utf8(text: &[u8]) -> Vec<u64> {
    let lines = (1..).zip(text.split(|&byte| byte == b'\n'));
    lines.filter(|(_, line)| std::str::from_utf8(line).is_err()).map(|(number, _)| number).collect()
}

/// Computes the line numbers of places in a text. The places must be asked for in ascending order, so that each newline
/// is counted once.
struct LineCounter<'a> {
    text: &'a str,
    /// The byte offset up to which newlines have been counted.
    counted: usize,
    /// The number of the line at `counted`, from 1.
    line: u64,
}

impl<'a> LineCounter<'a> {
    /// Returns a counter at the beginning of a text.
    fn new(text: &'a str) -> Self {
        Self { text, counted: 0, line: 1 }
    }

    /// Returns the number of the line that has the byte at `place`, from 1. Panics if `place` lies before the place of
    /// the last call.
    fn line_of(&mut self, place: usize) -> u64 {
        self.line += memchr_iter(b'\n', &self.text.as_bytes()[self.counted..place]).count() as u64;
        self.counted = place;
        self.line
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Catalog;

    fn refusals(format: CatalogFormat, text: &[u8]) -> Vec<String> {
        format.parse(text).unwrap_err().bad_rows().iter().map(BadRow::to_string).collect()
    }

    #[test]
    fn the_built_in_table_and_its_source_are_catalogs() {
        let expected = Catalog::builtin();
        let vendors = include_str!("../../../tests/data/imsdk-server-error-codes.md");
        let tsv = include_str!("../builtin.tsv");
        for (format, text) in [
            (CatalogFormat::Markdown, vendors.to_owned()),
            (CatalogFormat::Markdown, vendors.replace('\n', "\r\n")),
            (CatalogFormat::Markdown, format!("\u{feff}{vendors}")),
            (CatalogFormat::Tsv, tsv.to_owned()),
            (CatalogFormat::Tsv, tsv.replace('\n', "\r\n")),
        ] {
            let entries = format.parse(text.as_bytes()).unwrap();
            assert_eq!(entries, expected.entries());
        }
    }

    #[test]
    fn lines_that_are_no_utf8_are_refused_once_with_the_others() {
        assert_eq!(
            refusals(CatalogFormat::Csv, b"code,message\n-1,\xff\n\n-\xff2,b\n-3,\n-4,\"d\n\xff\"\n"),
            [
                "2: the line is no UTF-8; save the file as UTF-8",
                "4: the line is no UTF-8; save the file as UTF-8",
                "5: -3: the message is missing",
                "6: -4: the message has the control character \\u{a}",
                "7: the line is no UTF-8; save the file as UTF-8"
            ]
        );
        assert_eq!(
            refusals(CatalogFormat::Markdown, b"\xff\n|code|message|\n|-|-|\n|1|x|\n"),
            ["1: the line is no UTF-8; save the file as UTF-8"]
        );
    }

    #[test]
    fn nothing_at_all_is_no_catalog() {
        for (format, text, expected) in [
            (
                CatalogFormat::Csv,
                "",
                "1: the catalog is empty; a header with code and message is needed, and rows below it",
            ),
            (CatalogFormat::Csv, "code,message\n\n", "1: the catalog has no codes; write a row for each"),
            (CatalogFormat::Tsv, "code\tmessage", "1: the catalog has no codes; write a row for each"),
            (
                CatalogFormat::Markdown,
                "|code|message|\n|-|-|\n",
                "1: the catalog has no codes; write a row for each",
            ),
            (CatalogFormat::Json, "[]", "1: the catalog has no codes; write a row for each"),
            (CatalogFormat::Json, "{}", "1: the catalog has no codes; write a row for each"),
        ] {
            assert_eq!(refusals(format, text.as_bytes()), [expected], "{text:?}");
        }
    }
}
