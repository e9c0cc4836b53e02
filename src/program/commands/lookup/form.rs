//! Entries as text for people: a block for each entry, or a table.

use crate::program::terminal::table::{self, Align, Cell};
use crate::program::terminal::visible::visible;
use crate::{Entry, Language, SeverityColors};
use std::io::{self, Write};

const COLUMNS: [(&str, Align); 5] = [
    ("code", Align::Right),
    ("category", Align::Left),
    ("severity", Align::Left),
    ("message", Align::Left),
    ("explanation", Align::Left),
];

/// Writes a block for each entry, with all that the catalog has about it, and an empty line between blocks.
///
/// # Errors
///
/// Returns the error of the writer.
pub(crate) fn write_blocks(
    entries: &[&Entry],
    language: Language,
    colors: Option<SeverityColors>,
    wtr: &mut impl Write,
) -> io::Result<()> {
    let width = entries.iter().map(|entry| entry.code().to_string().len()).max().unwrap_or(0);
    for (index, entry) in entries.iter().enumerate() {
        let painted = |text: &str| match colors {
            Some(colors) => colors.painted(entry.severity(), text),
            None => text.to_owned(),
        };
        let between = if index == 0 { "" } else { "\n" };
        let code = painted(&format!("{:<width$}", entry.code()));
        let category = visible(&entry.category().name_in(language));
        writeln!(wtr, "{between}{code}  {category}, {}", entry.severity().name())?;
        for text in texts(entry, language) {
            writeln!(wtr, "{:width$}  {}", "", painted(&visible(text)))?;
        }
    }
    Ok(())
}

/// Writes a table with titles and a row for each entry. Writes nothing, not even titles, if there are no entries.
///
/// # Errors
///
/// Returns the error of the writer.
pub(crate) fn write_table(
    entries: &[&Entry],
    language: Language,
    colors: Option<SeverityColors>,
    wtr: &mut impl Write,
) -> io::Result<()> {
    if entries.is_empty() {
        return Ok(());
    }
    let mut rows = vec![COLUMNS.map(|(title, _)| Cell::from(title)).to_vec()];
    for entry in entries {
        let color = colors.map(|colors| colors.sequence(entry.severity()));
        let colored = |text: String| Cell { text, color: color.clone() };
        rows.push(vec![
            colored(entry.code().to_string()),
            visible(&entry.category().name_in(language)).into(),
            entry.severity().name().into(),
            colored(visible(entry.message())),
            visible(entry.explanation()).into(),
        ]);
    }
    table::write(&COLUMNS.map(|(_, align)| align), &rows, wtr)
}

/// Returns the message and the explanation, the text in `language` first. Returns one text if the other is empty or
/// the same.
fn texts(entry: &Entry, language: Language) -> Vec<&str> {
    let mut texts = vec![entry.message(), entry.explanation()];
    if language == Language::Chinese {
        texts.reverse();
    }
    texts.retain(|text| !text.is_empty());
    texts.dedup();
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn blocks(entries: &[&Entry], language: Language, color: bool) -> String {
        let colors = color.then(SeverityColors::default);
        let mut text = Vec::new();
        write_blocks(entries, language, colors, &mut text).unwrap();
        String::from_utf8(text).unwrap()
    }

    #[test]
    fn blocks_leave_nothing_out_in_any_language() {
        let both = Entry::new(-204, "no session").with_explanation("登录态过期");
        let one = Entry::new(5, "m\x1b[2J\nx");
        assert_eq!(
            blocks(&[&both, &one], Language::English, false),
            "-204  auth, error\n      no session\n      登录态过期\n\n5     action, action\n      m\\u{1b}[2J\\u{a}x\n"
        );
        assert_eq!(
            blocks(&[&both], Language::Chinese, false),
            "-204  登录鉴权, error\n      登录态过期\n      no session\n"
        );
        assert!(blocks(&[&both], Language::Both, false).starts_with("-204  auth/登录鉴权, error\n"));
        assert!(blocks(&[&both], Language::English, true).starts_with("\x1b[31m-204\x1b[0m  auth, error\n"));
    }
}
