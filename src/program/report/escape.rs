//! Texts of logs, made harmless for Markdown and for workflow commands.

use crate::program::terminal::visible::visible;

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
