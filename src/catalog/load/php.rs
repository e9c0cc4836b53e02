//! Catalogs as the rows of an array in PHP: `-2 => "message", // explanation`. The vendor's page has its codes in this
//! form, as plain text, with HTML's entities, and within blocks of code of a Markdown document.

use super::row::{CatalogRow, Column, Rows};
use std::borrow::Cow;

/// A line with a row of an array in PHP.
#[derive(Debug)]
pub(super) enum PhpLine<'a> {
    Row(CatalogRow<'a>),
    /// A code whose value is no string, which other arrays have, too.
    OtherValue {
        code: &'a str,
    },
    /// A code whose value is a string that is not closed, or with other text behind it.
    Malformed {
        reason: String,
    },
}

/// Reads the rows of all lines that have one. Other lines are ignored: what encloses the rows, comments, the page around them.
pub(super) fn read(text: &str, rows: &mut Rows) {
    for (line, content) in (1_u64..).zip(text.lines()) {
        let content = unescaped(content);
        match php_line(&content) {
            Some(PhpLine::Row(row)) => rows.add(line, &row),
            Some(PhpLine::Malformed { reason }) => rows.refuse(line, reason),
            Some(PhpLine::OtherValue { code }) => {
                rows.refuse(line, format!("{code}: the message is no text in quotes"));
            }
            None => {}
        }
    }
}

/// Returns true if a line can only be a row with a message: a code, `=>` and a quote, which may be written as HTML writes them.
pub(super) fn is_surely_row(line: &str) -> bool {
    let line = unescaped(line);
    matches!(php_line(&line), Some(PhpLine::Row(_) | PhpLine::Malformed { .. }))
}

/// Returns the row in a line without entities: white space and tags of HTML, a code, `=>`, a message in quotes, a comma or none, and a
/// comment or none, which is the explanation. `None` where no code and `=>` begin the line.
pub(super) fn php_line(line: &str) -> Option<PhpLine<'_>> {
    let (key, value) = line.split_once("=>")?;
    let code = without_tags(key).trim().trim_matches(['"', '\'']);
    let digits = code.strip_prefix('-').unwrap_or(code);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let value = value.trim_start();
    let Some(quote) = value.chars().next().filter(|char| ['"', '\''].contains(char)) else {
        return Some(PhpLine::OtherValue { code });
    };
    let malformed = |what: &str| Some(PhpLine::Malformed { reason: format!("{code}: {what}") });
    let Some((message, behind)) = string(&value[1..], quote) else {
        return malformed("the quote that opens the message is not closed");
    };
    let behind = behind.trim_start();
    let behind = behind.strip_prefix(',').unwrap_or(behind).trim();
    let Some(explanation) = comment(behind) else {
        return malformed("text other than a comment follows the message; write one row a line");
    };
    let mut row = CatalogRow::default();
    row.set(Column::Code, code);
    row.set(Column::Message, message);
    row.set(Column::Explanation, explanation);
    Some(PhpLine::Row(row))
}

/// Returns what follows the tags that a text begins with, such as `<pre><code>`.
fn without_tags(text: &str) -> &str {
    let mut text = text.trim_start();
    while let Some((_, behind)) = text.strip_prefix('<').and_then(|tag| tag.split_once('>')) {
        text = behind.trim_start();
    }
    text
}

/// Returns the text of a string up to its closing quote, and what stands behind the quote. A backslash before a quote or a
/// backslash is none of the text.
fn string(text: &str, quote: char) -> Option<(Cow<'_, str>, &str)> {
    let mut content = String::new();
    let mut from = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, char)) = chars.next() {
        if char == quote {
            let last = &text[from..at];
            let content = if content.is_empty() { last.into() } else { (content + last).into() };
            return Some((content, &text[at + 1..]));
        }
        if char == '\\' && chars.next_if(|&(_, next)| next == quote || next == '\\').is_some() {
            content.push_str(&text[from..at]);
            from = at + 1;
        }
    }
    None
}

/// Returns the text of a comment: `// x`, `# x`, `/* x */`; empty where nothing stands there, or only what closes the array or the page's
/// block of code. `None` where something else does.
fn comment(text: &str) -> Option<&str> {
    if let Some(comment) = text.strip_prefix("//").or_else(|| text.strip_prefix('#')) {
        return Some(comment.trim());
    }
    if let Some(comment) = text.strip_prefix("/*") {
        return comment.split_once("*/").map(|(comment, _)| comment.trim());
    }
    let closes = |text: &str| text.chars().all(|char| "]);".contains(char));
    closes(without_tags(text)).then_some("")
}

/// Returns a line with the entities of HTML as the characters that they stand for, if they are needed to read its row: a row as PHP has it
/// may have entities in its message, which belong to it.
pub(super) fn unescaped(line: &str) -> Cow<'_, str> {
    /// The entities that escape text in HTML; `&amp;` is the last, so that `&amp;lt;` becomes `&lt;`.
    const ENTITIES: [(&str, &str); 9] = [
        ("&gt;", ">"),
        ("&lt;", "<"),
        ("&quot;", "\""),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#039;", "'"),
        ("&apos;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ];
    let is_escaped =
        line.contains("=&gt;") || php_line(line).is_some_and(|row| matches!(row, PhpLine::OtherValue { .. }));
    if !is_escaped || !line.contains('&') {
        return line.into();
    }
    ENTITIES.into_iter().fold(line.to_owned(), |line, (entity, char)| line.replace(entity, char)).into()
}

#[cfg(test)]
mod tests {
    use crate::Entry;
    use crate::catalog::load::{BadRow, CatalogError, CatalogFormat};

    fn parse(format: CatalogFormat, text: &str) -> Result<Vec<Entry>, Vec<String>> {
        let bad_rows = |error: CatalogError| error.bad_rows().iter().map(BadRow::to_string).collect();
        format.parse(text.as_bytes()).map_err(bad_rows)
    }

    const ROWS: &str = "<?php\nreturn [ // codes\n    -2 => \"no channel\", // 渠道不存在\n\t6=>'it\\'s \\\\ \"x\"',# six\n\
                        '-277' => \"a, b\" /* c */\n  -722 => \"d // e\",\n // -9 => \"no row\",\n\n -906 => \"&lt;f\" ];\n";

    fn entries() -> Vec<Entry> {
        vec![
            Entry::new(-2, "no channel").with_explanation("渠道不存在"),
            Entry::new(6, "it's \\ \"x\"").with_explanation("six"),
            Entry::new(-277, "a, b").with_explanation("c"),
            Entry::new(-722, "d // e"),
            Entry::new(-906, "&lt;f"),
        ]
    }

    #[test]
    fn rows_are_read_in_php_in_html_and_in_markdown() {
        let escaped = |text: &str| {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            text.replace('"', "&quot;").replace('\'', "&#039;")
        };
        let html = format!("<html>\n<pre><code class=\"php\">{}</code></pre>\n", escaped(ROWS));
        let half_escaped = ROWS.replace("&lt;", "&amp;lt;").replace("=>", "=&gt;");
        for text in [ROWS, &html, &half_escaped, &ROWS.replace('\n', "\r\n")] {
            assert_eq!(CatalogFormat::of_content(text.as_bytes()), CatalogFormat::Php, "{text}");
            assert_eq!(parse(CatalogFormat::Php, text), Ok(entries()), "{text}");
            for document in [format!("# Codes\n\n```php\n{text}```\n\nx\n"), format!("# Codes\n\n{text}")] {
                assert_eq!(parse(CatalogFormat::Markdown, &document), Ok(entries()), "{document}");
            }
        }
    }

    #[test]
    fn a_document_may_have_a_table_and_rows() {
        let text = "| code | message |\n| -- | -- |\n| 1 | one |\n\n```php\n2 => \"two\",\n$x = 3 => 4;\n4 => 5,\n```\n";
        let expected = vec![Entry::new(1, "one"), Entry::new(2, "two")];
        assert_eq!(CatalogFormat::of_content(text.as_bytes()), CatalogFormat::Markdown);
        assert_eq!(parse(CatalogFormat::Markdown, text), Ok(expected));
    }

    #[test]
    fn bad_rows_have_their_lines() {
        let text = "-1 => \"a\nx => \"b\",\n-2 => \"\",\n-3 => MESSAGE,\n-4 => \"c\" . \"d\",\n1234567890 => \"e\"\n-5 => \"f\" /* g\n\
                    -6 => \"h\", -7 => \"i\"\n-8 => \"j\"\n-8 => \"k\"";
        let expected = [
            "1: -1: the quote that opens the message is not closed",
            "3: -2: the message is missing",
            "4: -3: the message is no text in quotes",
            "5: -4: text other than a comment follows the message; write one row a line",
            "6: \"1234567890\" is no code: write 1 to 9 digits, and - before them if it is negative",
            "7: -5: text other than a comment follows the message; write one row a line",
            "8: -6: text other than a comment follows the message; write one row a line",
            "10: -8 is there already, in line 9",
        ];
        assert_eq!(parse(CatalogFormat::Php, text).unwrap_err(), expected);
        let in_markdown = parse(CatalogFormat::Markdown, &format!("```\n{text}\n```\n")).unwrap_err();
        assert_eq!(in_markdown.len(), expected.len() - 1, "{in_markdown:?}");
    }
}
