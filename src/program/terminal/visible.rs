//! Escapes text from outside (arguments, names, environment, catalogs, logs) for terminals and the logs of CI services.

use std::fmt::Write;

/// Returns a text on one line, escaped so that a terminal or the log of a CI service shows it and does not act on it.
///
/// Control characters, newlines too, and characters that are invisible or change the direction of text, become
/// escapes as in Rust (`\u{1b}`); a tab becomes a space. CI services look for commands anywhere in a line,
/// `##[group]` or `##vso[...]`, so that the second of two adjacent `#` is escaped.
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

/// Returns true if a character does something other than to appear.
pub(crate) fn acts_on_terminals(char: char) -> bool {
    char.is_control()
        || matches!(char,
            // Invisible hyphens and joiners, marks and changes of direction, separators, invisible operators.
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            // Two noncharacters, which XML does not allow.
            | '\u{fffe}' | '\u{ffff}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
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
    fn a_text_that_was_made_visible_stays_as_it_is() {
        let once = visible("\x1b[31m\u{202e}a\tb\n##[error]");
        assert_eq!(visible(&once), once);
    }
}
