//! Texts of logs, made harmless for whatever reads a report.

use std::fmt::Write;

/// A text that a terminal or the log of a CI service shows and does not act on.
///
/// Control characters, and those that turn the direction of text or hide, become escapes as in Rust
/// (`\u{1b}`). CI services look for commands anywhere in a line, `##[group]` or `##vso[...]`: of two `#` next
/// to each other the second is escaped.
pub(crate) fn visible(text: &str) -> String {
    let mut visible = String::with_capacity(text.len());
    let mut before = '\0';
    for char in text.chars() {
        if char == '\t' {
            visible.push(' ');
        } else if acts_on_terminals(char) || (char == '#' && before == '#') {
            let _ = write!(visible, "{}", char.escape_unicode());
        } else {
            visible.push(char);
        }
        before = char;
    }
    visible
}

/// Whether a character does something other than to appear.
pub(crate) fn acts_on_terminals(char: char) -> bool {
    char.is_control()
        || matches!(char,
            // Hyphens and joiners that do not show, marks and turns of direction, separators, invisible operators.
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            // Two that are no characters, which XML does not take.
            | '\u{fffe}' | '\u{ffff}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// A text that Markdown shows as it is, as code, also in a cell of a table.
pub(crate) fn markdown_code(text: &str) -> String {
    let text = visible(text);
    if text.trim().is_empty() {
        return String::new();
    }
    let longest_run = text.split(|char| char != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest_run + 1);
    let mut code = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            // A backslash keeps a bar from ending the cell, unless another one takes it away.
            '|' if code.ends_with('\\') => code.push_str("\\u{7c}"),
            '|' => code.push_str("\\|"),
            _ => code.push(char),
        }
    }
    let begins_or_ends = |char| code.starts_with(char) || code.ends_with(char);
    // One blank at each end is taken away again.
    let blank = if begins_or_ends('`') || begins_or_ends(' ') { " " } else { "" };
    format!("{fence}{blank}{code}{blank}{fence}")
}

/// What has a meaning within a line of Markdown. A colon makes links of addresses.
const MARKDOWN_SYNTAX: &str = "\\`*_{}[]<>#|~&$@:";

/// A text that Markdown shows as it is, within a line.
pub(crate) fn markdown(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in visible(text).chars() {
        if MARKDOWN_SYNTAX.contains(char) {
            escaped.push('\\');
        }
        escaped.push(char);
    }
    escaped
}

/// The message of a GitHub workflow command.
pub(crate) fn github_message(text: &str) -> String {
    visible(text).replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a GitHub workflow command.
pub(crate) fn github_property(text: &str) -> String {
    github_message(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_acts_is_shown() {
        assert_eq!(visible("ret=-204 用户 é"), "ret=-204 用户 é");
        assert_eq!(
            visible("\x1b[31m\u{9b}2J\0\x07\r\n\x7f"),
            "\\u{1b}[31m\\u{9b}2J\\u{0}\\u{7}\\u{d}\\u{a}\\u{7f}"
        );
        assert_eq!(visible("a\tb\u{202e}c\u{200b}"), "a b\\u{202e}c\\u{200b}");
        assert_eq!(visible("##[error]x ##vso[y] # #"), "#\\u{23}[error]x #\\u{23}vso[y] # #");
    }

    #[test]
    fn commands_have_no_more_lines_and_properties() {
        assert_eq!(github_message("50%\n::error::x"), "50%25\\u{a}::error::x");
        assert_eq!(github_property("a:1,b=2%"), "a%3A1%2Cb=2%25");
    }

    #[test]
    fn code_keeps_its_fence() {
        assert_eq!(markdown_code("a`b``c|"), "```a`b``c\\|```");
        assert_eq!(markdown_code("`a\\|"), "`` `a\\\\u{7c} ``");
        assert_eq!(markdown_code("  "), "");
        assert_eq!(markdown("*a* <b> |"), "\\*a\\* \\<b\\> \\|");
    }
}
