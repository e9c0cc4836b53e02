//! Catalogs as tables of a Markdown document, or, where it has none, as the rows of PHP in it.

use super::header::Header;
use super::php;
use super::row::{CatalogRow, Column, Rows};
use std::borrow::Cow;

/// The characters that fences of code blocks are made of. A fence repeats one of them at least [`FENCE_MIN`] times.
const FENCES: [char; 2] = ['`', '~'];
/// The least number of characters in a fence.
const FENCE_MIN: usize = 3;

/// Reads the rows of all tables that have a code and a message. Other tables, other text, and blocks of code are
/// ignored. A document without such a table may have rows of PHP, also in blocks of code.
pub(super) fn read(text: &str, rows: &mut Rows) {
    let mut lines = (1_u64..).zip(text.lines().map(str::trim)).peekable();
    let mut has_table = false;
    let mut above = "";
    while let Some((line, content)) = lines.next() {
        if let Some(fence) = fence_of(content) {
            if !lines.any(|(_, content)| closes(content, fence)) {
                rows.refuse(
                    line,
                    format!("a block of code begins here that is not closed; end it with {fence}"),
                );
            }
        } else if is_delimiter_row(content)
            && let Some(header) = header_of_codes(above, line - 1, rows)
        {
            has_table = true;
            while let Some((line, content)) = lines.next_if(|(_, content)| !ends_table(content)) {
                rows.add(line, &row(&header, content));
            }
        }
        above = content;
    }
    if !has_table && !php::read(text, rows) {
        let reason = "the document has no table of codes: a header with code and message (错误码 and 返回信息), and a line of dashes \
                      below it; or rows of PHP: -2 => \"message\", // explanation";
        rows.refuse(1, reason.to_owned());
    }
}

/// Returns the header in a line; `None` where it lacks the code or the message. Refuses the line where a column
/// occurs twice.
fn header_of_codes(text: &str, line: u64, rows: &mut Rows) -> Option<Header> {
    let headings: Vec<_> = cells(text, usize::MAX).collect();
    let headings = || headings.iter().map(|heading| &**heading);
    let header = Header::of(headings());
    if !header.missing().is_empty() {
        return None;
    }
    if let Err(reason) = header.check(headings()) {
        rows.refuse(line, reason);
    }
    Some(header)
}

/// Returns true if a line can only be part of a table.
pub(super) fn is_surely_table(line: &str) -> bool {
    let line = line.trim();
    line.starts_with('|') || (line.contains('|') && is_delimiter_row(line))
}

/// Returns true if a line is a delimiter row, which stands below a header: `| :-- | --- |`.
fn is_delimiter_row(line: &str) -> bool {
    let is_rule = |cell: Cow<'_, str>| {
        let dashes = cell.strip_prefix(':').unwrap_or(&cell);
        let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
        !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
    };
    line.contains('-') && cells(line, usize::MAX).all(is_rule)
}

/// Returns true if a line ends the table above it, because the line is empty or begins something else.
fn ends_table(line: &str) -> bool {
    line.is_empty() || line.starts_with(['#', '>']) || fence_of(line).is_some()
}

/// Returns the fence of a code block that begins in the line; `None` where none begins.
fn fence_of(line: &str) -> Option<&str> {
    let fences = FENCES.into_iter().map(|char| &line[..line.len() - line.trim_start_matches(char).len()]);
    fences.into_iter().find(|fence| fence.len() >= FENCE_MIN)
}

/// Returns true if a line closes the code block that `fence` began: it is a fence of the same character, at least as
/// long.
fn closes(line: &str, fence: &str) -> bool {
    line.starts_with(fence) && line.chars().all(|char| fence.starts_with(char))
}

/// Returns the row in a line. A comma behind the message is dropped, because the vendor's table has some by mistake.
fn row<'a>(header: &Header, line: &'a str) -> CatalogRow<'a> {
    let mut row = header.row(cells(line, header.width()));
    let message = row.get(Column::Message);
    if let Some(message) = message.strip_suffix(',') {
        let message = message.to_owned();
        row.set(Column::Message, message);
    }
    row
}

/// Returns the trimmed cells of a line, at most `count_max`. A bar in the last cell, or behind a backslash in any cell,
/// is part of the cell's text.
fn cells(line: &str, count_max: usize) -> impl Iterator<Item = Cow<'_, str>> {
    let line = line.strip_prefix('|').unwrap_or(line);
    let is_escaped = |text: &str, bar: usize| text[..bar].ends_with('\\');
    let line = line.strip_suffix('|').filter(|_| !is_escaped(line, line.len() - 1)).unwrap_or(line);
    let mut rest = Some(line);
    let mut left = count_max;
    std::iter::from_fn(move || {
        let text = rest?;
        left = left.saturating_sub(1);
        let bar = text.match_indices('|').map(|(bar, _)| bar).find(|&bar| left > 0 && !is_escaped(text, bar));
        let cell = &text[..bar.unwrap_or(text.len())];
        rest = bar.map(|bar| &text[bar + 1..]);
        let cell = cell.trim();
        Some(if cell.contains("\\|") { cell.replace("\\|", "|").into() } else { cell.into() })
    })
}

#[cfg(test)]
mod tests {
    use crate::Entry;
    use crate::catalog::load::{BadRow, CatalogError, CatalogFormat};

    fn parse(text: &str) -> Result<Vec<Entry>, Vec<String>> {
        let bad_rows = |error: CatalogError| error.bad_rows().iter().map(BadRow::to_string).collect();
        CatalogFormat::Markdown.parse(text.as_bytes()).map_err(bad_rows)
    }

    #[test]
    fn rows_are_mended_as_the_vendors_need_it() {
        let text = "| code | Message | explanation |\n|--|:-:|--:|\n\
                    | -1 | a, |\n| -2 | b |  c | d |  \n-3|x \\| y\n| -4 | z,, | \\|\n|5|a\\|";
        let expected = vec![
            Entry::new(-1, "a"),
            Entry::new(-2, "b").with_explanation("c | d"),
            Entry::new(-3, "x | y"),
            Entry::new(-4, "z,").with_explanation("|"),
            Entry::new(5, "a|"),
        ];
        assert_eq!(parse(text), Ok(expected));
    }

    #[test]
    fn only_tables_of_codes_are_read() {
        let text = "---\ntitle: x\n---\n| code | text |\n| -- | -- |\n| x | y |\n\n\
                    ```\n| code | message |\n| -- | -- |\n| x | y |\n```\n\
                    code | message | note\n--- | --- | ---\n1 | one | x\n```\n2 | two\n```\n\
                    # Others\n| category | 返回信息 | 错误码 |\n| -- | -- | -- |\n| own | three | 3 |\n\n| 4 | four |\n";
        let own = crate::Category::named("own").unwrap();
        assert_eq!(parse(text), Ok(vec![Entry::new(1, "one"), Entry::new(3, "three").with_category(own)]));
    }

    #[test]
    fn bad_rows_have_their_lines() {
        let text = "x\r\n\r\n| code | message | code |\r\n| - | - | - |\r\n| 1 |\r\noops\r\n\r\n| x |";
        let expected = [
            "3: the header has the column code twice",
            "5: 1: the message is missing",
            "6: \"oops\" is no code: write 1 to 9 digits, and - before them if it is negative",
        ];
        assert_eq!(parse(text).unwrap_err(), expected);
        let none = "1: the document has no table of codes: a header with code and message (错误码 and 返回信息), and a line of dashes below it; or rows of PHP: -2 => \"message\", // explanation";
        for text in [
            "",
            "code,message\n1,x\n",
            "| code | message |\n| 1 | x |",
            "| code | msg |\n| -- | -- |\n| 1 | x |",
        ] {
            assert_eq!(parse(text).unwrap_err(), [none]);
        }
    }
}
