//! Rows of catalogs in any format: their columns, and the reasons for which they are refused.

use super::error::{BadRow, CatalogError, RowError};
use crate::catalog::{CODE_DIGITS_MAX, Category, CategoryError, Entry, parse_code, shown};
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::hash_map::Entry as MapEntry;

/// A column of a table, or a member of an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Column {
    Code,
    Message,
    Explanation,
    Category,
    Severity,
}

impl Column {
    const ALL: [Self; 5] = [Self::Code, Self::Message, Self::Explanation, Self::Category, Self::Severity];

    /// Returns the column with this heading, in English in any case or as in the vendor's table; `None` for any other
    /// heading.
    pub(super) fn named(heading: &str) -> Option<Self> {
        let heading = heading.trim();
        Self::ALL.into_iter().find(|column| {
            heading.eq_ignore_ascii_case(column.name()) || column.vendors_heading() == Some(heading)
        })
    }

    /// Returns the name of the column, which is its heading in English.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Code => "code",
            Self::Message => "message",
            Self::Explanation => "explanation",
            Self::Category => "category",
            Self::Severity => "severity",
        }
    }

    /// Returns the heading of the column in the vendor's table; `None` for a column that this table lacks.
    fn vendors_heading(self) -> Option<&'static str> {
        match self {
            Self::Code => Some("错误码"),
            Self::Message => Some("返回信息"),
            Self::Explanation => Some("错误说明"),
            Self::Category | Self::Severity => None,
        }
    }
}

/// A row as it stands in the file. A cell that is left out is empty.
#[derive(Clone, Debug, Default)]
pub(super) struct CatalogRow<'a> {
    cells: [Cow<'a, str>; Column::ALL.len()],
}

impl<'a> CatalogRow<'a> {
    /// Sets the text of a column, without the white space around it.
    pub(super) fn set(&mut self, column: Column, text: impl Into<Cow<'a, str>>) {
        self.cells[column as usize] = match text.into() {
            Cow::Borrowed(text) => text.trim().into(),
            Cow::Owned(text) => text.trim().to_owned().into(),
        };
    }

    /// Returns the text of a column; empty where the column is left out.
    pub(super) fn get(&self, column: Column) -> &str {
        &self.cells[column as usize]
    }

    /// Returns the code. Fails with a message where the code is missing or malformed.
    fn code(&self) -> Result<i32, String> {
        let text = self.get(Column::Code);
        if text.is_empty() {
            return Err("the code is missing".to_owned());
        }
        parse_code(text.as_bytes()).ok_or_else(|| {
            format!(
                "{} is no code: write 1 to {CODE_DIGITS_MAX} digits, and - before them if it is negative",
                shown(text)
            )
        })
    }

    /// Returns the entry that the row has for its code. Fails with the reason why the row is refused.
    fn entry(&self, code: i32, categories: &mut Categories) -> Result<Entry, RowError> {
        let cells = Column::ALL.map(|column| self.get(column));
        for (column, text) in Column::ALL.into_iter().zip(cells) {
            if let Some(char) = control_char(text) {
                let (name, char) = (column.name(), char.escape_unicode());
                return Err(format!("{code}: the {name} has the control character {char}").into());
            }
        }
        let [_, message, explanation, category, severity] = cells;
        if message.is_empty() {
            return Err(format!("{code}: the message is missing").into());
        }
        let category = match category {
            "" => Category::of_code(code),
            name => categories.named(name).map_err(|error| RowError::Category { code, error })?,
        };
        let severity = match severity {
            "" => category.severity(),
            name => name.parse().map_err(|error| RowError::Severity { code, error })?,
        };
        let texts = [message, explanation].concat().into();
        Ok(Entry { code, category, severity, texts, message_end: message.len() })
    }
}

/// Returns the first control character of a text; `None` where there is none.
fn control_char(text: &str) -> Option<char> {
    // `may_be` is true for the first byte of each control character in UTF-8. Most texts have no such byte, and a pass
    // over all bytes is faster than a search that stops at the first one.
    let may_be = |byte: u8| byte.is_ascii_control() | (byte == 0xC2);
    if text.bytes().fold(false, |any, byte| any | may_be(byte)) {
        text.chars().find(|char| char.is_control())
    } else {
        None
    }
}

/// The categories of earlier rows, so that all entries of a category share its name.
#[derive(Debug, Default)]
struct Categories(FxHashMap<String, Category>);

impl Categories {
    /// Returns the category with this name, as [`Category::named`] does.
    fn named(&mut self, name: &str) -> Result<Category, CategoryError> {
        if let Some(category) = self.0.get(name) {
            return Ok(category.clone());
        }
        let category = Category::named(name)?;
        self.0.insert(name.to_owned(), category.clone());
        Ok(category)
    }
}

/// The rows of a file that have been read so far.
#[derive(Debug, Default)]
pub(super) struct Rows {
    entries: Vec<Entry>,
    /// The line of each code so far, from 1.
    lines: FxHashMap<i32, u32>,
    categories: Categories,
    bad: Vec<BadRow>,
}

impl Rows {
    /// Returns no rows, with room for the rows of a file of `count` lines.
    pub(super) fn for_lines(count: usize) -> Self {
        let mut rows = Self::default();
        rows.entries.reserve(count);
        rows.lines.reserve(count);
        rows
    }

    /// Adds the row that begins in `line`, counted from 1, or refuses it where it is malformed.
    pub(super) fn add(&mut self, line: u64, row: &CatalogRow<'_>) {
        match self.entry_of(line, row) {
            Ok(entry) => self.entries.push(entry),
            Err(reason) => self.refuse(line, reason),
        }
    }

    /// Returns the entry of the row in `line`. Fails with the reason where the row is malformed or its code occurred
    /// before.
    fn entry_of(&mut self, line: u64, row: &CatalogRow<'_>) -> Result<Entry, RowError> {
        let code = row.code()?;
        match self.lines.entry(code) {
            MapEntry::Occupied(first) => {
                Err(format!("{code} is there already, in line {}", first.get()).into())
            }
            MapEntry::Vacant(vacant) => {
                vacant.insert(u32::try_from(line).unwrap_or(u32::MAX));
                row.entry(code, &mut self.categories)
            }
        }
    }

    /// Refuses the row that begins in `line`, counted from 1.
    pub(super) fn refuse(&mut self, line: u64, reason: impl Into<RowError>) {
        self.bad.push(BadRow { line, reason: reason.into() });
    }

    /// Returns the entries of all rows. `no_utf8` has the numbers of the lines that are no UTF-8, from 1 and in
    /// ascending order; each of these lines is refused for this reason alone.
    ///
    /// # Errors
    ///
    /// Fails where a row has been refused, with all refused rows in the order of their lines, and where there is no
    /// row.
    pub(super) fn finish(mut self, no_utf8: &[u64]) -> Result<Vec<Entry>, CatalogError> {
        self.bad.retain(|bad| no_utf8.binary_search(&bad.line).is_err());
        no_utf8
            .iter()
            .for_each(|&line| self.refuse(line, "the line is no UTF-8; save the file as UTF-8".to_owned()));
        if self.entries.is_empty() && self.bad.is_empty() {
            self.refuse(1, "the catalog has no codes; write a row for each".to_owned());
        }
        self.bad.sort_by_key(BadRow::line);
        if self.bad.is_empty() { Ok(self.entries) } else { Err(CatalogError::new(self.bad)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::Severity;

    fn reason(cells: [&str; 5]) -> Result<Entry, String> {
        let mut row = CatalogRow::default();
        Column::ALL.into_iter().zip(cells).for_each(|(column, text)| row.set(column, text));
        Rows::default().entry_of(1, &row).map_err(|error| error.to_string())
    }

    #[test]
    fn codes_have_one_to_nine_digits() {
        for (text, code) in [("0", 0), ("5", 5), (" -204 ", -204), ("999999999", 999_999_999), ("-0007", -7)]
        {
            assert_eq!(reason([text, "x", "", "", ""]), Ok(Entry::new(code, "x")), "{text}");
        }
        assert_eq!(reason(["-999999999", "x", "", "", ""]), Ok(Entry::new(-999_999_999, "x")));
        for text in
            ["1000000000", "-1000000000", "+5", "5.0", "- 5", "--5", "-", "0x1", "五", "１", "1e3", "5 6"]
        {
            let expected =
                format!("\"{text}\" is no code: write 1 to 9 digits, and - before them if it is negative");
            assert_eq!(reason([text, "x", "", "", ""]), Err(expected));
        }
        assert_eq!(reason(["  ", "x", "", "", ""]), Err("the code is missing".to_owned()));
        let long = reason([&"x".repeat(41), "x", "", "", ""]).unwrap_err();
        assert!(long.starts_with(&format!("\"{}\"... is no code", "x".repeat(40))), "{long}");
    }

    #[test]
    fn what_is_left_out_follows_from_the_rest() {
        let severity_of =
            |cells| reason(cells).map(|entry| (entry.category().name().to_owned(), entry.severity()));
        for (cells, category, severity) in [
            (["-204", "x", "", "", ""], "auth", Severity::Error),
            (["-204", "x", "", "", "action"], "auth", Severity::Action),
            (["-204", "x", "", "成功", ""], "success", Severity::Success),
            (["7", "x", "", "payment", ""], "payment", Severity::Error),
            (["7", "x", "", "", ""], "other", Severity::Error),
            (["7", "x", "", " action ", " error "], "action", Severity::Error),
        ] {
            assert_eq!(severity_of(cells), Ok((category.to_owned(), severity)), "{cells:?}");
        }
    }

    #[test]
    fn each_reason_says_what_is_wrong() {
        for (cells, expected) in [
            (["-1", " ", "x", "", ""], "-1: the message is missing"),
            (["-1", "a\tb", "", "", ""], "-1: the message has the control character \\u{9}"),
            (["-1", "x", "\u{85}.\u{9b}.", "", ""], "-1: the explanation has the control character \\u{9b}"),
            (["-1", "x", "", "a\nb", ""], "-1: the category has the control character \\u{a}"),
            (["-1", "x", "", "", "a\0"], "-1: the severity has the control character \\u{0}"),
            (["-1", "x", "", "Any", ""], "-1: the category \"Any\" means something else in selectors"),
            (["-1", "x", "", "", "Errors"], "-1: the severity \"Errors\" is none of success, action, error"),
        ] {
            assert_eq!(reason(cells), Err(expected.to_owned()));
        }
    }

    #[test]
    fn a_code_is_there_once_whether_or_not_its_row_is_good() {
        let row = |code, message| {
            let mut row = CatalogRow::default();
            row.set(Column::Code, code);
            row.set(Column::Message, message);
            row
        };
        let mut rows = Rows::default();
        for (line, code, message) in [(3, "-1", ""), (4, "-1", "x"), (7, "-01", "y"), (9, "2", "z")] {
            rows.add(line, &row(code, message));
        }
        let said: Vec<_> = rows.finish(&[]).unwrap_err().bad_rows().iter().map(BadRow::to_string).collect();
        assert_eq!(
            said,
            [
                "3: -1: the message is missing",
                "4: -1 is there already, in line 3",
                "7: -1 is there already, in line 3"
            ]
        );
    }
}
