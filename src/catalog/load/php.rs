//! Catalogs as the rows of an array in PHP: `-2 => "message", // explanation`. The vendor's page has its codes in this
//! form, as plain text, as HTML, and within blocks of code of a Markdown document.

use super::html;
use super::row::{CatalogRow, Column, Rows};
use crate::catalog::shown;
use std::borrow::Cow;

/// The mark between a code and its message.
const ARROW: &str = "=>";
/// The arrow as HTML has it.
const ESCAPED_ARROWS: [&str; 4] = ["=&gt;", "=&#62;", "=&#x3e;", "=&#x3E;"];
/// Quotes around messages, and perhaps around codes.
const QUOTES: [char; 2] = ['"', '\''];
/// Comments over several lines: the beginning and the end of each form.
const COMMENTS: [(&str, &str); 2] = [("/*", "*/"), ("<!--", "-->")];

/// Reads the rows of all lines, and returns true if it has added or refused something. Other lines are ignored: what encloses the rows,
/// comments, the page around them.
pub(super) fn read(text: &str, rows: &mut Rows) -> bool {
    let mut has_rows = false;
    // The line at which a comment has begun that is not closed yet, and the mark that closes it.
    let mut open: Option<(u64, &str)> = None;
    for (line, content) in (1_u64..).zip(text.lines()) {
        let content = match open {
            None => content,
            Some((_, end)) => match content.split_once(end) {
                Some((_, behind)) => behind,
                None => continue,
            },
        };
        open = opened(content).map(|end| (line, end));
        if open.is_some() {
            continue;
        }
        for text in texts(content) {
            has_rows |= add_rows(line, &text, rows);
        }
    }
    if let Some((line, end)) = open {
        rows.refuse(line, format!("a comment begins here that is not closed; end it with {end}"));
        return true;
    }
    has_rows
}

/// Returns true if a line has a row with a message, as plain text or as HTML.
pub(super) fn has_row(line: &str) -> bool {
    texts(line).iter().any(|text| matches!(first_row(text), Some(Ok(_))))
}

/// Returns the end of the comment that a line begins with and does not close. A mark further inside, as in `// a/*`, opens none, so that
/// it hides no rows.
fn opened(line: &str) -> Option<&'static str> {
    let (_, end) = COMMENTS.into_iter().find(|(start, _)| line.trim_start().starts_with(start))?;
    (!line.contains(end)).then_some(end)
}

/// Returns the lines of PHP that a line of the file has: itself, or, as HTML, those that a page shows. HTML begins with a tag, ends with
/// one, or has its first arrow escaped; elsewhere an entity belongs to its message.
fn texts(line: &str) -> Vec<Cow<'_, str>> {
    let begins_with_tag = line.trim_start().starts_with('<') && !line.trim_start().starts_with("<?");
    let escaped = ESCAPED_ARROWS.iter().filter_map(|arrow| line.find(arrow)).min();
    let has_escaped_arrow =
        escaped.is_some_and(|escaped| line.find(ARROW).is_none_or(|plain| escaped < plain));
    let has_escaped_quote =
        line.split_once(ARROW).is_some_and(|(_, value)| value.trim_start().starts_with('&'));
    if begins_with_tag || has_escaped_arrow || has_escaped_quote || html::ends_with_tag(line) {
        html::lines_of(line).into_iter().map(Cow::Owned).collect()
    } else {
        vec![line.into()]
    }
}

/// Adds the rows of a line of PHP, or refuses the line. Returns true if it has a row, good or bad.
fn add_rows(line: u64, mut text: &str, rows: &mut Rows) -> bool {
    let mut has_rows = false;
    while let Some(row) = first_row(text) {
        has_rows = true;
        let PhpRow { code, message, behind } = match row {
            Ok(row) => row,
            Err(reason) => {
                rows.refuse(line, reason);
                return true;
            }
        };
        let behind = behind.trim_start();
        let behind = behind.strip_prefix(',').unwrap_or(behind).trim();
        let explanation = comment(behind);
        let mut row = CatalogRow::default();
        row.set(Column::Code, code);
        row.set(Column::Message, message);
        row.set(Column::Explanation, explanation.unwrap_or_default());
        if explanation.is_none() && first_row(behind).is_none() {
            rows.refuse(
                line,
                format!("{code}: text that is no comment and no other row follows the message"),
            );
            return true;
        }
        rows.add(line, &row);
        text = if explanation.is_some() { "" } else { behind };
    }
    has_rows
}

/// A row, and what stands behind its message.
#[derive(Debug)]
struct PhpRow<'a> {
    code: &'a str,
    message: Cow<'a, str>,
    behind: &'a str,
}

/// Returns the first row of a line: a code at its beginning or behind a bracket that opens the array, `=>`, and a message in
/// quotes. `None` where the line has no row: it is a comment, or its key is no number.
///
/// # Errors
///
/// Returns the reason why a number with `=>` behind it is no row.
fn first_row(text: &str) -> Option<Result<PhpRow<'_>, String>> {
    let text = text.trim_start();
    let is_comment = text.starts_with("//") || text.starts_with('#') || text.starts_with("/*");
    let (key, value) = text.split_once(ARROW).filter(|_| !is_comment)?;
    let value = value.trim_start();
    let code = match code_of(key) {
        Some(Ok(code)) => code,
        Some(Err(reason)) => return Some(Err(reason)),
        // The array of codes may be an item of another one.
        None if value.starts_with('[') || value.starts_with("array(") => return first_row(value),
        None => return None,
    };
    let Some(quote) = value.chars().next().filter(|char| QUOTES.contains(char)) else {
        return Some(Err(format!("{code}: the message is no text in quotes")));
    };
    let row = string(&value[1..], quote).map(|(message, behind)| PhpRow { code, message, behind });
    Some(row.ok_or_else(|| format!("{code}: the quote that opens the message is not closed")))
}

/// Returns the code in a key of an array; `None` where the key is no number.
///
/// # Errors
///
/// Returns the reason why a number is no code, as in `+5` and `- 5`.
fn code_of(key: &str) -> Option<Result<&str, String>> {
    let key = key.trim();
    if let Some(quote) = key.chars().next_back().filter(|char| QUOTES.contains(char)) {
        let quoted = key[..key.len() - 1].rsplit_once(quote)?.1;
        let digits = quoted.strip_prefix('-').unwrap_or(quoted);
        return (!digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
            .then_some(Ok(quoted));
    }
    let before = key.trim_end_matches(|char: char| char.is_ascii_digit());
    let names = |char: char| char.is_alphanumeric() || "_$\\:.>".contains(char);
    if before.len() == key.len() || before.ends_with(names) {
        return None;
    }
    let before = before.strip_suffix('-').unwrap_or(before);
    if before.is_empty() || before.trim_end().ends_with(['[', '(']) {
        return Some(Ok(&key[before.len()..]));
    }
    Some(Err(format!("{} is no code: write it without a sign other than - directly before it", shown(key))))
}

/// Returns the text of a string up to its closing quote, and what stands behind the quote. A backslash before a quote, a
/// backslash or a `$` is none of the text; other escapes of PHP stay as they are.
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
        let escapes = |next: char| next == quote || next == '\\' || next == '$' && quote == '"';
        if char == '\\' && chars.next_if(|&(_, next)| escapes(next)).is_some() {
            content.push_str(&text[from..at]);
            from = at + 1;
        }
    }
    None
}

/// Returns the text of a comment: `// x`, `# x`, `/* x */`, `/* x`; empty where nothing stands there, or only what closes the array.
/// `None` where something else does.
fn comment(text: &str) -> Option<&str> {
    if let Some(comment) = text.strip_prefix("//").or_else(|| text.strip_prefix('#')) {
        return Some(comment.trim());
    }
    if let Some(comment) = text.strip_prefix("/*") {
        return Some(comment.split_once("*/").map_or(comment, |(comment, _)| comment).trim());
    }
    let closes = text.chars().all(|char| "]); ".contains(char)) || text.starts_with("?>");
    closes.then_some("")
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
                        '-277' => \"a, b\" /* c */\n  -722 => \"d // e\",\n // -9 => \"no row\",\n/* -8 => \"no row\",\n\
                        -7 => \"no row\" */\n -906 => \"&lt;f =&gt; \\$g\" ];\n";

    fn entries() -> Vec<Entry> {
        vec![
            Entry::new(-2, "no channel").with_explanation("渠道不存在"),
            Entry::new(6, "it's \\ \"x\"").with_explanation("six"),
            Entry::new(-277, "a, b").with_explanation("c"),
            Entry::new(-722, "d // e"),
            Entry::new(-906, "&lt;f =&gt; $g"),
        ]
    }

    fn escaped(text: &str) -> String {
        let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
        text.replace('"', "&quot;").replace('\'', "&#x27;")
    }

    #[test]
    fn rows_are_read_in_php_in_html_and_in_markdown() {
        let html = format!("<html>\n<pre><code class=\"php\">{}</code></pre>\n", escaped(ROWS));
        for text in [ROWS, &html, &ROWS.replace('\n', "\r\n")] {
            assert_eq!(CatalogFormat::of_content(text.as_bytes()), CatalogFormat::Php, "{text}");
            assert_eq!(parse(CatalogFormat::Php, text), Ok(entries()), "{text}");
            for document in [format!("# Codes\n\n```php\n{text}```\n\nx\n"), format!("# Codes\n\n{text}")] {
                assert_eq!(parse(CatalogFormat::Markdown, &document), Ok(entries()), "{document}");
            }
        }
    }

    #[test]
    fn rows_are_read_as_pages_show_them() {
        let expected = vec![
            Entry::new(-2, "a <b>").with_explanation("expl"),
            Entry::new(5, "c").with_explanation("five"),
            Entry::new(-6, "d & e"),
        ];
        let rows = ["-2 => \"a <b>\", // expl", "5 => \"c\", // five", "-6 => \"d & e\""].map(escaped);
        let spans = |row: &str| {
            let (code, value) = row.split_once(" =&gt; ").unwrap();
            format!("<span class=\"n\">{code}</span> <span>=&gt;</span> <i>{value}</i>")
        };
        for page in [
            format!("<pre><code>{}</code></pre>", rows.join("\n")),
            rows.clone().map(|row| format!("<p>{row}</p>\n")).concat(),
            rows.clone().map(|row| format!("  <li>{row}</li>")).concat(),
            rows.join("<br/>"),
            rows.clone().map(|row| spans(&row)).join("\n"),
            format!("<!-- -1 =&gt; &quot;x&quot;\n-3 =&gt; &quot;x&quot; -->\n{}", rows.join("\n")),
            rows.join("\n").replace("=&gt;", "=&#62;").replace("&quot;", "&#34;").replace('-', "&#45;"),
            rows.join("\n").replace("=&gt;", "=>"),
        ] {
            assert_eq!(parse(CatalogFormat::Php, &page), Ok(expected.clone()), "{page}");
        }
    }

    #[test]
    fn several_rows_may_share_a_line_with_the_brackets() {
        for text in [
            "return [-6 => \"y\", 7 => 'z'];",
            "$a = array(-6 => \"y\",\n7 => 'z');",
            "'x' => [-6=>'y',7=>'z']",
        ] {
            assert_eq!(
                parse(CatalogFormat::Php, text),
                Ok(vec![Entry::new(-6, "y"), Entry::new(7, "z")]),
                "{text}"
            );
        }
    }

    /// Blocks of code beside a table may be of any language.
    #[test]
    fn a_document_with_a_table_of_codes_has_no_rows_of_php() {
        let text = "| code | message |\n| -- | -- |\n| 1 | one |\n\n```php\n2 => \"two\",\n1 => \"x\",\n404 => \"no\".to_owned(),\n```\n";
        assert_eq!(CatalogFormat::of_content(text.as_bytes()), CatalogFormat::Markdown);
        assert_eq!(parse(CatalogFormat::Markdown, text), Ok(vec![Entry::new(1, "one")]));
    }

    #[test]
    fn bad_rows_have_their_lines() {
        let text = "-1 => \"a\nx => \"b\",\n-2 => \"\",\n-3 => MESSAGE,\n-4 => \"c\" . \"d\",\n1234567890 => \"e\"\n+5 => \"f\"\n\
                    - 6 => \"h\"\nA7 => \"i\"\n-8 => \"j\"\n-8 => \"k\"\n\u{2212}9 => \"l\"\n-10 => \"m\", -11 => n";
        let sign = |key: &str| {
            format!("\"{key}\" is no code: write it without a sign other than - directly before it")
        };
        let expected = [
            "1: -1: the quote that opens the message is not closed".to_owned(),
            "3: -2: the message is missing".to_owned(),
            "4: -3: the message is no text in quotes".to_owned(),
            "5: -4: text that is no comment and no other row follows the message".to_owned(),
            "6: \"1234567890\" is no code: write 1 to 9 digits, and - before them if it is negative"
                .to_owned(),
            format!("7: {}", sign("+5")),
            format!("8: {}", sign("- 6")),
            "11: -8 is there already, in line 10".to_owned(),
            format!("12: {}", sign("\u{2212}9")),
            "13: -11: the message is no text in quotes".to_owned(),
        ];
        assert_eq!(parse(CatalogFormat::Php, text).unwrap_err(), expected);
    }

    #[test]
    fn a_mark_of_a_comment_hides_no_rows_without_a_word() {
        let text = "-1 => \"a/*\",\n-2 => 'b/*', // c/*\n-3 => \"d\", /* e\n-4 => \"f\",\n";
        let codes = |entries: Vec<Entry>| entries.iter().map(Entry::code).collect::<Vec<_>>();
        for text in [text.to_owned(), escaped(text)] {
            assert_eq!(parse(CatalogFormat::Php, &text).map(codes), Ok(vec![-1, -2, -3, -4]), "{text}");
        }
        for (start, end) in super::COMMENTS {
            let open = format!("-1 => \"a\",\n{start} b\n-2 => \"c\",\n");
            let reason = format!("2: a comment begins here that is not closed; end it with {end}");
            assert_eq!(parse(CatalogFormat::Php, &open).unwrap_err(), [reason]);
        }
    }

    #[test]
    fn a_page_without_rows_says_what_a_row_is() {
        let none =
            "1: the catalog has no rows of PHP; write each on a line: -2 => \"message\", // explanation";
        for text in ["<!DOCTYPE html><p>x", "<?php return [];", "<p>-2 =&amp;gt; &amp;quot;x&amp;quot;</p>"] {
            assert_eq!(CatalogFormat::of_content(text.as_bytes()), CatalogFormat::Php, "{text}");
            assert_eq!(parse(CatalogFormat::Php, text).unwrap_err(), [none], "{text}");
        }
    }
}
